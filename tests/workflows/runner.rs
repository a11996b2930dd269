//! A run of a reusable workflow: its jobs in order, their steps, actions and shell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::expression::{Status, condition, interpolate, shown};
use super::forge::REPOSITORY;
use super::shell::{bash, commands};
use super::world::{PATH, Pull, Pushed, WEBEX_TOKEN, WEBEX_WRITE_TOKEN, World};
use crate::common::{copy, root};

/// A workflow file, or that of an action.
pub fn read(path: &str) -> Value {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What happens once a job is done.
type Then<'w> = (&'static str, Box<dyn Fn() + 'w>);

/// What starts a run.
pub struct Run<'w> {
    pub world: &'w World,
    workflow: Value,
    pub id: u64,
    event_name: &'static str,
    event: Value,
    sha: String,
    reference: String,
    inputs: Map<String, Value>,
    /// Jobs of an earlier attempt, which are not run again.
    earlier: BTreeMap<String, Job>,
    /// What happens once a job is done.
    then: Option<Then<'w>>,
}

/// What became of a job.
#[derive(Debug, Clone, Default)]
pub struct Job {
    pub result: String,
    pub outputs: BTreeMap<String, String>,
    pub log: String,
    pub summary: String,
    pub steps: Vec<Step>,
}

/// What became of a step.
#[derive(Debug, Clone)]
pub struct Step {
    pub name: String,
    pub code: i32,
    pub env: BTreeMap<String, String>,
}

impl Job {
    /// The messages of the runner: errors, warnings, notices.
    pub fn said(&self) -> String {
        commands(&self.log).join("\n")
    }

    /// The exit code of a step.
    pub fn code(&self, step: &str) -> i32 {
        let found = self.steps.iter().find(|it| it.name == step);
        found
            .unwrap_or_else(|| panic!("no step {step}\n{}", self.log))
            .code
    }
}

/// What became of a run.
pub struct Done {
    pub id: u64,
    pub jobs: BTreeMap<String, Job>,
}

impl Done {
    pub fn job(&self, name: &str) -> &Job {
        &self.jobs[name]
    }

    pub fn result(&self, name: &str) -> &str {
        &self.jobs[name].result
    }

    /// Everything that the logs say, for a test that fails.
    pub fn log(&self) -> String {
        let log =
            |(name, job): (&String, &Job)| format!("=== {name}: {}\n{}\n", job.result, job.log);
        self.jobs.iter().map(log).collect()
    }
}

