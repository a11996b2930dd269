//! What an apply leaves is handed on to the plans, applies and drifts after it: the applied snapshot, which says who is new, and
//! the journals, which say who is owed something. GitHub first, GitLab below.

use crate::common::needs::Test;
use crate::{TOOLS, tests};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::apply::{merged, plan_of, results};
use super::gitlab_runner::{Pipeline, Project};
use super::plan::{answered, ben, chiara, comment, write};
use super::runner::{Done, Run};
use super::world::{PATH, Pull, Pushed, RECIPIENT, World};
use crate::common::live::{direct, writes};
use crate::common::sorted;

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![TOOLS => who_is_new_is_known_to_the_plan_of_a_pull_request_and_to_the_next_apply, an_applied_snapshot_that_is_broken_or_away_stops_everything, where_it_is_not_kept_any_more_a_new_plan_is_made_without_it, where_nothing_is_applied_for_long_drift_renews_what_was_left, who_is_owed_something_is_named_everywhere_until_it_is_put_right, journals_and_backups_are_handed_on_no_longer_than_they_are_needed, a_ref_that_is_missing_after_an_apply_or_leads_elsewhere_lets_nothing_through, the_ref_only_moves_forward_and_a_move_back_is_seen_also_where_nothing_was_applied, a_branch_that_was_renamed_drops_nothing_in_silence, at_gitlab_a_branch_that_was_renamed_drops_nothing_in_silence, at_gitlab_who_is_new_is_known_to_merge_requests_applies_and_drift, at_gitlab_only_the_apply_of_main_is_believed_and_what_is_broken_stops_everything, at_gitlab_the_commit_that_was_applied_last_judges_however_the_pipeline_was_started, at_gitlab_who_is_owed_something_is_named_and_an_apply_is_gone_on_with];

const EVE: &str = "eve@elmstreet.example";
const MISSING: &str = "applied-snapshot-missing";

