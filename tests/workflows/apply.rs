//! `apply.yml`: the plan that was reviewed is applied, or a new one that somebody approves, and never anything else.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::api::{Answer, Fault};
use super::forge::bot;
use super::plan::{answered, ben, chiara, comment, write};
use super::runner::{Done, Run};
use super::tools;
use super::world::{Pull, Pushed, World};
use crate::common::live::{direct, writes};
use crate::common::sorted;

const WHY: &str = "### A new plan\n\nIt is a new one because ";

/// A pull request that was planned, and merged.
fn merged(world: &World, number: u64, edit: impl FnOnce(&Path)) -> (Pull, Done, Pushed) {
    let pull = world.pull_request(number, "change", edit);
    let planned = Run::plan(world, &pull).run();
    assert_eq!(planned.result("comment"), "success", "{}", planned.log());
    let pushed = world.merge(&pull);
    (pull, planned, pushed)
}

fn results(done: &Done) -> [&str; 3] {
    ["plan", "apply", "record"].map(|job| done.result(job))
}

fn applied_ref(world: &World) -> Option<String> {
    world
        .github
        .state
        .lock()
        .unwrap()
        .refs
        .get("trunkline/applied")
        .cloned()
}

fn plan_of(world: &World, done: &Done, artifact: &str) -> PathBuf {
    world.artifact(done.id, artifact).join("plan.json")
}

#[test]
fn the_plan_that_was_reviewed_is_the_plan_that_is_applied() {
    if !tools() {
        return;
    }
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
        summary.starts_with("### The plan that was reviewed in #7\n"),
        "{summary}"
    );
    assert!(summary.contains("chiara@elmstreet.example"), "{summary}");
    let reviewed = std::fs::read(plan_of(&world, &planned, "trunkline-plan-webex")).unwrap();
    let approved = std::fs::read(plan_of(&world, &done, "trunkline-approved-webex")).unwrap();
    assert_eq!(reviewed, approved);
    assert!(
        done.job("apply").summary.contains("Applied: 4 done"),
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

    // What is kept: everything that is needed to go on, and of backups only what nobody else can read.
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

#[test]
fn only_the_apply_job_has_the_token_that_may_write() {
    if !tools() {
        return;
    }
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

#[test]
fn a_plan_that_was_tampered_with_is_refused() {
    if !tools() {
        return;
    }
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
    assert_eq!(done.job("plan").code("Take it, or make a new one"), 5);
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

#[test]
fn where_another_merge_came_between_a_new_plan_is_made_and_shown() {
    if !tools() {
        return;
    }
    let world = World::new();
    let one = world.pull_request(7, "one", chiara);
    let two = world.pull_request(8, "two", |files| {
        write(
            files,
            "amara.yaml",
            "users:\n  amara@elmstreet.example: {extension: \"1009\"}\n",
        )
    });
    Run::plan(&world, &one).run();
    let planned = Run::plan(&world, &two).run();
    world.merge(&one);
    let pushed = world.merge(&two);
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["success", "success", "success"],
        "{}",
        done.log()
    );
    let summary = &done.job("plan").summary;
    assert!(
        summary.starts_with(WHY) && summary.contains("another merge came between"),
        "{summary}"
    );
    assert!(
        summary.contains("chiara@elmstreet.example") && summary.contains("amara@elmstreet.example"),
        "{summary}"
    );
    let reviewed = std::fs::read(plan_of(&world, &planned, "trunkline-plan-webex")).unwrap();
    let approved = std::fs::read(plan_of(&world, &done, "trunkline-approved-webex")).unwrap();
    assert_ne!(reviewed, approved);
    assert_eq!(world.person("amara@elmstreet.example")["extension"], "1009");
    assert_eq!(
        world.person("chiara@elmstreet.example")["extension"],
        "1004"
    );

    // A comment in a file is no other configuration.
    let (_, _, pushed) = {
        let pull = world.pull_request(9, "three", |files| {
            write(
                files,
                "esra.yaml",
                "users:\n  esra@elmstreet.example: {displayName: Esra Two}\n",
            )
        });
        let planned = Run::plan(&world, &pull).run();
        write(&world.scratch(), "comment.yaml", "# nothing\n");
        world.push("a comment");
        let pushed = world.merge(&pull);
        (pull, planned, pushed)
    };
    let done = Run::apply(&world, &pushed).run();
    assert!(
        done.job("plan")
            .summary
            .starts_with("### The plan that was reviewed in #9"),
        "{}",
        done.log()
    );
}

#[test]
fn where_there_is_no_reviewed_plan_it_says_why_and_makes_one() {
    if !tools() {
        return;
    }
    let new = |prepare: &dyn Fn(&World, &Done), why: &str| {
        let world = World::new();
        let (_, planned, pushed) = merged(&world, 7, chiara);
        prepare(&world, &planned);
        let done = Run::apply(&world, &pushed).run();
        assert_eq!(
            results(&done),
            ["success", "success", "success"],
            "{}",
            done.log()
        );
        let summary = &done.job("plan").summary;
        assert!(
            summary.starts_with(WHY) && summary.contains(why),
            "{why}: {summary}"
        );
        assert!(summary.contains("chiara@elmstreet.example"), "{summary}");
    };
    new(
        &|world, planned| {
            std::fs::remove_dir_all(world.artifact(planned.id, "trunkline-plan-webex")).unwrap()
        },
        "the plan of pull request #7 is not kept any more",
    );
    new(
        &|world, planned| {
            world.github.state.lock().unwrap().runs.remove(&planned.id);
        },
        "the run that planned pull request #7 is not kept any more",
    );
    new(
        &|world, _| world.github.state.lock().unwrap().comments.clear(),
        "pull request #7 has no plan",
    );
    new(
        &|world, _| world.github.state.lock().unwrap().pulls.clear(),
        "no pull request ends in this commit",
    );
    // Somebody else's comment, with the very words.
    new(
        &|world, _| {
            let mut state = world.github.state.lock().unwrap();
            state.comments[0]["user"] = json!({"login": "mallory", "type": "User"});
        },
        "pull request #7 has no plan",
    );
    // A run whose workflow the pull request can have changed.
    for (member, value) in [
        ("event", json!("pull_request")),
        ("repository", json!({"full_name": "mallory/webex"})),
    ] {
        new(
            &|world, planned| {
                let mut state = world.github.state.lock().unwrap();
                state.runs.get_mut(&planned.id).unwrap()[member] = value.clone();
            },
            "and not by pull_request_target here",
        );
    }
}

#[test]
fn a_pull_request_that_was_merged_though_it_had_no_plan() {
    if !tools() {
        return;
    }
    let world = World::new();
    let pull = world.pull_request(7, "mistake", |files| {
        write(files, "mistake.yaml", "users: [\n")
    });
    Run::plan(&world, &pull).run();
    assert!(comment(&world, 7).starts_with("<!-- trunkline findings -->"));
    let pushed = world.merge(&pull);
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["failure", "skipped", "skipped"],
        "{}",
        done.log()
    );
    assert!(
        done.job("plan")
            .summary
            .contains("pull request #7 had no plan when it was merged"),
        "{}",
        done.job("plan").summary
    );
    assert!(
        done.job("plan").summary.contains("mistake.yaml"),
        "{}",
        done.job("plan").summary
    );
    assert!(writes(&world.simulator).is_empty());
}

#[test]
fn by_hand_there_is_a_new_plan_and_only_the_main_branch_is_applied() {
    if !tools() {
        return;
    }
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, chiara);
    let done = Run::apply(&world, &pushed).by_hand().run();
    assert_eq!(
        results(&done),
        ["success", "success", "success"],
        "{}",
        done.log()
    );
    assert!(
        done.job("plan")
            .summary
            .contains("this run was started by hand"),
        "{}",
        done.job("plan").summary
    );

    let done = Run::apply(&world, &pushed)
        .by_hand()
        .on_branch("feature")
        .run();
    assert_eq!(
        results(&done),
        ["failure", "skipped", "skipped"],
        "{}",
        done.log()
    );
    assert!(
        done.job("plan")
            .said()
            .contains("only the branch main is applied"),
        "{}",
        done.log()
    );
}

