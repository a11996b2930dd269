//! Checks of templates and of the groups and the organisation that use them.
//!
//! Owns what a template may say and where one may be used. Must not decide what a template gives to whom.

use std::fmt;

use super::{Checker, Known};
use crate::config::merge::{Declared, Spot};
use crate::config::model::*;
use crate::config::yaml::At;
use crate::finding::*;

/// `org.template` and the templates of groups that no file defines.
pub(super) fn unknown(checker: &mut Checker) {
    let config = checker.config;
    let mut known = Known::new(&config.templates, checker.broken);
    let org = config.org.iter().filter_map(|org| {
        let template = org.value.template.as_ref()?;
        Some((
            org.spot(template),
            template,
            format!("template/{}", template.value),
        ))
    });
    let groups = config.groups.iter().filter_map(|(name, group)| {
        let template = group.value.template.as_ref()?;
        Some((group.spot(template), template, format!("group/{name}")))
    });
    for (spot, template, subject) in org.chain(groups) {
        if let Some(help) = known.missing(
            &template.value,
            "add it under `templates`, or name an existing one",
        ) {
            let message = format!("no file defines a template `{template}`");
            checker.report(
                spot,
                Finding::error(TEMPLATE_UNKNOWN, message)
                    .help(help)
                    .about(subject),
            );
        }
    }
}

/// A template at the organisation in mode `group`, or at a group in mode `organization`.
pub(super) fn mode(checker: &mut Checker) {
    let config = checker.config;
    // Where the organisation could not be read, its mode is not known.
    let Some(org) = &config.org else { return };
    match org.value.assignment_mode.value {
        AssignmentMode::Group => {
            if let Some(template) = &org.value.template {
                let message = format!(
                    "`org.template` is `{template}`, but `org.assignmentMode` is `group`: then only the \
                    templates of groups count"
                );
                let finding = Finding::error(TEMPLATE_MODE_MISMATCH, message)
                    .help("give the template to groups, or write `assignmentMode: organization`")
                    .about(format!("template/{template}"));
                checker.report(org.spot(template), finding);
            }
        }
        AssignmentMode::Organization => {
            for (name, group) in &config.groups {
                let Some(template) = &group.value.template else {
                    continue;
                };
                let message = format!(
                    "group `{name}` has the template `{template}`, but `org.assignmentMode` is `organization`: only \
                     `org.template` counts then"
                );
                let finding = Finding::error(TEMPLATE_MODE_MISMATCH, message)
                    .help("remove `template` from the group, or write `assignmentMode: group`")
                    .about(format!("group/{name}"));
                checker.report(group.spot(template), finding);
            }
        }
    }
}

/// `retainLicenses: false` without `existingUsers: true`.
pub(super) fn retain_off(checker: &mut Checker) {
    for (name, template) in &checker.config.templates {
        let Template {
            existing_users,
            retain_licenses,
            licenses: _,
        } = &template.value;
        let existing = existing_users
            .as_ref()
            .is_some_and(|existing| existing.value);
        if let Some(retain) = retain_licenses
            .as_ref()
            .filter(|retain| !retain.value && !existing)
        {
            let message = format!(
                "template `{name}` removes licences (`retainLicenses: false`) but counts only for newcomers, \
                who have none"
            );
            let finding = Finding::error(RETAIN_OFF_NEEDS_EXISTING_SCOPE, message)
                .help("add `existingUsers: true`, or omit `retainLicenses`")
                .about(format!("template/{name}"));
            checker.report(template.spot(retain), finding);
        }
    }
}

/// Templates that remove Calling from people who have it.
pub(super) fn retain_off_without_calling(checker: &mut Checker) {
    for (name, template) in &checker.config.templates {
        let Template {
            existing_users,
            retain_licenses,
            licenses,
        } = &template.value;
        let existing = existing_users.as_ref().is_some_and(|at| at.value);
        let retain = retain_licenses.as_ref().filter(|retain| !retain.value);
        if let (true, Some(retain), None) = (existing, retain, &licenses.calling) {
            let message = format!(
                "template `{name}` removes Calling from everyone it applies to, unless another of their \
                templates gives it"
            );
            let finding = Finding::warning(RETAIN_OFF_WITHOUT_CALLING, message)
                .help("add `calling` to its licences, or write `retainLicenses: true`")
                .about(format!("template/{name}"));
            checker.report(template.spot(retain), finding);
        }
    }
}

