//! Exact ratios and the weighted, capped completion (DOMAIN.md §2.9, §2.10). Pure: arithmetic on slices.

/// A region's part in one indicator: `numerator / denominator` of what was expected, with its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub numerator: i64,
    pub denominator: i64,
    pub weight: i64,
}

/// Decimals of a completion as it is handed to SQL.
pub const COMPLETION_SCALE: u32 = 12;
/// Decimals kept of a term where the exact sum does not fit 128 bits.
const FALLBACK_SCALE: u32 = 18;

/// Σ weight · min(1, max(0, n/d)) / Σ weight in units of 10⁻¹², rounded half up once at the end.
///
/// Parts with a denominator or weight of zero or below have no task and are left out; `None` if none is left. The sum is
/// exact in 128 bits; where it would overflow, terms are rounded to 10⁻¹⁸ first, for all parts alike.
pub fn weighted_completion(parts: &[Part]) -> Option<i128> {
    let parts: Vec<Part> = parts.iter().copied().filter(|p| p.denominator > 0 && p.weight > 0).collect();
    let weights: i128 = parts.iter().map(|p| i128::from(p.weight)).sum();
    if weights == 0 {
        return None;
    }
    exact(&parts, weights).or_else(|| rounded(&parts, weights))
}

fn capped(part: Part) -> (i128, i128) {
    let (n, d) = (i128::from(part.numerator.max(0)), i128::from(part.denominator));
    if n >= d { (1, 1) } else { (n, d) }
}

fn exact(parts: &[Part], weights: i128) -> Option<i128> {
    let (mut n, mut d) = (0i128, 1i128);
    for part in parts {
        let (pn, pd) = capped(*part);
        let common = gcd(d, pd);
        let scale = pd / common;
        n = n.checked_mul(scale)?.checked_add(pn.checked_mul(d / common)?.checked_mul(i128::from(part.weight))?)?;
        d = d.checked_mul(scale)?;
        let reduce = gcd(n, d).max(1);
        n /= reduce;
        d /= reduce;
    }
    let d = d.checked_mul(weights)?;
    round_half_up(n.checked_mul(10i128.pow(COMPLETION_SCALE))?, d)
}

fn rounded(parts: &[Part], weights: i128) -> Option<i128> {
    let one = 10i128.pow(FALLBACK_SCALE);
    let mut sum = 0i128;
    for part in parts {
        let (n, d) = capped(*part);
        sum = sum.checked_add(round_half_up(n.checked_mul(one)?, d)?.checked_mul(i128::from(part.weight))?)?;
    }
    round_half_up(sum, weights.checked_mul(10i128.pow(FALLBACK_SCALE - COMPLETION_SCALE))?)
}

/// `n / d` to the nearest whole number, halves up; for n ≥ 0 and d > 0.
fn round_half_up(n: i128, d: i128) -> Option<i128> {
    let (whole, rest) = (n / d, n % d);
    Some(whole + i128::from(rest >= d - rest))
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { gcd(b, a % b) }
}
