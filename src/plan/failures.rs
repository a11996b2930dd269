//! The report of those who should have Calling and do not get it: who, why, and what to do.
//!
//! Owns the rows of the report. Decides nothing: what failed comes from the resolver, the words from the findings.

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::config::Config;
use crate::finding::{Code, EXISTING_USERS_NOT_IN_SCOPE, Finding, Place, Severity};
use crate::licensing::{Decisions, World};

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
    /// How much it weighs.
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

/// The rows of the report, in order of address.
pub(super) fn rows(
    config: &Config,
    world: &World<'_>,
    decisions: &Decisions,
    findings: &[Finding],
) -> Vec<CallingFailure> {
    let failures = world.calling_failures(decisions);
    let mut said: FxHashMap<Code, Vec<&Finding>> = FxHashMap::default();
    for finding in findings {
        said.entry(finding.code).or_default().push(finding);
    }
    let people = world.facts().people;
    let rows = failures.into_iter().map(|failure| {
        let user = people.email(failure.user);
        let observed = people.snapshot(failure.user);
        let declared = people.declared(failure.user);
        let place = failure.wanted.spot.map(|spot| config.place(spot));
        let words = match failure.code {
            EXISTING_USERS_NOT_IN_SCOPE => Words {
                severity: Severity::Info,
                reason: "the template counts only for newcomers".to_owned(),
                fix: Some(
                    "set `existingUsers: true` in the template, or add Calling under `users`"
                        .to_owned(),
                ),
                place,
            },
            code => {
                let about = said.get(&code).map_or(&[][..], Vec::as_slice);
                Words::of(code, about, &format!("user/{user}"), place)
            }
        };
        let name = declared.and_then(|declared| declared.value.display_name.as_ref());
        CallingFailure {
            user: user.to_owned(),
            display_name: name
                .map(|at| at.value.clone())
                .or_else(|| observed?.display_name.clone()),
            code: failure.code.as_str().to_owned(),
            severity: words.severity,
            reason: words.reason,
            fix: words.fix,
            because: failure.wanted.because,
            work_phone: observed.and_then(|user| user.work_phone.clone()),
            location: observed.and_then(|user| user.location.clone()),
            file: words.place.as_ref().map(|place| place.file.to_string()),
            line: words.place.as_ref().map(|place| place.line),
            column: words.place.as_ref().map(|place| place.column),
        }
    });
    rows.collect()
}

/// What a finding says of one person.
struct Words {
    severity: Severity,
    reason: String,
    fix: Option<String>,
    place: Option<Place>,
}

impl Words {
    /// The words of the finding about this person, else of the first one at or after the place that asks for Calling: a
    /// name that the organisation lacks is said once, at its place, however many people it concerns.
    fn of(code: Code, findings: &[&Finding], subject: &str, place: Option<Place>) -> Words {
        let here = |finding: &&&Finding| place.is_some() && finding.place == place;
        let at = |place: &Place| (place.line, place.column);
        let after = |finding: &&&Finding| {
            let of = finding.place.as_ref().zip(place.as_ref());
            of.is_some_and(|(theirs, ours)| theirs.file == ours.file && at(theirs) >= at(ours))
        };
        let about = |finding: &&&Finding| finding.subject.as_deref() == Some(subject);
        let found = findings
            .iter()
            .find(|finding| about(finding) && here(finding))
            .or_else(|| findings.iter().find(about))
            .or_else(|| {
                findings
                    .iter()
                    .filter(after)
                    .min_by_key(|finding| finding.place.as_ref().map(at))
            });
        match found {
            Some(finding) => Words {
                severity: finding.severity,
                reason: finding.message.clone(),
                fix: finding.help.clone(),
                place: finding.place.clone().or(place),
            },
            None => Words {
                severity: Severity::Error,
                reason: Code::find(code.as_str())
                    .map_or("", |page| page.title)
                    .to_owned(),
                fix: None,
                place,
            },
        }
    }
}
