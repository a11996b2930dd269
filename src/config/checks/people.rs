//! Checks of people: e-mail addresses, licence overrides, members of groups, lists with something twice.
//!
//! Owns what a person's entry and a list of people may say. Must not look at numbers and extensions (`calling`).

use rustc_hash::FxHashMap;

use super::templates::calling_of_people;
use super::{Checker, Listed};
use crate::canonical::{is_address, is_unseen};
use crate::config::claims::People;
use crate::config::merge::{Config, Declared, Spot};
use crate::config::model::*;
use crate::config::sections::SECTIONS;
use crate::config::yaml::{At, Pos};
use crate::finding::*;

/// The lists of all sections that name people.
fn lists_of_people(config: &Config) -> impl Iterator<Item = People<'_>> {
    SECTIONS.iter().flat_map(|section| (section.people)(config))
}

/// Keys of `users` and members of lists of people that are no e-mail addresses.
pub(super) fn addresses(checker: &mut Checker) {
    let config = checker.config;
    let users = config
        .users
        .iter()
        .map(|(email, user)| (email.as_str(), user.key, "user", email.as_str()));
    let listed = lists_of_people(config).flat_map(|people| {
        let items = people.addresses();
        items.map(move |item| {
            (
                item.value.as_str(),
                people.spot(item),
                people.kind,
                people.key,
            )
        })
    });
    for (text, spot, kind, key) in users.chain(listed) {
        if !is_address(text) {
            let nested = kind == "group" && config.groups.contains_key(text);
            let (message, help) = match slip(text) {
                Some(slip) => slip,
                None if nested => (
                    format!("`{text}` is not an e-mail address"),
                    "a group cannot be a member of a group, and nothing is inherited: list the people".to_owned(),
                ),
                None => (
                    format!("`{text}` is not an e-mail address"),
                    "write one `@` with text on both sides and no spaces, such as `ana@acme.com`".to_owned(),
                ),
            };
            let finding = Finding::error(INVALID_VALUE, message)
                .help(help)
                .about(format!("{kind}/{key}"));
            checker.report(spot, finding);
        }
    }
}

/// What is wrong with an address but for a slip, and what to write instead.
fn slip(text: &str) -> Option<(String, String)> {
    let unseen = text
        .chars()
        .find(|&it| is_unseen(it) && !it.is_whitespace());
    let meant: String = text
        .chars()
        .filter(|&it| !is_unseen(it) && !it.is_whitespace())
        .collect();
    let meant = meant.trim_end_matches('.');
    if meant == text || !is_address(meant) {
        return None;
    }
    let message = match unseen {
        Some(it) => format!(
            "the e-mail address `{meant}` contains a character that does not show (U+{:04X})",
            it as u32
        ),
        None if text.contains('\n') => {
            format!("the e-mail address `{meant}` has a line break in it")
        }
        None if text.contains(char::is_whitespace) => {
            format!("the e-mail address `{text}` has a space in it")
        }
        None => format!("the e-mail address `{text}` ends with a dot"),
    };
    Some((message, format!("write `{meant}`")))
}

/// `only` with `add` or `remove`, the same item in `add` and `remove`, and Calling of workspaces given to a person.
pub(super) fn overrides(checker: &mut Checker) {
    for (email, user) in &checker.config.users {
        let Some(LicenseOverrides { add, remove, only }) = &user.value.licenses else {
            continue;
        };
        if let Some(only) = only {
            let subject = format!("user/{email}");
            only_alone(
                checker,
                user,
                &subject,
                only,
                add.as_deref(),
                remove.as_ref(),
            );
        }
        if let (Some(add), Some(remove)) = (add, remove) {
            for removed in &remove.value {
                let Some(added) = place_of(&add.value, &removed.value) else {
                    continue;
                };
                let added = Spot {
                    file: user.key.file,
                    pos: added,
                };
                let removed_at = user.spot(removed);
                let (first, later) = (added.min(removed_at), added.max(removed_at));
                let message = format!(
                    "`{}` appears in `add` and in `remove`; {}",
                    removed.value,
                    checker.earlier(first)
                );
                let finding = Finding::error(OVERRIDE_CONFLICT, message)
                    .help("keep the one that says what the person should have")
                    .about(format!("user/{email}"));
                checker.report(later, finding);
            }
        }
        for set in add.iter().chain(only) {
            calling_of_people(checker, user, &set.value, &format_args!("user/{email}"));
        }
    }
}

fn only_alone(
    checker: &mut Checker,
    user: &Declared<User>,
    subject: &str,
    only: &At<LicenseSet>,
    add: Option<&At<LicenseSet>>,
    remove: Option<&At<Vec<At<RemovePath>>>>,
) {
    let add = add.map(|add| ("`add`", user.spot(add)));
    let remove = remove.map(|remove| ("`remove`", user.spot(remove)));
    let Some(other) = add.iter().chain(&remove).map(|(_, spot)| *spot).min() else {
        return;
    };
    let names: Vec<&str> = add.iter().chain(&remove).map(|(name, _)| *name).collect();
    let only = user.spot(only);
    let message = format!(
        "`only` is combined with {}; {}",
        names.join(" and "),
        checker.earlier(other.min(only))
    );
    let finding = Finding::error(OVERRIDE_CONFLICT, message)
        .help("`only` replaces all that the person has or would get, so list everything in `only`, and omit \
            `add` and `remove`")
        .about(subject);
    checker.report(other.max(only), finding);
}

