//! Checks of the inventory of numbers: form, ranges, numbers that appear twice, numbers that no country has.
//!
//! Owns the entries of `numbers` and main numbers. Works on intervals and never expands a range.

use std::collections::BTreeMap;

use super::Checker;
use super::calling::{callers, country, mobiles, not_e164};
use crate::config::merge::{Config, Spot};
use crate::finding::*;
use crate::phone::{self, Fault, Interval};

/// An entry of `numbers` with nothing wrong in its form.
struct DeclaredInterval<'a> {
    interval: Interval,
    spot: Spot,
    text: &'a str,
}

/// The entries of all blocks whose form is right, in order of place.
fn entries(config: &Config) -> Vec<DeclaredInterval<'_>> {
    let texts = config.numbers.iter().flat_map(|block| {
        block
            .value
            .numbers
            .iter()
            .map(move |at| (block.spot(at), at))
    });
    let mut entries: Vec<DeclaredInterval> = texts
        .filter_map(|(spot, at)| {
            Some(DeclaredInterval {
                interval: phone::interval(&at.value).ok()?,
                spot,
                text: &at.value,
            })
        })
        .collect();
    entries.sort_by_key(|entry| entry.spot);
    entries
}

/// Main numbers of locations, with the location.
fn main_numbers(config: &Config) -> impl Iterator<Item = (&str, Spot, &str)> {
    config.locations.iter().filter_map(|(name, location)| {
        let number = location
            .value
            .calling
            .as_ref()?
            .value
            .main_number
            .as_ref()?;
        Some((number.value.as_str(), location.spot(number), name.as_str()))
    })
}

/// Numbers that are not E.164 and ranges that cannot be used.
pub(super) fn formats(checker: &mut Checker) {
    let config = checker.config;
    for block in &config.numbers {
        for at in block.value.numbers.iter() {
            let finding = match phone::interval(&at.value) {
                Ok(_) => continue,
                Err(Fault::Number) => {
                    let finding = not_e164(
                        &at.value,
                        country(config, &block.value.location.value),
                        Some("a range of two such numbers, such as +12145550100..+12145550199"),
                    );
                    match with_points(&at.value) {
                        Some(range) => finding.help(format!("write \"{range}\"")),
                        None => finding,
                    }
                }
                Err(Fault::Range(why)) => {
                    let message = format!("the range `{}` cannot be used: {why}", at.value);
                    let ends = at.value.split("..").map(|end| format!("+{end}"));
                    let with_plus = ends.collect::<Vec<_>>().join("..");
                    let help = match phone::interval(&with_plus) {
                        Ok(_) => format!("write \"{with_plus}\""),
                        Err(_) => "write the lower and the higher number, both in E.164 form and with the same number of \
                                   digits, such as \"+12145550100..+12145550199\"; split a range of more than 100,000 numbers"
                            .to_owned(),
                    };
                    Finding::error(NUMBER_RANGE, message).help(help)
                }
            };
            checker.report(block.spot(at), finding);
        }
    }
    for (number, spot, location) in main_numbers(config) {
        if phone::e164(number).is_none() {
            let finding = not_e164(number, country(config, location), None)
                .about(format!("location/{location}"));
            checker.report(spot, finding);
        }
    }
}

/// A range that is written with a hyphen, as files have it.
fn with_points(text: &str) -> Option<String> {
    let plus = |end: &str| format!("+{}", end.trim().trim_start_matches('+'));
    let (low, high) = text.split_once(['-', '–'])?;
    let range = format!("{}..{}", plus(low), plus(high));
    phone::interval(&range).is_ok().then_some(range)
}

