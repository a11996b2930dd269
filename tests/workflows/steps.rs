//! The steps of a job: shell, and the few actions that the workflows use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::expression::{Status, condition, interpolate, shown};
use super::forge::REPOSITORY;
use super::runner::{Job, Run, Step};
use super::shell::{bash, commands};
use super::world::{WEBEX_TOKEN, WEBEX_WRITE_TOKEN};
use crate::common::copy;

/// A job on its way.
pub struct Place<'r, 'w> {
    pub run: &'r Run<'w>,
    pub workspace: PathBuf,
    pub temp: PathBuf,
    pub files: PathBuf,
    pub paths: Vec<String>,
    pub contexts: Value,
    pub status: Status,
    pub job: Job,
    /// Of the action that has just run.
    pub outputs: BTreeMap<String, String>,
    /// What goes into the cache when the job has succeeded, by key.
    pub to_cache: Vec<(String, PathBuf)>,
}

impl Place<'_, '_> {
    pub fn steps(&mut self, steps: &[Value]) {
        for step in steps {
            if let Some(id) = step["id"].as_str() {
                self.contexts["steps"][id] = json!({"outputs": {}, "outcome": "skipped"});
            }
        }
        for step in steps {
            self.step(step);
        }
    }

    fn step(&mut self, step: &Value) {
        for key in step.as_object().unwrap().keys() {
            let known = [
                "name",
                "id",
                "if",
                "uses",
                "with",
                "run",
                "shell",
                "env",
                "continue-on-error",
            ];
            assert!(
                known.contains(&key.as_str()),
                "the key {key} of a step is not known here"
            );
        }
        let name = step["name"]
            .as_str()
            .or(step["uses"].as_str())
            .unwrap()
            .to_owned();
        if !condition(step["if"].as_str(), &self.contexts, self.status)
            .unwrap_or_else(|error| panic!("{name}: {error}"))
        {
            return;
        }
        let (code, outputs) = match step["uses"].as_str() {
            Some(uses) => {
                let code = self.action(uses, &self.resolved(&step["with"]));
                (code, std::mem::take(&mut self.outputs))
            }
            None => self.shell(&name, step),
        };
        if code != 0 && step["continue-on-error"] != json!(true) {
            self.status = Status::Failure;
        }
        if let Some(id) = step["id"].as_str() {
            let outcome = if code == 0 { "success" } else { "failure" };
            self.contexts["steps"][id] = json!({"outputs": outputs, "outcome": outcome});
        }
    }

    fn resolved(&self, map: &Value) -> BTreeMap<String, String> {
        let Some(map) = map.as_object() else {
            return BTreeMap::new();
        };
        let one = |(name, value): (&String, &Value)| {
            let value = match value.as_str() {
                Some(text) => interpolate(text, &self.contexts, self.status).unwrap(),
                None => value.clone(),
            };
            (name.clone(), shown(&value))
        };
        map.iter().map(one).collect()
    }

