//! A second opinion: targets and rules of the published sample, recomputed in another language from the plan's words.

use crate::interop::python;
use crate::support::{project, published_sample, run_well};
use std::process::Command;

/// A poor county, a plain one, and one that is a reporting unit by itself.
const TOLD: [&str; 3] = ["220821", "220122", "220381"];

#[test]
fn targets_and_rules_recomputed_from_the_plan_are_those_of_the_edition() {
    let script = project().join("tests/interop/recompute.py");
    let said = run_well(Command::new(python()).arg(script).arg(published_sample()).arg("1").arg(project()).args(TOLD));
    assert!(said.trim_end().ends_with(" 0 differences"), "{said}");
    let told = said.lines().filter(|line| TOLD.iter().any(|county| line.starts_with(county))).count();
    assert_eq!(told, TOLD.len(), "{said}");
}
