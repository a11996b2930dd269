//! A headless Chromium, driven through chromedriver by the WebDriver protocol.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::common::needs::program;
use serde_json::{Value, json};

/// Keys by their WebDriver names.
pub const TAB: &str = "\u{e004}";
pub const ENTER: &str = "\u{e007}";
pub const ESCAPE: &str = "\u{e00c}";
pub const DOWN: &str = "\u{e015}";

/// The names of Chromium.
pub const CHROMIUM: &[&str] = &["chromium", "chromium-browser", "google-chrome"];

/// A browser with one window. It ends with this value.
pub struct Browser {
    driver: Child,
    base: String,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A new browser.
    pub fn start() -> Browser {
        let binary = CHROMIUM.iter().find_map(|name| program(name)).unwrap();
        let driver = program("chromedriver").unwrap();
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines.find_map(|line| {
            let line = line.ok()?;
            let port = line.split_once("started successfully on port ")?.1;
            Some(port.trim_end_matches('.').to_owned())
        });
        // What it says later has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let mut browser = Browser {
            driver,
            base: format!("http://127.0.0.1:{}", port.unwrap()),
            session: String::new(),
            _profile: profile,
        };
        let arguments = [
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-quic".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            format!("--user-data-dir={}", browser._profile.path().display()),
        ];
        let options = json!({"binary": binary, "args": arguments});
        // On a busy machine everything takes long, and nothing is wrong.
        let wanted = json!({"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"},
            "timeouts": {"script": 300_000, "pageLoad": 300_000}});
        let session = browser.call(
            "POST",
            "/session",
            &json!({"capabilities": {"alwaysMatch": wanted}}),
        );
        browser.session = format!("/session/{}", session["sessionId"].as_str().unwrap());
        browser
    }

    fn call(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ask(method, path, body)
            .unwrap_or_else(|error| panic!("{path}: {error:.800}"))
    }

    /// The answer, or what the browser says instead of one.
    fn ask(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let url = format!("{}{}{path}", self.base, self.session);
        let agent = ureq::Agent::new_with_config(
            ureq::Agent::config_builder()
                .http_status_as_error(false)
                .proxy(None)
                .build(),
        );
        let answer = match method {
            "DELETE" => agent.delete(&url).call(),
            _ => agent
                .post(&url)
                .content_type("application/json")
                .send(body.to_string()),
        };
        let text = answer
            .unwrap()
            .body_mut()
            .with_config()
            .limit(100_000_000)
            .read_to_string()
            .unwrap();
        let answer: Value = serde_json::from_str(&text).unwrap();
        match answer["value"]["error"].is_null() {
            true => Ok(answer["value"].clone()),
            false => Err(text),
        }
    }

    /// Loads a page again.
    pub fn open(&self, url: &str) {
        self.call("POST", "/url", &json!({"url": "about:blank"}));
        self.call("POST", "/url", &json!({"url": url}));
    }

    /// What a function with this body returns; it may be a promise.
    pub fn run(&self, script: &str) -> Value {
        self.call(
            "POST",
            "/execute/sync",
            &json!({"script": script, "args": []}),
        )
    }

    /// A text of the page, once its script has done what was asked.
    pub fn text(&self, selector: &str) -> String {
        let text = self.run(&format!(
            "return document.querySelector({}).innerText",
            json!(selector)
        ));
        text.as_str().unwrap().to_owned()
    }

    /// Waits until the script returns true.
    pub fn wait(&self, what: &str) {
        let script = format!(
            "return new Promise((done) => {{
                const begun = performance.now();
                const look = () => {{
                    if ({what}) done(true);
                    else if (performance.now() - begun > 200000) done(false);
                    else setTimeout(look, 5);
                }};
                look();
            }})"
        );
        assert_eq!(self.run(&script), true, "never true: {what}");
    }

    /// Types these keys, one after the other, wherever the focus is.
    pub fn keys(&self, keys: &[&str]) {
        let strokes: Vec<Value> = keys
            .iter()
            .flat_map(|key| {
                [
                    json!({"type": "keyDown", "value": key}),
                    json!({"type": "keyUp", "value": key}),
                ]
            })
            .collect();
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": strokes}]});
        self.call("POST", "/actions", &actions);
    }

    /// A browser without a graphics card loses such a request now and then, which is no fault of the page. All of them may be
    /// sent twice, so it is asked again.
    fn devtools(&self, command: &str, parameters: Value) -> Value {
        let request = json!({"cmd": command, "params": parameters});
        let mut lost = String::new();
        for _ in 0..5 {
            match self.ask("POST", "/goog/cdp/execute", &request) {
                Ok(answer) => return answer,
                Err(error) => lost = error,
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        panic!("{command}: {lost:.800}");
    }

    /// Light or dark.
    pub fn scheme(&self, scheme: &str) {
        let feature = json!({"name": "prefers-color-scheme", "value": scheme});
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [feature]}));
    }

    /// The size of the window.
    pub fn size(&self, width: u32, height: u32) {
        self.devtools(
            "Emulation.setDeviceMetricsOverride",
            json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}),
        );
    }

    /// Whether scripts of the page run.
    pub fn scripts(&self, run: bool) {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({"value": !run}),
        );
    }

    /// Saves a picture of what is seen.
    pub fn picture(&self, path: &Path) {
        use base64::Engine;
        let picture = self.devtools("Page.captureScreenshot", json!({"format": "png"}));
        let bytes =
            base64::engine::general_purpose::STANDARD.decode(picture["data"].as_str().unwrap());
        std::fs::write(path, bytes.unwrap()).unwrap();
    }

    /// What the console has said since the last time.
    pub fn console(&self) -> Vec<String> {
        let log = self.call("POST", "/se/log", &json!({"type": "browser"}));
        let entries = log.as_array().unwrap().iter();
        entries.map(|entry| entry.to_string()).collect()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The end of the session ends the browser; when the test is failing, without another panic.
        let url = format!("{}{}", self.base, self.session);
        let _ = ureq::delete(&url).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}
