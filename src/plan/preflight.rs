//! Whether the observed state is complete enough to plan from: nothing may be planned from missing data (contract section 6).

use crate::config::Config;
use crate::finding::{
    Finding, NAME_AMBIGUOUS, ORG_MISMATCH, SNAPSHOT_INCOMPLETE, SNAPSHOT_SECTION_MISSING,
    SNAPSHOT_WITHOUT_USERS,
};
use crate::kinds::{self, KINDS};
use crate::snapshot::{Snapshot, feature_kinds};

/// A finding if files without `org.id` name another organisation than the snapshot: the names have to agree then.
pub fn other_name(config: &Config, snapshot: &Snapshot) -> Option<Finding> {
    let org = config.org.as_ref().filter(|org| org.value.id.is_none())?;
    let name = &org.value.name;
    if name.value == snapshot.org.name {
        return None;
    }
    let theirs = match snapshot.org.name.as_str() {
        "" => "the snapshot does not name its organisation".to_owned(),
        theirs => format!("the snapshot is of `{theirs}`"),
    };
    let message = format!(
        "the files are for `{}`, {theirs}, and `org.id` is not set",
        name.value
    );
    let help = match snapshot.org.id.as_str() {
        "" => "take the snapshot with --live, or add the name with --facts".to_owned(),
        id => format!(
            "if this is the right organisation, add `id: {id}` to `org`; if not, use its own token and snapshot"
        ),
    };
    let finding = Finding::warning(ORG_MISMATCH, message);
    Some(finding.help(help).at(config.place(org.spot(name))))
}

/// What prevents a plan: another organisation (an error), or missing data (incomplete input).
pub fn check(config: &Config, base: Option<&Config>, snapshot: &Snapshot) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(other_organisation(config, base, snapshot));
    if !snapshot.complete {
        let message = "the snapshot is marked as incomplete";
        findings.push(Finding::error(SNAPSHOT_INCOMPLETE, message).help("take a new snapshot"));
    }
    findings.extend(nameless(snapshot));
    findings.extend(snapshot.repeated().into_iter().map(|(address, times)| {
        let message = format!("the snapshot has it {times} times, but it can only exist once");
        Finding::error(NAME_AMBIGUOUS, message)
            .about(address)
            .help("take a new snapshot; if this persists, report it to Cisco")
    }));
    for (list, section, captured, needed) in sections(config, base, snapshot) {
        if needed && !captured {
            let message = match list == section {
                true => format!("the snapshot has no `{list}`, which the configuration manages"),
                false => format!(
                    "the snapshot has no `{list}`, and the configuration manages `{section}`, which are among them"
                ),
            };
            let help =
                "take a new snapshot (where an organisation has none, the list is there and empty)";
            findings.push(
                Finding::error(SNAPSHOT_SECTION_MISSING, message)
                    .about(section)
                    .help(help),
            );
        }
    }
    let names_people = !config.users.is_empty()
        || config.groups.values().any(|group| {
            group
                .value
                .members
                .as_ref()
                .is_some_and(|list| !list.value.is_empty())
        });
    if snapshot.users.as_ref().is_some_and(Vec::is_empty) && names_people {
        let message = "the snapshot has no people, but the configuration names some";
        findings.push(Finding::error(SNAPSHOT_WITHOUT_USERS, message).help("take a new snapshot"));
    }
    findings
}

/// The files, or the earlier ones, are of another organisation than the snapshot.
fn other_organisation(config: &Config, base: Option<&Config>, snapshot: &Snapshot) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(org) = &config.org
        && let Some(id) = org
            .value
            .id
            .as_ref()
            .filter(|id| id.value != snapshot.org.id)
    {
        let message = format!(
            "the configuration is for {}, but the snapshot is of {}",
            id.value, snapshot.org.id
        );
        findings.push(
            Finding::error(ORG_MISMATCH, message)
                .help("take the snapshot of the right organisation, or correct `org.id`")
                .at(config.place(org.spot(id))),
        );
    }
    let base_id = base.and_then(|it| Some(&it.org.as_ref()?.value.id.as_ref()?.value));
    if let Some(id) = base_id.filter(|id| **id != snapshot.org.id) {
        let message = format!(
            "the base is for {id}, but the snapshot is of {}",
            snapshot.org.id
        );
        let help = "name a revision of the files of this organisation with --base";
        findings.push(Finding::error(ORG_MISMATCH, message).help(help));
    }
    findings
}

/// What the snapshot says is not known, and does not name.
fn nameless(snapshot: &Snapshot) -> impl Iterator<Item = Finding> {
    let nameless = snapshot
        .not_known
        .iter()
        .filter(|it| !is_address(&it.address));
    nameless.map(|it| {
        let message = format!(
            "the snapshot names `{}` in `notKnown`, which is no address of an object, so it is unknown what is not known",
            it.address
        );
        let help = "take a new snapshot, or correct the address, such as `user/ana@acme.com`, `group/Sales` or `workspace/Lobby`";
        Finding::error(SNAPSHOT_INCOMPLETE, message).help(help)
    })
}

/// Objects of a snapshot that are of no kind of ours.
const OTHERS: [&str; 4] = ["license", "subscription", "site", "device"];

/// Whether this may be the address of an object.
fn is_address(address: &str) -> bool {
    let Some((kind, key)) = address.split_once('/') else {
        return false;
    };
    let ours = kinds::find(kind);
    let known = OTHERS.contains(&kind) || ours.is_some() || feature_kinds().any(|it| it == kind);
    // People are named by address: with an id, it is unknown who it is.
    known && !key.is_empty() && (key.contains('@') || !ours.is_some_and(|it| it.declared.caseless))
}

/// Each section of a snapshot: whether it was captured, and whether the configuration manages it, or did at the base.
fn sections(
    config: &Config,
    base: Option<&Config>,
    snapshot: &Snapshot,
) -> Vec<(&'static str, &'static str, bool, bool)> {
    let meetings = config.license_sets().any(|set| set.meetings.is_some());
    let mut sections = vec![
        ("licenses", "licenses", snapshot.licenses.is_some(), true),
        (
            "subscriptions",
            "subscriptions",
            snapshot.subscriptions.is_some(),
            true,
        ),
        ("sites", "sites", snapshot.sites.is_some(), meetings),
    ];
    for kind in KINDS {
        if let Some(list) = &kind.list {
            let declares = kind.declared.declares;
            let needed = (list.needed)(config) || declares(config) || base.is_some_and(declares);
            sections.push((list.name, kind.section, (list.captured)(snapshot), needed));
        }
    }
    sections
}