impl<'w> Run<'w> {
    fn new(
        world: &'w World,
        file: &str,
        event_name: &'static str,
        event: Value,
        sha: &str,
    ) -> Run<'w> {
        let workflow = read(file);
        let declared = workflow["on"]["workflow_call"]["inputs"]
            .as_object()
            .unwrap();
        let default = |(name, input): (&String, &Value)| (name.clone(), input["default"].clone());
        let mut run = Run {
            world,
            id: world.next_run(),
            event_name,
            event,
            sha: sha.to_owned(),
            reference: "refs/heads/main".to_owned(),
            inputs: declared.iter().map(default).collect(),
            workflow,
            earlier: BTreeMap::new(),
            then: None,
        };
        run = run.with("path", PATH).with("api-url", world.webex.as_str());
        run.with("binary", env!("CARGO_BIN_EXE_trunkline"))
    }

    pub fn plan(world: &'w World, pull: &Pull) -> Run<'w> {
        let event = json!({"pull_request": {"number": pull.number, "title": pull.branch,
            "head": {"sha": pull.head, "ref": pull.branch}, "base": {"ref": "main"}},
            "repository": {"default_branch": "main"}});
        let main = world.git(&["rev-parse", "main"]);
        Run::new(
            world,
            ".github/workflows/plan.yml",
            "pull_request_target",
            event,
            &main,
        )
    }

    pub fn apply(world: &'w World, pushed: &Pushed) -> Run<'w> {
        let event = json!({"before": pushed.before, "repository": {"default_branch": "main"}});
        let run = Run::new(
            world,
            ".github/workflows/apply.yml",
            "push",
            event,
            &pushed.sha,
        );
        run.with("backup-recipient", super::world::RECIPIENT)
            .with("facts", "org/snapshot.json")
    }

    pub fn drift(world: &'w World) -> Run<'w> {
        let event = json!({"repository": {"default_branch": "main"}});
        let main = world.git(&["rev-parse", "main"]);
        let run = Run::new(
            world,
            ".github/workflows/drift.yml",
            "schedule",
            event,
            &main,
        );
        run.with("facts", "org/snapshot.json")
    }

    /// Gives an input, which has to be one.
    pub fn with(mut self, input: &str, value: impl Into<Value>) -> Run<'w> {
        assert!(self.inputs.contains_key(input), "no input {input}");
        self.inputs.insert(input.to_owned(), value.into());
        self
    }

    /// Started by hand.
    pub fn by_hand(mut self) -> Run<'w> {
        self.event_name = "workflow_dispatch";
        self.event.as_object_mut().unwrap().remove("before");
        self
    }

    /// On another branch.
    pub fn on_branch(mut self, branch: &str) -> Run<'w> {
        self.reference = format!("refs/heads/{branch}");
        self
    }

    /// The failed jobs of a run once more.
    pub fn again(mut self, done: &Done) -> Run<'w> {
        self.id = done.id;
        let kept = done.jobs.iter().filter(|(_, job)| job.result == "success");
        self.earlier = kept
            .map(|(name, job)| (name.clone(), job.clone()))
            .collect();
        self
    }

    /// Something happens once a job is done.
    pub fn after(mut self, job: &'static str, then: Box<dyn Fn() + 'w>) -> Run<'w> {
        self.then = Some((job, then));
        self
    }

    /// Runs every job.
    pub fn run(self) -> Done {
        let home = json!({"event": self.event_name, "repository": {"full_name": REPOSITORY},
            "head_branch": "main", "head_repository": {"full_name": REPOSITORY}});
        self.world
            .github
            .state
            .lock()
            .unwrap()
            .runs
            .insert(self.id, home);
        let mut jobs: BTreeMap<String, Job> = BTreeMap::new();
        let mut left: Vec<(&String, &Value)> =
            self.workflow["jobs"].as_object().unwrap().iter().collect();
        while !left.is_empty() {
            let ready = |(_, job): &(&String, &Value)| {
                needs(job).iter().all(|need| jobs.contains_key(*need))
            };
            let (name, job) = left.remove(
                left.iter()
                    .position(ready)
                    .expect("jobs that do not wait for each other"),
            );
            let done = match self.earlier.get(name) {
                Some(earlier) => earlier.clone(),
                None => self.job(name, job, &jobs),
            };
            jobs.insert(name.clone(), done);
            if let Some((_, then)) = self.then.as_ref().filter(|(after, _)| after == name) {
                then();
            }
        }
        Done { id: self.id, jobs }
    }

    fn job(&self, name: &str, job: &Value, before: &BTreeMap<String, Job>) -> Job {
        for key in job.as_object().unwrap().keys() {
            let known = [
                "needs",
                "if",
                "runs-on",
                "timeout-minutes",
                "permissions",
                "outputs",
                "steps",
                "environment",
                "concurrency",
            ];
            assert!(
                known.contains(&key.as_str()),
                "the key {key} of a job is not known here"
            );
        }
        let mut contexts = self.contexts(name, job);
        let mut status = Status::Success;
        for need in needs(job) {
            let done = &before[need];
            if done.result != "success" {
                status = Status::Failure;
            }
            contexts["needs"][need] = json!({"result": done.result, "outputs": done.outputs});
        }
        let mut outcome = Job::default();
        if !condition(job["if"].as_str(), &contexts, status).unwrap() {
            outcome.result = "skipped".to_owned();
            return outcome;
        }
        let place = self.world.place(&format!(
            "jobs/{}-{name}-{}",
            self.id,
            self.world.next_run()
        ));
        let mut at = Place {
            run: self,
            workspace: sub(&place, "workspace"),
            temp: sub(&place, "temp"),
            files: sub(&place, "files"),
            paths: Vec::new(),
            contexts,
            status: Status::Success,
            job: outcome,
            outputs: BTreeMap::new(),
            to_cache: Vec::new(),
        };
        let temp = at.temp.to_str().unwrap().to_owned();
        at.contexts["runner"] = json!({"temp": temp, "os": "Linux", "arch": "X64"});
        at.steps(job["steps"].as_array().unwrap());
        at.job.result = match at.status {
            Status::Success => "success".to_owned(),
            _ => "failure".to_owned(),
        };
        at.save_caches();
        if let Some(outputs) = job["outputs"].as_object() {
            for (name, value) in outputs {
                let value = interpolate(value.as_str().unwrap(), &at.contexts, at.status).unwrap();
                at.job.outputs.insert(name.clone(), shown(&value));
            }
        }
        at.job
    }

    /// What is known before the first step. The token has the permissions of the job, and the secrets are those that it gets.
    fn contexts(&self, name: &str, job: &Value) -> Value {
        let token = format!("github-token-{}-{name}", self.id);
        let permissions = match &job["permissions"] {
            Value::Null => &self.workflow["permissions"],
            own => own,
        };
        let permissions = serde_json::from_value(permissions.clone()).unwrap();
        let mut state = self.world.github.state.lock().unwrap();
        state.tokens.insert(token.clone(), permissions);
        drop(state);
        let declared = self.workflow["on"]["workflow_call"]["secrets"]
            .as_object()
            .unwrap();
        let mut secrets: BTreeMap<&str, &str> =
            declared.keys().map(|it| (it.as_str(), "")).collect();
        let webex = match job["environment"] {
            Value::Null => WEBEX_TOKEN,
            _ => WEBEX_WRITE_TOKEN,
        };
        secrets.insert("WEBEX_ACCESS_TOKEN", webex);
        let (_, tool) = self.world.tool();
        json!({
            "github": {"token": token, "event": self.event, "event_name": self.event_name, "sha": self.sha,
                "ref": self.reference, "repository": REPOSITORY, "run_id": self.id},
            "inputs": self.inputs,
            "secrets": secrets,
            "job": {"workflow_repository": "OWNER/trunkline", "workflow_sha": tool},
            "needs": {},
            "steps": {},
        })
    }
}

/// The jobs that a job waits for.
fn needs(job: &Value) -> Vec<&str> {
    match &job["needs"] {
        Value::Null => Vec::new(),
        Value::String(one) => vec![one],
        many => many
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it.as_str().unwrap())
            .collect(),
    }
}

fn sub(place: &Path, name: &str) -> PathBuf {
    let directory = place.join(name);
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

/// A job on its way.
struct Place<'r, 'w> {
    run: &'r Run<'w>,
    workspace: PathBuf,
    temp: PathBuf,
    files: PathBuf,
    paths: Vec<String>,
    contexts: Value,
    status: Status,
    job: Job,
    /// Of the action that has just run.
    outputs: BTreeMap<String, String>,
    /// What goes into the cache when the job has succeeded, by key.
    to_cache: Vec<(String, PathBuf)>,
}

impl Place<'_, '_> {
    fn steps(&mut self, steps: &[Value]) {
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
    fn save_caches(&self) {
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
