//! GitLab: its API, and a runner of its pipelines, as far as `examples/gitlab-ci.yml` needs them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::api::{Answer, Api, Asked, Forge};
use super::runner::read;
use super::shell::{Ended, bash};
use super::world::{PATH, Pull, RECIPIENT, WEBEX_TOKEN, WEBEX_WRITE_TOKEN, World};
use crate::common::copy;

pub const FILE: &str = "examples/gitlab-ci.yml";
pub const BOT_TOKEN: &str = "gitlab-token-of-the-bot";
pub const BOT: u64 = 42;
pub const PAGE: usize = 2;

/// GitLab's API, as far as the jobs ask it.
#[derive(Default)]
pub struct GitLab {
    pub state: Mutex<State>,
}

#[derive(Default)]
pub struct State {
    pub notes: Vec<Value>,
    pub issues: Vec<Value>,
    pub said: Vec<String>,
    /// The oldest first.
    pub deployments: Vec<Value>,
    /// By job: where its artifacts lie.
    pub artifacts: BTreeMap<u64, PathBuf>,
    next: u64,
}

impl State {
    fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

fn page(asked: &Asked, all: &[Value]) -> Answer {
    let number: usize = asked.query["page"].parse().unwrap();
    let some = all.iter().skip((number - 1) * PAGE).take(PAGE).cloned();
    let mut answer = Answer::of(200, Value::Array(some.collect()));
    let next = if number * PAGE < all.len() {
        (number + 1).to_string()
    } else {
        String::new()
    };
    answer.headers.push(("X-Next-Page".to_owned(), next));
    answer
}

impl Forge for GitLab {
    fn answer(&self, asked: &Asked) -> Answer {
        if asked.headers.get("private-token").map(String::as_str) != Some(BOT_TOKEN) {
            return Answer::of(401, json!({"message": "401 Unauthorized"}));
        }
        let mut state = self.state.lock().unwrap();
        let path = asked.path.strip_prefix("/api/v4/").unwrap();
        let parts: Vec<&str> = path
            .strip_prefix("projects/7/")
            .unwrap_or(path)
            .split('/')
            .collect();
        let number = |text: &str| text.parse::<u64>().unwrap();
        match (asked.method.as_str(), parts.as_slice()) {
            ("GET", ["user"]) => Answer::of(200, json!({"id": BOT})),
            ("GET", ["merge_requests", _, "notes"]) => page(asked, &state.notes),
            ("POST", ["merge_requests", _, "notes"]) => {
                let id = state.id();
                state
                    .notes
                    .push(json!({"id": id, "author": {"id": BOT}, "body": asked.body["body"]}));
                Answer::of(201, json!({}))
            }
            ("PUT", ["merge_requests", _, "notes", id]) => {
                let id = number(id);
                let note = state.notes.iter_mut().find(|it| it["id"] == id).unwrap();
                assert_eq!(
                    note["author"]["id"], BOT,
                    "a note of somebody else was changed"
                );
                note["body"] = asked.body["body"].clone();
                Answer::of(200, json!({}))
            }
            ("GET", ["deployments"]) => {
                let asks = |name: &str| asked.query[name].as_str();
                assert_eq!(
                    [asks("environment"), asks("order_by"), asks("sort")],
                    ["webex", "id", "desc"]
                );
                let newest: Vec<Value> = state.deployments.iter().rev().cloned().collect();
                page(asked, &newest)
            }
            ("GET", ["jobs", job, "artifacts", path @ ..]) => {
                let kept = state.artifacts.get(&number(job));
                // An address is the only name that has something to escape.
                let path = path.join("/").replace("%40", "@");
                let file = kept.and_then(|kept| std::fs::read(kept.join(path)).ok());
                match file {
                    Some(file) => Answer {
                        file: Some(file),
                        ..Answer::of(200, Value::Null)
                    },
                    None => Answer::of(404, json!({"message": "404 Not Found"})),
                }
            }
            ("GET", ["issues"]) => {
                assert_eq!(asked.query["state"], "opened");
                let open: Vec<Value> = state
                    .issues
                    .iter()
                    .filter(|it| it["state"] == "opened")
                    .cloned()
                    .collect();
                page(asked, &open)
            }
            ("POST", ["issues"]) => {
                let id = state.id();
                state
                    .issues
                    .push(json!({"iid": id, "author": {"id": BOT}, "state": "opened",
                    "title": asked.body["title"], "description": asked.body["description"]}));
                Answer::of(201, json!({}))
            }
            ("PUT", ["issues", id]) => {
                let id = number(id);
                let issue = state.issues.iter_mut().find(|it| it["iid"] == id).unwrap();
                assert_eq!(
                    issue["author"]["id"], BOT,
                    "an issue of somebody else was changed"
                );
                if asked.body["state_event"] == "close" {
                    issue["state"] = json!("closed");
                }
                if let Some(text) = asked.body.get("description") {
                    issue["description"] = text.clone();
                }
                Answer::of(200, json!({}))
            }
            ("POST", ["issues", _, "notes"]) => {
                state
                    .said
                    .push(asked.body["body"].as_str().unwrap().to_owned());
                Answer::of(201, json!({}))
            }
            other => panic!("GitLab has no {other:?}"),
        }
    }
}

/// A project on GitLab: a world whose forge is another.
pub struct Project {
    pub world: World,
    pub gitlab: Arc<GitLab>,
    pub api: Api,
}

/// A pipeline.
pub struct Pipeline<'p> {
    pub project: &'p Project,
    pub id: u64,
    pub variables: BTreeMap<String, String>,
    pub protected: bool,
    pub fork: bool,
    pub commit: String,
    /// Variables that a job has handed to the jobs after it.
    pub handed: BTreeMap<String, String>,
    pub log: String,
}

