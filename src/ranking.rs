//! Arithmetic of the ranking on plain slices, and the same offered to SQL as functions. Knows no policy: weights and
//! rules come in as rows.

mod functions;
mod places;
mod ratio;

pub use functions::register;
pub use places::{Score, rank_lower, rank_upper};
pub use ratio::{COMPLETION_SCALE, Part, weighted_completion};
