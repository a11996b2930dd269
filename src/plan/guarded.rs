//! Names in `guardrails` that nothing has: what they are to protect or to allow is not what they say.
//!
//! Only the snapshot can confirm them. A name that is almost that of something else blocks the plan, as the guardrail would. Any other name protects
//! nothing, which is a warning: what a plan has deleted must not block all plans after it.

use rustc_hash::FxHashSet;

use crate::config::model::Guardrails;
use crate::config::yaml::At;
use crate::config::{Config, Declared};
use crate::finding::{
    Code, Finding, GUARDRAIL_PROTECT, LICENSE_UNKNOWN, Severity, USER_GONE, did_you_mean, near_miss,
};
use crate::kinds::{self, Kind};
use crate::snapshot::{Applied, Moved, Snapshot};

/// What the findings are about: no object, so that a part of a plan has them, too.
const SUBJECT: &str = "guardrails";

/// Who has names.
pub struct Known<'a> {
    /// The files.
    pub config: &'a Config,
    /// The organisation, with new names.
    pub snapshot: &'a Snapshot,
    /// The organisation, with the names of before.
    pub captured: &'a Snapshot,
    /// The organisation after the last apply.
    pub applied: Option<&'a Applied>,
}

/// The findings about the guardrails of the files, and about those of `policy`, where other ones judge: these are warnings, since
/// the files that are planned cannot correct them.
pub fn check(known: &Known<'_>, policy: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    let own = known.config.guardrails.as_ref();
    if let Some(own) = own {
        findings.extend(known.findings(known.config, own, |_| false));
    }
    if let Some(judging) = &policy.guardrails {
        let in_own = |name: &At<String>| {
            own.is_some_and(|own| {
                let own = &own.value;
                let mut names = own.protect.iter().chain(&own.allow_overage);
                names.any(|it| it.value == name.value)
            })
        };
        let theirs = known.findings(policy, judging, in_own);
        let warning = |finding| Finding {
            severity: Severity::Warning,
            ..finding
        };
        findings.extend(theirs.map(warning));
    }
    findings
}

impl Known<'_> {
    /// The findings about some guardrails, save those names that are `passed` over.
    fn findings<'f>(
        &'f self,
        config: &'f Config,
        guardrails: &'f Declared<Guardrails>,
        passed: impl Fn(&At<String>) -> bool + Copy + 'f,
    ) -> impl Iterator<Item = Finding> + 'f {
        let place = |at: &At<String>| config.place(guardrails.spot(at));
        let value = &guardrails.value;
        let protect = value.protect.iter().filter(move |at| !passed(at));
        let protect = protect.filter_map(move |at| Some(self.protected(&at.value)?.at(place(at))));
        let overage = value.allow_overage.iter().filter(move |at| !passed(at));
        let overage = overage.filter_map(move |at| Some(self.license(&at.value)?.at(place(at))));
        protect.chain(overage)
    }

    /// Why an address protects nothing.
    fn protected(&self, address: &str) -> Option<Finding> {
        let (kind, key) = address.split_once('/')?;
        let kind = kinds::find(kind)?;
        let code = kind.declared.unknown?;
        let captured = kind
            .list
            .as_ref()
            .is_none_or(|it| (it.captured)(self.captured));
        let key = match kind.declared.caseless {
            true => key.to_lowercase(),
            false => key.to_owned(),
        };
        let unread = || self.captured.is_not_known(&format!("{}/{key}", kind.name));
        // To look for one is cheaper than to list all.
        let there = || {
            (kind.considers)(self.config, self.snapshot, &key)
                || self.names(kind, self.snapshot).contains(&key)
        };
        if !captured || unread() || there() {
            return None;
        }
        // Keys without case are addresses of people.
        let applied = self.applied.filter(|_| kind.declared.caseless);
        match applied.and_then(|applied| applied.moved(&key)) {
            Some(Moved::Gone) => return Some(gone(&key)),
            Some(_) => return None,
            None => {}
        }
        let names: Vec<String> = self.names(kind, self.captured).into_iter().collect();
        let formerly = kind.declared.names.map(|names| (names.former)(self.config));
        let mut formerly = formerly.iter().flatten();
        if names.contains(&key) || formerly.any(|former| former.old == key) {
            return None;
        }
        Some(self.unknown(kind, code, &key, names))
    }

    fn names(&self, kind: &Kind, snapshot: &Snapshot) -> FxHashSet<String> {
        (kind.keys)(self.config, snapshot).into_iter().collect()
    }

    fn unknown(&self, kind: &Kind, code: Code, key: &str, mut names: Vec<String>) -> Finding {
        names.sort_unstable();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let message = format!(
            "`{}/{key}` is to be protected, and neither the organisation nor the files have it",
            kind.name
        );
        let before = self.applied.map(|it| self.names(kind, it.then()));
        let was = before.is_some_and(|before| before.contains(key));
        let near = near_miss::pairs(&[key], &names).into_iter().next();
        match near.filter(|_| !was) {
            Some((_, near)) => {
                let help = format!("Did you mean `{}/{near}`?", kind.name);
                Finding::error(GUARDRAIL_PROTECT, message)
                    .about(SUBJECT)
                    .help(help)
            }
            None => Finding::warning(code, message).about(SUBJECT).help(
                "correct the address, or remove it if the object is gone: it protects nothing",
            ),
        }
    }

    /// Why a licence name allows nothing.
    fn license(&self, name: &str) -> Option<Finding> {
        let licenses = self.captured.licenses().iter();
        let mut names: Vec<&str> = licenses.map(|it| it.name.as_str()).collect();
        if names.contains(&name) {
            return None;
        }
        names.sort_unstable();
        names.dedup();
        let message =
            format!("overage is allowed for `{name}`, and the organisation has no such licence");
        let help = did_you_mean(name, names.iter().copied()).unwrap_or_else(|| {
            "correct the name, or remove it; `trunkline licenses` lists what there is".to_owned()
        });
        let finding = Finding::error(LICENSE_UNKNOWN, message).help(help);
        Some(finding.about(format!("license/{name}")))
    }
}

/// A protected person who has left.
fn gone(email: &str) -> Finding {
    let message =
        format!("`user/{email}` is to be protected, and is no longer in the organisation");
    Finding::warning(USER_GONE, message)
        .about(SUBJECT)
        .help("remove the address from `guardrails.protect`")
}
