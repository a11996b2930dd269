//! `plan.yml`: a pull request gets a comment with its plan, and can do nothing else.

use crate::common::needs::Test;
use crate::{TOOLS, tests};
use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::json;

use super::forge::bot;
use super::runner::{Done, Run};
use super::world::{PATH, WEBEX_TOKEN, WEBEX_WRITE_TOKEN, World};
use crate::common::live::{direct, writes};

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![TOOLS => the_plan_is_a_comment_and_the_next_one_replaces_it, what_others_wrote_is_not_touched_even_with_the_marker, a_blocked_plan_is_red_and_shown_all_the_same, a_mistake_in_the_files_is_shown_where_the_plan_would_be, without_a_snapshot_the_input_is_incomplete, nothing_of_a_hostile_pull_request_reaches_the_shell, the_guardrails_are_those_of_the_base, live_the_token_is_in_one_job_and_the_pull_request_in_another, when_webex_cannot_be_read_the_comment_says_so, a_pull_request_with_conflicts_or_newer_commits_gets_no_plan, with_prune_what_is_removed_is_deleted, several_configurations_have_comments_of_their_own, a_plan_that_is_not_there_or_is_another_one_takes_the_place_of_the_old_comment];

/// A person gets a phone.
pub fn chiara(files: &Path) {
    write(
        files,
        "chiara.yaml",
        "users:\n  chiara@elmstreet.example:\n    location: New York\n    phoneNumber: \"+12125550104\"\n    extension: \"1004\"\n    licenses: {add: {calling: professional}}\n",
    );
}

/// A person loses the phone; no one has answered for it.
pub fn ben(files: &Path) {
    write(
        files,
        "ben.yaml",
        "users:\n  ben@elmstreet.example:\n    licenses: {remove: [calling]}\n",
    );
}

/// A person answers for it.
pub fn answered(files: &Path) {
    write(
        files,
        "answered.yaml",
        "acknowledgements:\n  - {code: calling-loss, subjects: [ben@elmstreet.example], reason: left the bakery}\n",
    );
}

pub fn write(files: &Path, name: &str, text: &str) {
    let file = files.join(PATH).join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

/// The comments that our account has left.
pub fn comments(world: &World, number: u64) -> Vec<String> {
    world.github.state.lock().unwrap().ours(number)
}

/// The one comment that there is.
pub fn comment(world: &World, number: u64) -> String {
    let all = comments(world, number);
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0].clone()
}

pub fn results(done: &Done) -> [&str; 3] {
    ["observe", "plan", "comment"].map(|job| done.result(job))
}

fn the_plan_is_a_comment_and_the_next_one_replaces_it() {
    let world = World::new();
    let pull = world.pull_request(7, "phone-for-chiara", chiara);
    let done = Run::plan(&world, &pull).run();
    assert_eq!(
        results(&done),
        ["skipped", "success", "success"],
        "{}",
        done.log()
    );

    let first = comment(&world, 7);
    let plan = std::fs::read(
        world
            .artifact(done.id, "trunkline-plan-webex")
            .join("plan.json"),
    )
    .unwrap();
    let digest = format!("sha256:{:x}", <sha2::Sha256 as sha2::Digest>::digest(&plan));
    let lines: Vec<&str> = first.lines().collect();
    assert!(
        lines[0].starts_with("<!-- trunkline plan commit="),
        "{first}"
    );
    assert!(lines[0].ends_with(&format!("plan={digest} -->")), "{first}");
    assert_eq!(
        lines[1],
        format!("<!-- trunkline-ci name=webex run={} -->", done.id)
    );
    assert!(first.contains("chiara@elmstreet.example"), "{first}");
    assert!(
        first.ends_with(&format!(
            "[Run {0}](https://github.example/acme/webex/actions/runs/{0})",
            done.id
        )),
        "{first}"
    );
    assert!(
        done.job("plan")
            .summary
            .contains("chiara@elmstreet.example")
    );
    assert_eq!(done.job("plan").outputs["digest"], digest);
    let page = world
        .artifact(done.id, "trunkline-plan-webex")
        .join("plan.html");
    assert!(
        std::fs::read_to_string(page)
            .unwrap()
            .contains("chiara@elmstreet.example")
    );
    // The plan is that of the merge, with what main has.
    assert!(first.contains("diego@elmstreet.example"), "{first}");

    let asked = world.api.asked();
    let asked: Vec<_> = asked
        .iter()
        .map(|it| (it.method.as_str(), it.path.as_str()))
        .collect();
    let path = "/repos/acme/webex/issues/7/comments";
    let artifacts = "/repos/acme/webex/actions/artifacts";
    assert_eq!(
        asked,
        [
            // What the last apply has left: the snapshot and the journals, and which commit was recorded.
            ("GET", "/repos/acme/webex/git/ref/heads/main"),
            ("GET", artifacts),
            ("GET", artifacts),
            ("GET", artifacts),
            ("GET", path),
            ("POST", path)
        ],
        "nothing else is asked of GitHub"
    );

    // Another push.
    let pull = world.pull_request(7, "phone-for-chiara", |files| {
        chiara(files);
        write(
            files,
            "esra.yaml",
            "users:\n  esra@elmstreet.example: {displayName: Esra Two}\n",
        );
    });
    let again = Run::plan(&world, &pull).run();
    let second = comment(&world, 7);
    assert_ne!(first, second);
    assert!(
        second.contains(&format!("run={} -->", again.id)),
        "{second}"
    );
}

