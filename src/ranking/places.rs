//! Places of scores that are intervals: where a figure was not reported, a region stands somewhere between its best and
//! its worst place (DOMAIN.md §2.12). Pure: arithmetic on slices.

/// A region's score if its unknown figures were worst, and if they were best. `None`: it has no task at all.
pub type Score = Option<(i128, i128)>;

/// The best places, counted from 1: one more than the others that are surely better. Equal scores share a place.
pub fn rank_lower(scores: &[Score]) -> Vec<Option<i64>> {
    place(scores, |other_lower, _, _, my_upper| other_lower > my_upper)
}

/// The worst places, counted from 1: one more than the others that may be better.
pub fn rank_upper(scores: &[Score]) -> Vec<Option<i64>> {
    place(scores, |_, other_upper, my_lower, _| other_upper > my_lower)
}

fn place(scores: &[Score], is_before: impl Fn(i128, i128, i128, i128) -> bool) -> Vec<Option<i64>> {
    scores
        .iter()
        .enumerate()
        .map(|(me, score)| {
            let (lower, upper) = (*score)?;
            let before = scores
                .iter()
                .enumerate()
                .filter(|(other, score)| *other != me && score.is_some_and(|(l, u)| is_before(l, u, lower, upper)));
            Some(1 + before.count() as i64)
        })
        .collect()
}
