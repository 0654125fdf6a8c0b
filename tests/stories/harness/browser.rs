//! A headless Chromium, driven by its DevTools protocol over two pipes: it needs no Node, no driver and no port.

use std::{
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::{sleep, timeout},
};

use super::{DEADLINE, skipped};

/// Names under which Chromium is installed.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// How often a page is looked at while something is awaited there.
const POLL: Duration = Duration::from_millis(20);
/// `--remote-debugging-pipe` reads descriptor 3 and writes 4: those are our two pipes.
const START: &str = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>\"$DIWAN_TEST_BROWSER_LOG\"";

/// A browser with one page; it is gone when dropped.
pub(crate) struct Browser {
    child: Child,
    requests: ChildStdin,
    messages: UnboundedReceiver<Value>,
    last_id: u64,
    /// The session of the page.
    session: Option<String>,
    /// Errors of the page: exceptions, console errors, refused loads, violations of its policy.
    complaints: Vec<String>,
    _profile: TempDir,
}

impl Browser {
    /// `None` where Chromium is missing, which is said.
    pub(crate) async fn open() -> Option<Self> {
        let Some(program) = find_program() else {
            skipped("no Chromium: pages are not tried in a browser");
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new("sh")
            .args(["-c", START])
            .arg(program)
            .args(["--remote-debugging-pipe", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"])
            .args(["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--lang=en", "--no-proxy-server"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .env("DIWAN_TEST_BROWSER_LOG", profile.path().join("log"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (requests, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let (sender, messages) = unbounded_channel();
        thread::spawn(move || {
            let mut answers = BufReader::new(answers);
            let mut message = Vec::new();
            while answers.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                message.pop();
                let Ok(read) = serde_json::from_slice(&message) else { break };
                if sender.send(read).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let complaints = Vec::new();
        let mut browser = Self { child, requests, messages, last_id: 0, session: None, complaints, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attach).await;
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Audits"] {
            browser.call(&format!("{domain}.enable"), json!({})).await;
        }
        Some(browser)
    }

    /// Goes to an address and waits until its page has loaded.
    pub(crate) async fn visit(&mut self, url: &str) {
        let gone = self.call("Page.navigate", json!({ "url": url })).await;
        assert_eq!(gone.get("errorText"), None, "{url}: {gone}");
        let there = format!("document.readyState === 'complete' && location.href === {}", json!(url));
        self.wait_for(&there).await;
    }

    /// The value of an expression, or of its promise.
    pub(crate) async fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", parameters).await;
        assert_eq!(answer.get("exceptionDetails"), None, "{expression}: {answer}");
        answer["result"]["value"].take()
    }

    /// Waits until an expression is true or holds something, and answers that.
    pub(crate) async fn wait_for(&mut self, expression: &str) -> Value {
        let looked = async {
            loop {
                let value = self.evaluate(expression).await;
                if !matches!(value, Value::Null | Value::Bool(false)) && value != "" && value != 0 {
                    return value;
                }
                sleep(POLL).await;
            }
        };
        let found = timeout(DEADLINE, looked).await;
        match found {
            Ok(value) => value,
            Err(_) => panic!("not to be seen: {expression}; {:?}", self.complaints),
        }
    }

    /// Clicks on the middle of an element once it is there, as a mouse does.
    pub(crate) async fn click(&mut self, selector: &str) {
        let found = format!("document.querySelector({})", json!(selector));
        let middle = format!(
            "((element) => {{ if (!element) return null; element.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = element.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})({found})"
        );
        let middle = self.wait_for(&middle).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": middle[0], "y": middle[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types into a field once it is there, as a keyboard or an input method does.
    pub(crate) async fn write_into(&mut self, selector: &str, text: &str) {
        self.click(selector).await;
        self.call("Input.insertText", json!({ "text": text })).await;
    }

    /// What the page complained of up to now.
    pub(crate) async fn complaints(&mut self) -> &[String] {
        // What was reported before an answer is read before it.
        self.evaluate("0").await;
        &self.complaints
    }

    async fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let mut request = json!({ "id": id, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            request["sessionId"] = json!(session);
        }
        let mut bytes = serde_json::to_vec(&request).unwrap();
        bytes.push(0);
        self.requests.write_all(&bytes).unwrap();
        loop {
            let message = timeout(DEADLINE, self.messages.recv()).await;
            let mut message = message.ok().flatten().unwrap_or_else(|| panic!("the browser does not answer {method}"));
            if message["id"] == id {
                assert_eq!(message.get("error"), None, "{method}: {message}");
                return message["result"].take();
            }
            self.complaints.extend(complaint(&message));
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What an event complains of, if it does.
fn complaint(event: &Value) -> Option<String> {
    let parameters = &event["params"];
    let about = match event["method"].as_str()? {
        "Runtime.exceptionThrown" => &parameters["exceptionDetails"],
        "Runtime.consoleAPICalled" if parameters["type"] == "error" => &parameters["args"],
        "Log.entryAdded" if parameters["entry"]["level"] == "error" => &parameters["entry"],
        "Audits.issueAdded" if parameters["issue"]["code"] == "ContentSecurityPolicyIssue" => &parameters["issue"],
        _ => return None,
    };
    Some(about.to_string())
}

fn find_program() -> Option<PathBuf> {
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    PROGRAMS.iter().find_map(|program| folders.iter().map(|folder| folder.join(program)).find(|path| path.is_file()))
}
