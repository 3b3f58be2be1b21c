//! A second opinion: targets and rules of an edition, recomputed in another language from the plan's words.

use crate::interop::python;
use crate::support::{project, published_sample, run};
use std::path::Path;
use std::process::Command;

/// A poor county, a plain one, and one that is a reporting unit by itself.
pub const TOLD: [&str; 3] = ["220821", "220122", "220381"];

/// What the second opinion says of a data folder's first edition: the counties told, the differences, a last line.
pub fn recomputed(data: &Path, told: &[&str]) -> String {
    let script = project().join("tests/interop/recompute.py");
    let out = run(Command::new(python()).arg(script).arg(data).arg("1").arg(project()).args(told));
    let said = String::from_utf8_lossy(&out.stdout).trim_end().to_owned();
    assert!(!said.is_empty(), "{}", String::from_utf8_lossy(&out.stderr));
    said
}

#[test]
fn targets_and_rules_recomputed_from_the_plan_are_those_of_the_sample() {
    let said = recomputed(published_sample(), &TOLD);
    assert!(said.ends_with(" 0 differences"), "{said}");
    let told = said.lines().filter(|line| TOLD.iter().any(|county| line.starts_with(county))).count();
    assert_eq!(told, TOLD.len(), "{said}");
}