/// Where a set grants what a `remove` names.
fn place_of(set: &LicenseSet, removed: &RemovePath) -> Option<Pos> {
    match removed {
        RemovePath::Calling => set.calling.as_ref().map(|grant| grant.pos),
        RemovePath::Messaging => set.messaging.as_ref().map(|grant| grant.pos),
        RemovePath::ContactCenter => set.contact_center.as_ref().map(|grant| grant.pos),
        RemovePath::Meetings(site) => {
            let mut sites = set.meetings.iter().flatten().map(|(at, _)| at);
            sites.find(|at| at.value == *site).map(|at| at.pos)
        }
        RemovePath::Other(name) => {
            let mut names = set.other.iter().flat_map(|other| &other.value);
            names.find(|at| at.value == *name).map(|at| at.pos)
        }
    }
}

/// Members of lists who are to be deleted.
pub(super) fn members(checker: &mut Checker) {
    let config = checker.config;
    let absent: FxHashMap<&str, Spot> = config
        .users
        .iter()
        .filter_map(|(email, user)| {
            let state = user
                .value
                .state
                .as_ref()
                .filter(|state| state.value == UserState::Absent)?;
            Some((email.as_str(), user.spot(state)))
        })
        .collect();
    if absent.is_empty() {
        return;
    }
    for people in lists_of_people(config) {
        for member in people.addresses() {
            let email = member.value.to_lowercase();
            let Some(&state) = absent.get(email.as_str()) else {
                continue;
            };
            let (place, noun, key) = (config.place(state), people.noun, people.key);
            let message = format!(
                "`{email}` is a member of {noun} `{key}` and is to be deleted: `state: absent` is at {}:{}:{}",
                place.file, place.line, place.column
            );
            let finding = Finding::error(MEMBER_ABSENT, message)
                .help(format!(
                    "remove the address from the {noun} if the person leaves, or remove `state: absent` if not"
                ))
                .about(people.address());
            checker.report(people.spot(member), finding);
        }
    }
}

/// As many people with the same `licenses.add` as this are better served by a template.
const SAME_OVERRIDES: usize = 20;

/// Many people who are given the same licences one by one.
pub(super) fn repeated(checker: &mut Checker) {
    let mut same: FxHashMap<&LicenseSet, (usize, Spot)> = FxHashMap::default();
    for user in checker.config.users.values() {
        let add = user
            .value
            .licenses
            .as_ref()
            .and_then(|licenses| licenses.add.as_ref());
        if let Some(add) = add {
            same.entry(&add.value).or_insert((0, user.spot(add))).0 += 1;
        }
    }
    for (count, spot) in same
        .into_values()
        .filter(|(count, _)| *count >= SAME_OVERRIDES)
    {
        let finding = Finding::info(
            OVERRIDE_HEAVY,
            format!("{count} people are given the same licences one by one"),
        )
        .help("write a template, and name it in `org.template` or in a group")
        .about("users");
        checker.report(spot, finding);
    }
}

/// Lists of people and groups in which something appears twice.
pub(super) fn lists(checker: &mut Checker) {
    let config = checker.config;
    for people in lists_of_people(config) {
        let items = people.list.value.iter();
        let items = items.map(|at| match people.places && !at.value.contains('@') {
            true => Listed::exact(&at.value, people.spot(at)),
            false => Listed::email(&at.value, people.spot(at)),
        });
        checker.twice(people.field, Some(&people.address()), items);
    }
    for (email, user) in &config.users {
        let User {
            roles, licenses, ..
        } = &user.value;
        if roles.is_none() && licenses.is_none() {
            continue;
        }
        let subject = || format!("user/{email}");
        if let Some(roles) = roles {
            checker.twice("roles", Some(&subject()), exact(user, &roles.value));
        }
        let Some(LicenseOverrides { add, remove, only }) = licenses else {
            continue;
        };
        if let Some(remove) = remove
            && remove.value.len() > 1
        {
            let shown: Vec<String> = remove.value.iter().map(|at| at.value.to_string()).collect();
            let items = remove
                .value
                .iter()
                .zip(&shown)
                .map(|(at, text)| Listed::exact(text, user.spot(at)));
            checker.twice("remove", Some(&subject()), items);
        }
        for set in add.iter().chain(only) {
            if let Some(other) = &set.value.other {
                checker.twice("other", Some(&subject()), exact(user, &other.value));
            }
        }
    }
}

