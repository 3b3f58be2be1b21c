//! Chromium, driven headless over its debugging pipe: what only happens with the pages' script.

use crate::support::{published_sample, run_well, scratch, serve};
use serde_json::{Value as Json, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A browser with one page, and how to talk to it. `make setup` installs it.
struct Browser {
    process: Child,
    to: File,
    from: BufReader<File>,
    session: Option<String>,
    asked: u64,
    _dir: TempDir,
}

impl Browser {
    fn start() -> Browser {
        let dir = scratch();
        let (input, output, profile) = (dir.path().join("in"), dir.path().join("out"), dir.path().join("profile"));
        run_well(Command::new("mkfifo").args([&input, &output]));
        let options = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync \
                       --disable-background-networking --disable-component-update --window-size=1366,900";
        let line = format!(
            "exec chromium {options} --user-data-dir='{}' --remote-debugging-pipe about:blank 3<'{}' 4>'{}'",
            profile.display(),
            input.display(),
            output.display()
        );
        let process =
            Command::new("sh").args(["-c", &line]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let to = File::options().write(true).open(&input).unwrap();
        let from = BufReader::new(File::open(&output).unwrap());
        Browser { process, to, from, session: None, asked: 0, _dir: dir }
    }

    fn command(&mut self, method: &str, params: Json) -> Json {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut bytes = Vec::new();
            self.from.read_until(0, &mut bytes).unwrap();
            assert_eq!(bytes.pop(), Some(0), "the browser ended");
            let reply: Json = serde_json::from_slice(&bytes).unwrap();
            if reply["id"] == self.asked {
                assert!(reply["error"].is_null(), "{method}: {reply}");
                return reply["result"].clone();
            }
        }
    }

    fn open(&mut self, address: &str) {
        let target = self.command("Target.createTarget", json!({ "url": address }))["targetId"].clone();
        let attached = self.command("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'");
    }

    fn value(&mut self, script: &str) -> Json {
        let params = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let reply = self.command("Runtime.evaluate", params);
        assert!(reply["exceptionDetails"].is_null(), "{script}: {reply}");
        reply["result"]["value"].clone()
    }

    fn text(&mut self, id: &str) -> String {
        self.value(&format!("document.getElementById('{id}').innerText")).as_str().unwrap_or_default().to_owned()
    }

    fn wait_for(&mut self, script: &str) {
        let start = Instant::now();
        while self.value(script) != json!(true) {
            assert!(start.elapsed() < Duration::from_secs(60), "never so: {script}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn write(&mut self, text: &str) {
        self.command("Input.insertText", json!({ "text": text }));
    }

    fn press(&mut self, key: &str, code: u32, modifiers: u32) {
        for kind in ["keyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code,
                                "modifiers": modifiers });
            self.command("Input.dispatchKeyEvent", event);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let message = json!({ "id": 0, "method": "Browser.close" });
        let _ = self.to.write_all(format!("{message}\0").as_bytes());
        let start = Instant::now();
        while matches!(self.process.try_wait(), Ok(None)) && start.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(50));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const CTRL: u32 = 2;
const ENTER: u32 = 13;
const ESCAPE: u32 = 27;
const DOWN: u32 = 40;

#[test]
fn an_analyst_completes_runs_stops_and_finds_a_query_again() {
    let server = serve(published_sample());
    let mut browser = Browser::start();
    browser.open(&format!("http://{}/sql?lang=en", server.address));
    browser.value("document.getElementById('sql').focus()");
    browser.write("select region_code, actual from measures.prog");
    browser.wait_for("document.querySelector('#completions li')?.textContent === 'measures.progress'");
    browser.press("ArrowDown", DOWN, 0);
    let active = "document.getElementById('sql').getAttribute('aria-activedescendant')";
    assert_eq!(browser.value(active), "completion-0");
    browser.press("Enter", ENTER, 0);
    browser.write(" p where p.li");
    browser.wait_for("document.querySelector('#completions li')?.textContent === 'p.light'");
    browser.press("Escape", ESCAPE, 0);
    assert_eq!(browser.value("document.getElementById('completions').hidden"), true);
    browser.write("ght = 'red' order by 1, 2 limit 5");
    browser.press("Enter", ENTER, CTRL);
    browser.wait_for("document.querySelectorAll('#answer tbody tr').length === 5");
    assert_eq!(browser.value("document.querySelectorAll('#answer svg').length > 0"), true);
    assert_eq!(browser.value("location.pathname + location.search"), "/sql?lang=en", "no text in the address");

    let set = |sql: &str| {
        let sql = json!(sql);
        format!(
            "(() => {{ const t = document.getElementById('sql'); t.value = {sql}; t.dispatchEvent(new Event('input')); }})()"
        )
    };
    let heavy = "select count(*) from measures.persons a cross join measures.persons b cross join measures.persons c";
    browser.value(&set(heavy));
    browser.value("document.querySelector('button.main').click()");
    browser.wait_for("!document.getElementById('stop').hidden");
    browser.wait_for("parseFloat(document.getElementById('elapsed').textContent.replace(/\\D*/, '')) >= 1");
    browser.value("document.getElementById('stop').click()");
    browser.wait_for("document.getElementById('stop').hidden");
    assert!(browser.text("answer").contains("the query was stopped"), "{}", browser.text("answer"));

    browser.value(&set("select 1,\n  nothing from policy.regions"));
    browser.value("document.querySelector('button.main').click()");
    browser.wait_for("!!document.querySelector('#answer [data-line]')");
    assert_eq!(browser.value("document.getElementById('sql').selectionStart"), 12, "the cursor stands at the mistake");
    assert_eq!(browser.value("document.querySelectorAll('#history li').length"), 3);
    browser.value("document.querySelectorAll('#history li button')[2].click()");
    let again = browser.value("document.getElementById('sql').value");
    assert!(again.as_str().unwrap().ends_with("limit 5"), "{again}");
}
