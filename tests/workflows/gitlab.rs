//! `examples/gitlab-ci.yml`: its rules, its scripts, and who gets which variable.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::api::{Answer, Api, Asked, Fault, Forge};
use super::plan::{answered, ben, chiara, write};
use super::runner::read;
use super::shell::{Ended, bash};
use super::tools;
use super::world::{PATH, Pull, RECIPIENT, WEBEX_TOKEN, WEBEX_WRITE_TOKEN, World};
use crate::common::live::{direct, writes};
use crate::common::{copy, sorted};

const FILE: &str = "examples/gitlab-ci.yml";
const BOT_TOKEN: &str = "gitlab-token-of-the-bot";
const BOT: u64 = 42;
const PAGE: usize = 2;

/// GitLab's API, as far as the jobs ask it.
#[derive(Default)]
struct GitLab {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    notes: Vec<Value>,
    issues: Vec<Value>,
    said: Vec<String>,
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
struct Project {
    world: World,
    gitlab: Arc<GitLab>,
    api: Api,
    cache: PathBuf,
}

/// A pipeline.
struct Pipeline<'p> {
    project: &'p Project,
    id: u64,
    variables: BTreeMap<String, String>,
    protected: bool,
    fork: bool,
    commit: String,
    /// Variables that a job has handed to the jobs after it.
    handed: BTreeMap<String, String>,
    log: String,
}

impl Project {
    fn new() -> Project {
        let world = World::new();
        let gitlab = Arc::new(GitLab::default());
        let api = Api::serve(gitlab.clone());
        let cache = world.place("cache");
        Project {
            world,
            gitlab,
            api,
            cache,
        }
    }

    fn pipeline(&self, source: &str, commit: &str, more: &[(&str, &str)]) -> Pipeline<'_> {
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

    fn merge_request(&self, pull: &Pull) -> Pipeline<'_> {
        let iid = pull.number.to_string();
        let more = [
            ("CI_MERGE_REQUEST_IID", iid.as_str()),
            ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "7"),
            ("CI_MERGE_REQUEST_TITLE", pull.branch.as_str()),
        ];
        self.pipeline("merge_request_event", &pull.head, &more)
    }

    fn main(&self, source: &str, commit: &str, before: &str) -> Pipeline<'_> {
        self.pipeline(
            source,
            commit,
            &[
                ("CI_COMMIT_BRANCH", "main"),
                ("CI_COMMIT_BEFORE_SHA", before),
            ],
        )
    }

    fn notes(&self) -> Vec<String> {
        let state = self.gitlab.state.lock().unwrap();
        state
            .notes
            .iter()
            .map(|it| it["body"].as_str().unwrap().to_owned())
            .collect()
    }

    fn issues(&self) -> Vec<Value> {
        self.gitlab.state.lock().unwrap().issues.clone()
    }
}