/// From now on the template counts for newcomers only.
fn newcomers_only(files: &Path) {
    let file = files.join(PATH).join("bakery.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    let changed = text.replace("existingUsers: true", "existingUsers: false");
    assert_ne!(changed, text);
    std::fs::write(file, changed).unwrap();
}

/// A person is created by the directory, with the free licences that everyone has.
fn eve_comes(world: &World) {
    let free = world.person("esra@elmstreet.example")["licenses"].clone();
    direct(
        &world.simulator,
        json!({"changes": [{"section": "users", "key": EVE, "set": {"id": "eve-1", "displayName": "Eve Okoro", "status": "active",
            "source": "directory", "licenses": free, "attendeeSites": [], "siteAdmin": [], "roles": []}}]}),
    );
}

fn has_messaging(world: &World) -> bool {
    let count = |email| world.person(email)["licenses"].as_array().unwrap().len();
    count(EVE) > count("esra@elmstreet.example")
}

/// Rules for newcomers, applied; then a person comes.
fn begun() -> (World, Done) {
    let world = World::new();
    newcomers_only(&world.scratch());
    let pushed = world.push("for newcomers only");
    chiara(&world.scratch());
    let next = world.push("a phone for chiara");
    assert_eq!(next.before, pushed.sha);
    let done = Run::apply(&world, &next).run();
    assert_eq!(results(&done), ["success"; 3], "{}", done.log());
    let said = done.job("plan").said();
    assert!(
        said.contains("there is no applied snapshot of main"),
        "{said}"
    );
    assert!(
        done.job("plan").summary.contains(MISSING),
        "{}",
        done.job("plan").summary
    );
    eve_comes(&world);
    (world, done)
}

fn amara(extension: &'static str) -> impl FnOnce(&Path) {
    move |files| {
        let text = format!("users:\n  amara@elmstreet.example: {{extension: \"{extension}\"}}\n");
        write(files, "amara.yaml", &text);
    }
}

fn planned(world: &World, pull: &Pull) -> Done {
    let run = Run::plan(world, pull).with("live", true);
    run.with("facts", "org/snapshot.json").run()
}

fn who_is_new_is_known_to_the_plan_of_a_pull_request_and_to_the_next_apply() {
    let (world, first) = begun();
    let pull = world.pull_request(7, "change", amara("1009"));
    let done = planned(&world, &pull);
    assert_eq!(done.result("comment"), "success", "{}", done.log());
    let shown = comment(&world, 7);
    assert!(shown.contains(EVE) && !shown.contains(MISSING), "{shown}");
    let plan = std::fs::read(plan_of(&world, &done, "trunkline-plan-webex")).unwrap();
    let plan: Value = serde_json::from_slice(&plan).unwrap();
    assert!(plan["applied"]["digest"].is_string(), "{}", plan["applied"]);

    // The plan that was reviewed is applied, with what it was made with.
    let pushed = world.merge(&pull);
    let second = Run::apply(&world, &pushed).run();
    assert_eq!(results(&second), ["success"; 3], "{}", second.log());
    let summary = &second.job("plan").summary;
    assert!(
        summary.starts_with("### The plan reviewed in #7"),
        "{summary}"
    );
    assert!(has_messaging(&world), "{}", world.person(EVE));
    let left = |done: &Done| {
        let place = world.artifact(done.id, "trunkline-applied-webex");
        std::fs::read(place.join("applied.json.zst")).unwrap()
    };
    assert_ne!(left(&first), left(&second));

    // Drift knows it, and a new plan too: who was new once is not so again.
    let drift = Run::drift(&world).run();
    assert_eq!(drift.job("drift").outputs["exit"], "0", "{}", drift.log());
    assert!(!drift.job("drift").summary.contains(MISSING));
    let again = Run::apply(&world, &pushed).by_hand().run();
    assert_eq!(
        again.job("plan").outputs["next"],
        "nothing",
        "{}",
        again.log()
    );
    assert!(!again.job("plan").summary.contains(MISSING));
}

fn an_applied_snapshot_that_is_broken_or_away_stops_everything() {
    let (world, first) = begun();
    let pull = world.pull_request(7, "change", amara("1009"));
    let before = writes(&world.simulator).len();
    let file = world
        .artifact(first.id, "trunkline-applied-webex")
        .join("applied.json.zst");
    let good = std::fs::read(&file).unwrap();
    let (half, _) = good.split_at(good.len() / 2);
    let elsewhere = b"{\"formatVersion\": 1, \"capturedAt\": \"2026-11-20T08:00:00Z\", \"complete\": true, \"org\": {\"id\": \"other\"}, \"users\": []}";
    for broken in [half, b"", elsewhere] {
        std::fs::write(&file, broken).unwrap();
        let done = planned(&world, &pull);
        assert_eq!(done.result("plan"), "failure", "{}", done.log());
        assert!(
            comment(&world, 7).contains("applied snapshot"),
            "{}",
            comment(&world, 7)
        );
        assert!(!plan_of(&world, &done, "trunkline-plan-webex").exists());
        let pushed = Pushed {
            before: String::new(),
            sha: world.git(&["rev-parse", "main"]),
        };
        let done = Run::apply(&world, &pushed).by_hand().run();
        assert_eq!(
            results(&done),
            ["failure", "skipped", "skipped"],
            "{}",
            done.log()
        );
        let done = Run::drift(&world).run();
        assert_eq!(done.result("drift"), "failure", "{}", done.log());
    }
    // That it is there, and cannot be had.
    std::fs::remove_dir_all(file.parent().unwrap()).unwrap();
    let done = planned(&world, &pull);
    assert_eq!(done.result("plan"), "failure", "{}", done.log());
    assert_eq!(writes(&world.simulator).len(), before);
}

fn where_it_is_not_kept_any_more_a_new_plan_is_made_without_it() {
    let (world, _) = begun();
    let pull = world.pull_request(7, "change", amara("1009"));
    planned(&world, &pull);
    assert!(comment(&world, 7).contains(EVE));
    let pushed = world.merge(&pull);
    for artifact in &mut world.github.state.lock().unwrap().artifacts {
        if artifact["name"] == "trunkline-applied-webex" {
            artifact["expired"] = json!(true);
        }
    }
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(results(&done), ["success"; 3], "{}", done.log());
    let summary = &done.job("plan").summary;
    assert!(
        summary.contains(
            "the applied snapshot that pull request #7 was planned with is no longer kept"
        ) && summary.contains(MISSING),
        "{summary}"
    );
    assert!(!has_messaging(&world), "nobody knows that she is new");
}

/// Everything of this kind, but what the run has kept, expires.
fn expire(world: &World, kind: &str, but: u64) {
    for artifact in &mut world.github.state.lock().unwrap().artifacts {
        if artifact["name"] == format!("trunkline-{kind}-webex").as_str() {
            artifact["expired"] = json!(artifact["workflow_run"]["id"] != but);
        }
    }
}

fn where_nothing_is_applied_for_long_drift_renews_what_was_left() {
    let (world, first) = begun();
    let count = || world.github.state.lock().unwrap().artifacts.len();
    let before = count();
    Run::drift(&world).run();
    assert_eq!(count(), before + 1, "its own report alone");
    for artifact in &mut world.github.state.lock().unwrap().artifacts {
        artifact["expires_at"] = json!("2026-11-21T10:00:00Z");
    }
    // Not when a person has started it: such a copy would look like what an apply has left.
    Run::drift(&world).by_hand().run();
    assert_eq!(count(), before + 2);
    let renewed = Run::drift(&world).run();
    assert_eq!(count(), before + 5, "{}", renewed.log());
    let left = |run| {
        let place = world.artifact(run, "trunkline-applied-webex");
        std::fs::read(place.join("applied.json.zst")).unwrap()
    };
    assert_eq!(left(renewed.id), left(first.id));

    // While the artifacts of the apply are there, they count: a copy may be older than it looks.
    let copy = world.artifact(renewed.id, "trunkline-applied-webex");
    let broken = copy.join("applied.json.zst");
    std::fs::write(&broken, "broken").unwrap();
    let pull = world.pull_request(7, "change", amara("1009"));
    planned(&world, &pull);
    assert!(comment(&world, 7).contains(EVE));
    std::fs::write(&broken, left(first.id)).unwrap();
    expire(&world, "applied", renewed.id);
    expire(&world, "state", renewed.id);
    owes(&world.artifact(renewed.id, "trunkline-state-webex"), &world);
    planned(&world, &pull);
    let shown = comment(&world, 7);
    assert!(shown.contains(EVE) && !shown.contains(MISSING), "{shown}");
    names_who_is_owed(&shown);
}

/// As an apply leaves a state directory that could not put something right: amara has lost a setting.
fn owes(state: &Path, world: &World) {
    let amara = world.person("amara@elmstreet.example");
    let (subject, operation) = ("user/amara@elmstreet.example", 77);
    let name = "user-amara@elmstreet.example-20261120T100000Z.json.age";
    let lines = [
        json!({"record": "before", "operation": operation, "subject": subject, "object": amara}),
        json!({"record": "backup", "operation": operation, "subject": subject, "file": format!("/runner/state/backups/{name}"),
            "digest": "sha256:0", "recipients": [RECIPIENT]}),
        json!({"record": "begin", "operation": operation, "attempt": 1, "method": "PATCH", "path": "/licenses/users", "subjects": [subject]}),
        json!({"record": "owed", "operation": operation, "subject": subject, "lost": "doNotDisturb differs"}),
        json!({"record": "finish", "whole": false, "digest": null}),
    ];
    let mut journal = std::fs::OpenOptions::new()
        .append(true)
        .open(state.join("journal.jsonl"))
        .unwrap();
    for line in lines {
        writeln!(journal, "{line}").unwrap();
    }
    std::fs::create_dir_all(state.join("backups")).unwrap();
    std::fs::write(state.join("backups").join(name), "age-encryption.org/v1").unwrap();
}

fn names_who_is_owed(text: &str) {
    for part in [
        "put-back-owed",
        "amara@elmstreet.example",
        "doNotDisturb differs",
        "trunkline restore ",
        "user-amara@elmstreet.example-20261120T100000Z.json.age",
        RECIPIENT,
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

fn journals(state: &Path) -> Vec<String> {
    let names = sorted(state).into_iter();
    let names = names.map(|it| it.file_name().unwrap().to_str().unwrap().to_owned());
    names.filter(|it| it.starts_with("journal")).collect()
}

fn backups(state: &Path) -> Vec<String> {
    if !state.join("backups").exists() {
        return Vec::new();
    }
    let names = sorted(&state.join("backups")).into_iter();
    names
        .map(|it| it.file_name().unwrap().to_str().unwrap().to_owned())
        .collect()
}

fn who_is_owed_something_is_named_everywhere_until_it_is_put_right() {
    let (world, first) = begun();
    let state = world.artifact(first.id, "trunkline-state-webex");
    owes(&state, &world);

    let pull = world.pull_request(7, "change", |files| {
        write(files, "nothing.yaml", "# nothing\n")
    });
    let done = planned(&world, &pull);
    assert_eq!(done.job("plan").code("Verdict"), 4, "{}", done.log());
    names_who_is_owed(&comment(&world, 7));

    let done = Run::drift(&world).run();
    assert_eq!(done.job("drift").outputs["exit"], "4", "{}", done.log());
    let issue = world.github.state.lock().unwrap().issues[0]["body"].clone();
    names_who_is_owed(issue.as_str().unwrap());

    let pushed = world.merge(&pull);
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["failure", "skipped", "skipped"],
        "{}",
        done.log()
    );
    names_who_is_owed(&done.job("plan").summary);

    // The rest is applied, if that is wanted; and what is owed is still so after it.
    write(
        &world.scratch(),
        "guardrails.yaml",
        "guardrails: {partialApply: true}\n",
    );
    let partial = world.push("the rest goes on");
    world.git(&[
        "push",
        "-q",
        "-f",
        "origin",
        &format!("{}:refs/trunkline/applied", partial.sha),
    ]);
    let done = Run::apply(&world, &partial).by_hand().run();
    assert_eq!(
        results(&done),
        ["success", "failure", "skipped"],
        "{}{}",
        done.log(),
        done.job("plan").summary
    );
    assert_eq!(done.job("apply").code("Apply"), 6, "{}", done.log());
    assert!(has_messaging(&world));
    let state = world.artifact(done.id, "trunkline-state-webex");
    assert_eq!(journals(&state), ["journal.1.jsonl", "journal.jsonl"]);
    assert!(
        backups(&state)
            .iter()
            .any(|it| it.starts_with("user-amara")),
        "{:?}",
        backups(&state)
    );
    let pull = world.pull_request(8, "change", amara("1009"));
    let done = planned(&world, &pull);
    assert_eq!(done.job("plan").code("Verdict"), 4, "{}", done.log());
    names_who_is_owed(&comment(&world, 8));
}

fn journals_and_backups_are_handed_on_no_longer_than_they_are_needed() {
    let world = World::new();
    let (_, _, pushed) = merged(&world, 7, |files| {
        ben(files);
        answered(files);
    });
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(results(&done), ["success"; 3], "{}", done.log());
    let state = world.artifact(done.id, "trunkline-state-webex");
    assert_eq!(journals(&state), ["journal.jsonl"]);
    assert!(!backups(&state).is_empty());

    let (_, _, pushed) = merged(&world, 8, chiara);
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(results(&done), ["success"; 3], "{}", done.log());
    let state = world.artifact(done.id, "trunkline-state-webex");
    assert_eq!(journals(&state), ["journal.jsonl"]);
    assert_eq!(backups(&state), Vec::<String>::new());
}

fn a_ref_that_is_missing_after_an_apply_or_leads_elsewhere_lets_nothing_through() {
    let (world, _) = begun();
    let before = writes(&world.simulator).len();
    let aside = world.pull_request(9, "aside", amara("1077")).head;
    let back = world.git(&["rev-parse", "main~1"]);
    write(&world.scratch(), "nothing.yaml", "# nothing\n");
    let pushed = world.push("next");
    for (to, says) in [
        (None, "refs/trunkline/applied is missing, though "),
        (Some(aside), "which is not in the history"),
        (Some(back), "was applied after it"),
    ] {
        let what = match &to {
            None => ":refs/trunkline/applied".to_owned(),
            Some(sha) => format!("{sha}:refs/trunkline/applied"),
        };
        world.git(&["push", "-q", "-f", "origin", &what]);
        for run in [
            Run::apply(&world, &pushed),
            Run::apply(&world, &pushed).by_hand(),
        ] {
            let done = run.run();
            assert_eq!(
                done.job("plan").code("Choose the plan"),
                4,
                "{}",
                done.log()
            );
            let said = done.job("plan").said();
            assert!(
                said.contains(says) && said.contains("git push --force origin"),
                "{said}"
            );
        }
    }
    assert_eq!(writes(&world.simulator).len(), before);
}

fn the_ref_only_moves_forward_and_a_move_back_is_seen_also_where_nothing_was_applied() {
    let (world, _) = begun();
    // Eve gets what newcomers get.
    write(&world.scratch(), "comment.yaml", "# nothing\n");
    let mut first = Run::apply(&world, &world.push("a comment")).run();
    assert_eq!(results(&first), ["success"; 3], "{}", first.log());
    let at = || world.git_at(&world.origin(), &["rev-parse", "refs/trunkline/applied"]);
    let old = at();
    // Tighter guardrails, and nothing to apply.
    write(
        &world.scratch(),
        "rules.yaml",
        "guardrails:\n  protect: [user/amara@elmstreet.example]\n",
    );
    let tighter = world.push("amara is protected");
    let done = Run::apply(&world, &tighter).run();
    assert_eq!(
        results(&done),
        ["success", "skipped", "success"],
        "{}",
        done.log()
    );
    assert_eq!(at(), tighter.sha);

    // The last job of the run before is rerun, or was slow.
    let before = Pushed {
        before: String::new(),
        sha: old.clone(),
    };
    first.jobs.remove("record");
    let done = Run::apply(&world, &before).again(&first).run();
    assert_eq!(done.result("record"), "success", "{}", done.log());
    assert!(
        done.job("record").said().contains("it stays"),
        "{}",
        done.log()
    );
    assert_eq!(at(), tighter.sha);

    // A person moves it back, to looser guardrails.
    world.git(&[
        "push",
        "-q",
        "-f",
        "origin",
        &format!("{old}:refs/trunkline/applied"),
    ]);
    let pushed = {
        amara("1077")(&world.scratch());
        world.push("amara all the same")
    };
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        done.job("plan").code("Choose the plan"),
        4,
        "{}",
        done.log()
    );
    assert!(
        done.job("plan").said().contains("was applied after it"),
        "{}",
        done.log()
    );
}

fn a_branch_that_was_renamed_drops_nothing_in_silence() {
    let (world, first) = begun();
    owes(&world.artifact(first.id, "trunkline-state-webex"), &world);
    for artifact in &mut world.github.state.lock().unwrap().artifacts {
        artifact["workflow_run"]["head_branch"] = json!("master");
    }
    let pull = world.pull_request(7, "change", amara("1009"));
    let said = |done: &Done, job: &str| {
        assert_eq!(done.result(job), "failure", "{}", done.log());
        let said = done.job(job).said();
        assert!(
            said.contains("set the input former-branch to master"),
            "{said}"
        );
    };
    said(&Run::plan(&world, &pull).run(), "plan");
    said(&Run::drift(&world).run(), "drift");
    Run::plan(&world, &pull)
        .with("former-branch", "master")
        .run();
    names_who_is_owed(&comment(&world, 7));

    // Artifacts of a branch whose commits are no part of main are of nobody's concern.
    let aside = world.pull_request(9, "aside", amara("1078")).head;
    world
        .github
        .state
        .lock()
        .unwrap()
        .runs
        .get_mut(&first.id)
        .unwrap()["head_sha"] = json!(aside);
    let done = Run::plan(&world, &pull).run();
    let log = done.job("plan").said();
    assert!(log.contains("there are no journals of main"), "{log}");
    assert!(
        log.contains("there is no applied snapshot of main"),
        "{log}"
    );
}

// --- GitLab ------------------------------------------------------------------------------------------------------------

fn applied(project: &Project, pushed: &Pushed) -> u64 {
    let mut pipeline = project.main("push", &pushed.sha, &pushed.before);
    assert_eq!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    assert_eq!(pipeline.run("apply").code, 0, "{}", pipeline.log);
    pipeline.id
}

/// As [`begun`].
fn begun_at_gitlab() -> (Project, u64) {
    let project = Project::new();
    newcomers_only(&project.world.scratch());
    project.world.push("for newcomers only");
    chiara(&project.world.scratch());
    let pushed = project.world.push("a phone for chiara");
    let id = applied(&project, &pushed);
    eve_comes(&project.world);
    (project, id)
}

/// The artifacts of the last job that deployed.
fn artifacts(project: &Project) -> PathBuf {
    let state = project.gitlab.state.lock().unwrap();
    state.artifacts.values().next_back().unwrap().clone()
}

fn at_gitlab_a_branch_that_was_renamed_drops_nothing_in_silence() {
    let (project, _) = begun_at_gitlab();
    for deployment in &mut project.gitlab.state.lock().unwrap().deployments {
        deployment["deployable"]["ref"] = json!("master");
    }
    let head = project.world.git(&["rev-parse", "main"]);
    let mut pipeline = project.main("schedule", &head, "");
    assert_eq!(pipeline.run("drift").code, 1, "{}", pipeline.log);
    assert!(
        pipeline.log.contains("set TRUNKLINE_FORMER_BRANCH"),
        "{}",
        pipeline.log
    );
    pipeline
        .variables
        .insert("TRUNKLINE_FORMER_BRANCH".to_owned(), "master".to_owned());
    assert_eq!(pipeline.run("drift").code, 0, "{}", pipeline.log);
}

/// A merge request is compared with the snapshot of its target; what was applied after that does not count.
fn snapshot_of_now(world: &World) -> Pushed {
    std::fs::write(
        world.scratch().join(PATH).join("snapshot.json"),
        world.simulator.snapshot().to_string(),
    )
    .unwrap();
    world.push("a new snapshot")
}

fn log(project: &Project, pull: &Pull, code: i32) -> String {
    let mut pipeline = project.merge_request(pull);
    assert_eq!(pipeline.run("plan").code, code, "{}", pipeline.log);
    pipeline.log
}

fn at_gitlab_who_is_new_is_known_to_merge_requests_applies_and_drift() {
    let (project, _) = begun_at_gitlab();
    let world = &project.world;
    let renewed = snapshot_of_now(world);
    let pull = world.pull_request(7, "change", amara("1009"));
    let told = log(&project, &pull, 0);
    assert!(told.contains(EVE) && !told.contains(MISSING), "{told}");
    // A fork has no token, and gets no names of people from elsewhere.
    let mut fork = project.merge_request(&pull);
    fork.fork = true;
    assert_eq!(fork.run("plan").code, 0, "{}", fork.log);
    assert!(
        fork.log.contains(MISSING) && fork.log.contains("without TRUNKLINE_BOT_TOKEN"),
        "{}",
        fork.log
    );

    let mut drift = project.main("schedule", &renewed.sha, "");
    assert_eq!(drift.run("drift").code, 0, "{}", drift.log);
    assert!(
        drift.log.contains(EVE) && !drift.log.contains(MISSING),
        "{}",
        drift.log
    );

    let pushed = world.merge(&pull);
    let mut pipeline = project.main("push", &pushed.sha, &pushed.before);
    assert_eq!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    assert!(
        pipeline.log.contains(EVE) && !pipeline.log.contains(MISSING),
        "{}",
        pipeline.log
    );
    let before = std::fs::read(artifacts(&project).join("trunkline-applied/applied.json.zst"));
    assert_eq!(pipeline.run("apply").code, 0, "{}", pipeline.log);
    assert!(has_messaging(world));
    let after = std::fs::read(artifacts(&project).join("trunkline-applied/applied.json.zst"));
    assert_ne!(before.unwrap(), after.unwrap());
    let commit = std::fs::read_to_string(artifacts(&project).join("trunkline-applied/commit"));
    assert_eq!(commit.unwrap().trim(), pushed.sha);
    // Nothing of it is an artifact of a job that anybody else may write.
    for id in [fork.id, pipeline.id] {
        for job in ["plan", "proposed"] {
            let kept = world.artifact(id, job);
            assert!(
                !kept.join("trunkline-applied").exists() && !kept.join("trunkline-state").exists()
            );
        }
    }
}

fn at_gitlab_only_the_apply_of_main_is_believed_and_what_is_broken_stops_everything() {
    let (project, _) = begun_at_gitlab();
    let world = &project.world;
    snapshot_of_now(world);
    let pull = world.pull_request(7, "change", amara("1009"));
    // Deployments that others could make: a branch, a tag that is called main, a job of another name, none at all.
    let forged = world.place("forged");
    std::fs::create_dir_all(forged.join("trunkline-state")).unwrap();
    std::fs::write(forged.join("trunkline-state/index"), "../x\n").unwrap();
    {
        let mut state = project.gitlab.state.lock().unwrap();
        for (id, deployable) in [
            (
                1,
                json!({"id": 9001, "name": "apply", "ref": "feature", "tag": false}),
            ),
            (
                2,
                json!({"id": 9002, "name": "apply", "ref": "main", "tag": true}),
            ),
            (
                3,
                json!({"id": 9003, "name": "other", "ref": "main", "tag": false}),
            ),
            (4, Value::Null),
        ] {
            state
                .deployments
                .push(json!({"id": 90 + id, "status": "success", "deployable": deployable}));
            state.artifacts.insert(9000 + id, forged.clone());
        }
        // One that waits for its start, and one that ended before it had left anything.
        for (id, status) in [(9005, "created"), (9006, "failed")] {
            let deployable = json!({"id": id, "name": "apply", "ref": "main", "tag": false});
            state
                .deployments
                .push(json!({"id": id, "status": status, "deployable": deployable}));
        }
        state.artifacts.insert(9005, forged.clone());
    }
    let told = log(&project, &pull, 0);
    assert!(!told.contains(MISSING), "{told}");

    // What the last apply has left, and is not there or not whole.
    let mut state = project.gitlab.state.lock().unwrap();
    state.artifacts.retain(|id, _| *id < 9000);
    drop(state);
    let file = artifacts(&project).join("trunkline-applied/applied.json.zst");
    let good = std::fs::read(&file).unwrap();
    let main = world.git(&["rev-parse", "main"]);
    let all_stop = || {
        let mut pipeline = project.main("schedule", &main, "");
        assert_ne!(pipeline.run("drift").code, 0, "{}", pipeline.log);
        let mut pipeline = project.main("web", &main, "");
        assert_ne!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
        let mut pipeline = project.merge_request(&pull);
        assert_ne!(pipeline.run("plan").code, 0, "{}", pipeline.log);
    };
    std::fs::write(&file, &good[..good.len() / 2]).unwrap();
    all_stop();
    std::fs::remove_file(&file).unwrap();
    all_stop();
}

const PROTECTED: &str = "guardrails:\n  protect: [user/amara@elmstreet.example]\n";

fn at_gitlab_the_commit_that_was_applied_last_judges_however_the_pipeline_was_started() {
    let project = Project::new();
    let world = &project.world;
    write(&world.scratch(), "guardrails.yaml", PROTECTED);
    let first = world.push("amara is protected");
    // No one knows who judges.
    let mut pipeline = project.main("web", &first.sha, &"0".repeat(40));
    assert_ne!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    assert!(
        pipeline
            .log
            .contains("it is unknown which commit was applied last"),
        "{}",
        pipeline.log
    );
    // A person says it.
    let named = |commit: &str, before: &str| {
        let mut pipeline = project.main("web", commit, "");
        pipeline
            .variables
            .insert("TRUNKLINE_BEFORE".to_owned(), before.to_owned());
        let code = pipeline.run("proposed").code;
        (code, pipeline.log)
    };
    assert_eq!(named(&first.sha, &first.sha).0, 0);
    assert_eq!(named(&first.sha, &"1".repeat(40)).0, 1);
    chiara(&world.scratch());
    let pushed = world.push("a phone for chiara");
    applied(&project, &pushed);

    // Loosened, and never applied; then used.
    std::fs::remove_file(world.scratch().join("org/guardrails.yaml")).unwrap();
    let loosened = world.push("loosened");
    amara("1009")(&world.scratch());
    let used = world.push("used");
    assert_eq!(used.before, loosened.sha);
    for source in ["push", "web"] {
        let before = if source == "push" { &used.before } else { "" };
        let mut pipeline = project.main(source, &used.sha, before);
        assert_eq!(pipeline.run("proposed").code, 4, "{}", pipeline.log);
        assert!(
            pipeline.log.contains("guardrail-protect"),
            "{}",
            pipeline.log
        );
    }
    // A person who may start pipelines cannot name a commit that judges more mildly.
    let (code, told) = named(&used.sha, &loosened.sha);
    assert_eq!(code, 4, "{told}");

    // Applied in part: what judges is still the commit that was applied as a whole.
    std::fs::remove_file(world.scratch().join("org/amara.yaml")).unwrap();
    write(&world.scratch(), "guardrails.yaml", PROTECTED);
    write(
        &world.scratch(),
        "ines.yaml",
        "users:\n  chiara@elmstreet.example: {extension: \"1007\"}\n",
    );
    std::fs::remove_file(world.scratch().join("org/chiara.yaml")).unwrap();
    let part = world.push("part");
    let mut pipeline = project.main("push", &part.sha, &part.before);
    assert_eq!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    direct(
        &world.simulator,
        json!({"faults": [{"method": "PUT", "status": 400, "times": 100}, {"method": "PATCH", "status": 400, "times": 100}]}),
    );
    assert_eq!(pipeline.run("apply").code, 6, "{}", pipeline.log);
    direct(&world.simulator, json!({"clearFaults": true}));
    let commit = std::fs::read_to_string(artifacts(&project).join("trunkline-applied/commit"));
    assert_eq!(commit.unwrap().trim(), pushed.sha);

    // The history was rewritten.
    std::fs::write(
        artifacts(&project).join("trunkline-applied/commit"),
        "1".repeat(40),
    )
    .unwrap();
    let mut pipeline = project.main("push", &part.sha, &part.before);
    assert_ne!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    assert!(
        pipeline.log.contains("is not in the history"),
        "{}",
        pipeline.log
    );
    assert_eq!(named(&part.sha, &pushed.sha).0, 0);
}

fn at_gitlab_who_is_owed_something_is_named_and_an_apply_is_gone_on_with() {
    let (project, _) = begun_at_gitlab();
    let world = &project.world;
    let pull = world.pull_request(7, "change", amara("1009"));
    let pushed = world.merge(&pull);
    let mut pipeline: Pipeline<'_> = project.main("push", &pushed.sha, &pushed.before);
    assert_eq!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    let sent = writes(&world.simulator).len();
    direct(
        &world.simulator,
        json!({"faults": [{"method": "PATCH", "path": "/licenses/users", "status": 400, "times": 1}]}),
    );
    assert_eq!(pipeline.run("apply").code, 6, "{}", pipeline.log);
    assert!(!has_messaging(world));
    // The job once more: what is done is not sent again.
    assert_eq!(pipeline.run("apply").code, 0, "{}", pipeline.log);
    assert!(has_messaging(world));
    let ours: Vec<_> = writes(&world.simulator).into_iter().skip(sent).collect();
    let people = ours.iter().filter(|it| it.applied).count();
    assert_eq!(people, 2, "{ours:?}");

    let state = artifacts(&project).join("trunkline-state");
    owes(&state, world);
    let mut index = std::fs::OpenOptions::new()
        .append(true)
        .open(state.join("index"))
        .unwrap();
    writeln!(
        index,
        "trunkline-state/backups/user-amara@elmstreet.example-20261120T100000Z.json.age"
    )
    .unwrap();
    let pull = world.pull_request(8, "change", amara("1010"));
    names_who_is_owed(&log(&project, &pull, 4));
    let mut drift = project.main("schedule", &pushed.sha, "");
    assert_eq!(drift.run("drift").code, 0, "{}", drift.log);
    names_who_is_owed(&drift.log);
    let mut pipeline = project.main("web", &pushed.sha, "");
    assert_eq!(pipeline.run("proposed").code, 4, "{}", pipeline.log);
    names_who_is_owed(&pipeline.log);

    // It was settled in another way.
    let deployments = project.gitlab.state.lock().unwrap().deployments.clone();
    let last = deployments.last().unwrap()["deployable"]["id"].to_string();
    let mut pipeline = project.main("web", &pushed.sha, "");
    pipeline
        .variables
        .insert("TRUNKLINE_SETTLED".to_owned(), last);
    assert_eq!(pipeline.run("proposed").code, 0, "{}", pipeline.log);
    assert!(!pipeline.log.contains(MISSING), "{}", pipeline.log);
}
