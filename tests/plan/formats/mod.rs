//! Counts are equal in all formats: whatever a reader looks at, a pull request, a spreadsheet or a policy tool, it tells of
//! the same number of changes and of findings.

mod read;

use std::path::{Path, PathBuf};

use crate::common::cases::cases;
use crate::common::hold::hold;
use crate::common::organisation::{Shape, make, tapes};
use crate::common::{golden, root, sorted};
use clap::ValueEnum;
use proptest::test_runner::TestCaseError;
use read::{Changes, Findings};
use serde_json::Value;
use trunkline::config::{self, files};
use trunkline::finding::Code;
use trunkline::plan::Plan;
use trunkline::render::{self, Detail, FindingsFormat, Options, PlanFormat};

/// Every object on a line of its own, and room for all.
fn options() -> Options {
    Options {
        detail: Detail::Full,
        max_bytes: 100_000_000,
        ..Options::default()
    }
}

fn printed(plan: &Plan, format: PlanFormat) -> String {
    render::plan(plan, format, &options()).unwrap()
}

fn is_for_people(format: PlanFormat) -> bool {
    use PlanFormat::{Html, Markdown, Text};
    matches!(format, Text | Markdown | Html)
}

/// What the plan itself says.
fn counted(plan: &Plan) -> (Changes, Findings) {
    let json = printed(plan, PlanFormat::Json);
    let changes = read::changes(PlanFormat::Json, &json).unwrap().unwrap();
    (changes, read::findings(PlanFormat::Json, &json).unwrap())
}

/// Infos about a loss that a person acknowledged: the formats for people say them beside the loss.
fn said_with_their_change(plan: &Plan) -> usize {
    let plan = serde_json::to_value(plan).unwrap();
    let lost = |subject: &Value| {
        let changes = plan["changes"].as_array().unwrap().iter();
        changes
            .filter(|change| change["risk"] == "irreversible")
            .any(|change| change["address"] == *subject)
    };
    let findings = plan["findings"].as_array().unwrap().iter();
    findings
        .filter(|finding| finding["severity"] == "info" && lost(&finding["subject"]))
        .filter(|finding| {
            let page = Code::find(finding["code"].as_str().unwrap());
            page.is_some_and(|page| page.acknowledgeable)
        })
        .count()
}

/// The format whose numbers are others, if there is one.
fn differing(plan: &Plan) -> Option<String> {
    let (changes, findings) = counted(plan);
    for format in PlanFormat::value_variants() {
        let text = printed(plan, *format);
        let people = is_for_people(*format);
        let beside = if people {
            said_with_their_change(plan)
        } else {
            0
        };
        let expected = Findings {
            info: findings.info - beside,
            ..findings
        };
        match read::changes(*format, &text) {
            Ok(told) if told.is_none_or(|told| told == changes) => {}
            told => return Some(format!("{format:?}: {told:?}, not {changes:?}\n{text}")),
        }
        let told = read::findings(*format, &text);
        if told.is_some_and(|told| told != expected) {
            return Some(format!("{format:?}: {told:?}, not {expected:?}\n{text}"));
        }
    }
    None
}

/// Every plan that a golden case expects.
fn plans() -> Vec<(PathBuf, Plan)> {
    let file = |case: PathBuf| {
        let text = std::fs::read(case.join("plan.json")).ok()?;
        Some((case, serde_json::from_slice(&text).ok()?))
    };
    let plans: Vec<(PathBuf, Plan)> = cases().into_iter().filter_map(file).collect();
    assert!(plans.len() > 60, "hardly any plan was read");
    plans
}

#[test]
fn counts_are_equal_in_all_formats_of_every_golden_plan() {
    let mut seen = (Changes::default(), Findings::default());
    for (case, plan) in plans() {
        if let Some(difference) = differing(&plan) {
            panic!("{}: {difference}", case.display());
        }
        let (changes, findings) = counted(&plan);
        seen.0.create += changes.create;
        seen.0.delete += changes.delete;
        seen.0.unacknowledged += changes.unacknowledged;
        seen.1.hold += findings.hold;
        seen.1.error += findings.error;
    }
    let (changes, findings) = seen;
    assert!(changes.create > 0 && changes.delete > 0 && changes.unacknowledged > 0);
    assert!(findings.hold > 0 && findings.error > 0);
}