fn what_others_wrote_is_not_touched_even_with_the_marker() {
    let world = World::new();
    let pull = world.pull_request(7, "change", chiara);
    Run::plan(&world, &pull).run();
    let ours = comment(&world, 7);
    let before = {
        let mut state = world.github.state.lock().unwrap();
        let copy = state.comments.remove(0);
        // On earlier pages than ours.
        for user in [
            json!({"login": "mallory", "type": "User"}),
            json!({"login": "helper[bot]", "type": "Bot"}),
            json!({"login": "github-actions[bot]", "type": "User"}),
        ] {
            state.comment(7, user, &ours);
        }
        // By our account, but of another configuration, and of another tool.
        state.comment(7, bot(), &ours.replace("name=webex", "name=other"));
        state.comment(
            7,
            bot(),
            "Something else, which quotes it:\n> <!-- trunkline-ci name=webex run=1 -->",
        );
        let before = state.comments.clone();
        state.comments.push(copy);
        before
    };
    let again = Run::plan(&world, &pull).run();
    let state = world.github.state.lock().unwrap();
    assert_eq!(state.comments.len(), before.len() + 1, "one was added");
    assert_eq!(state.comments[..before.len()], before[..]);
    let last = state.comments.last().unwrap()["body"].as_str().unwrap();
    assert!(last.contains(&format!("run={} -->", again.id)), "{last}");
}

fn a_blocked_plan_is_red_and_shown_all_the_same() {
    let world = World::new();
    let pull = world.pull_request(8, "no-phone-for-ben", ben);
    let done = Run::plan(&world, &pull).run();
    assert_eq!(
        results(&done),
        ["skipped", "failure", "success"],
        "{}",
        done.log()
    );
    assert_eq!(done.job("plan").code("Verdict"), 4);
    let shown = comment(&world, 8);
    assert!(shown.starts_with("<!-- trunkline plan "), "{shown}");
    assert!(
        shown.contains("ben@elmstreet.example") && shown.contains("calling-loss"),
        "{shown}"
    );
    // The annotation stands at the line of the file, as the repository has it.
    let said = done.job("plan").said();
    assert!(
        said.contains("calling-loss") && said.contains("file=org/ben.yaml,"),
        "{said}"
    );

    // The acknowledgement comes from the pull request, where reviewers see it.
    let pull = world.pull_request(8, "no-phone-for-ben", |files| {
        ben(files);
        answered(files);
    });
    let done = Run::plan(&world, &pull).run();
    assert_eq!(
        results(&done),
        ["skipped", "success", "success"],
        "{}",
        done.log()
    );
    assert!(comment(&world, 8).contains("left the bakery"));
}

