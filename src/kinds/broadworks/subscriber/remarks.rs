//! What has to be said of subscribers beside what changes: addresses, packages, who waits, billing.

use super::called;
use super::plan::{DeclaredSubscriber, Subscribers};
use super::removal::address;
use crate::change::{Address, Draft, DraftField, FieldAction, Risk, text, text_or_nothing};
use crate::config::model;
use crate::finding::*;
use crate::kinds::broadworks::Organisation;
use crate::kinds::field::Compared;
use crate::snapshot::broadworks::Subscriber;

/// How many of those who wait a message names.
const NAMED: usize = 5;

impl Subscribers<'_> {
    /// Webex has several with one user id: nobody knows which is meant.
    pub(super) fn ambiguous(&self, user_id: &str, times: usize, draft: &mut Draft) {
        draft.blocked += 1;
        let message = format!("Webex has {times} subscribers with this BroadWorks user id");
        draft.findings.push(
            Finding::error(NAME_AMBIGUOUS, message)
                .about(address(user_id))
                .help("remove the wrong one in Partner Hub (User status), and take a new snapshot"),
        );
    }

    /// The change of the package, if there is one. From one that is unknown nobody can tell what becomes of the meetings.
    pub(super) fn package(
        &self,
        compared: &Compared<'_, model::Subscriber, Subscriber>,
        seen: &Subscriber,
        draft: &mut Draft,
    ) -> Option<DraftField> {
        let message = match seen.package.as_deref() {
            Some(package) if PACKAGES.contains(&package) => return changed(compared, seen),
            Some(package) => {
                format!("its package is `{package}`, which this trunkline does not know")
            }
            None => "the snapshot does not say which package it has".to_owned(),
        };
        let finding = Finding::hold(
            BROADWORKS_NOT_CAPTURED,
            format!("{message}, so it is not changed"),
        );
        let help = "look at the subscriber in Partner Hub (User status); then take a new snapshot";
        let spot = compared.declared.spot(&compared.declared.value.package);
        self.say(draft, finding.help(help), compared.key, spot);
        None
    }

    /// The address is changed manually, in two places and in this order (BWKS-069).
    pub(super) fn say_address(
        &self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        seen: &Subscriber,
        draft: &mut Draft,
    ) {
        let (Some(wanted), Some(now)) = (&entry.value.email, seen.email.as_deref()) else {
            return;
        };
        if wanted.value == now {
            return;
        }
        let message = format!("the address is {now} and is to be {}", wanted.value);
        let help = format!(
            "1. in Control Hub of {}: Users, {now}, Edit, the address; 2. in BroadWorks: the e-mail ID and the alternate ID of {user_id}; \
             3. take a new snapshot",
            seen.enterprise
        );
        let finding = Finding::hold(BROADWORKS_EMAIL_CHANGE, message).help(help);
        self.say(draft, finding, user_id, entry.spot(wanted));
    }

    pub(super) fn say_package(
        &mut self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        seen: &Subscriber,
        draft: &mut Draft,
    ) {
        let at = &entry.value.package;
        self.split.push(entry.spot(at));
        let (Some(old), new) = (site(seen.package.as_deref()), site(Some(at.value.word()))) else {
            return;
        };
        if new == Some(old) {
            return;
        }
        let package = title(at.value.word());
        let to = match new {
            Some(new) => {
                format!("the person's meetings move from the {old} site to the {new} site")
            }
            None => format!(
                "the {package} package has no meeting site, so the person cannot schedule new meetings on the {old} site"
            ),
        };
        let room = match new {
            Some(_) => ". The new personal room is available after two to three hours",
            None => "",
        };
        let message = format!(
            "{to}. The old site and its recordings remain, accessible to that site's administrator{room}"
        );
        draft.findings.push(
            Finding::warning(BROADWORKS_PACKAGE_SITE, message)
                .about(address(user_id))
                .help("tell the person beforehand; scheduled meetings may have to be rescheduled")
                .at(self.context.config.place(entry.spot(at))),
        );
    }

    /// Who waits, once for each enterprise, and for whom.
    pub(super) fn say_waiting(&self, draft: &mut Draft) {
        for (home, (who, spot)) in &self.waiting {
            let people = match who.len() {
                1 => "1 subscriber waits".to_owned(),
                count => format!("{count} subscribers wait"),
            };
            let people = format!("{people} ({})", self.named(who));
            let first = match self.customers.organisation(home) {
                Organisation::Coming(seen) => {
                    let state = seen.status.as_deref().unwrap_or("in no known state");
                    format!("{} is provisioned, which is {state} now", seen.user_id)
                }
                _ => match self.customers.first(home) {
                    Some(first) => format!("{first} is provisioned"),
                    None => "its first subscriber is provisioned".to_owned(),
                },
            };
            draft.findings.push(
                Finding::hold(BROADWORKS_WAITS_FOR_FIRST, format!("{people} until {first}"))
                    .about(Address::new("broadworksEnterprise", home))
                    .help("the first subscriber creates the organisation; plan again when it is provisioned")
                    .at(self.context.config.place(*spot)),
            );
        }
    }

    /// The names of some, and how many more there are.
    fn named(&self, who: &[&str]) -> String {
        let name = |id: &&str| called(self.context, id).unwrap_or_else(|| (*id).to_owned());
        let names: Vec<String> = who.iter().take(NAMED).map(name).collect();
        match who.len().saturating_sub(NAMED) {
            0 => names.join(", "),
            more => format!("{} and {more} more", names.join(", ")),
        }
    }

    /// One info for all whose billing splits (BWKS-133).
    pub(super) fn say_split(&self, draft: &mut Draft) {
        let Some(first) = self.split.iter().min() else {
            return;
        };
        let message = match self.split.len() {
            1 => "the package or user id of 1 subscriber changes; this month's billing report has several entries for the \
                  subscriber"
                .to_owned(),
            n => format!(
                "the package or user id of {n} subscribers changes; this month's billing report has several entries for each"
            ),
        };
        let help = "nothing has to be done: expect several lines for each of them on the bill";
        draft.findings.push(
            Finding::info(BROADWORKS_BILLING_SPLIT, message)
                .help(help)
                .at(self.context.config.place(*first)),
        );
    }
}

