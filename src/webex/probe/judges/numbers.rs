//! Points about numbers and extensions.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::requests::{AVAILABLE, CALLING, NUMBER_JOBS, NUMBERS, PEOPLE};
use super::super::samples::{self, Calling};
use super::super::words::{self, Tally};
use super::super::{Judgement, Verdict, View};
use super::{by, judged, list, text, unless};
use crate::phone;

/// Extensions that we believe cannot be assigned.
const EMERGENCY: [&str; 5] = ["911", "112", "110", "999", "000"];
/// The longest name of a person with Calling.
const LONGEST_NAME: usize = 30;
/// What such a name cannot have.
const FORBIDDEN: &str = "%#<>\\/\"";

/// What Webex keeps a number for.
const MARKS: [&str; 4] = [
    "isReservedNumber",
    "isServiceNumber",
    "elinEnabled",
    "mainNumber",
];

/// How numbers are written.
pub fn forms(view: &View<'_>) -> Judgement {
    let people = view.rows(PEOPLE, "items");
    let of_people = people.iter().flat_map(|it| list(&it["phoneNumbers"]));
    let of_people = of_people
        .filter(|it| it["type"] != "work_extension")
        .map(|it| text(it, "value"));
    let rows = view.rows(NUMBERS, "phoneNumbers");
    let of_list = rows.iter().map(|it| text(it, "phoneNumber"));
    let numbers: Vec<&str> = of_people
        .chain(of_list)
        .filter(|it| !it.is_empty())
        .collect();
    let forms: Tally = numbers.iter().map(|it| words::form(it)).collect();
    let is_plain =
        |it: &&&str| it.starts_with('+') && it[1..].bytes().all(|byte| byte.is_ascii_digit());
    let other = numbers.iter().filter(|it| !is_plain(it)).count();
    let unread = numbers
        .iter()
        .filter(|it| phone::read_back(it).is_none())
        .count();
    by(
        other,
        unread,
        [
            format!("forms: {forms}"),
            format!(
                "{other} of {} are not written +#…, {unread} cannot be read",
                numbers.len()
            ),
        ],
    )
}

/// Whether a person has what we believe to be refused.
pub fn refused(view: &View<'_>) -> Judgement {
    let people = view.rows(PEOPLE, "items");
    let callers: Vec<&&Value> = people
        .iter()
        .filter(|it| samples::of_person(view.evidence, it) != Calling::None)
        .collect();
    let emergency = callers
        .iter()
        .filter(|it| EMERGENCY.contains(&text(it, "extension")))
        .count();
    let length = |it: &&&&Value| text(it, "displayName").chars().count();
    let long = callers
        .iter()
        .filter(|it| length(it) > LONGEST_NAME)
        .count();
    let odd = callers
        .iter()
        .filter(|it| text(it, "displayName").contains(|letter| FORBIDDEN.contains(letter)))
        .count();
    unless(
        emergency + long + odd,
        [format!(
            "{} people with Calling: {emergency} have such an extension, {long} a name of more than {LONGEST_NAME} characters, {odd} one \
         with such a character",
            callers.len()
        )],
    )
}

/// Numbers that Webex keeps are not offered.
pub fn not_for_anybody(view: &View<'_>) -> Judgement {
    let plain = |number: &str| phone::read_back(number).unwrap_or_else(|| number.to_owned());
    let offered = view.rows(AVAILABLE, "phoneNumbers");
    let offered: BTreeSet<String> = offered
        .iter()
        .map(|it| plain(text(it, "phoneNumber")))
        .collect();
    // Locations were asked in the order of their list.
    let locations = view.rows(CALLING, "locations");
    let asked = locations.iter().zip(view.of(AVAILABLE));
    let asked = asked.filter(|(_, reply)| reply.is_fine());
    let looked: BTreeSet<&str> = asked.map(|(it, _)| text(it, "id")).collect();
    let (mut kept, mut given, mut main, mut marks) = (0, 0, 0, Tally::default());
    for row in view.rows(NUMBERS, "phoneNumbers") {
        let mark = MARKS.into_iter().find(|mark| row[*mark] == true);
        let Some(mark) = mark.filter(|_| looked.contains(text(&row["location"], "id"))) else {
            continue;
        };
        let is_offered = offered.contains(&plain(text(row, "phoneNumber")));
        match (is_offered, mark) {
            (true, "mainNumber") => main += 1,
            (true, _) => given += 1,
            (false, _) => kept += 1,
        }
        let offer = if is_offered { "offered" } else { "not offered" };
        marks.add(format!("{mark}, {offer}"));
    }
    let facts = [format!("in {} locations: {marks}", looked.len())];
    match (given, main) {
        // To be offered a main number is not yet to be allowed to have it.
        (0, 1..) => judged(Verdict::Compare, facts),
        _ => by(kept, given, facts),
    }
}

