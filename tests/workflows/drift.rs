//! `drift.yml`: one issue that tells the difference, opened, kept up to date, and closed when there is none.

use crate::common::needs::Test;
use crate::common::root;
use crate::{TOOLS, tests};
use serde_json::{Value, json};
use std::path::Path;

use super::api::{Answer, Fault};
use super::forge::bot;
use super::plan::{chiara, write};
use super::runner::{Done, Run};
use super::world::World;
use crate::common::live::{direct, writes};

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![TOOLS => an_issue_is_opened_updated_and_closed, calling_that_someone_outside_of_the_files_lost_is_told, manual_work_is_told_and_what_is_unknown_is_no_match, issues_and_pull_requests_of_others_are_not_touched, what_was_applied_is_taken_only_from_our_own_runs, when_it_is_unknown_the_run_fails_and_the_issue_stays, what_is_blocked_is_told_too, an_issue_is_not_opened_twice_because_an_answer_was_lost, the_program_is_built_once_and_for_the_job_that_writes_always, a_release_is_used_if_its_checksum_is_the_one_that_was_written, a_runner_without_a_tool_is_told];

/// A world in which everything has been applied.
fn settled() -> World {
    let world = World::new();
    chiara(&world.scratch());
    let pushed = world.push("a phone for chiara");
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(done.result("record"), "success", "{}", done.log());
    world
}

/// An administrator gives a person another extension, in Control Hub.
fn change(world: &World, extension: &str) {
    direct(
        &world.simulator,
        json!({"changes": [{"section": "users", "key": "chiara@elmstreet.example", "set": {"extension": extension}}]}),
    );
}

fn issues(world: &World) -> Vec<Value> {
    world.github.state.lock().unwrap().issues.clone()
}

fn results(done: &Done) -> [&str; 2] {
    ["drift", "issue"].map(|job| done.result(job))
}

fn an_issue_is_opened_updated_and_closed() {
    let world = settled();
    let before = writes(&world.simulator).len();
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    assert_eq!(done.job("drift").outputs["exit"], "0", "{}", done.log());
    assert!(issues(&world).is_empty());

    change(&world, "1077");
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    assert_eq!(done.job("drift").outputs["exit"], "2");
    let [issue] = &issues(&world)[..] else {
        panic!()
    };
    assert_eq!(issue["title"], "trunkline: webex differs from the files");
    let body = issue["body"].as_str().unwrap();
    let lines: Vec<&str> = body.lines().collect();
    assert!(lines[0].starts_with("<!-- trunkline drift "), "{body}");
    assert_eq!(lines[1], "<!-- trunkline-ci name=webex drift -->");
    assert!(body.contains("1077") && body.contains("1004"), "{body}");
    // Known from what the last apply has left.
    assert!(body.contains("live-changed"), "{body}");
    assert!(done.job("drift").summary.contains("1077"));

    change(&world, "1078");
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    let [issue] = &issues(&world)[..] else {
        panic!("{:?}", issues(&world))
    };
    assert!(issue["body"].as_str().unwrap().contains("1078"));

    change(&world, "1004");
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    let [issue] = &issues(&world)[..] else {
        panic!("{:?}", issues(&world))
    };
    assert_eq!(
        (&issue["state"], &issue["state_reason"]),
        (&json!("closed"), &json!("completed"))
    );
    let said = world
        .github
        .state
        .lock()
        .unwrap()
        .ours(issue["number"].as_u64().unwrap());
    assert!(said[0].contains("matches the files again"), "{said:?}");

    // The next time it is another one.
    change(&world, "1079");
    Run::drift(&world).run();
    assert_eq!(issues(&world).len(), 2);
    assert_eq!(
        writes(&world.simulator).len(),
        before,
        "drift writes nothing to Webex"
    );
}