#[test]
fn counts_are_equal_in_all_formats_of_random_plans() {
    hold(150, tapes(), |tapes| {
        let organisation = make(&tapes, Shape::Any);
        let plan: Plan =
            serde_json::from_value(crate::common::law::plan(&organisation, 0)?).unwrap();
        match differing(&plan) {
            None => Ok(()),
            Some(difference) => Err(TestCaseError::fail(difference)),
        }
    });
}

/// A plan with so many findings as no format shows.
fn crowded() -> Plan {
    let mut plans = plans();
    let at = |name: &str| plans.iter().position(|(case, _)| case.ends_with(name));
    let mut plan = plans.swap_remove(at("example-blocked").unwrap()).1;
    let few = plan.findings.clone();
    let severities = ["error", "hold", "warning", "info"];
    for number in 0..26_000 {
        let mut finding = few[number % few.len()].clone();
        let severity = severities[number % severities.len()];
        finding.severity = serde_json::from_value(severity.into()).unwrap();
        finding.subject = Some(format!("user/{number}@acme.com"));
        plan.findings.push(finding);
    }
    plan
}

#[test]
fn what_is_left_out_is_counted() {
    let plan = crowded();
    assert_eq!(differing(&plan), None);
    let log: Value = serde_json::from_str(&printed(&plan, PlanFormat::Sarif)).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    // The worst are there, and what is left out is said.
    let left_out = log["runs"][0]["properties"]["leftOut"].as_object().unwrap();
    assert_eq!(left_out.keys().collect::<Vec<_>>(), ["info"]);
    let said = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"][0];
    let said = said["message"]["text"].as_str().unwrap();
    assert!(
        said.contains(&format!("{} infos", left_out["info"])),
        "{said}"
    );
    let annotations = printed(&plan, PlanFormat::Github);
    for kind in ["::error ", "::warning ", "::notice "] {
        let lines = annotations.lines().filter(|line| line.starts_with(kind));
        assert_eq!(lines.count(), 10, "{kind}");
    }
}

#[test]
fn a_format_that_lost_something_would_be_noticed() {
    for (case, plan) in plans() {
        let (changes, findings) = counted(&plan);
        let name = case.display();
        let mut without = plan.clone();
        if without.changes.pop().is_some() {
            for format in PlanFormat::value_variants() {
                // The summary has the old numbers: where it is all that is read, it has to disagree with what is shown.
                let told = read::changes(*format, &printed(&without, *format));
                assert_ne!(told, Ok(Some(changes)), "{name}: {format:?}");
            }
        }
        let mut without = plan;
        let open = |finding: &trunkline::plan::FindingLine| {
            !Code::find(&finding.code).is_some_and(|page| page.acknowledgeable)
        };
        if let Some(at) = without.findings.iter().rposition(open) {
            without.findings.remove(at);
            let beside = said_with_their_change(&without);
            for format in PlanFormat::value_variants() {
                let people = is_for_people(*format);
                let expected = Findings {
                    info: findings.info - if people { beside } else { 0 },
                    ..findings
                };
                let told = read::findings(*format, &printed(&without, *format));
                assert_ne!(told, Some(expected), "{name}: {format:?}");
            }
        }
    }
}

#[test]
fn counts_of_findings_are_equal_where_there_is_no_plan() {
    let mut seen = 0;
    for case in cases() {
        let Ok(sources) = files::from_directory(case.join("org")) else {
            continue;
        };
        let loaded = config::load(sources);
        let printed = |format: FindingsFormat| {
            let text = |file: &str| loaded.text(file);
            render::findings(&loaded.findings, format, &options(), &text).unwrap()
        };
        let json: Value = serde_json::from_str(&printed(FindingsFormat::Json)).unwrap();
        let expected = read::listed(&json["findings"]);
        seen += loaded.findings.len();
        let name = case.display();
        for (format, of_plan) in [
            (FindingsFormat::Sarif, PlanFormat::Sarif),
            (FindingsFormat::Github, PlanFormat::Github),
            (FindingsFormat::Markdown, PlanFormat::Markdown),
        ] {
            let told = read::findings(of_plan, &printed(format));
            assert_eq!(told, Some(expected), "{name}: {format:?}");
        }
        // `3 errors, 1 warning in 2 files`
        let text = printed(FindingsFormat::Text);
        let mut told = Findings::default();
        let totals = text.lines().next_back().unwrap_or_default();
        for part in totals
            .split(" in ")
            .next()
            .unwrap()
            .split(", ")
            .filter(|it| !it.is_empty())
        {
            let (number, word) = part.split_once(' ').unwrap();
            told.count(word, number.parse().unwrap());
        }
        assert_eq!(told, expected, "{name}: text");
    }
    assert!(seen > 30, "hardly any finding was seen");
}