impl Project {
    pub fn new() -> Project {
        let world = World::new();
        let gitlab = Arc::new(GitLab::default());
        let api = Api::serve(gitlab.clone());
        Project { world, gitlab, api }
    }

    pub fn pipeline(&self, source: &str, commit: &str, more: &[(&str, &str)]) -> Pipeline<'_> {
        let id = self.world.next_run();
        let api = format!("{}/api/v4", self.api.url);
        let url = format!("https://gitlab.example/acme/webex/-/pipelines/{id}");
        let usual = [
            ("CI_PIPELINE_SOURCE", source),
            ("CI_PROJECT_ID", "7"),
            ("CI_DEFAULT_BRANCH", "main"),
            ("CI_API_V4_URL", &api),
            ("CI_PIPELINE_URL", &url),
            ("CI_COMMIT_SHA", commit),
        ];
        let all = usual.iter().chain(more);
        Pipeline {
            project: self,
            id,
            variables: all
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            protected: source != "merge_request_event",
            fork: false,
            commit: commit.to_owned(),
            handed: BTreeMap::new(),
            log: String::new(),
        }
    }

    pub fn merge_request(&self, pull: &Pull) -> Pipeline<'_> {
        let iid = pull.number.to_string();
        let more = [
            ("CI_MERGE_REQUEST_IID", iid.as_str()),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "7"),
            ("CI_MERGE_REQUEST_TITLE", pull.branch.as_str()),
        ];
        self.pipeline("merge_request_event", &pull.head, &more)
    }

    pub fn main(&self, source: &str, commit: &str, before: &str) -> Pipeline<'_> {
        self.pipeline(
            source,
            commit,
            &[
                ("CI_COMMIT_BRANCH", "main"),
                ("CI_COMMIT_BEFORE_SHA", before),
            ],
        )
    }

    pub fn notes(&self) -> Vec<String> {
        let state = self.gitlab.state.lock().unwrap();
        state
            .notes
            .iter()
            .map(|it| it["body"].as_str().unwrap().to_owned())
            .collect()
    }

    pub fn issues(&self) -> Vec<Value> {
        self.gitlab.state.lock().unwrap().issues.clone()
    }
}