fn a_mistake_in_the_files_is_shown_where_the_plan_would_be() {
    let world = World::new();
    for (number, text) in [
        (9, "users: [\n"),
        (10, "users:\n  ana@elmstreet.example: {locatoin: X}\n"),
    ] {
        let pull = world.pull_request(number, "mistake", |files| {
            write(files, "mistake.yaml", text)
        });
        let done = Run::plan(&world, &pull).run();
        assert_eq!(
            results(&done),
            ["skipped", "failure", "success"],
            "{}",
            done.log()
        );
        assert_eq!(done.job("plan").code("Verdict"), 1);
        let shown = comment(&world, number);
        assert!(
            shown.starts_with("<!-- trunkline findings -->\n<!-- trunkline-ci name=webex run="),
            "{shown}"
        );
        assert!(shown.contains("mistake.yaml"), "{shown}");
        assert!(
            done.job("plan").said().contains("file=org/mistake.yaml"),
            "{}",
            done.log()
        );
    }
    // The next push mends it, in the same comment.
    let pull = world.pull_request(9, "mended", chiara);
    Run::plan(&world, &pull).run();
    assert!(comment(&world, 9).starts_with("<!-- trunkline plan "));
}

fn without_a_snapshot_the_input_is_incomplete() {
    let world = World::new();
    world.git(&["rm", "-q", "org/snapshot.json"]);
    world.push("no snapshot");
    let pull = world.pull_request(11, "change", chiara);
    let done = Run::plan(&world, &pull).run();
    assert_eq!(done.job("plan").code("Verdict"), 7, "{}", done.log());
    assert!(
        comment(&world, 11).contains("snapshot"),
        "{}",
        comment(&world, 11)
    );
}

fn nothing_of_a_hostile_pull_request_reaches_the_shell() {
    let world = World::new();
    let mark = world.place("marks").join("mark");
    let touch = format!("touch {}", mark.display());
    let commands =
        "\n::stop-commands::x\n::add-mask::e\n::set-output name=exit::0\n::error::mine\n";
    let evil = format!("$({touch})`{touch}`';{touch};\"{commands}");
    let branch = format!("x$({touch});{touch}");
    let pull = world.pull_request(12, &branch, |files| {
        let quoted = serde_json::to_string(&evil).unwrap();
        write(files, "evil.yaml", &format!(
            "groups:\n  {quoted}:\n    members: [esra@elmstreet.example]\nusers:\n  esra@elmstreet.example: {{displayName: {quoted}}}\n"
        ));
        write(files, "a b;$(x)\n::error::mine.yaml", &format!("nonsense: {quoted}\n"));
        write(files, ".gitattributes", &format!("* filter=evil\n*.yaml merge=evil diff=evil # {touch}\n"));
        write(files, "../.github/actions/setup/bin/trunkline-ci-plan", &format!("#!/bin/sh\n{touch}\n"));
        write(files, "../.trunkline-source/.github/actions/setup/bin/trunkline-ci-plan", &format!("#!/bin/sh\n{touch}\n"));
        write(files, "../trunkline", &format!("#!/bin/sh\n{touch}\n"));
        symlink("/etc/passwd", files.join(PATH).join("passwd.yaml")).unwrap();
    });
    let done = Run::plan(&world, &pull).run();
    // That there is no command but ours in the log the runner of these tests looks at, step by step.
    assert_eq!(
        results(&done),
        ["skipped", "failure", "success"],
        "{}",
        done.log()
    );
    assert!(
        !mark.exists(),
        "something of the pull request was run\n{}",
        done.log()
    );
    let shown = comment(&world, 12);
    assert!(!shown.contains("root:"), "a link was followed: {shown}");
    assert_eq!(
        shown
            .lines()
            .filter(|line| line.starts_with("<!-- trunkline"))
            .count(),
        2,
        "{shown}"
    );

    // Without the mistake in it there is a plan, whose names are hostile.
    let pull = world.pull_request(13, &branch, |files| {
        let quoted = serde_json::to_string(&evil).unwrap();
        write(
            files,
            "evil.yaml",
            &format!("users:\n  esra@elmstreet.example: {{displayName: {quoted}}}\n"),
        );
    });
    let done = Run::plan(&world, &pull).run();
    assert_eq!(done.result("comment"), "success", "{}", done.log());
    assert!(!mark.exists());
}

