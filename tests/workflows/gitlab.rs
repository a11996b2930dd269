//! `examples/gitlab-ci.yml`: its rules, its scripts, and who gets which variable.

use crate::common::needs::Test;
use crate::{TOOLS, tests};
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::api::{Answer, Fault};
use super::drift::{incomparable, one_more_number};
use super::gitlab_runner::{FILE, Project};
use super::plan::{answered, ben, chiara, write};
use super::runner::read;
use crate::common::live::{direct, writes};
use crate::common::sorted;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![TOOLS => a_merge_request_gets_a_note_that_each_push_replaces, a_fork_gets_a_plan_and_neither_secret_nor_note, the_target_judges_and_conflicts_are_told, on_main_the_plan_that_was_shown_is_applied, on_main_what_is_blocked_old_or_done_in_part_is_red, on_a_schedule_one_issue_tells_the_drift, on_a_schedule_manual_work_is_told_and_what_is_unknown_is_no_match, errors_of_the_api_pass_or_are_told];

fn a_merge_request_gets_a_note_that_each_push_replaces() {
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

fn a_fork_gets_a_plan_and_neither_secret_nor_note() {
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

fn the_target_judges_and_conflicts_are_told() {
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

fn on_main_the_plan_that_was_shown_is_applied() {
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
            .contains("is not the one that the job proposed showed"),
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

fn on_main_what_is_blocked_old_or_done_in_part_is_red() {
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

fn on_a_schedule_one_issue_tells_the_drift() {
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

/// The exit code of `trunkline drift` is 0 for both.
fn on_a_schedule_manual_work_is_told_and_what_is_unknown_is_no_match() {
    let project = Project::new();
    let world = &project.world;
    chiara(&world.scratch());
    let pushed = world.push("a phone for chiara");
    let mut pipeline = project.main("push", &pushed.sha, &pushed.before);
    pipeline.run("proposed");
    assert_eq!(pipeline.run("apply").code, 0, "{}", pipeline.log);

    let kept = {
        let state = project.gitlab.state.lock().unwrap();
        state.artifacts.values().next_back().unwrap().clone()
    };
    let file = kept.join("trunkline-applied/applied.json.zst");
    let whole = incomparable(&file);
    let mut pipeline = project.main("schedule", &pushed.sha, "");
    assert_eq!(pipeline.run("drift").code, 7, "{}", pipeline.log);
    let says = "it is unknown whether anything differs";
    assert!(pipeline.log.contains(says), "{}", pipeline.log);
    std::fs::write(&file, whole).unwrap();

    one_more_number(world);
    let pushed = world.push("one more number");
    let mut pipeline = project.main("schedule", &pushed.sha, "");
    assert_eq!(pipeline.run("drift").code, 0, "{}", pipeline.log);
    assert_eq!(pipeline.handed["DRIFT_EXIT"], "2", "{}", pipeline.log);
    assert_eq!(pipeline.run("issue").code, 0, "{}", pipeline.log);
    let [issue] = &project.issues()[..] else {
        panic!("{:?}", project.issues())
    };
    let text = issue["description"].as_str().unwrap();
    assert!(text.contains("numbers-manual-control-hub"), "{text}");
}

fn errors_of_the_api_pass_or_are_told() {
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
        pipeline
            .log
            .contains("TRUNKLINE_BOT_TOKEN is not allowed to do this"),
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
