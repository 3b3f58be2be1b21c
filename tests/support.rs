//! What tests share: the project, scratch folders, the program itself, and one published night of the sample.

use serde_json::Value as Json;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Output, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;

/// The repository, which is a project.
pub fn project() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The synthetic sample of the repository, and the day to which it refers.
pub fn sample() -> PathBuf {
    project().join("sample-parquet")
}
pub const SAMPLE_DAY: &str = "2018-09-30";

/// A scratch folder that goes with the test.
pub fn scratch() -> TempDir {
    tempfile::Builder::new().prefix("jindu-test-").tempdir().unwrap()
}

/// The program with its places set, English messages, no terminal.
pub fn jindu(project: &Path, data: &Path, inbox: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jindu"));
    command
        .env_remove("JINDU_PROJECT")
        .env("JINDU_LANG", "en")
        .arg("--project")
        .arg(project)
        .arg("--data")
        .arg(data)
        .arg("--inbox")
        .arg(inbox);
    command
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Output {
    command.output().unwrap()
}

/// Runs a command that must succeed; its stdout.
pub fn run_well(command: &mut Command) -> String {
    let out = run(command);
    let (stdout, stderr) = (String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{command:?}\n{stdout}\n{stderr}");
    stdout.into_owned()
}

/// Runs a night of this repository's project over an inbox.
pub fn night(data: &Path, inbox: &Path, as_of: &str) -> String {
    run_well(jindu(&project(), data, inbox).args(["night", "--as-of", as_of]))
}

/// Asks the newest edition; rows as JSON objects.
pub fn ask(data: &Path, sql: &str) -> Vec<Json> {
    let text = run_well(jindu(&project(), data, Path::new(".")).args(["query", sql, "--format", "json"]));
    serde_json::from_str(&text).unwrap()
}

/// `jindu serve` on a port of its own, until it is dropped.
pub struct Server {
    pub process: Child,
    /// `127.0.0.1:PORT`.
    pub address: String,
    /// Kept open: a server that cannot say anything would end.
    _said: BufReader<ChildStderr>,
}

/// Serves this repository's project over a data folder, without its jobs.
pub fn serve(data: &Path) -> Server {
    let mut command = jindu(&project(), data, Path::new("."));
    command.args(["serve", "--no-jobs", "--listen", "127.0.0.1:0"]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let mut said = BufReader::new(process.stderr.take().unwrap());
    let mut line = String::new();
    said.read_line(&mut line).unwrap();
    let address =
        line.split("http://").nth(1).unwrap_or_else(|| panic!("{line}")).split('/').next().unwrap().to_owned();
    Server { process, address, _said: said }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One night of the sample, published once for all tests of this process that only read.
pub fn published_sample() -> &'static Path {
    static DATA: OnceLock<PathBuf> = OnceLock::new();
    DATA.get_or_init(|| {
        let dir = folder_of_this_process("published-sample-");
        night(&dir, &sample(), SAMPLE_DAY);
        dir
    })
}

/// A folder that tests of this process share, not made yet. What dead processes left is removed first: nothing runs when
/// a test binary ends.
pub fn folder_of_this_process(prefix: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.strip_prefix(prefix).is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    folder.join(format!("{prefix}{}", std::process::id()))
}

/// Copies a folder with all below it.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of this repository's project without its sample and sources.
pub fn copy_project(to: &Path) {
    for folder in ["jobs", "sql", "dashboards"] {
        copy_folder(&project().join(folder), &to.join(folder));
    }
}
