//! Other readers: every table of an edition is an ordinary Delta table, and every page one for an ordinary browser.

use crate::support::{copy_folder, night, project, published_sample, run_well, sample, scratch, serve};
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

#[test]
fn a_browser_walks_the_pages_as_their_users_do() {
    // Two editions, so that one can be chosen.
    let data = scratch();
    copy_folder(published_sample(), data.path());
    night(data.path(), &sample(), "2018-09-29");
    let server = serve(data.path());
    let script = project().join("tests/interop/browse.py");
    let out = Command::new(python()).arg(script).arg(format!("http://{}", server.address)).output().unwrap();
    let wrong = String::from_utf8_lossy(&out.stdout);
    assert!(out.status.success(), "{wrong}\n{}", String::from_utf8_lossy(&out.stderr));
}