/// The packages that there are.
const PACKAGES: [&str; 4] = ["softphone", "basic", "standard", "premium"];

/// The change of the package, if there is one.
fn changed(
    compared: &Compared<'_, model::Subscriber, Subscriber>,
    seen: &Subscriber,
) -> Option<DraftField> {
    let at = &compared.declared.value.package;
    let (before, after) = (seen.package.as_deref(), at.value.word());
    if before == Some(after) {
        return None;
    }
    let (old, new) = (site(before), site(Some(after)));
    let risk = match old.is_some() && old != new {
        true => Risk::Disruptive,
        false => Risk::Reversible,
    };
    let field = DraftField::new(
        "package",
        FieldAction::Change,
        risk,
        text_or_nothing(before),
        text(after),
    );
    Some(field.because(compared.reason(at, "package")))
}

/// The package whose meeting site a package has; none where it has no site of its own (BWKS-073, BWKS-097).
fn site(package: Option<&str>) -> Option<&'static str> {
    match package {
        Some("standard") => Some("Standard"),
        Some("premium") => Some("Premium"),
        _ => None,
    }
}

/// A package as Partner Hub writes it.
fn title(package: &str) -> String {
    let mut letters = package.chars();
    let first = letters.next().map(|it| it.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Why Webex would refuse it.
pub(super) fn nothing_left() -> Finding {
    let message =
        "the subscriber would have neither a number nor an extension, and Webex requires one";
    Finding::error(BROADWORKS_NUMBER_OR_EXTENSION, message)
        .help("set `primaryPhoneNumber` or `extension` to the value in BroadWorks")
}
