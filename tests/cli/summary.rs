//! `--summary`: the short text says what the whole one says, of every golden plan and on the command line.

use crate::common::cases::cases;
use crate::common::{copy, root, run};
use serde_json::Value;
use trunkline::plan::Plan;
use trunkline::render::{self, Options, PlanFormat};

/// How many changes that cannot be undone it lists.
const LISTED: usize = 10;

/// The lines from the counts to the end.
fn end(text: &str) -> &str {
    let at = text.rfind("\nPlan: ").expect("there are counts");
    &text[at..]
}

#[test]
fn it_agrees_with_the_plan() {
    let (mut plans, mut losses, mut guardrails, mut waiting) = (0, 0, 0, 0);
    for case in cases() {
        let Ok(json) = std::fs::read(case.join("plan.json")) else {
            continue;
        };
        // Where there is no plan, the file has findings.
        let Ok(plan) = serde_json::from_slice::<Plan>(&json) else {
            continue;
        };
        plans += 1;
        let value: Value = serde_json::from_slice(&json).unwrap();
        let options = Options::default();
        let text = render::plan(&plan, PlanFormat::Text, &options).unwrap();
        let short = render::summary(&plan, &options);
        let name = case.display();
        assert_eq!(end(&short), end(&text), "{name}");
        assert_eq!(short.lines().next(), text.lines().next(), "{name}");

        let changes = value["changes"].as_array().unwrap().iter();
        let lost: Vec<&Value> = changes
            .filter(|change| change["risk"] == "irreversible")
            .collect();
        let named = |change: &&&Value| short.contains(change["address"].as_str().unwrap());
        if lost.len() <= LISTED {
            assert!(lost.iter().all(|it| named(&it)), "{name}: {short}");
        } else {
            assert!(
                short.contains(&format!("and {} more", lost.len() - LISTED)),
                "{name}: {short}"
            );
        }
        // A loss that a person has to bring about is not taken for one that apply does.
        let fields = lost.iter().flat_map(|it| it["fields"].as_array().unwrap());
        let held = fields.filter(|it| it["risk"] == "irreversible" && !it["held"].is_null());
        if lost.len() <= LISTED {
            let (held, said) = (held.count(), short.matches("not sent: ").count());
            assert_eq!(said, held, "{name}: {short}");
            waiting += held;
        }
        losses += lost.len();

        // Each severity is counted as under the plan.
        for (heading, counted) in [("error", "error"), ("warning", "warning"), ("hold", "hold")] {
            let findings = value["findings"].as_array().unwrap().iter();
            let number = findings.filter(|it| it["severity"] == heading).count();
            let plural = if number == 1 { "" } else { "s" };
            let said = short.contains(&format!("{number} {counted}{plural} ("));
            assert_eq!(said, number > 0, "{name}: {number} {heading}: {short}");
        }
        for finding in value["findings"].as_array().unwrap() {
            let code = finding["code"].as_str().unwrap();
            if code.starts_with("guardrail-") && finding["severity"] == "error" {
                let message = finding["message"].as_str().unwrap();
                assert!(short.contains(message), "{name}: {message}: {short}");
                guardrails += 1;
            }
        }
    }
    assert!(
        plans > 60 && losses > 20 && guardrails > 3 && waiting > 2,
        "hardly anything was compared: {plans}, {losses}, {guardrails}, {waiting}"
    );
}

/// The plan of a golden case as JSON.
fn golden_plan(case: &str) -> Value {
    let file = root().join("tests/golden").join(case).join("plan.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let mut value = golden_plan("example-blocked");
    let other = golden_plan("example-acme");
    let mut changes = other["changes"].as_array().unwrap().iter();
    let acknowledged = changes.find(|it| it["acknowledged"] == true).unwrap();
    let more = (0..30).map(|number| {
        let mut change = acknowledged.clone();
        change["address"] = format!("user/a{number:02}@lakeside.example").into();
        change
    });
    let changes = value["changes"].as_array_mut().unwrap();
    changes.splice(0..0, more);
    let plan: Plan = serde_json::from_value(value).unwrap();
    let short = render::summary(&plan, &Options::default());
    assert!(
        short.contains("and 29 more; without --summary all are listed"),
        "{short}"
    );
    // What blocks is never among those that are left out.
    assert_eq!(short.matches("  NOT ACKNOWLEDGED\n").count(), 9, "{short}");
}

#[test]
fn on_the_command_line() {
    let directory = tempfile::tempdir().unwrap();
    copy(&root().join("examples/blocked"), directory.path());
    let whole = run(directory.path(), &["plan"]);
    let short = run(
        directory.path(),
        &["plan", "--summary", "--out", "plan.json"],
    );
    assert_eq!((whole.exit, short.exit), (4, 4), "{}", short.all());
    assert!(
        short.stdout.len() * 2 < whole.stdout.len(),
        "{}",
        short.stdout
    );
    assert_eq!(end(&short.stdout), end(&whole.stdout));
    let shown = run(directory.path(), &["show", "plan.json", "--summary"]);
    assert_eq!((shown.exit, &shown.stdout), (0, &short.stdout));
    for other in [
        &["--format", "json"][..],
        &["--detail", "full"],
        &["--only", "calling-failures"],
    ] {
        let refused = run(directory.path(), &[&["plan", "--summary"], other].concat());
        assert!(
            refused.exit == 1 && refused.stderr.contains("cannot be used with"),
            "{}",
            refused.all()
        );
    }
    let quiet = tempfile::tempdir().unwrap();
    copy(&root().join("examples/quickstart"), quiet.path());
    let coded = run(quiet.path(), &["plan", "--summary", "--detailed-exitcode"]);
    assert_eq!(coded.exit, 2, "{}", coded.all());
}