#[test]
fn an_apply_in_part_is_red_keeps_what_it_did_and_records_nothing() {
    if !tools() {
        return;
    }
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

    // By hand, what is left is planned anew, and done.
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

#[test]
fn what_somebody_changed_meanwhile_is_not_written_over() {
    if !tools() {
        return;
    }
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

#[test]
fn a_run_that_was_broken_off_is_gone_on_with_when_the_job_runs_again() {
    if !tools() {
        return;
    }
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

#[test]
fn an_older_commit_is_not_applied_over_a_newer_one() {
    if !tools() {
        return;
    }
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

#[test]
fn with_nothing_to_apply_nobody_is_asked() {
    if !tools() {
        return;
    }
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, chiara);
    Run::apply(&world, &pushed).run();
    write(&world.scratch(), "comment.yaml", "# nothing\n");
    let pushed = world.push("a comment");
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["success", "skipped", "success"],
        "{}",
        done.log()
    );
    assert!(
        done.job("plan").said().contains("nothing to apply"),
        "{}",
        done.log()
    );
    assert_eq!(applied_ref(&world), Some(pushed.sha));
}

#[test]
fn a_blocked_plan_asks_nobody_either() {
    if !tools() {
        return;
    }
    let world = World::new();
    // Merged though it was red.
    let (_, _, pushed) = merged(&world, 7, ben);
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["failure", "skipped", "skipped"],
        "{}",
        done.log()
    );
    assert_eq!(done.job("plan").code("Take it, or make a new one"), 4);
    assert!(
        done.job("plan").said().contains("the plan is blocked"),
        "{}",
        done.log()
    );

    // A new plan is judged by the guardrails that were in force before.
    let world = World::new();
    write(
        &world.scratch(),
        "guardrails.yaml",
        "guardrails:\n  protect: [user/amara@elmstreet.example]\n",
    );
    world.push("amara is protected");
    std::fs::remove_file(world.scratch().join("org/guardrails.yaml")).unwrap();
    write(
        &world.scratch(),
        "amara.yaml",
        "users:\n  amara@elmstreet.example: {extension: \"1009\"}\n",
    );
    let pushed = world.push("both at once, past review");
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["failure", "skipped", "skipped"],
        "{}",
        done.log()
    );
    assert!(
        done.job("plan").summary.contains("guardrail-protect"),
        "{}",
        done.job("plan").summary
    );
}