/// It is no change of the plan, whose exit code is 0.
fn calling_that_someone_outside_of_the_files_lost_is_told() {
    let world = World::new();
    let phones = root().join("examples/quickstart/phones.yaml");
    let text = std::fs::read_to_string(phones).unwrap();
    let (others, _) = text.split_once("callQueues:").unwrap();
    write(&world.scratch(), "phones.yaml", others);
    // More warnings than the text of an issue has room for.
    let nobody: String = (0..1_000)
        .map(|n| format!("      - nobody-{n}@elmstreet.example\n"))
        .collect();
    write(
        &world.scratch(),
        "nobody.yaml",
        &format!(
            "acknowledgements:\n  - code: calling-loss\n    reason: of old\n    subjects:\n{nobody}"
        ),
    );
    let pushed = world.push("the queue is not ours");
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(done.result("record"), "success", "{}", done.log());
    let text = std::fs::read(root().join("examples/quickstart/snapshot.json")).unwrap();
    let snapshot: Value = serde_json::from_slice(&text).unwrap();
    let of = |list: &str, field: &str, is: &str| {
        let mut all = snapshot[list].as_array().unwrap().iter();
        all.find(|it| it[field] == is).unwrap().clone()
    };
    let mut kept = of("users", "email", "amara@elmstreet.example")["licenses"].clone();
    let calling = of("licenses", "name", "Webex Calling - Professional")["id"].clone();
    kept.as_array_mut().unwrap().retain(|it| *it != calling);
    direct(
        &world.simulator,
        json!({"changes": [
            {"section": "users", "key": "amara@elmstreet.example", "set": {
                "licenses": kept, "location": null, "phoneNumber": null, "extension": null
            }},
            {"section": "numbers", "key": "+12125550101", "set": {"owner": null}},
        ]}),
    );
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    assert_eq!(done.job("drift").outputs["exit"], "2", "{}", done.log());
    let [issue] = &issues(&world)[..] else {
        panic!("{:?}", issues(&world))
    };
    let body = issue["body"].as_str().unwrap();
    assert!(body.contains("drift-calling-lost"), "{body}");
    assert!(body.contains("Left out, because of the limit"), "{body}");
}

/// The exit code is 0 for both.
fn manual_work_is_told_and_what_is_unknown_is_no_match() {
    let world = settled();
    change(&world, "1077");
    Run::drift(&world).run();
    change(&world, "1004");
    let before = issues(&world);
    assert_eq!(before.len(), 1);

    // A snapshot of the last apply that cannot be compared.
    let run = {
        let state = world.github.state.lock().unwrap();
        let mut all = state.artifacts.iter();
        let applied = all
            .find(|it| it["name"] == "trunkline-applied-webex")
            .unwrap();
        applied["workflow_run"]["id"].as_u64().unwrap()
    };
    let file = world
        .artifact(run, "trunkline-applied-webex")
        .join("applied.json.zst");
    let whole = incomparable(&file);
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["failure", "skipped"], "{}", done.log());
    assert_eq!(done.job("drift").code("Compare"), 7, "{}", done.log());
    let summary = &done.job("drift").summary;
    assert!(summary.contains("drift-losses-unknown"), "{summary}");
    assert!(
        !summary.contains("✅") && !summary.contains("matches the configuration."),
        "{summary}"
    );
    assert_eq!(issues(&world), before);
    std::fs::write(&file, whole).unwrap();

    // A number that someone has to order.
    one_more_number(&world);
    world.push("one more number");
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    assert_eq!(done.job("drift").outputs["exit"], "2", "{}", done.log());
    let [issue] = &issues(&world)[..] else {
        panic!("{:?}", issues(&world))
    };
    assert_eq!(issue["state"], "open");
    let body = issue["body"].as_str().unwrap();
    assert!(body.contains("numbers-manual-control-hub"), "{body}");
    assert!(!body.contains("No changes"), "{body}");
}

/// Makes an applied snapshot one that cannot be compared; gives it as it was.
pub fn incomparable(file: &Path) -> Vec<u8> {
    let whole = std::fs::read(file).unwrap();
    let text = zstd::decode_all(&whole[..]).unwrap();
    let mut applied: Value = serde_json::from_slice(&text).unwrap();
    applied
        .as_object_mut()
        .unwrap()
        .remove("workspaces")
        .unwrap();
    let text = serde_json::to_vec(&applied).unwrap();
    std::fs::write(file, zstd::encode_all(&text[..], 0).unwrap()).unwrap();
    whole
}

/// The files list a number that someone has to order.
pub fn one_more_number(world: &World) {
    direct(
        &world.simulator,
        json!({"changes": [{"section": "locations", "key": "New York", "set": {"calling": {
            "mainNumber": "+12125550100", "pstn": "CISCO_PSTN"}}}]}),
    );
    write(
        &world.scratch(),
        "more.yaml",
        "numbers:\n  - {location: New York, numbers: [\"+12125550150\"]}\n",
    );
}

fn issues_and_pull_requests_of_others_are_not_touched() {
    let world = settled();
    change(&world, "1077");
    let marked = "<!-- trunkline drift x -->\n<!-- trunkline-ci name=webex drift -->\nmine";
    {
        let mut state = world.github.state.lock().unwrap();
        for (number, user, body, pull) in [
            (
                1,
                json!({"login": "mallory", "type": "User"}),
                json!(marked),
                false,
            ),
            (2, bot(), json!(marked), true),
            (3, bot(), json!(marked.replace("webex", "other")), false),
            (4, bot(), Value::Null, false),
        ] {
            let mut issue =
                json!({"number": number, "user": user, "state": "open", "title": "", "body": body});
            if pull {
                issue["pull_request"] = json!({});
            }
            state.issues.push(issue);
        }
    }
    let before = issues(&world);
    Run::drift(&world).run();
    let after = issues(&world);
    assert_eq!(after.len(), 5);
    assert_eq!(after[..4], before[..]);
    change(&world, "1004");
    Run::drift(&world).run();
    assert_eq!(issues(&world)[..4], before[..]);
    assert_eq!(issues(&world)[4]["state"], "closed");
}

