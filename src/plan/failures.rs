//! The report of those who should have Calling and do not get it: who, why, and what to do.
//!
//! Owns the rows of the report. Decides nothing: what failed comes from the resolver, the words from the findings.

use rustc_hash::FxHashMap;
use serde::Serialize;

use super::build::{Inputs, build_and};
use super::model::{FindingLine, Plan};
use crate::config::Config;
use crate::finding::{
    CALLING_LOCATION_UNKNOWN, CALLING_NUMBER_UNKNOWN, Code, EXISTING_USERS_NOT_IN_SCOPE,
    LOCATION_NO_FREE_NUMBER, LOCATION_UNKNOWN, Severity,
};
use crate::licensing::{Failure, Holder, World};

/// One person who should have Calling and does not get it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallingFailure {
    /// The address.
    pub user: String,
    /// The name that others see.
    pub display_name: Option<String>,
    /// The finding that says why not.
    pub code: String,
    /// Its severity.
    pub severity: Severity,
    /// Why not, in words.
    pub reason: String,
    /// What to do.
    pub fix: Option<String>,
    /// Why there should be Calling, such as `template sales licenses.calling` and `group Sales`.
    pub because: Vec<String>,
    /// The work phone of the directory.
    pub work_phone: Option<String>,
    /// The observed location.
    pub location: Option<String>,
    /// The file that says what is wrong or wanted.
    pub file: Option<String>,
    /// The line, from 1.
    pub line: Option<u32>,
    /// The column, from 1.
    pub column: Option<u32>,
}

/// Makes the plan, and the report of those who should have Calling and do not get it, in order of address.
pub fn with_calling_failures(inputs: Inputs<'_>) -> (Plan, Vec<CallingFailure>) {
    let (plan, mut rows) = build_and(inputs, |context, _| {
        let failures = context
            .world
            .calling_failures(context.decisions)
            .into_iter();
        failures
            .map(|failure| row(context.config, context.world, failure))
            .collect::<Vec<_>>()
    });
    let mut said: FxHashMap<&str, Vec<&FindingLine>> = FxHashMap::default();
    for finding in &plan.findings {
        said.entry(&finding.code).or_default().push(finding);
    }
    for (subject, row) in &mut rows {
        let findings = said.get(row.code.as_str()).map_or(&[][..], Vec::as_slice);
        if let Some(finding) = about(findings, subject, row) {
            row.take_words(finding);
        }
    }
    (plan, rows.into_iter().map(|(_, row)| row).collect())
}

/// A person as the report lists one, with the address of the plan; the words of the finding are not in it yet.
fn row(config: &Config, world: &World<'_>, failure: Failure) -> (String, CallingFailure) {
    let facts = world.facts();
    let people = facts.people;
    let observed = people.snapshot(failure.user);
    let declared = people.declared(failure.user);
    let name = declared.and_then(|declared| declared.value.display_name.as_ref());
    let place = failure.wanted.spot.map(|spot| config.place(spot));
    let row = CallingFailure {
        user: people.email(failure.user).to_owned(),
        display_name: name
            .map(|at| at.value.clone())
            .or_else(|| observed?.display_name.clone()),
        code: failure.code.as_str().to_owned(),
        severity: Severity::Info,
        reason: Code::find(failure.code.as_str())
            .map_or("", |page| page.title)
            .to_owned(),
        fix: None,
        because: failure.wanted.because,
        work_phone: observed.and_then(|user| user.work_phone.clone()),
        location: observed
            .and_then(|user| user.location.clone())
            .map(String::from),
        file: place.as_ref().map(|place| place.file.to_string()),
        line: place.as_ref().map(|place| place.line),
        column: place.as_ref().map(|place| place.column),
    };
    let row = match failure.code {
        EXISTING_USERS_NOT_IN_SCOPE => CallingFailure {
            reason: "the template counts only for newcomers".to_owned(),
            fix: Some(
                "set `existingUsers: true` in the template, or add Calling under `users`"
                    .to_owned(),
            ),
            ..row
        },
        _ => row,
    };
    (facts.address(Holder::User(failure.user)), row)
}

/// The finding about this person, else the first one at or after the place that asks for Calling: a name that the
/// organisation lacks is said once, at its place, however many people it concerns.
fn about<'f>(
    findings: &[&'f FindingLine],
    subject: &str,
    row: &CallingFailure,
) -> Option<&'f FindingLine> {
    let person = |finding: &&&FindingLine| finding.subject.as_deref() == Some(subject);
    let same_file = |finding: &&&FindingLine| finding.file.is_some() && finding.file == row.file;
    let at = |finding: &FindingLine| (finding.line, finding.column);
    let here =
        |finding: &&&FindingLine| same_file(finding) && at(finding) == (row.line, row.column);
    let after =
        |finding: &&&FindingLine| same_file(finding) && at(finding) >= (row.line, row.column);
    let found = findings
        .iter()
        .find(|finding| person(finding) && here(finding))
        .or_else(|| findings.iter().find(person))
        .or_else(|| {
            findings
                .iter()
                .filter(after)
                .min_by_key(|finding| at(finding))
        });
    found.copied()
}

impl CallingFailure {
    fn take_words(&mut self, finding: &FindingLine) {
        self.severity = finding.severity;
        self.reason.clone_from(&finding.message);
        self.fix.clone_from(&finding.help);
        if finding.file.is_some() {
            self.file.clone_from(&finding.file);
            (self.line, self.column) = (finding.line, finding.column);
        }
    }
}

/// Notes in each reason that depends on a list if the snapshot lacked that list.
pub fn hedge(rows: &mut [CallingFailure], absent: &[&str]) {
    let rests_on = |row: &CallingFailure, list: &str| {
        let codes = match list {
            "numbers" => [CALLING_NUMBER_UNKNOWN, LOCATION_NO_FREE_NUMBER],
            "locations" => [CALLING_LOCATION_UNKNOWN, LOCATION_UNKNOWN],
            _ => return false,
        };
        codes.iter().any(|code| code.as_str() == row.code)
    };
    for row in rows {
        let list = absent.iter().find(|list| rests_on(row, list));
        if let Some(list) = list {
            row.reason += &format!(", as far as known: the snapshot has no `{list}`");
            let fix = format!("add {list}.csv to the export, or take the snapshot with --live");
            row.fix = Some(fix);
        }
    }
}