#[test]
fn without_a_recipient_nothing_is_sent() {
    if !tools() {
        return;
    }
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

#[test]
fn with_prune_a_new_plan_deletes_what_was_taken_out_since_the_last_apply() {
    if !tools() {
        return;
    }
    let world = World::new();
    let applied = world.git(&["rev-parse", "main"]);
    world.git(&[
        "push",
        "-q",
        "origin",
        &format!("{applied}:refs/trunkline/applied"),
    ]);
    let file = world.scratch().join("org/phones.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("+12125550104", "+12125550103")).unwrap();
    world.push("shorter, and never applied");
    write(&world.scratch(), "comment.yaml", "# nothing\n");
    let pushed = world.push("the next");
    let done = Run::apply(&world, &pushed).with("prune", true).run();
    assert!(
        done.job("plan").summary.contains("+12125550104"),
        "{}",
        done.log()
    );
    assert_eq!(done.result("apply"), "success", "{}", done.log());
}

#[test]
fn what_the_api_refuses_is_told() {
    if !tools() {
        return;
    }
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

#[test]
fn the_files_may_lie_at_the_top_of_the_repository() {
    if !tools() {
        return;
    }
    let world = World::new();
    world.git(&[
        "mv",
        "org/bakery.yaml",
        "org/phones.yaml",
        "org/snapshot.json",
        ".",
    ]);
    write(
        &world.scratch(),
        "../.github/workflows/trunkline-plan.yml",
        "nonsense: true\n",
    );
    world.push("at the top");
    let pull = world.pull_request(7, "change", |files| {
        write(
            files,
            "../chiara.yaml",
            "users:\n  chiara@elmstreet.example: {displayName: Chiara Two}\n",
        )
    });
    let planned = Run::plan(&world, &pull).with("path", ".").run();
    assert_eq!(planned.result("comment"), "success", "{}", planned.log());
    let pushed = world.merge(&pull);
    let done = Run::apply(&world, &pushed)
        .with("path", ".")
        .with("facts", "snapshot.json")
        .run();
    assert_eq!(
        results(&done),
        ["success", "success", "success"],
        "{}",
        done.log()
    );
    assert!(
        done.job("plan")
            .summary
            .starts_with("### The plan that was reviewed in #7"),
        "{}",
        done.job("plan").summary
    );
    let done = Run::drift(&world)
        .with("path", ".")
        .with("facts", "snapshot.json")
        .run();
    assert_eq!(done.job("drift").outputs["exit"], "0", "{}", done.log());
}

#[test]
fn a_backup_that_anybody_could_read_never_leaves_the_runner() {
    if !tools() {
        return;
    }
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

#[test]
fn a_plan_that_nobody_has_seen_is_not_applied_where_nobody_is_asked() {
    if !tools() {
        return;
    }
    let world = World::new();
    for environment in [Some(false), None] {
        let mut state = world.github.state.lock().unwrap();
        state.environments.clear();
        if let Some(reviewers) = environment {
            state.environments.insert("webex".to_owned(), reviewers);
        }
        drop(state);
        chiara(&world.scratch());
        let pushed = world.push("past review");
        let done = Run::apply(&world, &pushed).run();
        assert_eq!(
            results(&done),
            ["failure", "skipped", "skipped"],
            "{}",
            done.log()
        );
        let said = done.job("plan").said();
        assert!(said.contains("nobody has seen this plan"), "{said}");
        assert!(
            done.job("plan")
                .summary
                .contains("chiara@elmstreet.example")
        );
        assert!(writes(&world.simulator).is_empty());
    }
    // Somebody starts it; and a plan that was reviewed needs nobody else.
    let tip = world.push("nothing");
    let done = Run::apply(&world, &tip).by_hand().run();
    assert_eq!(
        results(&done),
        ["success", "success", "success"],
        "{}",
        done.log()
    );
    let (_, _, pushed) = merged(&world, 7, |files| {
        write(
            files,
            "amara.yaml",
            "users:\n  amara@elmstreet.example: {extension: \"1009\"}\n",
        );
    });
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["success", "success", "success"],
        "{}",
        done.log()
    );
}
