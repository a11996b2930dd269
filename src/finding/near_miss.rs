//! Names that differ so little that they may be meant to be the same.

use std::collections::HashMap;

/// From how many comparisons on only case and spaces are compared: the cost of letters grows with both lists.
const MANY: usize = 2_000_000;

/// Which of `names`, by index, differ from one of `others` only in case, spaces, or one or two letters; with the nearest of
/// them.
/// Digits count: `Room 12` and `Room 13` are two rooms.
pub fn pairs<'o>(names: &[&str], others: &[&'o str]) -> Vec<(usize, &'o str)> {
    let folded: Vec<String> = others.iter().map(|other| fold(other)).collect();
    let mut same: HashMap<&str, &'o str> = HashMap::new();
    for (other, folded) in others.iter().zip(&folded) {
        same.entry(folded).or_insert(other);
    }
    let letters = names.len().saturating_mul(others.len()) <= MANY;
    let near = |name: &str| -> Option<&'o str> {
        let name = fold(name);
        if let Some(other) = same.get(name.as_str()) {
            return Some(other);
        }
        let others = folded.iter().zip(others).filter(|_| letters);
        let near = others.filter_map(|(folded, other)| Some((slips(&name, folded)?, *other)));
        near.min().map(|(_, other)| other)
    };
    let names = names.iter().enumerate();
    names
        .filter_map(|(at, name)| Some((at, near(name)?)))
        .collect()
}

/// A name without case and spaces.
fn fold(name: &str) -> String {
    let lower = name.chars().flat_map(char::to_lowercase);
    lower.filter(|char| !char.is_whitespace()).collect()
}

/// In how many letters two folded names differ, if they are few enough for a typo.
fn slips(one: &str, other: &str) -> Option<usize> {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let most = match a.len().min(b.len()) {
        0..3 => return None,
        3..5 => 1,
        _ => 2,
    };
    let digits = |text: &[char]| -> String {
        let digits = text.iter().filter(|char| char.is_numeric());
        digits.collect()
    };
    if a.len().abs_diff(b.len()) > most || digits(&a) != digits(&b) {
        return None;
    }
    let distance = distance(&a, &b);
    (distance <= most).then_some(distance)
}

/// How many letters have to be inserted, removed or replaced; two that changed places count as one.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(name: &str, other: &str) -> bool {
        !pairs(&[name], &[other]).is_empty()
    }

    #[test]
    fn case_blanks_and_slips_are_near() {
        for (name, other) in [
            ("callers", "Callers"),
            ("Front Desk", "Frontdesk"),
            ("Recption", "Reception"),
            ("Recpetion", "Reception"),
            ("Münschen", "München"),
            ("HR", "hr"),
            ("Room 12", "room12"),
        ] {
            assert!(near(name, other), "{name} and {other}");
        }
    }

    #[test]
    fn other_names_and_numbers_are_not() {
        for (name, other) in [
            ("HR", "IT"),
            ("Room 12", "Room 13"),
            ("Floor 1", "Floor 11"),
            ("Sales", "Support"),
            ("Ops", "Apt"),
            ("", "x"),
        ] {
            assert!(!near(name, other), "{name} and {other}");
        }
    }

    #[test]
    fn the_nearest_is_named() {
        let found = pairs(&["Lobby East"], &["Lobby Eats", "Lobby east", "Lobby"]);
        assert_eq!(found, [(0, "Lobby east")]);
    }

    #[test]
    fn many_names_take_no_time() {
        let many: Vec<String> = (0..20_000).map(|at| format!("Group {at}")).collect();
        let names: Vec<&str> = many.iter().map(String::as_str).collect();
        let upper: Vec<String> = many.iter().map(|name| name.to_uppercase()).collect();
        let others: Vec<&str> = upper.iter().map(String::as_str).collect();
        let (found, took) = crate::testing::own_time(|| pairs(&names, &others));
        assert_eq!(found.len(), many.len());
        assert!(took.as_secs() < 5, "{took:?}");
    }
}
