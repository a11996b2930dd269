//! Files of other programs below the directory: one error for the file instead of one for each of its lines.
//!
//! Owns how such a file is told from one with a typing mistake. It is never passed over: whose it is only people know.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use super::model::Document;
use super::yaml::{self, Key, Shape};
use crate::finding::{Finding, Place, UNKNOWN_FIELD};

/// How many keys are named.
const NAMED: usize = 4;

static SECTIONS: LazyLock<Vec<&'static str>> = LazyLock::new(|| match Shape::of::<Document>() {
    Shape::Fields(fields) => fields.into_iter().map(|(name, _)| name).collect(),
    _ => Vec::new(),
});

/// The error, if no key at the top of the file is one of ours, nor all of them nearly are.
pub fn finding(path: &Arc<str>, text: &str) -> Option<Finding> {
    let mut keys = yaml::top_level(text)?;
    if keys.iter().any(is_ours) {
        return None;
    }
    let mut seen = BTreeSet::new();
    keys.retain(|key| !SECTIONS.contains(&&*key.name) && seen.insert(key.name.clone()));
    let first = keys.first()?;
    let meant = |key: &Key| yaml::meant(&key.name, &SECTIONS);
    if keys.iter().all(|key| meant(key).is_some()) {
        return None;
    }
    let named = keys.iter().take(NAMED);
    let near = named.clone().filter_map(|key| {
        let meant = meant(key)?;
        Some(format!("`{}` to `{meant}`", yaml::shown(&key.name)))
    });
    let near: Vec<String> = near.collect();
    let correct = match near.is_empty() {
        true => String::new(),
        false => format!("; if it is one, correct {}", near.join(", ")),
    };
    let named: Vec<String> = named
        .map(|key| format!("`{}`", yaml::shown(&key.name)))
        .collect();
    let more = match keys.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!(
        "this does not look like a file of trunkline: it has none of its sections, but {}{more}",
        named.join(", ")
    );
    let help = format!(
        "every YAML file below the directory is read, except in directories whose name begins with a dot: move this file elsewhere, \
         or give a directory that has only files of trunkline{correct}. Sections: {}",
        SECTIONS.join(", ")
    );
    Some(Finding::error(UNKNOWN_FIELD, message).help(help).at(Place {
        file: path.clone(),
        line: first.pos.line,
        column: first.pos.column,
        len: first.pos.len.max(1),
    }))
}

/// Whether a file has sections of a configuration, some of them perhaps mistyped: all that it has are, or it says that it is of our
/// version. Others have `users` too. A file with `version` alone may be anything.
pub fn has_sections(text: &str) -> bool {
    let keys = yaml::top_level(text).unwrap_or_default();
    let near =
        |key: &Key| SECTIONS.contains(&&*key.name) || yaml::meant(&key.name, &SECTIONS).is_some();
    let (versions, sections): (Vec<Key>, Vec<Key>) =
        keys.into_iter().partition(|key| key.name == "version");
    match versions.iter().any(is_ours) {
        true => sections.iter().any(near),
        false => !sections.is_empty() && sections.iter().all(near),
    }
}

/// Many programs have a `version`, ours is 1.
fn is_ours(key: &Key) -> bool {
    match key.name.as_str() {
        "version" => key.value.as_deref() == Some("1"),
        name => SECTIONS.contains(&name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<Finding> {
        finding(&"a.yaml".into(), text)
    }

    #[test]
    fn files_of_others_are_told_by_their_keys() {
        for text in [
            "apiVersion: v1\nkind: CronJob\nspec: {}\n",
            "---\nkind: A\nspec: {}\n---\nkind: B\n",
            "version: \"3.8\"\nservices: {}\n",
            "version: 2\nupdates: []\n",
            "repos: []\n",
        ] {
            assert!(said(text).is_some(), "{text}");
        }
        let finding = said("apiVersion: v1\nkind: CronJob\n").unwrap();
        assert!(
            finding
                .help
                .unwrap()
                .contains("if it is one, correct `apiVersion` to `version`")
        );
    }

    #[test]
    fn a_file_that_may_be_ours_is_read_as_ours() {
        for text in [
            "",
            "# nothing\n",
            "uesrs: {}\n",
            "uesrs: {}\ngrups: {}\n",
            "version: 1\nogr: {}\n",
            "version: 2\n",
            "version: 2\ngrups: {}\n",
            "kind: A\nspec: {}\n---\nusers: {}\n",
            "users: {}\nspec: {}\n",
            "- a\n- b\n",
            // What a syntax error hides is unknown.
            "kind: A\n\tspec: [\n",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
