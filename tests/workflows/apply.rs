//! `apply.yml`: the plan that was reviewed is applied, or a new one that a person approves, and never anything else.

use crate::common::needs::Test;
use crate::{TOOLS, tests};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::api::{Answer, Fault};
use super::forge::bot;
use super::plan::{answered, ben, chiara, write};
use super::runner::{Done, Run};
use super::world::{Pull, Pushed, World};
use crate::common::live::{direct, writes};
use crate::common::sorted;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![TOOLS => the_plan_that_was_reviewed_is_the_plan_that_is_applied, only_the_apply_job_has_the_token_that_may_write, a_plan_that_was_tampered_with_is_refused, an_apply_in_part_is_red_keeps_what_it_did_and_records_nothing, what_others_changed_meanwhile_is_not_overwritten, a_run_that_was_broken_off_is_gone_on_with_when_the_job_runs_again, an_older_commit_is_not_applied_over_a_newer_one, without_a_recipient_nothing_is_sent, what_the_api_refuses_is_told, a_backup_that_anybody_could_read_never_leaves_the_runner];

/// A pull request that was planned, and merged.
pub fn merged(world: &World, number: u64, edit: impl FnOnce(&Path)) -> (Pull, Done, Pushed) {
    let pull = world.pull_request(number, "change", edit);
    let planned = Run::plan(world, &pull).run();
    assert_eq!(planned.result("comment"), "success", "{}", planned.log());
    let pushed = world.merge(&pull);
    (pull, planned, pushed)
}

pub fn results(done: &Done) -> [&str; 3] {
    ["plan", "apply", "record"].map(|job| done.result(job))
}

pub fn applied_ref(world: &World) -> Option<String> {
    world
        .github
        .state
        .lock()
        .unwrap()
        .refs
        .get("trunkline/applied")
        .cloned()
}

pub fn plan_of(world: &World, done: &Done, artifact: &str) -> PathBuf {
    world.artifact(done.id, artifact).join("plan.json")
}

fn the_plan_that_was_reviewed_is_the_plan_that_is_applied() {
    let world = World::new();
    let (_, planned, pushed) = merged(&world, 7, |files| {
        chiara(files);
        ben(files);
        answered(files);
    });
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["success", "success", "success"],
        "{}",
        done.log()
    );
    let summary = &done.job("plan").summary;
    assert!(
        summary.starts_with("### The plan reviewed in #7\n"),
        "{summary}"
    );
    assert!(summary.contains("chiara@elmstreet.example"), "{summary}");
    let reviewed = std::fs::read(plan_of(&world, &planned, "trunkline-plan-webex")).unwrap();
    let approved = std::fs::read(plan_of(&world, &done, "trunkline-approved-webex")).unwrap();
    assert_eq!(reviewed, approved);
    assert!(
        done.job("apply").summary.contains("Applied: 5 done"),
        "{}",
        done.job("apply").summary
    );
    assert_eq!(
        world.person("chiara@elmstreet.example")["extension"],
        "1004"
    );
    assert_eq!(
        world.person("ben@elmstreet.example")["extension"],
        Value::Null
    );
    assert_eq!(applied_ref(&world), Some(pushed.sha));

    // What is kept: everything that is needed to go on, and of backups only what no one else can read.
    let state = world.artifact(done.id, "trunkline-state-webex");
    for file in ["journal.jsonl", "plan.json", "report.json"] {
        assert!(state.join(file).is_file(), "{file}");
    }
    let backups = sorted(&state.join("backups"));
    assert!(!backups.is_empty());
    for backup in backups {
        assert_eq!(backup.extension().unwrap(), "age", "{}", backup.display());
        assert!(
            std::fs::read(&backup)
                .unwrap()
                .starts_with(b"age-encryption.org/v1")
        );
    }
    let left: Vec<_> = sorted(&world.artifact(done.id, "trunkline-applied-webex"));
    assert_eq!(left.len(), 1);
    assert!(left[0].ends_with("applied.json.zst"));
}

fn only_the_apply_job_has_the_token_that_may_write() {
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, chiara);
    let done = Run::apply(&world, &pushed).run();
    for (name, job) in &done.jobs {
        for step in &job.steps {
            let env = format!("{:?}", step.env);
            let told = env.contains(super::world::WEBEX_WRITE_TOKEN);
            assert_eq!(
                told,
                name == "apply" && step.name == "Apply",
                "{name}, {}",
                step.name
            );
        }
    }
    // Asking for an approval has written nothing.
    assert!(
        !done.job("apply").said().contains("::error"),
        "{}",
        done.log()
    );
}