fn the_guardrails_are_those_of_the_base() {
    let world = World::new();
    write(
        &world.scratch(),
        "guardrails.yaml",
        "guardrails:\n  protect: [user/ben@elmstreet.example]\n",
    );
    world.push("ben is protected");
    let pull = world.pull_request(14, "loosen", |files| {
        std::fs::remove_file(files.join("org/guardrails.yaml")).unwrap();
        ben(files);
        answered(files);
    });
    let done = Run::plan(&world, &pull).run();
    assert_eq!(done.job("plan").code("Verdict"), 4, "{}", done.log());
    assert!(comment(&world, 14).contains("guardrail-protect"));

    // Also those that came to the base after the pull request was made, though its merge does not have them yet.
    let pull = world.pull_request(15, "diego", |files| {
        write(
            files,
            "diego.yaml",
            "users:\n  amara@elmstreet.example: {extension: \"1009\"}\n",
        )
    });
    write(
        &world.scratch(),
        "guardrails.yaml",
        "guardrails:\n  protect: [user/amara@elmstreet.example]\n",
    );
    world.push("amara, too");
    let done = Run::plan(&world, &pull).run();
    assert_eq!(done.job("plan").code("Verdict"), 4, "{}", done.log());
}

fn live_the_token_is_in_one_job_and_the_pull_request_in_another() {
    let world = World::new();
    // What Webex has now is not what the repository's snapshot says.
    direct(
        &world.simulator,
        json!({"changes": [{"section": "users", "key": "amara@elmstreet.example", "set": {"displayName": "Amara Live"}}]}),
    );
    let pull = world.pull_request(16, "change", |files| {
        chiara(files);
        write(
            files,
            "amara.yaml",
            "users:\n  amara@elmstreet.example: {displayName: Amara File}\n",
        );
    });
    let done = Run::plan(&world, &pull)
        .with("live", true)
        .with("facts", "org/snapshot.json")
        .run();
    assert_eq!(
        results(&done),
        ["success", "success", "success"],
        "{}",
        done.log()
    );
    assert!(
        comment(&world, 16).contains("Amara Live"),
        "{}",
        comment(&world, 16)
    );
    for (name, job) in &done.jobs {
        for step in &job.steps {
            let env = format!("{:?}", step.env);
            let told = env.contains(WEBEX_TOKEN) || env.contains(WEBEX_WRITE_TOKEN);
            assert_eq!(
                told,
                name == "observe" && step.name == "Capture Webex",
                "{name}, {}",
                step.name
            );
        }
    }
    assert!(writes(&world.simulator).is_empty());
}

fn when_webex_cannot_be_read_the_comment_says_so() {
    let world = World::new();
    let pull = world.pull_request(17, "change", chiara);
    Run::plan(&world, &pull).run();
    direct(
        &world.simulator,
        json!({"faults": [{"method": "GET", "status": 401, "times": 100_000}]}),
    );
    let done = Run::plan(&world, &pull).with("live", true).run();
    assert_eq!(
        results(&done),
        ["failure", "failure", "success"],
        "{}",
        done.log()
    );
    assert!(
        comment(&world, 17).contains("Webex could not be read"),
        "{}",
        comment(&world, 17)
    );
    assert!(
        done.job("observe")
            .said()
            .contains("Webex could not be read"),
        "{}",
        done.log()
    );
}

