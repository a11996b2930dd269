//! A script as a runner starts it, and what the runner takes from its output.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

/// What a script left.
#[derive(Debug, Clone)]
pub struct Ended {
    pub code: i32,
    /// stdout and stderr, in the order in which they came.
    pub log: String,
}

/// Runs a script with bash, in nothing but the environment that is given.
pub fn bash(script: &str, directory: &Path, env: &BTreeMap<String, String>) -> Ended {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("script.sh");
    std::fs::write(&file, script).unwrap();
    let log = scratch.path().join("log");
    let out = std::fs::File::create(&log).unwrap();
    let status = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail"])
        .arg(&file)
        .current_dir(directory)
        .env_clear()
        .envs(env)
        .stdin(Stdio::null())
        .stdout(out.try_clone().unwrap())
        .stderr(out)
        .status()
        .unwrap();
    Ended {
        code: status.code().unwrap_or(-1),
        log: String::from_utf8_lossy(&std::fs::read(&log).unwrap()).into_owned(),
    }
}

/// The commands that GitHub's runner takes from a log: lines that begin with `::`, but for those in between
/// `::stop-commands::TOKEN` and `::TOKEN::`.
pub fn commands(log: &str) -> Vec<String> {
    let mut until: Option<String> = None;
    let mut found = Vec::new();
    for line in log.lines().map(str::trim_start) {
        match &until {
            Some(token) if line.trim_end() == format!("::{token}::") => until = None,
            Some(_) => {}
            None => match line.strip_prefix("::stop-commands::") {
                Some(token) => until = Some(token.trim_end().to_owned()),
                None if line.starts_with("::") || line.starts_with("##[") => {
                    found.push(line.to_owned())
                }
                None => {}
            },
        }
    }
    assert_eq!(until, None, "commands stay switched off");
    found
}
