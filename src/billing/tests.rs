//! Reports beside files.

use super::*;
use crate::config::files::{Origin, SourceFile, Sources};
use crate::config::load;
use crate::webex::billing::rows;

const FILES: &str = "\
version: 1
org: {name: SP, assignmentMode: organization}
broadworks:
  clusters: {c: {}}
  customerTemplates: {t: {cluster: c}}
  enterprises: {SP+one: {template: t}, SP+two: {template: t}}
  subscribers:
    ana@x: {enterprise: SP+one, package: premium}
    bob@x: {enterprise: SP+one, package: basic}
    cleo@x: {enterprise: SP+two, package: standard}
    dora@x: {enterprise: SP+two, package: standard, state: absent}
";

fn config() -> Config {
    let file = SourceFile {
        path: "sp.yaml".into(),
        bytes: FILES.as_bytes().to_vec(),
    };
    let loaded = load(Sources {
        files: vec![file],
        origin: Origin::default(),
    });
    assert_eq!(loaded.findings, []);
    loaded.config
}

fn compared(lines: &str) -> Comparison {
    let head = "spEnterpriseId,userId,package,quantity,billingStartDate,billingEndDate,internal\n";
    let rows = rows(format!("{head}{lines}").as_bytes()).unwrap();
    compare(&config(), &rows, month("2026-10").unwrap())
}

fn told(comparison: &Comparison) -> Vec<String> {
    let all = comparison.differences.iter();
    all.map(|it| {
        let user = it.user_id.as_deref().unwrap_or("-");
        let place = it.place.as_ref().map_or(0, |place| place.line);
        format!("{} {user}: {} ({place})", it.enterprise, it.message)
    })
    .collect()
}

const WHOLE_MONTH: &str = "2026-10-01,2026-10-31,No\n";

fn whole(lines: &[&str]) -> String {
    lines
        .iter()
        .map(|line| format!("{line},1,{WHOLE_MONTH}"))
        .collect()
}

#[test]
fn a_report_that_agrees_has_no_difference() {
    let all = compared(&whole(&[
        "SP+one,ANA@x,Premium",
        "SP+one,bob@x,basic",
        "SP+two,cleo@x,standard",
    ]));
    assert_eq!(told(&all), [""; 0]);
    assert_eq!(all.notes, [""; 0]);
    let packages: Vec<_> = all
        .packages
        .iter()
        .map(|it| (it.package.as_str(), it.declared, it.billed))
        .collect();
    assert_eq!(
        packages,
        [("basic", 1, 1), ("premium", 1, 1), ("standard", 1, 1)]
    );
}

#[test]
fn each_kind_of_difference() {
    let lines = whole(&[
        "SP+one,ana@x,standard",
        "SP+two,bob@x,basic",
        "SP+two,dora@x,standard",
        "SP+three,eve@x,basic",
        "SP+three,fred@x,basic",
    ]);
    let expected = [
        "SP+one ana@x: billed as standard, declared as premium (8)",
        "SP+three -: 2 people billed, and no file declares this enterprise (0)",
        "SP+two bob@x: billed for SP+two, declared for SP+one (9)",
        "SP+two cleo@x: declared as standard, and not billed (10)",
        "SP+two dora@x: billed as standard, and no file declares this subscriber (0)",
    ];
    assert_eq!(told(&compared(&lines)), expected);
}

#[test]
fn entries_of_one_person_belong_together() {
    let lines = "\
SP+one,ana@x,premium,0.4,2026-10-20,2026-10-31,No
SP+one,ana@x,basic,0.6,2026-10-01,2026-10-19,No
SP+one,bob@x,basic,0.9,2026-10-01,2026-10-31,Yes
SP+one,bob@x,basic,0.3,2026-10-01,2026-10-31,Yes
SP+two,cleo@x,standard,0.3,2026-10-01,2026-10-09,No
SP+two,gus@x,standard,0.3,2026-10-01,2026-10-09,No
";
    let all = compared(lines);
    let expected = [
        "SP+one bob@x: billed for 1.20 of a month (9)",
        "SP+two cleo@x: declared, and billing ended on 2026-10-09 (10)",
    ];
    assert_eq!(told(&all), expected);
    assert_eq!(all.notes.len(), 3, "{:?}", all.notes);
    let basic = &all.packages[0];
    assert_eq!(
        (
            basic.declared,
            basic.billed,
            (basic.quantity * 10.0).round()
        ),
        (1, 1, 18.0)
    );
}

#[test]
fn months_and_their_reports() {
    let days = month("2026-02").unwrap();
    assert_eq!(days.1.to_string(), "2026-02-28");
    for odd in [
        "2026-13",
        "2026-1",
        "26-10",
        "2026-10-01",
        "2026/10",
        "",
        "20é6-1",
    ] {
        assert_eq!(month(odd), None, "{odd}");
    }
    let head = "spEnterpriseId,userId,package,quantity,billingStartDate,billingEndDate\n";
    let of = |line: &str| is_of(&rows(format!("{head}{line}").as_bytes()).unwrap(), days);
    assert!(of("SP+one,a,basic,1,2026-02-01,2026-02-28\n") && of("SP+one,a,basic,1,,\n"));
    assert!(
        !of("SP+one,a,basic,1,2026-03-01,2026-03-31\n") && !of("SP+one,a,basic,1,,2026-01-31\n")
    );
}