impl Pipeline<'_> {
    /// Which jobs there are, with when they run.
    fn jobs(&self) -> BTreeMap<String, String> {
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

    fn holds(&self, rule: &str) -> bool {
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
    fn run(&mut self, name: &str) -> Ended {
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
                "cache",
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
        let policy = job["cache"]["policy"].as_str();
        if policy == Some("pull") && !sorted(&self.project.cache).is_empty() {
            copy(&self.project.cache, &place.join("trunkline-applied"));
        }
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
        if policy == Some("push") && place.join("trunkline-applied").exists() {
            copy(&place.join("trunkline-applied"), &self.project.cache);
        }
        ended
    }

    /// What GitLab puts into the environment of a job: protected variables only on protected branches, those with a scope only
    /// with that environment, none in a fork.
    fn environment(
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
        env.extend(self.variables.clone());
        for variables in [&file["variables"], &job["variables"]] {
            for (name, value) in variables.as_object().into_iter().flatten() {
                env.insert(name.clone(), super::expression::shown(value));
            }
        }
        // As somebody would set them in the file.
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

#[test]
fn a_merge_request_gets_a_note_that_each_push_replaces() {
    if !tools() {
        return;
    }
    let project = Project::new();
    {
        let mut state = project.gitlab.state.lock().unwrap();
        for (id, author) in [(900, 1), (901, 2), (902, 3)] {
            let body = "<!-- trunkline plan x -->\n<!-- trunkline-ci note -->\nmine";
            state
                .notes
                .push(json!({"id": id, "author": {"id": author}, "body": body}));
        }
    }
    let pull = project.world.pull_request(7, "x$(touch pwned)", chiara);
    let mut pipeline = project.merge_request(&pull);
    assert_eq!(
        pipeline.jobs(),
        json_map(&[("plan", "on_success"), ("note", "always")])
    );
    assert_eq!(pipeline.run("plan").code, 0, "{}", pipeline.log);
    assert_eq!(pipeline.run("note").code, 0, "{}", pipeline.log);
    let first = project.notes()[3].clone();
    assert!(first.starts_with("<!-- trunkline plan commit="), "{first}");
    assert_eq!(first.lines().nth(1), Some("<!-- trunkline-ci note -->"));
    assert!(first.contains("chiara@elmstreet.example"), "{first}");

    // Blocked: red, and shown.
    let pull = project.world.pull_request(7, "change", ben);
    let mut pipeline = project.merge_request(&pull);
    assert_eq!(pipeline.run("plan").code, 4, "{}", pipeline.log);
    assert_eq!(pipeline.run("note").code, 0, "{}", pipeline.log);
    assert!(
        project.notes()[3].contains("calling-loss"),
        "{:?}",
        project.notes()
    );
    // A mistake in the files.
    let pull = project.world.pull_request(7, "change", |files| {
        write(files, "mistake.yaml", "users: [\n")
    });
    let mut pipeline = project.merge_request(&pull);
    assert_eq!(pipeline.run("plan").code, 1, "{}", pipeline.log);
    assert_eq!(pipeline.run("note").code, 0, "{}", pipeline.log);
    assert!(
        project.notes()[3].contains("mistake.yaml"),
        "{:?}",
        project.notes()
    );
    assert_eq!(project.notes().len(), 4, "one note, and those of others");
    assert!(
        project.notes()[..3]
            .iter()
            .all(|note| note.ends_with("mine"))
    );
}

fn json_map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_fork_gets_a_plan_and_neither_secret_nor_note() {
    if !tools() {
        return;
    }
    let project = Project::new();
    let pull = project.world.pull_request(7, "change", chiara);
    let mut pipeline = project.merge_request(&pull);
    pipeline.fork = true;
    pipeline.variables.insert(
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID".to_owned(),
        "8".to_owned(),
    );
    assert_eq!(pipeline.jobs(), json_map(&[("plan", "on_success")]));
    assert_eq!(pipeline.run("plan").code, 0, "{}", pipeline.log);
    // No job of a merge request has anything of Webex, though its branch could ask for the environment.
    let file = read(FILE);
    for name in ["plan", "note"] {
        assert_eq!(file[name]["environment"], Value::Null);
        let env = pipeline.environment(&file, &file[name], &project.world.place("x"));
        assert!(
            !env.contains_key("WEBEX_ACCESS_TOKEN") && !env.contains_key("TRUNKLINE_BOT_TOKEN")
        );
    }
    let asking = json!({"environment": {"name": "webex"}});
    let env = pipeline.environment(&file, &asking, &project.world.place("x"));
    assert!(!env.contains_key("WEBEX_ACCESS_TOKEN"));
}

#[test]
fn the_target_judges_and_conflicts_are_told() {
    if !tools() {
        return;
    }
    let project = Project::new();
    let world = &project.world;
    let pull = world.pull_request(7, "loosen", |files| {
        write(
            files,
            "guardrails.yaml",
            "guardrails:\n  irreversible: 100\n",
        );
        write(
            files,
            "amara.yaml",
            "users:\n  amara@elmstreet.example: {extension: \"1009\"}\n",
        );
    });
    world.git(&["checkout", "-q", "main"]);
    write(
        &world.scratch(),
        "rules.yaml",
        "guardrails:\n  protect: [user/amara@elmstreet.example]\n",
    );
    world.push("amara is protected");
    let mut pipeline = project.merge_request(&pull);
    // Twice guardrails is a mistake of the merge; whichever, it is not green.
    assert_ne!(pipeline.run("plan").code, 0, "{}", pipeline.log);
    let pull = world.pull_request(8, "loosen", |files| {
        std::fs::remove_file(files.join("org/rules.yaml")).unwrap();
        write(
            files,
            "amara.yaml",
            "users:\n  amara@elmstreet.example: {extension: \"1009\"}\n",
        );
    });
    let mut pipeline = project.merge_request(&pull);
    assert_eq!(pipeline.run("plan").code, 4, "{}", pipeline.log);

    let pull = world.pull_request(9, "conflict", |files| write(files, "same.yaml", "# one\n"));
    write(&world.scratch(), "same.yaml", "# two\n");
    world.push("the other");
    let mut pipeline = project.merge_request(&pull);
    assert_ne!(pipeline.run("plan").code, 0);
    assert_eq!(pipeline.run("note").code, 0, "{}", pipeline.log);
    assert!(
        project.notes()[0].contains("conflicts with its target"),
        "{:?}",
        project.notes()
    );
}

#[test]
fn on_main_the_plan_that_was_shown_is_applied() {
    if !tools() {
        return;
    }
    let project = Project::new();
    let world = &project.world;
    let pull = world.pull_request(7, "change", |files| {
        chiara(files);
        ben(files);
        answered(files);
    });
    let pushed = world.merge(&pull);
    let mut pipeline = project.main("push", &pushed.sha, &pushed.before);
    assert_eq!(
        pipeline.jobs(),
        json_map(&[("proposed", "on_success"), ("apply", "manual")])
    );
    assert_eq!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    assert!(
        pipeline.log.contains("chiara@elmstreet.example"),
        "{}",
        pipeline.log
    );
    assert!(writes(&world.simulator).is_empty());

    // Tampered with, nothing is sent.
    let file = world
        .artifact(pipeline.id, "proposed")
        .join("trunkline-plan/plan.json");
    let plan = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, plan.replace("1004", "1005")).unwrap();
    assert_eq!(pipeline.run("apply").code, 5, "{}", pipeline.log);
    assert!(
        pipeline
            .log
            .contains("is not the one that the job proposed has shown"),
        "{}",
        pipeline.log
    );
    std::fs::write(&file, plan).unwrap();
    assert!(writes(&world.simulator).is_empty());

    assert_eq!(pipeline.run("apply").code, 0, "{}", pipeline.log);
    assert_eq!(
        world.person("chiara@elmstreet.example")["extension"],
        "1004"
    );
    let state = world.artifact(pipeline.id, "apply").join("trunkline-state");
    assert!(state.join("journal.jsonl").is_file() && state.join("report.json").is_file());
    let backups = sorted(&state.join("backups"));
    assert!(
        !backups.is_empty() && backups.iter().all(|it| it.extension().unwrap() == "age"),
        "{backups:?}"
    );
}

#[test]
fn on_main_what_is_blocked_old_or_done_in_part_is_red() {
    if !tools() {
        return;
    }
    let project = Project::new();
    let world = &project.world;
    ben(&world.scratch());
    let pushed = world.push("nobody has answered");
    let mut pipeline = project.main("push", &pushed.sha, &pushed.before);
    assert_eq!(pipeline.run("proposed").code, 4, "{}", pipeline.log);

    std::fs::remove_file(world.scratch().join("org/ben.yaml")).unwrap();
    chiara(&world.scratch());
    let old = world.push("a phone for chiara");
    let mut waiting = project.main("push", &old.sha, &old.before);
    assert_eq!(waiting.run("proposed").code, 0, "{}", waiting.log);
    write(&world.scratch(), "comment.yaml", "# nothing\n");
    let new = world.push("newer");
    assert_eq!(waiting.run("apply").code, 5, "{}", waiting.log);
    assert!(waiting.log.contains("main has moved on"), "{}", waiting.log);

    let mut pipeline = project.main("push", &new.sha, &new.before);
    assert_eq!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    direct(
        &world.simulator,
        json!({"faults": [{"method": "PATCH", "path": "/licenses/users", "nth": 1, "status": 400, "times": 1}]}),
    );
    assert_eq!(pipeline.run("apply").code, 6, "{}", pipeline.log);
    assert!(
        world
            .artifact(pipeline.id, "apply")
            .join("trunkline-state/report.json")
            .is_file()
    );
}

#[test]
fn on_a_schedule_one_issue_tells_the_drift() {
    if !tools() {
        return;
    }
    let project = Project::new();
    let world = &project.world;
    chiara(&world.scratch());
    let pushed = world.push("a phone for chiara");
    let mut pipeline = project.main("push", &pushed.sha, &pushed.before);
    pipeline.run("proposed");
    assert_eq!(pipeline.run("apply").code, 0, "{}", pipeline.log);

    let look = || {
        let mut pipeline = project.main("schedule", &pushed.sha, "");
        assert_eq!(
            pipeline.jobs(),
            json_map(&[("drift", "on_success"), ("issue", "on_success")])
        );
        assert_eq!(pipeline.run("drift").code, 0, "{}", pipeline.log);
        assert_eq!(pipeline.run("issue").code, 0, "{}", pipeline.log);
    };
    let change = |extension: &str| {
        direct(
            &world.simulator,
            json!({"changes": [{"section": "users", "key": "chiara@elmstreet.example", "set": {"extension": extension}}]}),
        );
    };
    look();
    assert!(project.issues().is_empty());
    change("1077");
    look();
    let [issue] = &project.issues()[..] else {
        panic!()
    };
    let text = issue["description"].as_str().unwrap();
    assert!(
        text.contains("1077") && text.contains("live-changed"),
        "{text}"
    );
    change("1078");
    look();
    let [issue] = &project.issues()[..] else {
        panic!()
    };
    assert!(issue["description"].as_str().unwrap().contains("1078"));
    change("1004");
    look();
    let [issue] = &project.issues()[..] else {
        panic!()
    };
    assert_eq!(issue["state"], "closed");
    assert_eq!(project.gitlab.state.lock().unwrap().said.len(), 1);

    direct(
        &world.simulator,
        json!({"faults": [{"method": "GET", "status": 401, "times": 100_000}]}),
    );
    let mut pipeline = project.main("schedule", &pushed.sha, "");
    assert_eq!(pipeline.run("drift").code, 1, "{}", pipeline.log);
}

#[test]
fn errors_of_the_api_pass_or_are_told() {
    if !tools() {
        return;
    }
    let project = Project::new();
    let pull = project.world.pull_request(7, "change", chiara);
    let mut pipeline = project.merge_request(&pull);
    pipeline.run("plan");
    let mut limit = Answer::of(429, json!({}));
    limit
        .headers
        .push(("Retry-After".to_owned(), "0".to_owned()));
    project.api.fault(Fault {
        method: "GET",
        path: "/notes",
        answer: limit,
        done: false,
    });
    project.api.fault(Fault {
        method: "GET",
        path: "/notes",
        answer: Answer::of(502, Value::Null),
        done: false,
    });
    project.api.fault(Fault {
        method: "POST",
        path: "/notes",
        answer: Answer::of(500, Value::Null),
        done: true,
    });
    assert_eq!(pipeline.run("note").code, 0, "{}", pipeline.log);
    assert_eq!(project.notes().len(), 1);

    project.api.fault(Fault {
        method: "PUT",
        path: "/notes",
        answer: Answer::of(403, json!({"message": "403 Forbidden"})),
        done: false,
    });
    assert_eq!(pipeline.run("note").code, 1, "{}", pipeline.log);
    assert!(
        pipeline.log.contains("TRUNKLINE_BOT_TOKEN may not do this"),
        "{}",
        pipeline.log
    );
    project.api.fault(Fault {
        method: "GET",
        path: "/user",
        answer: Answer::of(401, json!({})),
        done: false,
    });
    assert_eq!(pipeline.run("note").code, 1, "{}", pipeline.log);
    assert!(
        pipeline.log.contains("was not accepted"),
        "{}",
        pipeline.log
    );
}