fn what_was_applied_is_taken_only_from_our_own_runs() {
    let world = settled();
    change(&world, "1077");
    let head = world.git(&["rev-parse", "main"]);
    let aside = world
        .pull_request(9, "a tag", |files| write(files, "tag.yaml", "# a tag\n"))
        .head;
    let artifact = |state: &mut super::forge::State, id: u64, change: Value| {
        let mut artifact = json!({"id": id, "name": "trunkline-applied-webex", "expired": false, "created_at": format!("2027-01-01T10:{id}"),
            "workflow_run": {"id": id, "head_branch": "main", "repository_id": 7, "head_repository_id": 7}});
        for (name, value) in change.as_object().unwrap() {
            match name.as_str() {
                "expired" => artifact[name] = value.clone(),
                name => artifact["workflow_run"][name] = value.clone(),
            }
        }
        state.artifacts.push(artifact);
    };
    {
        let mut state = world.github.state.lock().unwrap();
        artifact(&mut state, 1, json!({"head_repository_id": 8}));
        artifact(&mut state, 2, json!({"head_branch": "feature"}));
        artifact(&mut state, 3, json!({"expired": true}));
        artifact(&mut state, 4, json!({}));
        let run = json!({"event": "pull_request", "head_sha": head});
        state.runs.insert(4, run);
        // A tag that is called as the branch, with a workflow of its own.
        artifact(&mut state, 5, json!({}));
        let run = json!({"event": "push", "head_sha": aside, "conclusion": "success"});
        state.runs.insert(5, run);
    }
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    assert!(
        issues(&world)[0]["body"]
            .as_str()
            .unwrap()
            .contains("live-changed"),
        "{}",
        issues(&world)[0]
    );

    // What was found and cannot be had is no reason to go on without it.
    let run = {
        let state = world.github.state.lock().unwrap();
        state.artifacts[0]["workflow_run"]["id"].as_u64().unwrap()
    };
    for name in ["trunkline-applied-webex", "trunkline-state-webex"] {
        let lies = world.artifact(run, name);
        let away = lies.with_extension("away");
        std::fs::rename(&lies, &away).unwrap();
        let done = Run::drift(&world).run();
        assert_eq!(results(&done), ["failure", "skipped"], "{}", done.log());
        std::fs::rename(&away, &lies).unwrap();
    }

    // Without any the cause is unknown, and that is said.
    world.github.state.lock().unwrap().artifacts.clear();
    let done = Run::drift(&world).run();
    assert!(
        done.job("drift")
            .said()
            .contains("there is no applied snapshot of main"),
        "{}",
        done.log()
    );
    assert!(
        issues(&world)[0]["body"]
            .as_str()
            .unwrap()
            .contains("unknown"),
        "{}",
        issues(&world)[0]
    );
}

fn when_it_is_unknown_the_run_fails_and_the_issue_stays() {
    let world = settled();
    change(&world, "1077");
    Run::drift(&world).run();
    let before = issues(&world);

    direct(
        &world.simulator,
        json!({"faults": [{"method": "GET", "status": 401, "times": 100_000}]}),
    );
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["failure", "skipped"], "{}", done.log());
    assert_eq!(done.job("drift").code("Compare"), 1);
    direct(&world.simulator, json!({"clearFaults": true}));

    direct(
        &world.simulator,
        json!({"faults": [{"method": "GET", "path": "/telephony/config/numbers", "status": 403, "times": 100_000}]}),
    );
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["failure", "skipped"], "{}", done.log());
    assert_eq!(done.job("drift").code("Compare"), 7, "{}", done.log());
    direct(&world.simulator, json!({"clearFaults": true}));
    assert_eq!(issues(&world), before);
}

fn what_is_blocked_is_told_too() {
    let world = settled();
    write(
        &world.scratch(),
        "ben.yaml",
        "users:\n  ben@elmstreet.example:\n    licenses: {remove: [calling]}\n",
    );
    world.push("nobody has answered for it");
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    assert_eq!(done.job("drift").outputs["exit"], "4");
    assert!(
        issues(&world)[0]["body"]
            .as_str()
            .unwrap()
            .contains("git-ahead"),
        "{}",
        issues(&world)[0]
    );
}

fn an_issue_is_not_opened_twice_because_an_answer_was_lost() {
    let world = settled();
    change(&world, "1077");
    world.api.fault(Fault {
        method: "POST",
        path: "/issues",
        answer: Answer::of(504, Value::Null),
        done: true,
    });
    let done = Run::drift(&world).run();
    assert_eq!(results(&done), ["success", "success"], "{}", done.log());
    assert_eq!(issues(&world).len(), 1);
}

