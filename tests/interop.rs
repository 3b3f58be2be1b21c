//! Other readers: every table of an edition is an ordinary Delta table.

use crate::support::{project, published_sample, run_well};
use std::path::PathBuf;
use std::process::Command;

/// The Python of the test set-up, with the packages of tests/interop/requirements.txt.
pub fn python() -> PathBuf {
    let python = std::env::var_os("JINDU_TEST_PYTHON")
        .map_or_else(|| project().join("tests/.tools/venv/bin/python"), PathBuf::from);
    assert!(python.exists(), "no {}: `make test` sets it up", python.display());
    python
}

#[test]
fn a_python_delta_reader_and_duckdb_count_the_same_rows() {
    let script = project().join("tests/interop/read_edition.py");
    let said = run_well(Command::new(python()).arg(script).arg(published_sample()).arg("1"));
    assert!(said.trim_end().ends_with("tables agree"), "{said}");
}
