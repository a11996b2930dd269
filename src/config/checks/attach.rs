//! Checks of enterprises that are attached to an organisation or detached from it.
//!
//! Owns what the files have to say so that this can be done at all. What only the snapshot tells is checked by the plan.

use super::Checker;
use crate::config::merge::{Declared, Spot};
use crate::config::model::{Attach, Enterprise, UserState};
use crate::finding::*;

/// How many subscribers a message names.
const NAMED: usize = 5;

/// What attaching needs: a first subscriber with an address, and a customer template that allows it (BWKS-033, BWKS-035).
pub(super) fn attached(checker: &mut Checker) {
    let config = checker.config;
    for (name, entry) in &config.enterprises {
        let Some(attach) = &entry.value.attach else {
            continue;
        };
        let mut found = first(checker, name, entry, &attach.value);
        found.extend(template(checker, entry, &attach.value));
        if attach.value.organization.value.trim().is_empty() {
            let finding = Finding::error(INVALID_VALUE, "the organisation to attach is empty");
            let finding =
                finding.help("write its id, as Partner Hub or `GET /organizations` shows it");
            found.push((entry.spot(&attach.value.organization), finding));
        }
        if let Some(detach) = &entry.value.detach {
            let message = "an enterprise cannot be attached and detached at once";
            let finding = Finding::error(INVALID_VALUE, message);
            found.push((
                entry.spot(detach),
                finding.help(
                    "remove `attach` to detach it; attach it again after that, in another change",
                ),
            ));
        }
        for (spot, finding) in found {
            checker.report(spot, finding.about(format!("broadworksEnterprise/{name}")));
        }
    }
}

type Found = Vec<(Spot, Finding)>;

/// The first subscriber has to be one of this enterprise, with an address (BWKS-040).
fn first(checker: &Checker, name: &str, entry: &Declared<Enterprise>, attach: &Attach) -> Found {
    let at = &attach.first_user;
    let subscriber = checker
        .config
        .subscribers
        .get(&at.value)
        .map(|it| &it.value);
    let absent = |state: UserState| state == UserState::Absent;
    let (message, help) = match subscriber {
        None if !checker.broken.is_empty() => return Vec::new(),
        None => (
            format!("no file declares the subscriber `{at}`"),
            "write the BroadWorks user id of a subscriber of this enterprise",
        ),
        Some(it) if it.enterprise.value != name => (
            format!("`{at}` is a subscriber of {}", it.enterprise.value),
            "write the BroadWorks user id of a subscriber of this enterprise",
        ),
        Some(it) if it.state.as_ref().is_some_and(|state| absent(state.value)) => (
            format!("`{at}` has `state: absent`"),
            "name a subscriber who stays",
        ),
        Some(it) if it.email.is_none() => (
            format!(
                "`{at}` has no `email`, and the address decides which organisation is attached"
            ),
            "write the address that this person has in the organisation",
        ),
        Some(_) => return Vec::new(),
    };
    vec![(
        entry.spot(at),
        Finding::error(INVALID_VALUE, message).help(help),
    )]
}

fn template(checker: &Checker, entry: &Declared<Enterprise>, attach: &Attach) -> Found {
    let name = &entry.value.template.value;
    let Some(template) = checker.config.customer_templates.get(name) else {
        return Vec::new();
    };
    let spot = entry.spot(&attach.organization);
    let off = template.value.provision_existing_orgs.as_ref();
    let mut found = Vec::new();
    if off.is_some_and(|at| !at.value) {
        let message =
            format!("the customer template `{name}` does not provision existing organisations");
        let help = "write `provisionExistingOrgs: true` at the customer template, and switch it on in Partner Hub";
        found.push((spot, Finding::error(INVALID_VALUE, message).help(help)));
    }
    if template.value.partner_admin_email.is_none() {
        let message = format!(
            "the customer template `{name}` lacks `partnerAdminEmail`, the address that a customer approves"
        );
        let help = format!("write it at `{name}` under `broadworks.customerTemplates`");
        found.push((spot, Finding::error(MISSING_FIELD, message).help(help)));
    }
    found
}

