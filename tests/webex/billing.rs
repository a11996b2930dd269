//! `broadworks billing`: a report made, waited for, downloaded and compared, by HTTP, against the simulator on this machine.

use std::path::Path;
use std::sync::Arc;

use crate::common::{Run, copy, root, trunkline, write};
use serde_json::{Value, json};
use trunkline::sim::{Options, Scenario, Simulator, serve};

/// The service provider of the example: two subscribers, premium and standard.
struct Provider {
    simulator: Arc<Simulator>,
    url: String,
    directory: tempfile::TempDir,
}

impl Provider {
    fn new() -> Provider {
        let directory = tempfile::tempdir().unwrap();
        copy(&root().join("examples/acme"), directory.path());
        let snapshot = std::fs::read(directory.path().join("snapshot.json")).unwrap();
        let options = Options {
            token: Some("good".to_owned()),
            real_time: true,
        };
        let snapshot = serde_json::from_slice(&snapshot).unwrap();
        let simulator = Arc::new(Simulator::new(snapshot, &options));
        let address = serve(simulator.clone(), "127.0.0.1:0").unwrap();
        let provider = Provider {
            simulator,
            url: format!("{address}/v1"),
            directory,
        };
        provider.direct(json!({"switches": {"broadworksSeconds": 0}}));
        provider
    }

    fn direct(&self, scenario: Value) {
        let scenario: Scenario = serde_json::from_value(scenario).unwrap();
        self.simulator.direct(scenario).unwrap();
    }

    fn run(&self, args: &[&str]) -> Run {
        billing(self.directory.path(), &self.url, args)
    }

    /// Method and path of each request for reports, without queries.
    fn asked(&self) -> Vec<String> {
        let log = self.simulator.log();
        let reports = log.iter().filter(|it| it.path.contains("billing"));
        let short = reports.map(|it| {
            let path = it.path.split('?').next().unwrap();
            let depth = path.matches('/').count();
            let what = match (path.starts_with("/billing-reports/"), depth) {
                (true, _) => "file",
                (false, 3) => "list",
                _ => "one",
            };
            format!("{} {what}", it.method)
        });
        short.collect()
    }
}