/// What a template cannot grant: other licences, and Calling of workspaces.
pub(super) fn not_templatable(checker: &mut Checker) {
    for (name, template) in &checker.config.templates {
        let subject = format!("template/{name}");
        if let Some(other) = &template.value.licenses.other {
            let message = format!(
                "template `{name}` names other licences; a template grants Calling, Messaging, Meetings and Contact Center only"
            );
            let finding = Finding::error(SERVICE_NOT_TEMPLATABLE, message)
                .help("remove `other`, and give these licences to the users with `licenses.add.other`")
                .about(&subject);
            checker.report(template.spot(other), finding);
        }
        calling_of_people(checker, template, &template.value.licenses, &subject);
    }
}

/// Calling licences that only a workspace can hold, where a person is meant.
pub(super) fn calling_of_people<T>(
    checker: &mut Checker,
    entry: &Declared<T>,
    set: &LicenseSet,
    subject: &dyn fmt::Display,
) {
    let Some(calling) = &set.calling else { return };
    let word = match calling.value.word {
        CallingTier::Professional | CallingTier::Standard => return,
        CallingTier::Workspace => "workspace",
        CallingTier::HotDesk => "hotDesk",
    };
    let message = format!("`calling: {word}` is for workspaces, and {subject} gives it to people");
    let finding = Finding::error(INVALID_VALUE, message)
        .help("write `calling: professional` or `calling: standard`")
        .about(subject.to_string());
    checker.report(entry.spot(calling), finding);
}

/// Grants of templates that `guardrails.forbid` names.
pub(super) fn forbidden(checker: &mut Checker) {
    if let Some(guardrails) = &checker.config.guardrails {
        forbidden_by(checker, &guardrails.value);
    }
}

/// Grants of templates that the `forbid` of these guardrails names.
pub(super) fn forbidden_by(checker: &mut Checker, guardrails: &Guardrails) {
    if guardrails.forbid.is_empty() {
        return;
    }
    for (name, template) in &checker.config.templates {
        for (spot, grant) in grants(template) {
            if guardrails
                .forbid
                .iter()
                .any(|forbidden| forbidden.value == grant)
            {
                let message = format!(
                    "template `{name}` grants `{grant}`, which `guardrails.forbid` forbids"
                );
                let finding = Finding::error(FORBIDDEN_LICENSE, message)
                    .help(
                        "remove it from the template; change the rule itself in a separate commit",
                    )
                    .about(format!("template/{name}"));
                checker.report(spot, finding);
            }
        }
    }
}

/// What `forbid` may call each grant of a template, and where the grant is.
fn grants(template: &Declared<Template>) -> Vec<(Spot, String)> {
    let LicenseSet {
        calling,
        messaging,
        meetings,
        contact_center,
        other: _,
    } = &template.value.licenses;
    let mut grants = Vec::new();
    if let Some(grant) = calling {
        let word = calling_word(grant.value.word);
        add(
            &mut grants,
            template,
            grant,
            "calling",
            word,
            "call on webex",
        );
    }
    if let Some(grant) = messaging {
        let word = messaging_word(grant.value.word);
        add(&mut grants, template, grant, "messaging", word, "");
    }
    for (_, grant) in meetings.iter().flatten() {
        let (word, free) = (meeting_word(grant.value.word), "basic space meetings");
        add(&mut grants, template, grant, "meetings", word, free);
    }
    if let Some(grant) = contact_center {
        let word = contact_center_word(grant.value.word);
        add(&mut grants, template, grant, "contactCenter", word, "");
    }
    grants
}

/// Adds what `forbid` may call a grant. `free` is the name of the free licence that it calls `<service>/basic`.
fn add<W>(
    grants: &mut Vec<(Spot, String)>,
    template: &Declared<Template>,
    grant: &At<Grant<W>>,
    service: &str,
    word: &str,
    free: &str,
) {
    let spot = template.spot(grant);
    grants.push((spot, format!("{service}/{word}")));
    if grant
        .value
        .license
        .as_ref()
        .is_some_and(|license| license.value.eq_ignore_ascii_case(free))
    {
        grants.push((spot, format!("{service}/basic")));
    }
}

fn calling_word(word: CallingTier) -> &'static str {
    match word {
        CallingTier::Professional => "professional",
        CallingTier::Standard => "standard",
        CallingTier::Workspace => "workspace",
        CallingTier::HotDesk => "hotDesk",
    }
}

fn messaging_word(word: MessagingTier) -> &'static str {
    match word {
        MessagingTier::Advanced => "advanced",
        MessagingTier::Basic => "basic",
    }
}

fn meeting_word(word: MeetingRole) -> &'static str {
    match word {
        MeetingRole::Host => "host",
        MeetingRole::Attendee => "attendee",
    }
}