/// An enterprise that is detached keeps nobody: who is still declared was forgotten (BWKS-050).
pub(super) fn detached(checker: &mut Checker) {
    let config = checker.config;
    for (name, entry) in &config.enterprises {
        let Some(detach) = &entry.value.detach else {
            continue;
        };
        let subject = format!("broadworksEnterprise/{name}");
        let reason = &detach.value.reason;
        if reason.value.trim().is_empty() {
            let finding = Finding::error(INVALID_VALUE, "the reason is empty");
            let finding = finding.help("write why the enterprise is detached; the plan shows it");
            checker.report(entry.spot(reason), finding.about(&subject));
        }
        let subscribers = config.subscribers.iter();
        let staying = subscribers.filter(|(_, it)| {
            let state = it.value.state.as_ref().map(|at| at.value);
            it.value.enterprise.value == *name && state != Some(UserState::Absent)
        });
        let places = config.broadworks_workspaces.iter();
        let places = places.filter(|(_, it)| it.value.enterprise.value == *name);
        let all: Vec<&str> = staying
            .map(|(key, _)| key.as_str())
            .chain(places.map(|(key, _)| key.as_str()))
            .collect();
        if all.is_empty() {
            continue;
        }
        let more = match all.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let named: Vec<&str> = all.iter().copied().take(NAMED).collect();
        let message = format!(
            "{name} is to be detached, and the files still have subscribers or workspaces of it: {}{more}",
            named.join(", ")
        );
        let finding = Finding::error(INVALID_VALUE, message)
            .help("remove them from the files, or write `state: absent` at the subscribers; or remove `detach`");
        checker.report(entry.spot(detach), finding.about(&subject));
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found};

    const TEXT: &str = "\
broadworks:
  clusters: {c: {}}
  customerTemplates:
    t: {cluster: c, partnerAdminEmail: pa@sp.example}
    u: {cluster: c, provisionExistingOrgs: false}
  enterprises:
    SP+fine: {template: t, attach: {organization: o-1, firstUser: ana@x}}
    SP+off: {template: u, attach: {organization: o-1, firstUser: bob@x}}
    SP+nobody: {template: t, attach: {organization: o-1, firstUser: zoe@x}}
    SP+other: {template: t, attach: {organization: o-1, firstUser: ana@x}}
    SP+gone: {template: t, attach: {organization: o-1, firstUser: cleo@x}}
    SP+mute: {template: t, attach: {organization: \" \", firstUser: dora@x}}
    SP+both: {template: t, attach: {organization: o-1, firstUser: eve@x}, detach: {reason: C-17}}
  subscribers:
    ana@x: {enterprise: SP+fine, package: basic, email: ana@acme.com}
    bob@x: {enterprise: SP+off, package: basic, email: bob@acme.com}
    cleo@x: {enterprise: SP+gone, package: basic, email: cleo@acme.com, state: absent}
    dora@x: {enterprise: SP+mute, package: basic}
    eve@x: {enterprise: SP+both, package: basic, email: eve@acme.com}
";

    #[test]
    fn attaching_needs_a_first_subscriber_and_a_template_that_allows_it() {
        let lines: Vec<(&str, u32)> = found(TEXT);
        let expected = [
            ("invalid-value", 8),
            ("missing-field", 8),
            ("invalid-value", 9),
            ("invalid-value", 10),
            ("invalid-value", 11),
            ("invalid-value", 12),
            ("invalid-value", 12),
            ("invalid-value", 13),
            ("invalid-value", 13),
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn an_enterprise_that_is_detached_keeps_nobody() {
        let text = "\
broadworks:
  clusters: {c: {}}
  customerTemplates: {t: {cluster: c}}
  enterprises:
    SP+one: {template: t, detach: {reason: \"contract ended, C-17\"}}
    SP+two: {template: t, detach: {reason: \" \"}}
  subscribers:
    ana@x: {enterprise: SP+one, package: basic}
    bob@x: {enterprise: SP+one, package: basic, state: absent}
    cleo@x: {enterprise: SP+two, package: basic, state: absent}
  workspaces: {lobby@x: {enterprise: SP+one}}
";
        assert_eq!(found(text), [("invalid-value", 5), ("invalid-value", 6)]);
        let all = findings(&[text]);
        let message = &all[0].message;
        assert!(
            message.contains("ana@x, lobby@x") && !message.contains("bob@x"),
            "{message}"
        );
    }
}