fn a_plan_that_was_tampered_with_is_refused() {
    let world = World::new();
    let (_, planned, pushed) = merged(&world, 7, chiara);
    let file = plan_of(&world, &planned, "trunkline-plan-webex");
    let plan = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, plan.replace("1004", "1005")).unwrap();
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["failure", "skipped", "skipped"],
        "{}",
        done.log()
    );
    assert_eq!(done.job("plan").code("Choose the plan"), 5);
    assert!(
        done.job("plan")
            .said()
            .contains("is not the one that the comment of pull request #7 shows"),
        "{}",
        done.log()
    );

    // Between the approval and the apply.
    std::fs::write(&file, &plan).unwrap();
    let done = Run::apply(&world, &pushed);
    let id = done.id;
    let ended = done.with("environment", "other");
    let ended = tampered_on_the_way(&world, ended, id);
    assert_eq!(ended.result("apply"), "failure", "{}", ended.log());
    assert_eq!(ended.job("apply").code("Apply"), 5);
    assert!(
        ended
            .job("apply")
            .said()
            .contains("is not the one that was approved"),
        "{}",
        ended.log()
    );
    assert!(writes(&world.simulator).is_empty());
    assert_eq!(applied_ref(&world), None);
}

/// Runs the plan, changes the artifact, and runs the rest.
fn tampered_on_the_way(world: &World, run: Run<'_>, id: u64) -> Done {
    let change = move || {
        let file = world
            .artifact(id, "trunkline-approved-webex")
            .join("plan.json");
        let plan = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, plan.replace("1004", "1005")).unwrap();
    };
    run.after("plan", Box::new(change)).run()
}

fn an_apply_in_part_is_red_keeps_what_it_did_and_records_nothing() {
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, chiara);
    direct(
        &world.simulator,
        json!({"faults": [{"method": "PATCH", "path": "/licenses/users", "nth": 1, "status": 400, "times": 1}]}),
    );
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["success", "failure", "skipped"],
        "{}",
        done.log()
    );
    assert_eq!(done.job("apply").code("Apply"), 6);
    assert!(
        done.job("apply").said().contains("applied in part"),
        "{}",
        done.log()
    );
    assert!(
        world
            .artifact(done.id, "trunkline-state-webex")
            .join("report.json")
            .is_file()
    );
    assert_eq!(applied_ref(&world), None);

    // Manually, what is left is planned again, and done.
    let again = Run::apply(&world, &pushed).by_hand().run();
    assert_eq!(
        results(&again),
        ["success", "success", "success"],
        "{}",
        again.log()
    );
    assert_eq!(
        world.person("chiara@elmstreet.example")["extension"],
        "1004"
    );
    assert_eq!(applied_ref(&world), Some(pushed.sha));
}

fn what_others_changed_meanwhile_is_not_overwritten() {
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, |files| {
        write(
            files,
            "amara.yaml",
            "users:\n  amara@elmstreet.example: {extension: \"1009\"}\n",
        )
    });
    direct(
        &world.simulator,
        json!({"changes": [{"section": "users", "key": "amara@elmstreet.example", "set": {"extension": "1077"}}]}),
    );
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["success", "failure", "skipped"],
        "{}",
        done.log()
    );
    assert_eq!(done.job("apply").code("Apply"), 5);
    assert_eq!(world.person("amara@elmstreet.example")["extension"], "1077");
}