/// Numbers that appear twice, single or in ranges. Each entry that overlaps an earlier one is reported once.
pub(super) fn overlaps(checker: &mut Checker) {
    let entries = entries(checker.config);
    // What is taken: intervals that do not overlap, by their low end, with the high end and the entry that took it.
    let mut taken: BTreeMap<u64, (u64, usize)> = BTreeMap::new();
    for (index, entry) in entries.iter().enumerate() {
        let Interval { low, high } = entry.interval;
        let before = taken
            .range(..=low)
            .next_back()
            .filter(|(_, (end, _))| *end >= low);
        let start = before.map_or(low, |(start, _)| *start);
        let mut earliest: Option<usize> = None;
        let mut free = Vec::new();
        let mut next = low;
        for (&from, &(to, owner)) in taken.range(start..=high) {
            earliest = Some(earliest.map_or(owner, |earliest| earliest.min(owner)));
            if next < from {
                free.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= high {
            free.push((next, high));
        }
        taken.extend(free.into_iter().map(|(from, to)| (from, (to, index))));
        if let Some(first) = earliest.and_then(|first| entries.get(first)) {
            twice(checker, entry, first);
        }
    }
}

fn twice(checker: &mut Checker, entry: &DeclaredInterval, first: &DeclaredInterval) {
    let low = entry.interval.low.max(first.interval.low);
    let high = entry.interval.high.min(first.interval.high);
    let what = if low == high {
        format!("+{low} appears")
    } else {
        format!("the numbers +{low} to +{high} appear")
    };
    let within = |entry: &DeclaredInterval| {
        if entry.text.contains("..") {
            format!(" in `{}`", entry.text)
        } else {
            String::new()
        }
    };
    let message = format!(
        "{what} twice{}; {}{}",
        within(entry),
        checker.earlier(first.spot),
        within(first)
    );
    let finding = Finding::error(NUMBER_DUPLICATE, message)
        .help("remove one of the two: a number belongs to one location and is listed once")
        .about(format!("number/+{low}"));
    checker.report(entry.spot, finding);
}

/// A number without its last two digits.
fn hundred(number: &str) -> &str {
    number
        .len()
        .checked_sub(2)
        .and_then(|end| number.get(..end))
        .unwrap_or_default()
}

/// Numbers in the right form that no numbering plan has: ends of ranges, main numbers, numbers of people and
/// workspaces. Each number once, at its first place; one within a declared range is taken with the ends of that.
pub(super) fn validity(checker: &mut Checker) {
    let config = checker.config;
    let entries = entries(config);
    let mut intervals: Vec<Interval> = entries.iter().map(|entry| entry.interval).collect();
    intervals.sort_by_key(|interval| interval.low);
    let covered = |number: u64| {
        let after = intervals.partition_point(|interval| interval.low <= number);
        after
            .checked_sub(1)
            .and_then(|at| intervals.get(at))
            .is_some_and(|interval| number <= interval.high)
    };

    let ends = entries
        .iter()
        .flat_map(|entry| [entry.interval.low, entry.interval.high].map(|end| (end, entry.spot)));
    let named = callers(config).filter_map(|caller| caller.phone);
    let named = named.chain(mobiles(config).map(|(number, spot, _)| (number, spot)));
    let named = named.chain(main_numbers(config).map(|(number, spot, _)| (number, spot)));
    let named = named.filter_map(|(number, spot)| Some((phone::e164(number)?, spot)));
    let mut numbers: Vec<(String, Spot)> = ends
        .chain(named.filter(|(number, _)| !covered(*number)))
        .map(|(number, spot)| (format!("+{number}"), spot))
        .collect();
    // As texts, so that the numbers of one country are together: the library keeps the last few countries only.
    numbers.sort_unstable();
    numbers.dedup_by(|later, first| later.0 == first.0);

    // Plans do not look at the last two digits where all else is equal: good ends are evidence for what is between them, as
    // they do in a range. Otherwise a hundred thousand people would take seconds.
    for run in numbers.chunk_by(|(a, _), (b, _)| a.len() == b.len() && hundred(a) == hundred(b)) {
        let ends = [run.first(), run.last()];
        if run.len() > 2
            && ends
                .iter()
                .flatten()
                .all(|(number, _)| phone::is_valid(number))
        {
            continue;
        }
        for (number, spot) in run.iter().filter(|(number, _)| !phone::is_valid(number)) {
            let message = format!(
                "{number} has the right form, but the numbering plan of its country has no such number"
            );
            let finding = Finding::warning(NUMBER_NOT_VALID, message)
                .help("check the digits; if the number exists, no action is needed")
                .about(format!("number/{number}"));
            checker.report(*spot, finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::own_time;

    use super::super::testing::{config, findings, found};
    use super::*;

    fn block(entries: &[&str]) -> String {
        let lines: Vec<String> = entries
            .iter()
            .map(|entry| format!("  - \"{entry}\"\n"))
            .collect();
        format!(
            "numbers:\n- location: Dallas\n  numbers:\n{}",
            lines.concat()
        )
    }

    #[test]
    fn entries_are_numbers_or_ranges() {
        let (number, range) = ("calling-number-format", "number-range");
        let text = block(&[
            "+12145550100..+12145550199",
            "+12145550250",
            "2145550251",
            "+12145550399..+12145550300",
            "+12145500000..+12145600000",
            "+12145550400..+121455504990",
            "+12145550500..x",
        ]);
        assert_eq!(
            found(&text),
            [(number, 6), (range, 7), (range, 8), (range, 9), (range, 10)]
        );
        let main = "locations:\n  Dallas:\n    address: {country: US}\n    calling:\n      mainNumber: 214 555 0100";
        assert_eq!(found(main), [(number, 5)]);
        assert!(
            findings(&[main])[0]
                .help
                .as_deref()
                .unwrap()
                .contains("+12145550100")
        );
    }

    #[test]
    fn numbers_appear_once() {
        let twice = "number-duplicate";
        let of = |entries: &[&str]| found(&block(entries));
        assert_eq!(
            of(&[
                "+12145550100..+12145550109",
                "+12145550110..+12145550119",
                "+12145550120"
            ]),
            []
        );
        assert_eq!(
            of(&["+12145550100", "+12145550100", "+12145550100"]),
            [(twice, 5), (twice, 6)]
        );
        assert_eq!(
            of(&["+12145550100..+12145550109", "+12145550105"]),
            [(twice, 5)]
        );
        assert_eq!(
            of(&["+12145550105", "+12145550100..+12145550109", "+12145550109"]),
            [(twice, 5), (twice, 6)]
        );
        assert_eq!(
            of(&[
                "+12145550100..+12145550109",
                "+12145550109..+12145550119",
                "+12145550119"
            ]),
            [(twice, 5), (twice, 6)]
        );
        assert_eq!(
            of(&["+12145550105", "+12145550115", "+12145550100..+12145550119"]),
            [(twice, 6)]
        );
    }

    #[test]
    fn a_number_in_two_blocks() {
        let found = findings(&[
            &block(&["+12145550105", "+12145550100..+12145550103"]),
            &block(&["+12145550102..+12145550105"]),
        ]);
        assert_eq!(found.len(), 1);
        let (finding, place) = (&found[0], found[0].place.as_ref().unwrap());
        assert_eq!((&*place.file, place.line), ("b.yaml", 4));
        assert_eq!(
            finding.message,
            "+12145550105 appears twice in `+12145550102..+12145550105`; the first is at a.yaml:4:5"
        );
        assert_eq!(finding.subject.as_deref(), Some("number/+12145550105"));
    }

    #[test]
    fn doubtful_numbers_are_warnings() {
        let of = |text: &str| -> Vec<(Severity, &'static str, u32, String)> {
            let brief = |f: Finding| {
                (
                    f.severity,
                    f.code.as_str(),
                    f.place.unwrap().line,
                    f.subject.unwrap(),
                )
            };
            findings(&[text]).into_iter().map(brief).collect()
        };
        let doubt = |line: u32, number: &str| {
            (
                Severity::Warning,
                "number-not-valid",
                line,
                format!("number/{number}"),
            )
        };
        let text = block(&["+12145550100..+12145550199", "+15551234500..+15551234599"]);
        assert_eq!(
            of(&text),
            [doubt(5, "+15551234500"), doubt(5, "+15551234599")]
        );
        let people = "\
locations:
  Dallas: {calling: {mainNumber: \"+15551234567\"}}
users:
  a@x.y: {phoneNumber: \"+12145550101\"}
  b@x.y: {phoneNumber: \"+15551234568\", webexGo: {mode: byod, phoneNumber: \"+15551234569\"}}
workspaces:
  Lobby: {phoneNumber: \"+15551234567\"}
";
        let doubts = [
            doubt(2, "+15551234567"),
            doubt(5, "+15551234568"),
            doubt(5, "+15551234569"),
        ];
        assert_eq!(of(people), doubts);
    }

    proptest::proptest! {
        #[test]
        fn overlaps_are_those_of_every_pair(ranges in proptest::collection::vec((0u64..60, 0u64..8), 1..14)) {
            let entry = |(low, more): &(u64, u64)| format!("+{}..+{}", 12_145_550_100 + low, 12_145_550_100 + low + more);
            let texts: Vec<String> = ranges.iter().map(entry).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let meets = |a: &(u64, u64), b: &(u64, u64)| a.0 <= b.0 + b.1 && b.0 <= a.0 + a.1;
            let mut expected = Vec::new();
            for (at, range) in ranges.iter().enumerate() {
                if let Some(first) = ranges.iter().take(at).position(|earlier| meets(earlier, range)) {
                    expected.push((at as u32 + 4, format!("the first is at a.yaml:{}:5", first + 4)));
                }
            }
            let config = config(&[&block(&texts)]);
            let mut checker = Checker { config: &config, broken: &[], findings: Vec::new() };
            overlaps(&mut checker);
            let found: Vec<(u32, String)> = checker.findings.into_iter().map(|finding| {
                let first = finding.message.split("; ").nth(1).unwrap().split(" in ").next().unwrap();
                (finding.place.unwrap().line, first.to_owned())
            }).collect();
            proptest::prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn big_inventories_are_cheap() {
        let range = |n: u32| format!("+1214{n:02}00000..+1214{n:02}99999");
        let mut entries: Vec<String> = (0..100).map(range).collect();
        entries.extend((0..50_000).map(|n| format!("+13125{n:06}")));
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        let config = config(&[&block(&entries)]);
        let mut checker = Checker {
            config: &config,
            broken: &[],
            findings: Vec::new(),
        };
        let ((), took) = own_time(|| overlaps(&mut checker));
        assert_eq!(checker.findings, []);
        assert!(took.as_secs() < 5, "{took:?}");
    }
}