/// JSON as a reviewer wants to read it.
fn indented(text: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap();
    serde_json::to_string_pretty(&value).unwrap() + "\n"
}

/// `tests/golden-formats/`: what the examples look like in the formats for machines.
#[test]
fn what_machines_get_is_kept() {
    let mut wrong = String::new();
    for (case, plan) in plans() {
        let case = case.file_name().unwrap().to_str().unwrap().to_owned();
        let Some(name) = case.strip_prefix("example-") else {
            continue;
        };
        // Tools that read Terraform's plans expect one line.
        let tfplan = printed(&plan, PlanFormat::Tfplan);
        assert_eq!(tfplan.lines().count(), 1);
        for (file, text) in [
            (format!("{name}.tfplan.json"), indented(&tfplan)),
            (format!("{name}.sarif"), printed(&plan, PlanFormat::Sarif)),
            (
                format!("{name}.github.txt"),
                printed(&plan, PlanFormat::Github),
            ),
        ] {
            let file = root().join("tests/golden-formats").join(file);
            wrong += &golden(&file, &text).err().unwrap_or_default();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What SARIF 2.1.0 and code scanning require of a log, in the words of neither's schema: `tests/tools/sarif.rs` has that.
fn required(log: &Value, name: &Path) {
    let text = |value: &Value| {
        value
            .as_str()
            .unwrap_or_else(|| panic!("{}: {value}", name.display()))
            .to_owned()
    };
    assert_eq!(log["version"], "2.1.0");
    let [run] = log["runs"].as_array().unwrap().as_slice() else {
        panic!("not one run");
    };
    let driver = &run["tool"]["driver"];
    assert_eq!(driver["name"], "trunkline");
    let rules = driver["rules"].as_array().unwrap();
    let ids: Vec<String> = rules.iter().map(|rule| text(&rule["id"])).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    for rule in rules {
        text(&rule["shortDescription"]["text"]);
        text(&rule["fullDescription"]["text"]);
        text(&rule["help"]["text"]);
        let level = text(&rule["defaultConfiguration"]["level"]);
        assert!(["error", "warning", "note"].contains(&level.as_str()));
    }
    let mut prints = std::collections::BTreeSet::new();
    let mut used = vec![false; rules.len()];
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(ids[index], text(&result["ruleId"]));
        used[index] = true;
        assert!(!text(&result["message"]["text"]).is_empty());
        let expected = match text(&result["properties"]["severity"]).as_str() {
            "error" => "error",
            "hold" | "warning" => "warning",
            _ => "note",
        };
        assert_eq!(result["level"], expected);
        // Code scanning takes no log in which one result has no place.
        let place = &result["locations"][0]["physicalLocation"];
        let uri = text(&place["artifactLocation"]["uri"]);
        assert!(
            !uri.is_empty() && !uri.starts_with('/') && !uri.contains([' ', ':', '\\', '#', '?']),
            "{uri}"
        );
        assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
        let print = text(&result["partialFingerprints"]["primaryLocationLineHash"]);
        assert!(
            prints.insert(print),
            "two results are taken for one: {result}"
        );
    }
    assert!(
        used.iter().all(|used| *used),
        "a rule that nothing is about"
    );
}

#[test]
fn a_sarif_log_has_what_is_required() {
    for (case, plan) in plans() {
        let log = serde_json::from_str(&printed(&plan, PlanFormat::Sarif)).unwrap();
        required(&log, &case);
    }
    let examples = sorted(&root().join("examples"));
    for example in examples.into_iter().filter(|path| path.is_dir()) {
        let loaded = config::load(files::from_directory(&example).unwrap());
        let text = |file: &str| loaded.text(file);
        let log = render::findings(&loaded.findings, FindingsFormat::Sarif, &options(), &text);
        required(&serde_json::from_str(&log.unwrap()).unwrap(), &example);
    }
}