    fn shell(&mut self, name: &str, step: &Value) -> (i32, BTreeMap<String, String>) {
        assert_eq!(step["shell"], "bash", "{name}");
        let own = self.resolved(&step["env"]);
        let file = |name: &str| {
            let path = self.files.join(name);
            std::fs::write(&path, "").unwrap();
            path.to_str().unwrap().to_owned()
        };
        let programs = self.run.world.place("programs");
        let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
        let text = |path: &Path| path.to_str().unwrap().to_owned();
        let context = |name: &str| shown(&self.contexts["github"][name]);
        let mut env: BTreeMap<String, String> = [
            (
                "PATH",
                self.paths
                    .iter()
                    .rev()
                    .cloned()
                    .chain([path])
                    .collect::<Vec<_>>()
                    .join(":"),
            ),
            ("HOME", text(&self.files)),
            ("TMPDIR", text(&self.temp)),
            ("RUNNER_TEMP", text(&self.temp)),
            ("GITHUB_WORKSPACE", text(&self.workspace)),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("CI", "true".to_owned()),
            ("GITHUB_API_URL", self.run.world.api.url.clone()),
            ("GITHUB_SERVER_URL", "https://github.example".to_owned()),
            ("GITHUB_REPOSITORY", REPOSITORY.to_owned()),
            ("GITHUB_RUN_ID", context("run_id")),
            ("GITHUB_EVENT_NAME", context("event_name")),
            ("GITHUB_SHA", context("sha")),
            ("GITHUB_REF", context("ref")),
            ("GITHUB_OUTPUT", file("output")),
            ("GITHUB_ENV", file("env")),
            ("GITHUB_PATH", file("path")),
            ("GITHUB_STEP_SUMMARY", file("summary")),
            ("GIT_CONFIG_GLOBAL", "/dev/null".to_owned()),
            ("TRUNKLINE_PAUSE", "0".to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        if let Some(action) = self.contexts["github"]["action_path"].as_str() {
            env.insert("GITHUB_ACTION_PATH".to_owned(), action.to_owned());
        }
        env.extend(own.clone());
        let ended = bash(step["run"].as_str().unwrap(), &self.workspace, &env);
        for command in commands(&ended.log) {
            let known = ["::error", "::warning", "::notice"]
                .iter()
                .any(|it| command.starts_with(it));
            assert!(known, "{name} says {command}\n{}", ended.log);
        }
        for secret in [WEBEX_TOKEN, WEBEX_WRITE_TOKEN, "github-token-"] {
            assert!(
                !ended.log.contains(secret),
                "{name} prints a secret\n{}",
                ended.log
            );
        }
        let left = |name: &str| std::fs::read_to_string(self.files.join(name)).unwrap();
        assert_eq!(left("env"), "", "{name}");
        self.paths.extend(left("path").lines().map(str::to_owned));
        self.job.summary += &left("summary");
        self.job.log += &format!("--- {name} ({})\n{}", ended.code, ended.log);
        let outputs = left("output");
        let outputs = outputs
            .lines()
            .map(|line| line.split_once('=').expect(line));
        let outputs = outputs
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        self.job.steps.push(Step {
            name: name.to_owned(),
            code: ended.code,
            env: own,
        });
        (ended.code, outputs)
    }

    fn action(&mut self, uses: &str, with: &BTreeMap<String, String>) -> i32 {
        let (name, _) = uses.split_once('@').unwrap_or((uses, ""));
        let allow = |keys: &[&str]| {
            let unknown = with.keys().find(|key| !keys.contains(&key.as_str()));
            assert_eq!(unknown, None, "{uses}");
        };
        match name {
            "actions/checkout" => {
                allow(&[
                    "repository",
                    "ref",
                    "path",
                    "persist-credentials",
                    "fetch-depth",
                ]);
                self.checkout(with)
            }
            "actions/upload-artifact" => {
                allow(&[
                    "name",
                    "path",
                    "if-no-files-found",
                    "overwrite",
                    "retention-days",
                ]);
                self.upload(with)
            }
            "actions/download-artifact" => {
                allow(&[
                    "name",
                    "pattern",
                    "merge-multiple",
                    "path",
                    "run-id",
                    "github-token",
                ]);
                self.download(with)
            }
            "actions/cache" => {
                allow(&["path", "key"]);
                self.cache(with)
            }
            "./.trunkline-source/.github/actions/setup" => self.composite(name, with),
            _ => panic!("the action {uses} is not known here"),
        }
    }

    fn checkout(&mut self, with: &BTreeMap<String, String>) -> i32 {
        let world = self.run.world;
        assert_eq!(with["persist-credentials"], "false");
        let to = match with.get("path") {
            Some(path) => self.workspace.join(path),
            None => self.workspace.clone(),
        };
        let of_tool = with
            .get("repository")
            .is_some_and(|it| it == "OWNER/trunkline");
        assert!(of_tool || !with.contains_key("repository"), "{with:?}");
        let from = if of_tool {
            world.tool().0
        } else {
            world.origin()
        };
        let revision = match with.get("ref") {
            Some(reference) => reference.clone(),
            None => self.contexts["github"]["sha"].as_str().unwrap().to_owned(),
        };
        std::fs::create_dir_all(&to).unwrap();
        let url = format!("file://{}", from.display());
        world.git_at(&to, &["init", "-q", "."]);
        world.git_at(&to, &["remote", "add", "origin", &url]);
        // As GitHub does, a commit can be asked for by its name.
        world.git_at(&from, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
        let depth = match with.get("fetch-depth").map(String::as_str) {
            None => vec!["--depth=1"],
            Some("0") => vec![],
            Some(other) => panic!("fetch-depth {other}"),
        };
        world.git_at(
            &to,
            &[
                &["fetch", "-q", "--no-tags"][..],
                &depth,
                &["origin", &revision],
            ]
            .concat(),
        );
        world.git_at(&to, &["checkout", "-q", "--detach", "FETCH_HEAD"]);
        0
    }

    fn upload(&mut self, with: &BTreeMap<String, String>) -> i32 {
        let from = PathBuf::from(&with["path"]);
        let to = self.run.world.artifact(self.run.id, &with["name"]);
        if !from.exists() {
            assert_ne!(
                with.get("if-no-files-found").map(String::as_str),
                None,
                "nothing to upload: {with:?}"
            );
            return 1;
        }
        let _ = std::fs::remove_dir_all(&to);
        match from.is_dir() {
            true => copy(&from, &to),
            false => {
                std::fs::create_dir_all(&to).unwrap();
                std::fs::copy(&from, to.join(from.file_name().unwrap())).unwrap();
            }
        }
        let mut state = self.run.world.github.state.lock().unwrap();
        let id = state.id();
        let name = with["name"].as_str();
        state.artifacts.push(json!({"id": id, "name": name, "expired": false, "created_at": format!("2026-11-20T10:{id}"),
            "expires_at": "2126-11-20T10:00:00Z",
            "workflow_run": {"id": self.run.id, "head_branch": "main", "repository_id": 7, "head_repository_id": 7}}));
        0
    }

    fn download(&mut self, with: &BTreeMap<String, String>) -> i32 {
        let run = with
            .get("run-id")
            .map_or(self.run.id, |it| it.parse().unwrap());
        if run != self.run.id {
            let token = &with["github-token"];
            let state = self.run.world.github.state.lock().unwrap();
            assert_eq!(
                state.tokens[token].get("actions").map(String::as_str),
                Some("read")
            );
        }
        let from = match (with.get("name"), with.get("pattern")) {
            (Some(name), None) => self.run.world.artifact(run, name),
            (None, Some(pattern)) => {
                assert!(!pattern.contains('*'));
                self.run.world.artifact(run, pattern)
            }
            _ => panic!("{with:?}"),
        };
        if from.exists() {
            copy(&from, Path::new(&with["path"]));
            return 0;
        }
        i32::from(with.contains_key("name"))
    }

    fn cache(&mut self, with: &BTreeMap<String, String>) -> i32 {
        let kept = self.run.world.place("caches").join(&with["key"]);
        let path = PathBuf::from(&with["path"]);
        if kept.exists() {
            copy(&kept, &path);
            self.outputs
                .insert("cache-hit".to_owned(), "true".to_owned());
        } else {
            self.to_cache.push((with["key"].clone(), path));
        }
        0
    }

    /// Runs for pull requests may only read.
    pub fn save_caches(&self) {
        if self.status != Status::Success || self.run.event_name == "pull_request_target" {
            return;
        }
        for (key, path) in &self.to_cache {
            copy(path, &self.run.world.place("caches").join(key));
        }
    }

    /// Our own action, with its own inputs and steps.
    fn composite(&mut self, name: &str, with: &BTreeMap<String, String>) -> i32 {
        let directory = self.workspace.join(name.trim_start_matches("./"));
        let text = std::fs::read_to_string(directory.join("action.yml")).unwrap();
        let action: Value = serde_saphyr::from_str(&text).unwrap();
        let mut inputs = Map::new();
        for (name, input) in action["inputs"].as_object().unwrap() {
            let given = with.get(name).map(|it| json!(it));
            inputs.insert(
                name.clone(),
                given.unwrap_or_else(|| input["default"].clone()),
            );
        }
        assert!(
            with.keys().all(|name| inputs.contains_key(name)),
            "{with:?}"
        );
        let outer = self.contexts.clone();
        self.contexts["inputs"] = inputs.into();
        self.contexts["steps"] = json!({});
        self.contexts["github"]["action_path"] = json!(directory);
        self.contexts["secrets"] = json!({});
        let before = self.status;
        self.steps(action["runs"]["steps"].as_array().unwrap());
        let code = i32::from(self.status != before);
        self.contexts = outer;
        self.status = before;
        code
    }
}
