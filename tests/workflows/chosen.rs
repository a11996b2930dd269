//! `apply.yml`: which plan is applied. The one that was reviewed, or a new one, and why.

use crate::common::needs::Test;
use crate::{TOOLS, tests};
use serde_json::json;

use super::apply::{applied_ref, merged, plan_of, results};
use super::plan::{ben, chiara, comment, write};
use super::runner::{Done, Run};
use super::world::World;
use crate::common::live::{direct, writes};

/// What is tested here, and what it needs.
pub const TESTS: &[Test] = &tests![TOOLS => where_another_merge_came_between_a_new_plan_is_made_and_shown, where_there_is_no_reviewed_plan_it_says_why_and_makes_one, a_pull_request_that_was_merged_though_it_had_no_plan, manually_there_is_a_new_plan_and_only_the_main_branch_is_applied, with_nothing_to_apply_no_one_is_asked, a_blocked_plan_asks_no_one_either, with_prune_a_new_plan_deletes_what_was_removed_since_the_last_apply, the_files_may_lie_at_the_top_of_the_repository, a_plan_that_no_one_has_seen_is_not_applied_where_no_one_is_asked, a_plan_that_other_guardrails_judged_is_not_applied, what_was_applied_last_judges_however_the_run_was_started, a_run_for_another_pull_request_or_base_is_not_believed, what_was_removed_and_waits_is_not_forgotten];

const WHY: &str = "### A new plan\n\nIt is a new one because ";

fn where_another_merge_came_between_a_new_plan_is_made_and_shown() {
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
        summary.starts_with(WHY) && summary.contains("another merge came in between"),
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
            .starts_with("### The plan reviewed in #9"),
        "{}",
        done.log()
    );
}

fn where_there_is_no_reviewed_plan_it_says_why_and_makes_one() {
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
        "the plan of pull request #7 is no longer kept",
    );
    new(
        &|world, planned| {
            world.github.state.lock().unwrap().runs.remove(&planned.id);
        },
        "the run that planned pull request #7 is no longer kept",
    );
    new(
        &|world, _| world.github.state.lock().unwrap().comments.clear(),
        "pull request #7 has no plan",
    );
    new(
        &|world, _| world.github.state.lock().unwrap().pulls.clear(),
        "no pull request was merged with this commit",
    );
    // Another person's comment, with the very words.
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

/// Another branch has other workflows, and other guardrails.
fn a_run_for_another_pull_request_or_base_is_not_believed() {
    let of = |number: u64, base: &str| json!([{"number": number, "base": {"ref": base}}]);
    for (pulls, believed) in [
        (of(7, "main"), true),
        (json!([]), true),
        (of(8, "main"), false),
        (of(7, "evil"), false),
        (of(8, "evil"), false),
    ] {
        let world = World::new();
        let (_, planned, pushed) = merged(&world, 7, chiara);
        world
            .github
            .state
            .lock()
            .unwrap()
            .runs
            .get_mut(&planned.id)
            .unwrap()["pull_requests"] = pulls.clone();
        let done = Run::apply(&world, &pushed).run();
        assert_eq!(results(&done), ["success"; 3], "{}", done.log());
        let summary = &done.job("plan").summary;
        assert_eq!(
            summary.starts_with("### The plan reviewed in #7"),
            believed,
            "{pulls}: {summary}"
        );
        assert_eq!(
            summary.contains("and not for this one into main"),
            !believed,
            "{pulls}: {summary}"
        );
    }
    // Judged by the head of a branch that is no part of main, with the same guardrails.
    let world = World::new();
    let (_, planned, pushed) = merged(&world, 7, chiara);
    let file = plan_of(&world, &planned, "trunkline-plan-webex");
    let mut plan: serde_json::Value =
        serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    plan["guardrails"]["commit"] = json!(
        world
            .pull_request(9, "evil", |files| write(files, "evil.yaml", "# evil\n"))
            .head
    );
    let text = serde_json::to_vec(&plan).unwrap();
    let was = format!(
        "sha256:{:x}",
        <sha2::Sha256 as sha2::Digest>::digest(std::fs::read(&file).unwrap())
    );
    let is = format!("sha256:{:x}", <sha2::Sha256 as sha2::Digest>::digest(&text));
    std::fs::write(&file, text).unwrap();
    for comment in &mut world.github.state.lock().unwrap().comments {
        comment["body"] = json!(comment["body"].as_str().unwrap().replace(&was, &is));
    }
    let done = Run::apply(&world, &pushed).run();
    let summary = &done.job("plan").summary;
    assert!(summary.contains("was made for another branch"), "{summary}");
}