/// A job with more than one number.
pub fn in_one_job(view: &View<'_>) -> Judgement {
    let jobs = view.rows(NUMBER_JOBS, "items");
    let most = |it: &Value| {
        let counts = ["totalNumbers", "totalMoves"].map(|name| it["counts"][name].as_u64());
        counts.into_iter().flatten().max().unwrap_or_default()
    };
    let several = jobs
        .iter()
        .filter(|it| most(it) > 1 && it["operationType"] == "MOVE")
        .count();
    by(
        several,
        0,
        [format!(
            "{} jobs of the past, {several} moved several numbers",
            jobs.len()
        )],
    )
}

/// How long extensions are.
pub fn extensions(view: &View<'_>) -> Judgement {
    let digits = view.rows(CALLING, "locations");
    let dial = |location: &str| {
        let found = digits.iter().find(|it| text(it, "id") == location);
        found
            .map(|it| text(it, "outsideDialDigit"))
            .filter(|it| !it.is_empty())
    };
    let (mut lengths, mut outside, mut first) = (Tally::default(), 0, 0);
    for row in view.rows(NUMBERS, "phoneNumbers") {
        let extension = text(row, "extension");
        if extension.is_empty() {
            continue;
        }
        lengths.add(format!("{} digits", extension.len()));
        outside += usize::from(!(2..=10).contains(&extension.len()));
        let digit = dial(text(&row["location"], "id"));
        first += usize::from(digit.is_some_and(|digit| extension.starts_with(digit)));
    }
    unless(
        outside,
        [
            format!("lengths: {lengths}"),
            format!("{first} begin with the outside dial digit of their location"),
        ],
    )
}

/// Of several work numbers one is marked.
pub fn further(view: &View<'_>) -> Judgement {
    let (mut marked, mut unmarked) = (0, 0);
    let mut kinds = Tally::default();
    for person in view.rows(PEOPLE, "items") {
        list(&person["phoneNumbers"]).for_each(|it| kinds.add(words::word(&it["type"])));
        let work = || list(&person["phoneNumbers"]).filter(|it| it["type"] == "work");
        if work().count() > 1 {
            match work().any(|it| it["primary"] == true) {
                true => marked += 1,
                false => unmarked += 1,
            }
        }
    }
    let rows = view.rows(NUMBERS, "phoneNumbers");
    let rows = rows.iter().filter(|it| it["owner"].is_object());
    let of_list: Tally = rows.map(|it| words::word(&it["phoneNumberType"])).collect();
    by(
        marked,
        unmarked,
        [
            format!("`phoneNumbers` of people: {kinds}"),
            format!(
                "{marked} people have several work numbers and one is marked, {unmarked} have several and none is"
            ),
            format!("`phoneNumberType` of numbers with an owner: {of_list}"),
        ],
    )
}

/// Whether the total counts the rows.
pub fn total(view: &View<'_>) -> Judgement {
    let rows = view.rows(NUMBERS, "phoneNumbers").len();
    let counts = &view.body(NUMBERS)["count"];
    let told = counts.as_object().into_iter().flatten();
    let told = told
        .filter_map(|(name, count)| Some(format!("{} {}", words::member(name), count.as_u64()?)));
    let told: Vec<String> = told.collect();
    let facts = [format!("{rows} rows; `count`: {}", told.join(", "))];
    let more = view.of(NUMBERS).iter().any(|it| it.next.is_some());
    match counts["total"].as_u64() {
        None => judged(Verdict::NotSeen, facts),
        Some(_) if more => judged(
            Verdict::NotSeen,
            facts.into_iter().chain(["there are more pages".to_owned()]),
        ),
        Some(total) if total <= rows as u64 => judged(Verdict::Confirmed, facts),
        Some(_) => judged(Verdict::Contradicted, facts),
    }
}