fn a_run_that_was_broken_off_is_gone_on_with_when_the_job_runs_again() {
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, chiara);
    // The token ends in the middle: whatever ends a run, the journal says how far it came.
    direct(
        &world.simulator,
        json!({"faults": [{"method": "PATCH", "path": "/licenses/users", "nth": 2, "status": 401, "times": 100_000}]}),
    );
    let run = Run::apply(&world, &pushed);
    let done = run.run();
    assert_eq!(done.result("apply"), "failure", "{}", done.log());
    let sent = writes(&world.simulator)
        .iter()
        .filter(|entry| entry.applied)
        .count();
    assert!(sent > 0, "{}", done.log());
    // The journal of a run that had no time to write its last line.
    let journal = world
        .artifact(done.id, "trunkline-state-webex")
        .join("journal.jsonl");
    let lines = std::fs::read_to_string(&journal).unwrap();
    let kept: Vec<&str> = lines
        .lines()
        .filter(|line| !line.contains("\"record\":\"finish\""))
        .collect();
    std::fs::write(&journal, kept.join("\n") + "\n").unwrap();
    direct(&world.simulator, json!({"clearFaults": true}));

    let again = Run::apply(&world, &pushed).again(&done).run();
    assert_eq!(
        results(&again),
        ["success", "success", "success"],
        "{}",
        again.log()
    );
    assert_eq!(
        world.person("chiara@elmstreet.example")["extension"],
        "1004"
    );
    crate::common::live::once(&world.simulator).unwrap();
}

fn an_older_commit_is_not_applied_over_a_newer_one() {
    let world = World::new();
    let (_, _, old) = merged(&world, 7, chiara);
    let waiting = Run::apply(&world, &old);
    let newer = Box::new(|| {
        write(
            &world.scratch(),
            "esra.yaml",
            "users:\n  esra@elmstreet.example: {displayName: Esra Two}\n",
        );
        world.push("newer");
    });
    let done = waiting.after("plan", newer).run();
    assert_eq!(
        results(&done),
        ["success", "failure", "skipped"],
        "{}",
        done.log()
    );
    assert!(
        done.job("apply").said().contains("main has moved on to"),
        "{}",
        done.log()
    );
    assert!(writes(&world.simulator).is_empty());
}

fn without_a_recipient_nothing_is_sent() {
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, chiara);
    for recipient in ["", "age1PUT-YOURS-IN", "somebody"] {
        let done = Run::apply(&world, &pushed)
            .with("backup-recipient", recipient)
            .run();
        assert_eq!(
            results(&done),
            ["success", "failure", "skipped"],
            "{}",
            done.log()
        );
        assert!(
            done.job("apply").said().contains("backup-recipient"),
            "{}",
            done.log()
        );
    }
    assert!(writes(&world.simulator).is_empty());
}

fn what_the_api_refuses_is_told() {
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, chiara);
    let refused = Answer::of(
        403,
        json!({"message": "Resource not accessible by integration"}),
    );
    world.api.fault(Fault {
        method: "GET",
        path: "/pulls",
        answer: refused,
        done: false,
    });
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["failure", "skipped", "skipped"],
        "{}",
        done.log()
    );
    assert!(
        done.job("plan")
            .said()
            .contains("not allowed (Resource not accessible by integration)"),
        "{}",
        done.log()
    );

    // The ref that remembers is made, then moved, and a broken answer is asked again.
    world.api.fault(Fault {
        method: "PATCH",
        path: "/git/refs",
        answer: Answer::of(503, json!({})),
        done: false,
    });
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["success", "success", "success"],
        "{}",
        done.log()
    );
    assert_eq!(applied_ref(&world), Some(pushed.sha));
    assert!(
        world.github.state.lock().unwrap().ours(7).len() == 1,
        "{:?}",
        bot()
    );
}

fn a_backup_that_anybody_could_read_never_leaves_the_runner() {
    let world = World::new();
    let state = world.place("state/backups");
    std::fs::write(state.join("user-ben.json"), "{}").unwrap();
    std::fs::write(state.join("user-ben.json.age"), "age-encryption.org/v1").unwrap();
    std::fs::write(world.place("state").join("journal.jsonl"), "{}").unwrap();
    let keep = world.place("keep");
    let text = |path: PathBuf| path.to_str().unwrap().to_owned();
    let env = [
        ("PATH", std::env::var("PATH").unwrap()),
        ("STATE", text(world.place("state"))),
        ("KEEP", text(keep.clone())),
        ("GITHUB_OUTPUT", text(keep.join("output"))),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value)).into();
    let script = crate::common::root().join(".github/actions/setup/bin/trunkline-ci-gather");
    let ended = super::shell::bash(script.to_str().unwrap(), &world.scratch(), &env);
    assert_eq!(ended.code, 0, "{}", ended.log);
    let kept = sorted(&keep.join("state/backups"));
    assert_eq!(kept, [keep.join("state/backups/user-ben.json.age")]);
    let outputs = std::fs::read_to_string(keep.join("output")).unwrap();
    assert_eq!(outputs, "state=true\napplied=false\n");
}
