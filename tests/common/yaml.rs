//! Writes a configuration as YAML files, in any order of files and of entries.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

const FILES: [&str; 4] = ["a.yaml", "conf/b.yml", "conf/deep/c.yaml", "z.yaml"];

/// An entry of a section: its key, unless the section is a list, and its value.
type Entry<'v> = (Option<&'v str>, &'v Value);

/// The files of a configuration; every other `order` deals sections and entries out in another way.
pub fn files(config: &Value, order: u64) -> Vec<(&'static str, String)> {
    let mut documents: BTreeMap<&str, BTreeMap<&str, Vec<Entry<'_>>>> = BTreeMap::new();
    let mut put = |section, file: &'static str, entry| {
        documents
            .entry(file)
            .or_default()
            .entry(section)
            .or_default()
            .push(entry);
    };
    for (section, value) in config.as_object().unwrap() {
        match value {
            Value::Object(entries) if !["org", "guardrails"].contains(&section.as_str()) => {
                for (key, entry) in entries {
                    put(section, file(order, key), (Some(key.as_str()), entry));
                }
            }
            Value::Array(items) => items
                .iter()
                .for_each(|item| put(section, file(order, &item.to_string()), (None, item))),
            _ => put(section, file(order, "org"), (None, value)),
        }
    }
    documents
        .into_iter()
        .map(|(file, sections)| {
            let mut sections: Vec<_> = sections.into_iter().collect();
            sections.sort_by_key(|(section, _)| rank(order, section));
            let mut text = String::new();
            for (section, mut entries) in sections {
                entries.sort_by_key(|(key, entry)| {
                    key.map_or_else(|| rank(order, &entry.to_string()), |key| rank(order, key))
                });
                write!(text, "{section}:").unwrap();
                let list = ["numbers", "acknowledgements"].contains(&section);
                for (key, entry) in entries {
                    match key {
                        Some(key) => write!(text, "\n  {}:", quoted(key)).unwrap(),
                        None if list => text += "\n  -",
                        None => {}
                    }
                    block(
                        &mut text,
                        entry,
                        if key.is_some() || list { 4 } else { 2 },
                        order,
                    );
                }
                text += "\n";
            }
            (file, text)
        })
        .collect()
}

/// A value after its key: on the same line, or as a mapping below it.
fn block(text: &mut String, value: &Value, indent: usize, order: u64) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| rank(order, key));
            for (key, value) in entries {
                write!(text, "\n{:indent$}{}:", "", quoted(key)).unwrap();
                block(text, value, indent + 2, order);
            }
        }
        _ => write!(text, " {value}").unwrap(),
    }
}

fn quoted(key: &str) -> String {
    match key.chars().all(char::is_alphanumeric) {
        true => key.to_owned(),
        false => format!("{key:?}"),
    }
}

fn file(order: u64, key: &str) -> &'static str {
    FILES[(mixed(order, key) % FILES.len() as u64) as usize]
}

/// Where an entry stands: in order of key for 0.
fn rank(order: u64, key: &str) -> (u64, String) {
    (
        if order == 0 { 0 } else { mixed(order, key) },
        key.to_owned(),
    )
}

/// A number that looks random and is always the same.
pub fn mixed(order: u64, key: &str) -> u64 {
    let step = |hash: u64, byte: u8| {
        (hash ^ u64::from(byte))
            .wrapping_mul(0x0100_0000_01b3)
            .rotate_left(29)
    };
    key.bytes()
        .fold(order.wrapping_mul(0x9e37_79b9_7f4a_7c15), step)
}
