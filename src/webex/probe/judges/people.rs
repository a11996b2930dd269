//! Points about people and groups.

use std::collections::BTreeSet;

use super::super::requests::{
    BY_ADDRESS, GROUPS, HOLDERS, MEMBERS, PEOPLE, SCIM_ONE, SCIM_SEARCH, SCIM_USERS,
    SECOND_WORKSPACE, WORKSPACES,
};
use super::super::samples::{self, Calling};
use super::super::words::{self, Tally};
use super::super::{Judgement, Verdict, View};
use super::{by, judged, list, text, unless};

/// Whom a directory owns, as far as answers show.
pub fn directory(view: &View<'_>) -> Judgement {
    let users = view.rows(SCIM_USERS, "Resources");
    let owned = users
        .iter()
        .filter(|it| !text(it, "externalId").is_empty())
        .count();
    let groups = view.rows(GROUPS, "groups");
    let sources: Tally = groups
        .iter()
        .map(|it| words::word(&it["provisionSource"]))
        .collect();
    let verdict = match users.is_empty() && groups.is_empty() {
        true => Verdict::NotSeen,
        false => Verdict::Compare,
    };
    judged(
        verdict,
        [
            format!("{owned} of {} accounts have an `externalId`", users.len()),
            format!("`provisionSource` of groups: {sources}"),
            "Control Hub shows which of them a directory owns".to_owned(),
        ],
    )
}

/// Only people with Calling have a location.
pub fn location_means_calling(view: &View<'_>) -> Judgement {
    let mut counts = [[0; 2]; 2];
    for person in view.rows(PEOPLE, "items") {
        let calls = samples::of_person(view.evidence, person) != Calling::None;
        let placed = !text(person, "locationId").is_empty();
        counts[usize::from(calls)][usize::from(placed)] += 1;
    }
    let [[neither, wrong], [lacking, both]] = counts;
    by(
        both.min(neither),
        wrong,
        [
            format!("with Calling: {both} have a `locationId`, {lacking} have none"),
            format!("without Calling: {wrong} have a `locationId`, {neither} have none"),
        ],
    )
}

/// Members that could not be read.
pub fn errors(view: &View<'_>) -> Judgement {
    let people = view.rows(PEOPLE, "items");
    let (mut right, mut wrong, mut seen) = (0, 0, Tally::default());
    for person in people.iter().filter(|it| !it["errors"].is_null()) {
        let Some(errors) = person["errors"].as_object() else {
            wrong += 1;
            seen.add(words::shape(&person["errors"]));
            continue;
        };
        right += 1;
        for (name, error) in errors {
            let names = error.as_object().into_iter().flatten();
            let names: Vec<String> = names.map(|(name, _)| words::member(name)).collect();
            let code = words::word(&error["code"]);
            seen.add(format!(
                "{} ({}; code {code})",
                words::member(name),
                names.join(", ")
            ));
        }
    }
    by(
        right,
        wrong,
        [format!(
            "{} people, `errors` of {}: {seen}",
            people.len(),
            right + wrong
        )],
    )
}

/// Attendee accounts are in `siteUrls`.
pub fn attendees(view: &View<'_>) -> Judgement {
    let people = view.rows(PEOPLE, "items");
    let sites = people.iter().flat_map(|it| list(&it["siteUrls"]));
    let sites = sites.filter_map(|it| it.as_str());
    let kinds: Tally = sites
        .map(|site| match site.split_once('#') {
            Some((_, kind)) => format!("#{}", words::word(&kind.into())),
            None => "without a mark".to_owned(),
        })
        .collect();
    let attendees = kinds.of("#attendee");
    let other = kinds
        .names()
        .filter(|it| it.starts_with('#') && *it != "#attendee")
        .count();
    by(attendees, other, [format!("`siteUrls`: {kinds}")])
}

/// Names of groups, and sorts of members.
pub fn groups(view: &View<'_>) -> Judgement {
    let groups = view.rows(GROUPS, "groups");
    let names: BTreeSet<&str> = groups.iter().map(|it| text(it, "displayName")).collect();
    let same = groups.len() - names.len();
    let members = view.rows(MEMBERS, "members");
    let kinds: Tally = members.iter().map(|it| words::word(&it["type"])).collect();
    unless(
        same,
        [
            format!("{} groups, {same} have the name of another", groups.len()),
            format!("members of the largest: {kinds}"),
        ],
    )
}

/// Whether lists that name people agree.
pub fn other_lists(view: &View<'_>) -> Judgement {
    let (mut right, mut wrong, mut facts) = (0, 0, Vec::new());
    let mut check = |is: bool, fact: String| {
        match is {
            true => right += 1,
            false => wrong += 1,
        }
        facts.push(fact);
    };
    for reply in view
        .of(HOLDERS)
        .iter()
        .filter(|it| it.is_fine() && it.next.is_none())
    {
        let told = list(&reply.body["users"]).count() as u64;
        if let Some(counted) = reply.body["consumedByUsers"].as_u64() {
            check(
                told == counted,
                format!("a licence is in use by {counted} people, {told} are listed"),
            );
        }
    }
    for reply in view.of(BY_ADDRESS).iter().filter(|it| it.is_fine()) {
        let found = list(&reply.body["items"]).count();
        check(found == 1, format!("by address {found} of 1 is found"));
    }
    let all = view.rows(WORKSPACES, "items");
    let second = view.rows(SECOND_WORKSPACE, "items");
    if let (Some(expected), Some(found)) = (all.get(1), second.first()) {
        let is = text(expected, "id") == text(found, "id");
        let word = if is { "knows" } else { "does not know" };
        check(is, format!("the list of workspaces {word} `start`"));
    }
    by(right, wrong, facts)
}

/// Whether one account lists its groups, as a search does.
pub fn groups_of_one(view: &View<'_>) -> Judgement {
    let one = list(&view.body(SCIM_ONE)["groups"]).count();
    let found = view.rows(SCIM_SEARCH, "Resources");
    let found: usize = found.iter().map(|it| list(&it["groups"]).count()).sum();
    let asked = view.of(SCIM_ONE).len();
    let fact = format!("a member of a group: {one} groups by itself, {found} by search");
    by(
        one,
        usize::from(one < found),
        [if asked > 0 { fact } else { String::new() }],
    )
}