fn the_program_is_built_once_and_for_the_job_that_writes_always() {
    let world = World::new();
    let built = world.place("built").join("times");
    let program = env!("CARGO_BIN_EXE_trunkline");
    world.program("rustup", "[ \"$1 $2\" = 'toolchain install' ]");
    world.program(
        "cargo",
        &format!("shift\n[ \"$*\" = 'build --release --locked --bin trunkline' ] && mkdir -p target/release && cp {program} target/release/ && echo x >> {}", built.display()),
    );
    let times = || std::fs::read_to_string(&built).map_or(0, |text| text.lines().count());
    // A run for a pull request fills no cache.
    let pull = world.pull_request(7, "change", chiara);
    for _ in 0..2 {
        let done = Run::plan(&world, &pull).with("binary", "").run();
        assert_eq!(done.result("comment"), "success", "{}", done.log());
    }
    assert_eq!(times(), 4);
    // A schedule does, and then nothing is built.
    for _ in 0..2 {
        let done = Run::drift(&world).with("binary", "").run();
        assert_eq!(done.result("issue"), "success", "{}", done.log());
    }
    assert_eq!(times(), 5);
    let planned = Run::plan(&world, &pull).with("binary", "").run();
    assert_eq!(times(), 5, "{}", planned.log());
    // What gets the token that may write comes from no cache.
    let pushed = world.merge(&pull);
    let done = Run::apply(&world, &pushed).with("binary", "").run();
    assert_eq!(done.result("record"), "success", "{}", done.log());
    assert_eq!(times(), 6);
}

fn a_release_is_used_if_its_checksum_is_the_one_that_was_written() {
    let world = World::new();
    let program = env!("CARGO_BIN_EXE_trunkline");
    let file = "v1.2.3/trunkline-1.2.3-x86_64-unknown-linux-musl";
    let url = format!("https://github.example/OWNER/trunkline/releases/download/{file}");
    // Requests to the API go on to the real program.
    world.program(
        "curl",
        &format!(
            r#"for last; do :; done
if [ "$last" != '{url}' ]; then PATH=${{PATH#*:}}; exec curl "$@"; fi
while [ "$1" != --output ]; do shift; done
cp {program} "$2""#
        ),
    );
    world.program("cargo", "echo built; exit 1");
    let sum = std::process::Command::new("sha256sum")
        .arg(program)
        .output();
    let sum = String::from_utf8(sum.unwrap().stdout).unwrap();
    let sum = sum.split(' ').next().unwrap();
    let released = |version: &str, sha256: &str| {
        let run = Run::drift(&world)
            .with("binary", "")
            .with("version", version);
        run.with("sha256", sha256).run()
    };
    let done = released("1.2.3", sum);
    assert_eq!(done.result("issue"), "success", "{}", done.log());
    let pushed = world.push("nothing");
    let applied = Run::apply(&world, &pushed)
        .with("binary", "")
        .with("version", "1.2.3");
    let applied = applied.with("sha256", sum.to_uppercase()).run();
    assert_eq!(applied.result("plan"), "success", "{}", applied.log());

    let other = "0".repeat(64);
    for (version, sha256, why) in [
        ("1.2.3", other.as_str(), "nothing of it was run"),
        ("1.2.3", "", "needs sha256"),
        ("1.2.3", "SHA256", "needs sha256"),
        ("latest", sum, "not a version"),
        ("1.2.4", sum, "cannot be downloaded"),
    ] {
        let done = released(version, sha256);
        assert_eq!(results(&done), ["failure", "skipped"], "{}", done.log());
        assert!(done.job("drift").said().contains(why), "{}", done.log());
    }
    // Dots would lead the URL elsewhere.
    let script = crate::common::root().join(".github/actions/setup/bin/trunkline-ci-download");
    for repository in ["../trunkline", "acme/..", "./trunkline", "acme/.", "acme"] {
        let path = std::env::var("PATH").unwrap();
        let env = [
            ("PATH", path.as_str()),
            ("VERSION", "1.2.3"),
            ("SHA256", sum),
            ("REPOSITORY", repository),
        ];
        let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let ended = super::shell::bash(script.to_str().unwrap(), &world.scratch(), &env.into());
        assert_eq!(ended.code, 1, "{repository}: {}", ended.log);
        assert!(ended.log.contains("not a repository"), "{}", ended.log);
    }
}

fn a_runner_without_a_tool_is_told() {
    let world = World::new();
    let done = Run::drift(&world)
        .with("binary", "/nowhere/trunkline")
        .run();
    assert_eq!(results(&done), ["failure", "skipped"], "{}", done.log());
    assert!(
        done.job("drift")
            .said()
            .contains("the input binary is not an executable"),
        "{}",
        done.log()
    );
}