fn exact<'a, T>(
    entry: &Declared<T>,
    list: &'a [At<String>],
) -> impl ExactSizeIterator<Item = Listed<'a>> {
    list.iter()
        .map(|at| Listed::exact(&at.value, entry.spot(at)))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found, subjects};
    use super::*;

    #[test]
    fn addresses_have_one_at_sign() {
        let text = "\
users:
  ana: {}
  \"@acme.com\": {}
  ana@: {}
  a@b@c: {}
  \"an a@acme.com\": {}
  Ana.Silva+x@acme.com: {}
  \"ana\u{200b}@acme.com\": {}
  ana@acme.com.: {}
  ana@acme..com: {}
  \"\\uFEFFana@acme.com\": {}
  jürg@bücher.example: {}
groups:
  G:
    members:
      - ana@acme.com
      - bob
";
        let lines: Vec<u32> = found(text)
            .into_iter()
            .filter(|(code, _)| *code == "invalid-value")
            .map(|f| f.1)
            .collect();
        assert_eq!(lines, [2, 3, 4, 5, 6, 8, 9, 10, 11, 17]);
        assert!(is_address("a@b") && !is_address(""));
    }

    #[test]
    fn overrides_do_not_contradict_themselves() {
        let of = |licenses: &str| {
            found(&format!(
                "users:\n  ana@acme.com:\n    licenses:\n{licenses}"
            ))
        };
        let conflict = "override-conflict";
        let only = "      only: {messaging: advanced}\n";
        let (add, remove) = (
            "      add: {calling: professional}\n",
            "      remove: [contactCenter]\n",
        );
        assert_eq!(of(only), []);
        assert_eq!(of(&format!("{add}{remove}")), []);
        assert_eq!(of(&format!("{only}{add}{remove}")), [(conflict, 5)]);
        assert_eq!(of(&format!("{add}{only}{remove}")), [(conflict, 5)]);
        assert_eq!(of(&format!("{add}{remove}{only}")), [(conflict, 6)]);
        assert_eq!(of(&format!("{only}      remove: []\n")), [(conflict, 5)]);

        let all = "      add: {calling: standard, messaging: advanced, contactCenter: premium, meetings: {a: host, b: host}, other: [X, Y]}\n";
        assert_eq!(
            of(&format!("{all}      remove: [meetings/c, other/Z]\n")),
            []
        );
        let remove = "      remove:\n      - calling\n      - messaging\n      - contactCenter\n      - meetings/b\n      - other/Y\n";
        assert_eq!(
            of(&format!("{all}{remove}")),
            [6, 7, 8, 9, 10].map(|line| (conflict, line))
        );
        assert_eq!(
            of(&format!("      remove: [calling]\n{add}")),
            [(conflict, 5)]
        );
    }

    #[test]
    fn people_get_no_calling_of_workspaces() {
        let text = "users:\n  a@x.y: {licenses: {add: {calling: workspace}}}\n  b@x.y: {licenses: {only: {calling: hotDesk}}}\nworkspaces: {Lobby: {licenses: {calling: workspace}}}";
        assert_eq!(found(text), [("invalid-value", 2), ("invalid-value", 3)]);
    }

    #[test]
    fn members_stay() {
        let users = "users: {Bob@acme.com: {state: absent}, ana@acme.com: {state: present}}";
        let groups = "groups:\n  Sales:\n    members:\n    - ana@acme.com\n    - BOB@acme.com";
        let found = findings(&[groups, users]);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].message.contains("b.yaml:1:31"),
            "{}",
            found[0].message
        );
        assert_eq!(found[0].place.as_ref().unwrap().line, 5);
        assert_eq!(
            subjects(&[groups, users]),
            [(
                "member-absent",
                "a.yaml".to_owned(),
                "group/Sales".to_owned()
            )]
        );
    }

    #[test]
    fn agents_are_people_and_workspaces() {
        let text = "\
users: {bob@acme.com: {state: absent}}
callQueues:
  Support:
    agents:
    - Bob@acme.com
    - ana@acme.com
    - Lobby
    - ANA@acme.com
    - Lobby
    - lobby
    - a@b@c
";
        let found = found(text);
        let twice = "duplicate-value";
        let wanted = [
            ("member-absent", 5),
            (twice, 8),
            (twice, 9),
            ("invalid-value", 11),
        ];
        assert_eq!(found, wanted);
        let message = &findings(&[text])[0].message;
        assert!(message.contains("of call queue `Support`"), "{message}");
    }

    #[test]
    fn lists_hold_nothing_twice() {
        let text = "\
groups:
  G:
    members:
    - ana@acme.com
    - Ana@acme.com
    - ana@acme.com
users:
  ana@acme.com:
    roles:
    - a
    - A
    - a
    licenses:
      remove:
      - calling
      - meetings/x
      - calling
      add:
        other:
        - X
        - X
";
        assert_eq!(
            found(text),
            [5, 6, 12, 17, 21].map(|line| ("duplicate-value", line))
        );
        let first = &findings(&[text])[1];
        assert_eq!(
            first.message,
            "`ana@acme.com` appears twice in `members`; the first is at a.yaml:4:7"
        );
        assert_eq!(first.subject.as_deref(), Some("group/G"));
    }
}