/// A number that was removed from the files and has to be returned by a person.
fn what_was_removed_and_waits_is_not_forgotten() {
    let world = World::new();
    let before = world.git(&["rev-parse", "main"]);
    world.git(&[
        "push",
        "-q",
        "origin",
        &format!("{before}:refs/trunkline/applied"),
    ]);
    let file = world.scratch().join("org/phones.yaml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("+12125550104", "+12125550103")).unwrap();
    direct(
        &world.simulator,
        json!({"changes": [{"section": "locations", "key": "New York", "set": {"calling": {
            "mainNumber": "+12125550100", "pstn": "CISCO_PSTN"}}}]}),
    );
    let pushed = world.push("shorter");
    let at = || world.git_at(&world.origin(), &["rev-parse", "refs/trunkline/applied"]);
    // First with changes of others, then without any.
    for expected in [
        ["success", "success", "skipped"],
        ["success", "skipped", "skipped"],
    ] {
        let done = Run::apply(&world, &pushed).with("prune", true).run();
        assert_eq!(results(&done), expected, "{}", done.log());
        let plan = done.job("plan");
        assert!(plan.summary.contains("removal-waits"), "{}", plan.summary);
        assert!(plan.summary.contains("+12125550104"), "{}", plan.summary);
        assert!(
            !plan.said().contains("Webex matches the files"),
            "{}",
            plan.said()
        );
        assert!(
            plan.said().contains("refs/trunkline/applied stays"),
            "{}",
            plan.said()
        );
        assert_eq!(at(), before);
    }
    // Once a person has returned it, it is recorded.
    direct(
        &world.simulator,
        json!({"changes": [{"section": "numbers", "key": "+12125550104", "remove": true}]}),
    );
    let done = Run::apply(&world, &pushed)
        .with("prune", true)
        .by_hand()
        .run();
    assert_eq!(
        results(&done),
        ["success", "skipped", "success"],
        "{}",
        done.log()
    );
    assert_eq!(at(), pushed.sha);
}

fn a_pull_request_that_was_merged_though_it_had_no_plan() {
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

fn manually_there_is_a_new_plan_and_only_the_main_branch_is_applied() {
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
            .contains("this run was started manually"),
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

fn with_nothing_to_apply_no_one_is_asked() {
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

fn a_blocked_plan_asks_no_one_either() {
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
    assert_eq!(done.job("plan").code("Choose the plan"), 4);
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

fn with_prune_a_new_plan_deletes_what_was_removed_since_the_last_apply() {
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

fn the_files_may_lie_at_the_top_of_the_repository() {
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
            .starts_with("### The plan reviewed in #7"),
        "{}",
        done.job("plan").summary
    );
    let done = Run::drift(&world)
        .with("path", ".")
        .with("facts", "snapshot.json")
        .run();
    assert_eq!(done.job("drift").outputs["exit"], "0", "{}", done.log());
}

fn a_plan_that_no_one_has_seen_is_not_applied_where_no_one_is_asked() {
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
        assert!(said.contains("this plan was not reviewed"), "{said}");
        assert!(
            done.job("plan")
                .summary
                .contains("chiara@elmstreet.example")
        );
        assert!(writes(&world.simulator).is_empty());
    }
    // A person starts it; and a plan that was reviewed needs no one else.
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

const PROTECTED: &str = "guardrails:\n  protect: [user/chiara@elmstreet.example]\n";

fn a_plan_that_other_guardrails_judged_is_not_applied() {
    let world = World::new();
    // Planned for a branch without the rule, with the rule in its own files, as a change of the base would leave it.
    let pull = world.pull_request(7, "retarget", |files| {
        write(files, "guardrails.yaml", PROTECTED);
        chiara(files);
    });
    Run::plan(&world, &pull).run();
    assert!(!comment(&world, 7).contains("BLOCKED"));
    write(&world.scratch(), "guardrails.yaml", PROTECTED);
    world.push("chiara is protected");
    let pushed = world.merge(&pull);
    let done = Run::apply(&world, &pushed).run();
    assert_eq!(
        results(&done),
        ["failure", "skipped", "skipped"],
        "{}",
        done.log()
    );
    let summary = &done.job("plan").summary;
    assert!(
        summary.contains("judged by other guardrails") && summary.contains("guardrail-protect"),
        "{summary}"
    );
    assert!(writes(&world.simulator).is_empty());
}

fn what_was_applied_last_judges_however_the_run_was_started() {
    let world = World::new();
    write(&world.scratch(), "guardrails.yaml", PROTECTED);
    let applied = world.push("chiara is protected").sha;
    world.git(&[
        "push",
        "-q",
        "origin",
        &format!("{applied}:refs/trunkline/applied"),
    ]);
    std::fs::remove_file(world.scratch().join("org/guardrails.yaml")).unwrap();
    world.push("loosened, and never applied");
    chiara(&world.scratch());
    let pushed = world.push("used");
    for run in [
        Run::apply(&world, &pushed).by_hand(),
        Run::apply(&world, &pushed),
    ] {
        let done = run.run();
        assert_eq!(done.job("plan").code("Choose the plan"), 4);
        let summary = &done.job("plan").summary;
        assert!(summary.contains("guardrail-protect"), "{summary}");
    }
    assert!(writes(&world.simulator).is_empty());
}
