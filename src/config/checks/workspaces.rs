//! Checks of workspaces: their names, and what a workspace can hold.
//!
//! Numbers and extensions are checked with those of people (`calling`), pins with all others (`subscriptions`).

use rustc_hash::FxHashMap;

use super::Checker;
use crate::config::merge::Spot;
use crate::config::model::*;
use crate::finding::*;

/// Names that are empty, have spaces at an end, or differ from another only in upper and lower case.
pub(super) fn names(checker: &mut Checker) {
    let config = checker.config;
    let mut entries: Vec<(Spot, &str)> = Vec::with_capacity(config.workspaces.len());
    for (name, workspace) in &config.workspaces {
        entries.push((workspace.key, name));
        if name.is_empty() || name.trim() != name {
            let message = format!("`{name}` is not the name of a workspace");
            let finding = Finding::error(INVALID_VALUE, message)
                .help("write the name as Control Hub shows it, without spaces at either end")
                .about(format!("workspace/{name}"));
            checker.report(workspace.key, finding);
        }
    }
    entries.sort_unstable();
    let mut seen: FxHashMap<String, (Spot, &str)> = FxHashMap::default();
    for (spot, name) in entries {
        let Some(&(first, other)) = seen.get(&name.to_lowercase()) else {
            seen.insert(name.to_lowercase(), (spot, name));
            continue;
        };
        let message = format!(
            "`{name}` and `{other}` differ only in upper and lower case; {}",
            checker.earlier(first)
        );
        let finding = Finding::error(DUPLICATE_KEY, message)
            .help("keep one of them, or give the other another name")
            .about(format!("workspace/{name}"));
        checker.report(spot, finding);
    }
}

/// Licences that no workspace can hold: anything but Calling, and Calling Standard.
pub(super) fn licenses(checker: &mut Checker) {
    for (name, workspace) in &checker.config.workspaces {
        let Some(set) = &workspace.value.licenses else {
            continue;
        };
        let LicenseSet {
            calling,
            messaging,
            meetings,
            contact_center,
            other,
        } = &set.value;
        let standard = calling
            .as_ref()
            .filter(|grant| grant.value.word == CallingTier::Standard);
        let site = meetings.iter().flat_map(|sites| &sites.0).next();
        let wrong = [
            standard.map(|at| (at.pos, "calling: standard")),
            messaging.as_ref().map(|at| (at.pos, "messaging")),
            site.map(|(site, _)| (site.pos, "meetings")),
            contact_center.as_ref().map(|at| (at.pos, "contactCenter")),
            other.as_ref().map(|at| (at.pos, "other")),
        ];
        for (pos, what) in wrong.into_iter().flatten() {
            let message = format!("a workspace cannot hold `{what}`");
            let finding = Finding::error(INVALID_VALUE, message)
                .help("write `calling: workspace`, `calling: professional` or `calling: hotDesk`, and nothing else")
                .about(format!("workspace/{name}"));
            let file = workspace.key.file;
            checker.report(Spot { file, pos }, finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found, subjects};

    #[test]
    fn names_differ_in_more_than_case() {
        let (first, later) = (
            "workspaces: {Lobby: {}, Door: {}}",
            "workspaces: {LOBBY: {}}",
        );
        assert_eq!(
            subjects(&[first, later]),
            [(
                "duplicate-key",
                "b.yaml".to_owned(),
                "workspace/LOBBY".to_owned()
            )]
        );
        let message = &findings(&[first, later])[0].message;
        assert_eq!(
            message,
            "`LOBBY` and `Lobby` differ only in upper and lower case; the first is at a.yaml:1:14"
        );
    }

    #[test]
    fn names_are_not_blank() {
        let text = "workspaces:\n  \"\": {}\n  \" Lobby\": {}\n  Meeting room 1: {}\n";
        assert_eq!(found(text), [2, 3].map(|line| ("invalid-value", line)));
    }

    #[test]
    fn workspaces_hold_calling_of_three_kinds() {
        let text = "\
workspaces:
  A: {licenses: {calling: workspace}}
  B: {licenses: {calling: {tier: professional, subscription: S}}}
  C: {licenses: {calling: hotDesk}}
  D: {licenses: {}}
  E: {licenses: {calling: standard}}
  F: {licenses: {messaging: advanced}}
  G: {licenses: {meetings: {acme.webex.com: host}}}
  H: {licenses: {contactCenter: premium}}
  I: {licenses: {other: [Webex Assistant]}}
";
        assert_eq!(
            found(text),
            [6, 7, 8, 9, 10].map(|line| ("invalid-value", line))
        );
    }
}
