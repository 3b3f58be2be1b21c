//! Chance without state: every value is a hash of the seed, what it is drawn for, and a name.
//! Pure; the same arguments give the same value on every machine, in any order.

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// A point from which values are drawn, and from which further points are reached.
#[derive(Clone, Copy)]
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Draw {
        Draw(mix(seed.wrapping_add(GOLDEN)))
    }

    /// The point for a number: a county, a person, a month.
    pub fn with(self, number: u64) -> Draw {
        Draw(mix(self.0 ^ mix(number.wrapping_mul(GOLDEN).wrapping_add(1))))
    }

    /// The point for a named field.
    #[inline]
    pub fn of(self, name: &str) -> Draw {
        // FNV-1a: the names are short.
        let hash =
            name.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01B3));
        Draw(mix(self.0 ^ hash))
    }

    /// A number from 0 up to, not including, `n`; 0 if `n` is 0.
    pub fn below(self, n: u64) -> u64 {
        ((u128::from(self.0) * u128::from(n)) >> 64) as u64
    }

    /// A number from `low` to `high`, both included.
    pub fn between(self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    /// True in `per_10k` of ten thousand draws.
    pub fn chance(self, per_10k: u64) -> bool {
        self.below(10_000) < per_10k
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(self, items: &[T]) -> T {
        items[self.below(items.len() as u64) as usize]
    }

    /// A position of `weights`, each as likely as its weight.
    pub fn weighted(self, weights: &[u32]) -> usize {
        let total: u64 = weights.iter().map(|w| u64::from(*w)).sum();
        let mut left = self.below(total);
        for (at, weight) in weights.iter().enumerate() {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return at,
            }
        }
        0
    }
}

/// The finalizer of splitmix64.
fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// An order of the numbers 0 … n−1 that visits each once and needs no memory.
#[derive(Clone, Copy)]
pub struct Shuffle {
    n: u64,
    step: u64,
    start: u64,
}

impl Shuffle {
    pub fn new(n: u64, draw: Draw) -> Shuffle {
        // A step near n/φ spreads neighbours well; it must share no divisor with n.
        let golden = (u128::from(n) * 6_180_339_887 / 10_000_000_000) as u64;
        let mut step = golden + draw.of("step").below(n / 16 + 1);
        while gcd(step, n) > 1 {
            step += 1;
        }
        Shuffle { n, step, start: draw.of("start").below(n) }
    }

    /// The number at a place; every place from 0 to n−1 has its own.
    pub fn at(&self, place: u64) -> u64 {
        ((u128::from(place) * u128::from(self.step) + u128::from(self.start)) % u128::from(self.n.max(1))) as u64
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Splits `total` in proportion to `weights`: largest remainder, ties to the first; the sum is exact.
pub fn split(total: u64, weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|w| u128::from(*w)).sum::<u128>().max(1);
    let exact = |w: &u64| u128::from(total) * u128::from(*w);
    let mut parts: Vec<u64> = weights.iter().map(|w| (exact(w) / sum) as u64).collect();
    let left = total.saturating_sub(parts.iter().sum());
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(exact(&weights[at]) % sum), at));
    for &at in order.iter().take(left as usize) {
        parts[at] += 1;
    }
    parts
}