impl Pipeline<'_> {
    /// Which jobs there are, with when they run.
    pub fn jobs(&self) -> BTreeMap<String, String> {
        let file = read(FILE);
        let jobs = file
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, job)| job.get("script").is_some());
        let found = jobs.filter_map(|(name, job)| {
            let rules = job["rules"].as_array().unwrap();
            let rule = rules
                .iter()
                .find(|rule| self.holds(rule["if"].as_str().unwrap()))?;
            Some((
                name.clone(),
                rule["when"].as_str().unwrap_or("on_success").to_owned(),
            ))
        });
        found.collect()
    }

    pub fn holds(&self, rule: &str) -> bool {
        rule.split(" && ").all(|part| {
            let (left, equal, right) = match (part.split_once(" == "), part.split_once(" != ")) {
                (Some((left, right)), None) => (left, true, right),
                (None, Some((left, right))) => (left, false, right),
                _ => panic!("the rule {part} is not known here"),
            };
            let value = |text: &str| match text.strip_prefix('$') {
                Some(name) => self.variables.get(name).cloned().unwrap_or_default(),
                None => text.trim_matches('"').to_owned(),
            };
            (value(left) == value(right)) == equal
        })
    }

    /// Runs a job that there is.
    pub fn run(&mut self, name: &str) -> Ended {
        assert!(
            self.jobs().contains_key(name),
            "{name} is no job of this pipeline"
        );
        let file = read(FILE);
        let job = &file[name];
        for key in job.as_object().unwrap().keys() {
            let known = [
                "extends",
                "stage",
                "rules",
                "variables",
                "script",
                "artifacts",
                "needs",
                "environment",
                "resource_group",
                "interruptible",
                "timeout",
            ];
            assert!(
                known.contains(&key.as_str()),
                "the key {key} is not known here"
            );
        }
        let world = &self.project.world;
        let place = world.place(&format!("gitlab/{}-{name}-{}", self.id, world.next_run()));
        let env = self.environment(&file, job, &place);
        if env.get("GIT_STRATEGY").map(String::as_str) != Some("none") {
            world.git_at(
                &place,
                &["clone", "-q", world.origin().to_str().unwrap(), "."],
            );
            let all = ["fetch", "-q", "origin", "+refs/pull/*:refs/pull/*"];
            world.git_at(&place, &all);
            world.git_at(&place, &["checkout", "-q", "--detach", &self.commit]);
        }
        for need in job["needs"].as_array().unwrap_or(&Vec::new()) {
            let kept = world.artifact(self.id, need["job"].as_str().unwrap());
            if kept.exists() {
                copy(&kept, &place);
            }
        }
        let deploys =
            job["environment"].get("name").is_some() && job["environment"].get("action").is_none();
        let deployment = deploys.then(|| self.deployment(name));
        let before = file[job["extends"].as_str().unwrap()]["before_script"]
            .as_array()
            .unwrap();
        let lines = before.iter().chain(job["script"].as_array().unwrap());
        let script: Vec<&str> = lines.map(|line| line.as_str().unwrap()).collect();
        let ended = bash(&script.join("\n"), &place, &env);
        for secret in [WEBEX_TOKEN, WEBEX_WRITE_TOKEN, BOT_TOKEN] {
            assert!(!ended.log.contains(secret), "{}", ended.log);
        }
        self.log += &format!("--- {name} ({})\n{}\n", ended.code, ended.log);
        if ended.code == 0 || job["artifacts"]["when"] == "always" {
            let kept = world.artifact(self.id, name);
            let _ = std::fs::remove_dir_all(&kept);
            for path in job["artifacts"]["paths"].as_array().unwrap_or(&Vec::new()) {
                let path = path.as_str().unwrap();
                if place.join(path).exists() {
                    copy(&place.join(path), &kept.join(path));
                }
            }
        }
        if let (0, Some(dotenv)) = (ended.code, job["artifacts"]["reports"]["dotenv"].as_str()) {
            let text = std::fs::read_to_string(place.join(dotenv)).unwrap();
            let pairs = text.lines().map(|line| line.split_once('=').unwrap());
            self.handed
                .extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
        }
        if let Some(id) = deployment {
            let mut state = self.project.gitlab.state.lock().unwrap();
            let ended = if ended.code == 0 { "success" } else { "failed" };
            let mut all = state.deployments.iter_mut();
            let deployment = all.find(|it| it["deployable"]["id"] == id).unwrap();
            deployment["status"] = json!(ended);
            // What this job has kept stays, whatever a retry of it keeps.
            let kept = world.artifact(self.id, name);
            if kept.exists() {
                let own = world.artifact(self.id, &format!("{name}-{id}"));
                copy(&kept, &own);
                state.artifacts.insert(id, own);
            }
        }
        ended
    }

    /// A job that deploys to an environment is one of its deployments, from its start.
    fn deployment(&self, name: &str) -> u64 {
        let id = self.project.world.next_run();
        let branch = &self.variables["CI_COMMIT_BRANCH"];
        self.project.gitlab.state.lock().unwrap().deployments.push(
            json!({"id": id, "status": "running", "ref": branch, "environment": {"name": "webex"},
                "deployable": {"id": id, "name": name, "ref": branch, "tag": false}}),
        );
        id
    }

    /// What GitLab puts into the environment of a job: protected variables only on protected branches, those with a scope only
    /// with that environment, none in a fork.
    pub fn environment(
        &self,
        file: &Value,
        job: &Value,
        place: &std::path::Path,
    ) -> BTreeMap<String, String> {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_trunkline"));
        let path = format!(
            "{}:{}",
            program.parent().unwrap().display(),
            std::env::var("PATH").unwrap()
        );
        let temp = self
            .project
            .world
            .place(&format!("gitlab/temp-{}", self.project.world.next_run()));
        let text = |path: &std::path::Path| path.to_str().unwrap().to_owned();
        let mut env: BTreeMap<String, String> = [
            ("PATH", path),
            ("HOME", text(&temp)),
            ("TMPDIR", text(&temp)),
            ("CI_PROJECT_DIR", text(place)),
            ("CI", "true".to_owned()),
            ("GIT_CONFIG_GLOBAL", "/dev/null".to_owned()),
            ("TRUNKLINE_PAUSE", "0".to_owned()),
            ("TRUNKLINE_API_URL", self.project.world.webex.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        for variables in [&file["variables"], &job["variables"]] {
            for (name, value) in variables.as_object().into_iter().flatten() {
                env.insert(name.clone(), super::expression::shown(value));
            }
        }
        // Those of a pipeline or a project take the place of those of the file.
        env.extend(self.variables.clone());
        // As a person would set them in the file.
        env.insert("TRUNKLINE_PATH".to_owned(), PATH.to_owned());
        env.insert("TRUNKLINE_RECIPIENT".to_owned(), RECIPIENT.to_owned());
        env.insert(
            "TRUNKLINE_FACTS".to_owned(),
            format!("{PATH}/snapshot.json"),
        );
        env.extend(self.handed.clone());
        if !self.fork {
            env.insert("TRUNKLINE_BOT_TOKEN".to_owned(), BOT_TOKEN.to_owned());
        }
        let token = match job["environment"]["name"].as_str() {
            Some("webex") => Some(WEBEX_WRITE_TOKEN),
            Some("webex-read") => Some(WEBEX_TOKEN),
            Some(other) => panic!("the environment {other}"),
            None => None,
        };
        if let Some(token) = token.filter(|_| self.protected) {
            env.insert("WEBEX_ACCESS_TOKEN".to_owned(), token.to_owned());
        }
        env
    }
}
