//! What is wrong with a desired state by itself, without a snapshot (contract section 2).
//!
//! Owns the list of checks and how a check reports. A check is a plain function over the whole configuration; each file
//! here holds those of one theme. Knows no live state: names that only a snapshot can confirm are checked by the plan.

mod acknowledgements;
mod attach;
mod broadworks;
mod calling;
mod countries;
mod groups;
mod guardrails;
mod names;
mod numbers;
mod partner;
mod people;
mod places;
mod renames;
mod subscribers;
mod subscriptions;
mod templates;
mod webex_go;
mod workspaces;

#[cfg(test)]
mod testing;

pub(super) use guardrails::FORBIDDABLE;

use rustc_hash::FxHashMap;

use super::merge::{Config, Section, Spot};
use super::model::Guardrails;
use crate::finding::{self, DUPLICATE_VALUE, Finding};

/// Every check. The order does not matter: findings are sorted by place.
const CHECKS: &[fn(&mut Checker)] = &[
    templates::unknown,
    templates::mode,
    templates::retain_off,
    templates::retain_off_without_calling,
    templates::not_templatable,
    templates::forbidden,
    groups::owned,
    people::addresses,
    people::overrides,
    people::members,
    people::lists,
    people::repeated,
    calling::formats,
    calling::display_names,
    calling::claims,
    numbers::formats,
    numbers::overlaps,
    numbers::validity,
    places::locations,
    places::names,
    renames::formerly,
    workspaces::names,
    workspaces::licenses,
    subscriptions::replaced,
    subscriptions::cycles,
    acknowledgements::codes,
    acknowledgements::subjects,
    acknowledgements::reasons,
    acknowledgements::people,
    guardrails::limits,
    guardrails::protect,
    guardrails::forbid,
    guardrails::overage,
    broadworks::references,
    subscribers::formats,
    subscribers::claims,
    subscribers::addresses,
    subscribers::first,
    partner::interfaces,
    partner::secrets,
    names::alike,
    names::blank,
    partner::administrators,
    partner::lines,
    attach::attached,
    attach::detached,
    webex_go::accounts,
    webex_go::mobile_numbers,
    webex_go::modes,
    webex_go::chosen_numbers,
];

/// All that is wrong with the configuration, in order of place.
///
/// `broken` are the texts of files that could not be read whole. A name that is declared nowhere, but that appears as a key
/// in one of them, may well be declared there, so it is not reported.
pub fn check(config: &Config, broken: &[String]) -> Vec<Finding> {
    let mut checker = Checker {
        config,
        broken,
        findings: Vec::new(),
    };
    for check in CHECKS {
        check(&mut checker);
    }
    checker.sorted()
}

/// The grants of templates that these guardrails forbid: for a plan whose guardrails come from another revision.
pub fn check_forbidden(config: &Config, guardrails: &Guardrails) -> Vec<Finding> {
    let mut checker = Checker {
        config,
        broken: &[],
        findings: Vec::new(),
    };
    templates::forbidden_by(&mut checker, guardrails);
    checker.sorted()
}

/// What a check sees, and where it reports.
struct Checker<'a> {
    config: &'a Config,
    broken: &'a [String],
    findings: Vec<Finding>,
}

impl Checker<'_> {
    /// Reports a finding at a place.
    fn report(&mut self, spot: Spot, finding: Finding) {
        self.findings.push(finding.at(self.config.place(spot)));
    }

    /// A place in words, for the earlier of two.
    fn earlier(&self, spot: Spot) -> String {
        let place = self.config.place(spot);
        format!(
            "the first is at {}:{}:{}",
            place.file, place.line, place.column
        )
    }

    /// Reports what appears in a list for a second time. `items` are what is compared, what is shown, and the place.
    fn twice<'i>(
        &mut self,
        list: &str,
        subject: Option<&str>,
        items: impl ExactSizeIterator<Item = Listed<'i>>,
    ) {
        if items.len() < 2 {
            return;
        }
        let mut seen: FxHashMap<String, Spot> = FxHashMap::default();
        for Listed { text, shown, spot } in items {
            match seen.get(&text) {
                None => {
                    seen.insert(text, spot);
                }
                Some(&first) => {
                    let message = format!(
                        "`{shown}` appears twice in `{list}`; {}",
                        self.earlier(first)
                    );
                    let mut finding = Finding::error(DUPLICATE_VALUE, message)
                        .help("remove it, or replace it with the intended value");
                    finding.subject = subject.map(str::to_owned);
                    self.report(spot, finding);
                }
            }
        }
    }

    fn sorted(self) -> Vec<Finding> {
        let mut findings = self.findings;
        finding::sort_findings(&mut findings);
        findings
    }
}

/// An item of a list that may not hold the same thing twice.
struct Listed<'a> {
    /// What is compared.
    text: String,
    /// What the file says.
    shown: &'a str,
    /// Where it is.
    spot: Spot,
}

impl<'a> Listed<'a> {
    /// An item of which every letter counts.
    fn exact(text: &'a str, spot: Spot) -> Listed<'a> {
        Listed {
            text: text.to_owned(),
            shown: text,
            spot,
        }
    }

    /// An e-mail address.
    fn email(text: &'a str, spot: Spot) -> Listed<'a> {
        Listed {
            text: text.to_lowercase(),
            shown: text,
            spot,
        }
    }

    /// A key or an address such as `user/bob@acme.com`, in which e-mail addresses are the same in any case.
    fn address(text: &'a str, spot: Spot) -> Listed<'a> {
        let email = text.starts_with("user/") || (text.contains('@') && !text.contains('/'));
        if email {
            Listed::email(text, spot)
        } else {
            Listed::exact(text, spot)
        }
    }
}

/// So many names are listed where none is near to an unknown one.
const FEW: usize = 8;

/// The names of a section, to say which one an unknown name may mean. Remembers what it found.
struct Known<'a, T> {
    section: &'a Section<T>,
    broken: &'a [String],
    hints: FxHashMap<&'a str, Option<String>>,
    suggestions: finding::Suggestions,
}

impl<'a, T> Known<'a, T> {
    fn new(section: &'a Section<T>, broken: &'a [String]) -> Known<'a, T> {
        Known {
            section,
            broken,
            hints: FxHashMap::default(),
            suggestions: finding::Suggestions::default(),
        }
    }

    /// The help for a name that is not known; nothing for one that is.
    fn missing(&mut self, name: &'a str, otherwise: &str) -> Option<String> {
        let keys = [
            format!("{name}:"),
            format!("{name}\":"),
            format!("{name}':"),
        ];
        let hidden = |text: &String| keys.iter().any(|key| text.contains(key));
        if self.section.contains_key(name) || self.broken.iter().any(hidden) {
            return None;
        }
        let names = || self.section.keys().map(String::as_str);
        let near = || finding::did_you_mean(name, names());
        let hint = self
            .hints
            .entry(name)
            .or_insert_with(|| self.suggestions.among(self.section.len(), near));
        Some(match hint {
            Some(hint) => format!("{hint} If not, {otherwise}"),
            None if self.section.len() <= FEW => {
                let names: Vec<&str> = names().collect();
                let list = match names.is_empty() {
                    true => String::new(),
                    false => format!(": {}", names.join(", ")),
                };
                format!("{otherwise}{list}")
            }
            None => otherwise.to_owned(),
        })
    }
}
