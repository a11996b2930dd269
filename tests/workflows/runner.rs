//! A run of a reusable workflow: its jobs in order, their steps, actions and shell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::expression::{Status, condition, interpolate, shown};
use super::forge::REPOSITORY;
use super::shell::commands;
use super::steps::Place;
use super::world::{PATH, Pull, Pushed, WEBEX_TOKEN, WEBEX_WRITE_TOKEN, World};
use crate::common::root;

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
    pub event_name: &'static str,
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
        run = run.with("path", PATH);
        // What lists organisations asks no Webex.
        if run.inputs.contains_key("api-url") {
            run = run.with("api-url", world.webex.as_str());
        }
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

    pub fn fleet_of_pull(world: &'w World, pull: &Pull) -> Run<'w> {
        let plan = Run::plan(world, pull);
        let (name, file) = (plan.event_name, ".github/workflows/fleet.yml");
        Run::new(world, file, name, plan.event, &plan.sha)
    }

    pub fn fleet_of_push(world: &'w World, pushed: &Pushed) -> Run<'w> {
        // What an event does not have is empty.
        let none = json!({"number": "", "head": {"sha": ""}, "base": {"ref": ""}});
        let event = json!({"before": pushed.before, "pull_request": none, "repository": {"default_branch": "main"}});
        let file = ".github/workflows/fleet.yml";
        Run::new(world, file, "push", event, &pushed.sha)
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

    /// Started manually.
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

    /// Its number.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Something happens once a job is done.
    pub fn after(mut self, job: &'static str, then: Box<dyn Fn() + 'w>) -> Run<'w> {
        self.then = Some((job, then));
        self
    }

    /// Runs every job.
    pub fn run(self) -> Done {
        let home = json!({"event": self.event_name, "repository": {"full_name": REPOSITORY},
            "head_branch": "main", "head_sha": self.sha, "conclusion": null,
            "head_repository": {"full_name": REPOSITORY}});
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
        let bad = |job: &Job| job.result == "failure";
        let conclusion = match jobs.values().any(bad) {
            true => "failure",
            false => "success",
        };
        let mut state = self.world.github.state.lock().unwrap();
        state.runs.get_mut(&self.id).unwrap()["conclusion"] = json!(conclusion);
        drop(state);
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
        let declared = self.workflow["on"]["workflow_call"]["secrets"].as_object();
        let mut secrets: BTreeMap<&str, &str> = declared
            .into_iter()
            .flat_map(|it| it.keys())
            .map(|it| (it.as_str(), ""))
            .collect();
        let webex = match job["environment"] {
            Value::Null => WEBEX_TOKEN,
            _ => WEBEX_WRITE_TOKEN,
        };
        if declared.is_some() {
            secrets.insert("WEBEX_ACCESS_TOKEN", webex);
        }
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