fn contact_center_word(word: ContactCenterTier) -> &'static str {
    match word {
        ContactCenterTier::Premium => "premium",
        ContactCenterTier::Standard => "standard",
    }
}

#[cfg(test)]
mod tests {
    use super::super::check_forbidden;
    use super::super::testing::{brief, config, found, subjects};
    use super::*;

    const ORG: &str = "version: 1\norg:\n  name: Acme\n  assignmentMode: ";

    #[test]
    fn templates_are_defined() {
        let sales = "templates: {sales: {licenses: {messaging: advanced}}}\n";
        assert_eq!(
            found(&format!("{ORG}organization\n  template: sales\n{sales}")),
            []
        );
        assert_eq!(
            found(&format!("{ORG}organization\n  template: sale\n{sales}")),
            [("template-unknown", 5)]
        );
        assert_eq!(
            found(&format!(
                "{ORG}group\n{sales}groups: {{Sales: {{template: sales}}}}"
            )),
            []
        );
        let typo = format!("{ORG}group\n{sales}groups:\n  Sales:\n    template: slaes");
        assert_eq!(found(&typo), [("template-unknown", 8)]);
        let config = config(&[&typo]);
        let help = super::super::check(&config, &[]).remove(0).help.unwrap();
        assert!(help.starts_with("Did you mean `sales`?"), "{help}");
        assert_eq!(
            super::super::check(&config, &["templates:\n  slaes: {}\n  oops".to_owned()]),
            [],
            "a file that was not read whole may define it"
        );
    }

    #[test]
    fn templates_go_with_the_mode() {
        let sales = "templates: {sales: {licenses: {messaging: advanced}}}\n";
        assert_eq!(
            found(&format!("{ORG}group\n  template: sales\n{sales}")),
            [("template-mode-mismatch", 5)]
        );
        let group = format!("{sales}groups:\n  Sales:\n    template: sales\n");
        assert_eq!(
            found(&format!("{ORG}organization\n{group}")),
            [("template-mode-mismatch", 8)]
        );
        assert_eq!(
            found(&group),
            [],
            "without the organisation the mode is not known"
        );
        assert_eq!(
            subjects(&[&group, &format!("{ORG}organization")]),
            [(
                "template-mode-mismatch",
                "a.yaml".to_owned(),
                "group/Sales".to_owned()
            )]
        );
    }

    #[test]
    fn taking_away_needs_existing_users() {
        let of = |more: &str| {
            found(&format!(
                "templates:\n  t:\n    licenses: {{messaging: advanced}}\n{more}"
            ))
        };
        let off = "    retainLicenses: false\n";
        assert_eq!(of(off), [("retain-off-needs-existing-scope", 4)]);
        assert_eq!(
            of(&format!("    existingUsers: false\n{off}")),
            [("retain-off-needs-existing-scope", 5)]
        );
        assert_eq!(
            of(&format!("    existingUsers: true\n{off}")),
            [("retain-off-without-calling", 5)]
        );
        assert_eq!(of("    retainLicenses: true\n"), []);
    }

    #[test]
    fn templates_grant_four_services_to_people() {
        let text = "templates:\n  t:\n    licenses:\n      calling: workspace\n      other: [Webex Assistant]\n  u:\n    licenses: {calling: hotDesk}";
        assert_eq!(
            found(text),
            [
                ("invalid-value", 4),
                ("service-not-templatable", 5),
                ("invalid-value", 7)
            ]
        );
    }

    #[test]
    fn guardrails_forbid_grants_of_templates() {
        let text = "\
guardrails: {forbid: [meetings/attendee, meetings/basic, messaging/basic, calling/standard, contactCenter/premium]}
templates:
  t:
    licenses:
      calling: standard
      messaging: {tier: basic}
      meetings:
        a.webex.com: host
        b.webex.com: attendee
        c.webex.com: {role: host, license: Basic Space Meetings}
      contactCenter: standard
users:
  ana@acme.com: {licenses: {add: {calling: standard}}}
";
        let forbidden = "forbidden-license";
        assert_eq!(
            found(text),
            [
                (forbidden, 5),
                (forbidden, 6),
                (forbidden, 9),
                (forbidden, 10)
            ]
        );

        let (templates, mut policy) = (
            config(&[text]),
            config(&["guardrails: {forbid: [meetings/host]}"]),
        );
        let guardrails = policy.guardrails.take().unwrap().value;
        let found: Vec<_> = check_forbidden(&templates, &guardrails)
            .iter()
            .map(brief)
            .collect();
        assert_eq!(found, [(forbidden, 8), (forbidden, 10)]);
        assert_eq!(check_forbidden(&templates, &Guardrails::default()), []);
    }
}