fn billing(directory: &Path, url: &str, args: &[&str]) -> Run {
    let output = trunkline(directory)
        .env("TRUNKLINE_API_URL", url)
        .env("WEBEX_ACCESS_TOKEN", "good")
        .args(["broadworks", "billing"])
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Run {
        exit: output.status.code().unwrap(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
        took: Default::default(),
    }
}

const OCTOBER: [&str; 3] = ["--live", "--period", "2026-10"];

#[test]
fn a_report_is_made_once_and_agrees_with_the_files() {
    let provider = Provider::new();
    let log = ["--log", "log.jsonl"];
    let run = provider.run(&[&OCTOBER[..], &log].concat());
    assert_eq!(run.exit, 0, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("The report agrees with the files."),
        "{}",
        run.stdout
    );
    let expected = ["GET list", "POST list", "GET one", "GET file"];
    assert_eq!(provider.asked(), expected);
    let log = std::fs::read_to_string(provider.directory.path().join("log.jsonl")).unwrap();
    for secret in ["good", "simulated-signature"] {
        let said = format!("{log}{}{}", run.stdout, run.stderr);
        assert!(!said.contains(secret), "{secret}: {said}");
    }
    let again = provider.run(&OCTOBER);
    assert_eq!((again.exit, &again.stdout), (0, &run.stdout));
    assert_eq!(provider.asked()[4..], ["GET list", "GET one", "GET file"]);
    let replaced = provider.run(&[&OCTOBER[..], &["--replace"]].concat());
    assert_eq!(replaced.exit, 0, "{}", replaced.stderr);
    let expected = ["GET list", "DELETE one", "POST list", "GET one", "GET file"];
    assert_eq!(provider.asked()[7..], expected);
}

#[test]
fn what_is_billed_otherwise_is_a_difference() {
    let provider = Provider::new();
    let file = provider.directory.path().join("broadworks.yaml");
    let yaml = std::fs::read_to_string(&file).unwrap();
    let other = yaml
        .replace("package: standard", "package: basic")
        .replace("3125550171", "3125550999");
    assert_ne!(yaml, other);
    write(&file, &other);
    let run = provider.run(&OCTOBER);
    assert_eq!(run.exit, 2, "{}{}", run.stdout, run.stderr);
    for words in [
        "billed as standard, declared as basic",
        "billed as premium, and no file declares this subscriber",
        "declared as premium, and not billed",
        "3 differences.",
    ] {
        assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    }
    let json = provider.run(&[&OCTOBER[..], &["--format", "json"]].concat());
    assert_eq!(json.exit, 2);
    let told: Value = serde_json::from_str(&json.stdout).unwrap();
    let kinds: Vec<&Value> = told["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["kind"])
        .collect();
    assert_eq!(kinds, ["notDeclared", "package", "notBilled"]);
    assert_eq!(
        told["packages"][0],
        json!({"package": "basic", "declared": 1, "billed": 0, "quantity": 0.0})
    );
    assert!(
        told["differences"][1]["place"]
            .as_str()
            .unwrap()
            .starts_with("broadworks.yaml:")
    );
}

#[test]
fn a_month_that_is_not_over_is_no_report() {
    let provider = Provider::new();
    let run = provider.run(&["--live", "--period", "2199-12"]);
    assert_eq!(run.exit, 7, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("The period is not over. [2000]"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stdout, "");
}

#[test]
fn waiting_ends_and_goes_on_with_the_same_report() {
    let provider = Provider::new();
    provider.direct(json!({"switches": {"broadworksSeconds": 3600}}));
    let brief = [&OCTOBER[..], &["--wait", "1"]].concat();
    let run = provider.run(&brief);
    assert_eq!(run.exit, 7, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("is not complete after"),
        "{}",
        run.stderr
    );
    assert_eq!(
        provider.asked(),
        ["GET list", "POST list", "GET one", "GET one"]
    );
    provider.direct(json!({"switches": {"broadworksSeconds": 0}}));
    assert_eq!(provider.run(&brief).exit, 0);
    assert_eq!(provider.asked()[4..], ["GET list", "GET one", "GET file"]);
}

#[test]
fn refusals_and_lost_answers() {
    let provider = Provider::new();
    let post = |more: Value| {
        let mut fault = json!({"method": "POST", "path": "/broadworks/billing/reports"});
        fault
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        provider.direct(json!({"faults": [fault]}));
    };
    post(json!({"status": 403}));
    let run = provider.run(&OCTOBER);
    assert_eq!(run.exit, 1, "{}", run.stdout);
    assert!(
        run.stderr.contains("sales full administrator"),
        "{}",
        run.stderr
    );
    post(json!({"drop": true, "when": "after"}));
    let run = provider.run(&OCTOBER);
    assert_eq!(run.exit, 0, "{}{}", run.stdout, run.stderr);
    let posts = provider
        .asked()
        .iter()
        .filter(|it| *it == "POST list")
        .count();
    assert_eq!(posts, 2, "the answer was lost and the report is there");
    provider.direct(json!({"faults": [{"path": "/billing-reports/**", "status": 403}]}));
    let run = provider.run(&OCTOBER);
    assert_eq!(run.exit, 7, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("the server answered 403"),
        "{}",
        run.stderr
    );
    provider.direct(json!({"faults": [{"path": "/billing-reports/**", "status": 503}]}));
    assert_eq!(
        provider.run(&OCTOBER).exit,
        0,
        "a broken server is asked again"
    );
    let fault =
        json!({"method": "DELETE", "path": "/broadworks/billing/reports/**", "status": 403});
    provider.direct(json!({"faults": [fault]}));
    let run = provider.run(&[&OCTOBER[..], &["--replace"]].concat());
    assert_eq!(run.exit, 1, "{}", run.stdout);
    let told = "a read-only administrator can read one that exists";
    assert!(run.stderr.contains(told), "{}", run.stderr);
}

#[test]
fn a_report_can_be_a_file() {
    let provider = Provider::new();
    let head = "spEnterpriseId,userId,package,quantity,billingStartDate,billingEndDate";
    let row = |user: &str, package: &str| {
        format!("Acme+harbor-dental,{user}@voice.harbor.example,{package},1,2026-10-01,2026-10-31")
    };
    let whole = [
        head,
        &row("3125550171", "Premium"),
        &row("3125550172", "Standard"),
        "",
    ]
    .join("\n");
    let report = provider.directory.path().join("october.csv");
    write(&report, &whole);
    let of = |period: &str| provider.run(&["--report", "october.csv", "--period", period]);
    let run = of("2026-10");
    assert_eq!(run.exit, 0, "{}{}", run.stdout, run.stderr);
    assert_eq!(provider.simulator.log().len(), 0, "nothing was asked");
    let other = of("2026-09");
    assert_eq!((other.exit, other.stdout.as_str()), (7, ""));
    assert!(other.stderr.contains("not of 2026-09"), "{}", other.stderr);
    write(&report, "userId,package\n");
    assert_eq!(of("2026-10").exit, 7);
    for args in [
        &["--period", "2026-10"][..],
        &["--report", "october.csv", "--live", "--period", "2026-10"],
        &["--report", "october.csv", "--period", "October"],
        &[
            "--report",
            "october.csv",
            "--replace",
            "--period",
            "2026-10",
        ],
        &["--report", "nowhere.csv", "--period", "2026-10"],
    ] {
        assert_eq!(provider.run(args).exit, 1, "{args:?}");
    }
}
