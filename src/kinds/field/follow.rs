//! What follows from the rows of a kind: what is observed, compared, shown, imported and adopted into the files.

use std::sync::Arc;

use serde_json::json;

use super::{Adopt, Get, InEssence, Row, row};
use crate::change::{DraftField, Fact, FieldAction, Observed, Risk, text, text_or_nothing};
use crate::config::write::Node;
use crate::config::yaml::At;
use crate::config::{Declared, Section};
use crate::kinds::adopt::{Adopted, Wanted};
use crate::licensing::Reason;
use crate::snapshot::{Essence, Members};

/// Adds what an object has to what is observed of it.
pub fn observe<D, O>(rows: &[Row<D, O>], seen: &O, mut observed: Observed) -> Observed {
    for row in rows.iter().filter(|row| row.field.sent) {
        let path = row.field.path;
        observed = match &row.observed {
            Get::Otherwise => observed,
            Get::Text(get) => observed.text(path, get(seen)),
            Get::Texts(get) => {
                let mut all: Vec<&str> = get(seen).iter().map(|it| &**it).collect();
                all.sort_unstable();
                observed.with([(path.into(), Arc::new(json!(all)))])
            }
            Get::Each(get) => {
                let all = get(seen).iter();
                observed.with(all.map(|one| (format!("{path}{one}").into(), text(one))))
            }
            Get::Flag(get) => {
                let there = get(seen).then(|| (path.into(), Arc::new(json!(true))));
                observed.with(there)
            }
            Get::Switch(get) => {
                let value = get(seen).map(|on| (path.into(), Arc::new(json!(on))));
                observed.with(value)
            }
        };
    }
    observed
}

/// What is compared of an object between a plan and its execution.
pub fn essence<D, O>(rows: &[Row<D, O>], id: &str, seen: &O) -> Essence {
    let mut members = Members::of(id);
    for row in rows {
        let name = row.field.path.trim_end_matches('/');
        members = match (&row.essence, &row.observed) {
            (InEssence::Nothing, _) => members,
            (InEssence::Adds(add), _) => add(seen, members),
            (InEssence::Observed, Get::Text(get)) => members.text(name, get(seen)),
            (InEssence::Observed, Get::Texts(get)) => members.list(name, get(seen)),
            (InEssence::Observed, Get::Each(get)) => members.list(name, get(seen)),
            (InEssence::Observed, Get::Flag(get)) => {
                members.text(name, get(seen).then_some("enabled"))
            }
            (InEssence::Observed, Get::Switch(get)) => {
                members.text(name, get(seen).filter(|on| *on).map(|_| "enabled"))
            }
            (InEssence::Observed, Get::Otherwise) => members,
        };
    }
    members.finish()
}

/// What `explain` shows of an object.
pub fn facts<D, O>(rows: &[Row<D, O>], seen: Option<&O>) -> impl Iterator<Item = Fact> {
    rows.iter().filter_map(move |row| {
        let (name, label) = row.fact?;
        let value = match &row.observed {
            Get::Text(get) => json!(seen.and_then(*get)),
            Get::Flag(get) => json!(match seen.is_some_and(*get) {
                true => "enabled",
                false => "not enabled",
            }),
            _ => return None,
        };
        Some(Fact::new(name, label, value))
    })
}

/// What files say of an object, but for some fields.
pub fn nodes<D, O>(rows: &[Row<D, O>], seen: &O, without: &[&str]) -> Vec<(String, Node)> {
    let mut nodes: Vec<(String, Node)> = Vec::new();
    for row in rows {
        let path = row.field.path;
        let value = match (&row.observed, row.desired) {
            (Get::Flag(get), _) if get(seen) => Some(Node::Line(Vec::new())),
            (Get::Text(get), Some(_)) if !without.contains(&path) => {
                get(seen).filter(|text| !text.is_empty()).map(Node::text)
            }
            _ => None,
        };
        let Some(value) = value else { continue };
        let Some((head, name)) = path.split_once('/') else {
            nodes.push((path.to_owned(), value));
            continue;
        };
        if nodes.last().is_none_or(|(last, _)| last != head) {
            nodes.push((head.to_owned(), Node::Line(Vec::new())));
        }
        if let Some((_, Node::Line(members))) = nodes.last_mut() {
            members.push((name.to_owned(), value));
        }
    }
    nodes
}

/// How what an object has now is written as its entry says it.
pub fn adopt<D, O>(
    rows: &[Row<D, O>],
    section: &str,
    entries: &Section<D>,
    wanted: &Wanted<'_>,
) -> Adopted {
    let entry = entries.get(wanted.key);
    match row(rows, &wanted.field.path).map(|row| &row.adopt) {
        Some(Adopt::Member) => wanted.member(section, entry),
        Some(Adopt::Licenses) => wanted.license_set(section, entry),
        Some(Adopt::Overrides(of)) => wanted.license_override(section, entry, *of),
        Some(Adopt::ByHand(why)) => Err(wanted.by_hand(why)),
        Some(Adopt::Value) | None => wanted.plain(section, entry),
    }
}

/// An entry of the files, next to what exists of it.
#[derive(Debug)]
pub struct Compared<'a, D, O> {
    /// The section, such as `locations`.
    pub section: &'static str,
    /// The key.
    pub key: &'a str,
    /// The entry.
    pub declared: &'a Declared<D>,
    /// The object; `None` for one to be created.
    pub seen: Option<&'a O>,
}

impl<D, O> Compared<'_, D, O> {
    /// What changes of a field, if its value is not as it should be. Of a new object everything is set. What begins with this
    /// plan disturbs no one.
    pub fn field(&self, row: &Row<D, O>, begins: bool) -> Option<DraftField> {
        let ours = (row.desired?)(&self.declared.value)?;
        let theirs = match &row.observed {
            Get::Text(get) => self.seen.and_then(*get),
            _ => None,
        };
        if self.seen.is_some() && row.field.same(&ours.value, theirs) {
            return None;
        }
        let before = given(theirs);
        let after = given(Some(&ours.value));
        let (action, risk) = match (before, after) {
            (None, None) => return None,
            (None, Some(_)) => (FieldAction::Add, row.risk.0),
            (Some(_), Some(_)) => (FieldAction::Change, row.risk.1),
            (Some(_), None) => (FieldAction::Remove, row.risk.1),
        };
        let risk = if begins { Risk::Additive } else { risk };
        let (before, after) = (text_or_nothing(before), text_or_nothing(after));
        let field = DraftField::new(row.field.path, action, risk, before, after);
        Some(field.because(self.reason(ours, row.field.path)))
    }

    /// The field of an entry as the reason for a change.
    pub fn reason<T>(&self, at: &At<T>, path: &str) -> Reason {
        let (section, path) = (self.section, path.replace('/', "."));
        Reason {
            spot: Some(self.declared.spot(at)),
            because: vec![format!("{section}/{} {path}", self.key)],
        }
    }
}

/// A text without what counts as nothing.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}