fn a_pull_request_with_conflicts_or_newer_commits_gets_no_plan() {
    let world = World::new();
    let old = world.pull_request(18, "change", chiara);
    let new = world.pull_request(18, "change", ben);
    // The run of the older push: what GitHub has merged is the newer one.
    let done = Run::plan(&world, &old).run();
    assert_eq!(
        results(&done),
        ["skipped", "failure", "success"],
        "{}",
        done.log()
    );
    let shown = comment(&world, 18);
    assert!(
        shown.contains(&old.head[..12]) && shown.contains("conflict"),
        "{shown}"
    );
    // There has never been a merge.
    world.git_at(&world.origin(), &["update-ref", "-d", "refs/pull/18/merge"]);
    let done = Run::plan(&world, &new).run();
    assert_eq!(done.job("plan").code("Verdict"), 1, "{}", done.log());
    assert!(comment(&world, 18).contains(&new.head[..12]));
}

fn with_prune_what_is_removed_is_deleted() {
    let world = World::new();
    let shorter = |files: &Path| {
        let file = files.join("org/phones.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, text.replace("+12125550104", "+12125550103")).unwrap();
    };
    let pull = world.pull_request(19, "shorter", shorter);
    Run::plan(&world, &pull).run();
    assert!(!comment(&world, 19).contains("+12125550104"));
    Run::plan(&world, &pull).with("prune", true).run();
    assert!(
        comment(&world, 19).contains("+12125550104"),
        "{}",
        comment(&world, 19)
    );

    // A merge that was not applied is not forgotten: what was applied last still has the number.
    let applied = world.git(&["rev-parse", "main"]);
    world.git(&[
        "push",
        "-q",
        "origin",
        &format!("{applied}:refs/trunkline/applied"),
    ]);
    world.merge(&pull);
    let next = world.pull_request(20, "next", chiara_elsewhere);
    Run::plan(&world, &next).with("prune", true).run();
    assert!(
        comment(&world, 20).contains("+12125550104"),
        "{}",
        comment(&world, 20)
    );
}

/// A comment of an earlier push does not stay as if it were current.
fn a_plan_that_is_not_there_or_is_another_one_takes_the_place_of_the_old_comment() {
    let world = World::new();
    let pull = world.pull_request(7, "change", chiara);
    Run::plan(&world, &pull).run();
    assert!(comment(&world, 7).contains("chiara@elmstreet.example"));
    let pull = world.pull_request(7, "change", |files| {
        write(
            files,
            "esra.yaml",
            "users:\n  esra@elmstreet.example: {displayName: Esra Two}\n",
        );
    });
    for (broken, says) in [
        (false, "could not be downloaded"),
        (true, "digest is another one"),
    ] {
        let run = Run::plan(&world, &pull);
        let id = run.id();
        let file = world.artifact(id, "trunkline-plan-webex").join("plan.json");
        let then = move || match broken {
            false => std::fs::remove_dir_all(file.parent().unwrap()).unwrap(),
            true => std::fs::write(&file, "{}").unwrap(),
        };
        let done = run.after("plan", Box::new(then)).run();
        assert_eq!(
            results(&done),
            ["skipped", "success", "failure"],
            "{}",
            done.log()
        );
        assert!(done.job("comment").said().contains(says), "{}", done.log());
        let shown = comment(&world, 7);
        assert!(shown.starts_with("<!-- trunkline findings -->"), "{shown}");
        assert!(
            shown.contains(says) && shown.contains(&format!("run={id} -->")),
            "{shown}"
        );
        assert!(!shown.contains("chiara@elmstreet.example"), "{shown}");
    }
}

fn chiara_elsewhere(files: &Path) {
    write(
        files,
        "esra.yaml",
        "users:\n  esra@elmstreet.example: {displayName: Esra Two}\n",
    );
}

fn several_configurations_have_comments_of_their_own() {
    let world = World::new();
    let pull = world.pull_request(21, "change", chiara);
    for name in ["emea", "apac", "emea"] {
        let done = Run::plan(&world, &pull).with("name", name).run();
        assert_eq!(done.result("comment"), "success", "{}", done.log());
    }
    assert_eq!(comments(&world, 21).len(), 2);
    let done = Run::plan(&world, &pull).with("name", "x y; z").run();
    assert_eq!(
        results(&done),
        ["skipped", "failure", "failure"],
        "{}",
        done.log()
    );
    assert!(
        done.job("comment").said().contains("the input name"),
        "{}",
        done.log()
    );
}
