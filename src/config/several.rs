//! A directory above several organisations: one error instead of one for each section that their files repeat.

use super::merge::FileDocuments;
use super::yaml::Pos;
use crate::finding::{DUPLICATE_KEY, Finding, Place};

/// How many directories are named.
const NAMED: usize = 3;

/// The error, if organisations lie next to each other. One that lies below another is that one's, as `fleet` reads it.
pub fn organisations(files: &[FileDocuments]) -> Option<Finding> {
    let mut found: Vec<(&str, &FileDocuments, Pos)> = Vec::new();
    for file in files {
        let org = file.documents.iter().find_map(|it| it.org.as_ref());
        let directory = file.path.rsplit_once('/').map_or("", |(it, _)| it);
        match org {
            Some(org) if !found.iter().any(|it| it.0 == directory) => {
                found.push((directory, file, org.pos));
            }
            _ => {}
        }
    }
    let within = |one: &str, other: &str| {
        let below = other.strip_prefix(one).map(|rest| rest.starts_with('/'));
        one != other && (one.is_empty() || below == Some(true))
    };
    let nested = |one: &str| found.iter().any(|other| within(one, other.0));
    let [(first, ..), (_, second, pos), ..] = found.as_slice() else {
        return None;
    };
    if found.iter().any(|it| nested(it.0)) {
        return None;
    }
    let names: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|it| format!("`{}`", it.0))
        .collect();
    let more = match found.len() - names.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "there are {} organisations below this directory, in {}{more}",
        found.len(),
        names.join(", ")
    );
    let help = format!(
        "give the directory of one of them, such as `{first}`, or plan all with `trunkline fleet plan`"
    );
    Some(Finding::error(DUPLICATE_KEY, message).help(help).at(Place {
        file: second.path.clone(),
        line: pos.line,
        column: pos.column,
        len: pos.len.max(1),
    }))
}
