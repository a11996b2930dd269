//! The fields of a kind, one row each, and what follows from the rows: comparison, what `explain` and `drift` tell, the
//! essence that `apply` compares, how a live value is taken into the files.
//!
//! A kind says in [`Row`]s where each of its fields is; what stages may ask of a field is in [`Field`]. Where a field does not
//! follow the rule, its kind has a function for it, and the row says so.

use std::sync::Arc;

use serde_json::{Value, json};

use super::quirks::Quirk;
use super::{Adopted, Loss, Wanted};
use crate::change::{
    DraftField, EXISTENCE, Fact, FieldAction, NAME, Observed, Risk, text, text_or_nothing,
};
use crate::config::model::LicenseOverrides;
use crate::config::write::Node;
use crate::config::yaml::At;
use crate::config::{Declared, Section};
use crate::licensing::Reason;
use crate::snapshot::{Essence, Members};

/// What stages may ask of a field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its path, such as `timeZone`; one that ends in `/` stands for all below it.
    pub path: &'static str,
    /// The form of its values.
    pub form: Form,
    /// What it is to Webex Calling.
    pub calling: Calling,
    /// What is lost for good with it.
    pub loss: Option<Loss>,
    /// What events of the audit trail say that are about it.
    pub audit: &'static [&'static str],
    /// Whether each event about the field says so: one that does not is about something else.
    pub always_said: bool,
    /// How Webex reads it back in another form.
    pub quirks: &'static [Quirk],
}

/// The form of the values of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// Present or not.
    Flag,
    /// A licence with its subscription.
    License,
    /// One of many, each under its own name.
    Member,
}

/// What a field is to Webex Calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calling {
    /// Nothing.
    Apart,
    /// The licence.
    License,
    /// What somebody keeps with the licence.
    Kept,
}

impl Field {
    const fn new(path: &'static str, form: Form) -> Field {
        Field {
            path,
            form,
            calling: Calling::Apart,
            loss: None,
            audit: &[],
            always_said: false,
            quirks: &[],
        }
    }

    /// Whether it is the field with this path.
    pub fn is(&self, path: &str) -> bool {
        match self.path.ends_with('/') {
            true => path.len() > self.path.len() && path.starts_with(self.path),
            false => path == self.path,
        }
    }

    /// Whether a value is as it should be, whatever Webex made of its form.
    pub fn same(&self, ours: &str, theirs: Option<&str>) -> bool {
        let mut quirks = self.quirks.iter();
        Some(ours) == theirs || quirks.any(|quirk| quirk.same(ours, theirs))
    }

    /// Whether a value has the form of the field.
    pub fn takes(&self, value: &Value) -> bool {
        match (self.form, value) {
            (Form::Text | Form::Member, value) => value.is_string(),
            (Form::Flag, value) => value.is_boolean(),
            (Form::Texts, Value::Array(list)) => list.iter().all(Value::is_string),
            (Form::License, Value::Object(members)) => {
                members.iter().all(|(name, value)| match name.as_str() {
                    "license" | "subscription" => value.is_string() || value.is_null(),
                    "role" => value == "host" || value == "attendee",
                    _ => false,
                })
            }
            _ => false,
        }
    }
}

/// A text without what counts as nothing.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}

/// Where a field is: in an entry of the files (`D`), and in an object of a snapshot (`O`).
#[derive(Debug)]
pub struct Row<D, O> {
    /// What stages may ask of it.
    pub field: Field,
    /// What an entry says of it, where that is one text.
    pub desired: Option<Say<D>>,
    /// What an object has of it.
    pub observed: Get<O>,
    /// The risks of giving it a value, and of giving it another one.
    pub risk: (Risk, Risk),
    /// Its name in JSON and for people, where `explain` tells it.
    pub fact: Option<(&'static str, &'static str)>,
    /// What of it is compared between a plan and its execution.
    pub essence: InEssence<O>,
    /// How a live value is taken into the files.
    pub adopt: Adopt<D>,
    /// What it is called in requests; empty where none sends it.
    pub wire: &'static str,
}

/// What an entry says of a field that is one text.
pub type Say<D> = fn(&D) -> Option<&At<String>>;

/// How to get at the value of a field.
#[derive(Debug)]
pub enum Get<O> {
    /// Its kind has a function for it.
    Otherwise,
    /// A text, and the same for every object where it is about being there.
    Text(fn(&O) -> Option<&str>),
    /// A list of texts, whose order does not count.
    Texts(fn(&O) -> &[Box<str>]),
    /// One value for each of a list.
    Each(fn(&O) -> &[String]),
    /// Whether something is there.
    Flag(fn(&O) -> bool),
}

/// What of a field is compared between a plan and its execution.
#[derive(Debug)]
pub enum InEssence<O> {
    /// Nothing: no request changes it, or the API does not tell it.
    Nothing,
    /// What is observed.
    Observed,
    /// What this adds.
    Adds(fn(&O, Members) -> Members),
}

/// How a live value is taken into the files.
#[derive(Debug)]
pub enum Adopt<D> {
    /// As the value of the field.
    Value,
    /// As a member of a list.
    Member,
    /// As part of a set of licences that says all.
    Licenses,
    /// As part of what differs from templates.
    Overrides(fn(&D) -> Option<&LicenseOverrides>),
    /// By hand; why.
    ByHand(&'static str),
}

impl<D, O> Row<D, O> {
    const fn new(field: Field, observed: Get<O>) -> Row<D, O> {
        Row {
            field,
            desired: None,
            observed,
            risk: (Risk::Additive, Risk::Reversible),
            fact: None,
            essence: InEssence::Nothing,
            adopt: Adopt::Value,
            wire: field.path,
        }
    }

    /// A text that files may say and that is compared.
    pub const fn text(
        path: &'static str,
        desired: Say<D>,
        observed: fn(&O) -> Option<&str>,
    ) -> Row<D, O> {
        let row = Row::seen(path, observed);
        Row {
            desired: Some(desired),
            essence: InEssence::Observed,
            ..row
        }
    }

    /// A text that its kind compares in its own way.
    pub const fn seen(path: &'static str, observed: fn(&O) -> Option<&str>) -> Row<D, O> {
        let row = Row::new(Field::new(path, Form::Text), Get::Text(observed));
        Row {
            essence: InEssence::Observed,
            ..row
        }
    }

    /// A list of texts.
    pub const fn texts(path: &'static str, observed: fn(&O) -> &[Box<str>]) -> Row<D, O> {
        let row = Row::new(Field::new(path, Form::Texts), Get::Texts(observed));
        Row {
            essence: InEssence::Observed,
            ..row
        }
    }

    /// Members of a list, each below this path.
    pub const fn each(path: &'static str, observed: fn(&O) -> &[String]) -> Row<D, O> {
        let row = Row::new(Field::new(path, Form::Member), Get::Each(observed));
        Row {
            essence: InEssence::Observed,
            adopt: Adopt::Member,
            ..row
        }
    }

    /// Whether something is there.
    pub const fn flag(path: &'static str, observed: fn(&O) -> bool) -> Row<D, O> {
        Row::new(Field::new(path, Form::Flag), Get::Flag(observed))
    }

    /// Licences, or those below this path.
    pub const fn licenses(path: &'static str) -> Row<D, O> {
        Row::new(Field::new(path, Form::License), Get::Otherwise)
    }

    /// Whether the object is there at all: what its deletion takes.
    pub const fn existence() -> Row<D, O> {
        let field = Field::new(EXISTENCE, Form::Text);
        Row::new(field, Get::Text(|_| Some("present"))).audit(&["delet", "creat", "state", "activ"])
    }

    /// The name by which the object is known, where it can change.
    pub const fn name() -> Row<D, O> {
        let row = Row::new(Field::new(NAME, Form::Text), Get::Otherwise);
        row.audit(&["name"])
            .adopted(Adopt::ByHand(DECIDED_IN_THE_FILES))
    }

    /// What events of the audit trail say that are about it.
    pub const fn audit(mut self, words: &'static [&'static str]) -> Row<D, O> {
        self.field.audit = words;
        self
    }

    /// Each event about it says so.
    pub const fn always_said(mut self) -> Row<D, O> {
        self.field.always_said = true;
        self
    }

    /// What is lost for good with it.
    pub const fn losing(mut self, loss: Loss) -> Row<D, O> {
        self.field.loss = Some(loss);
        self
    }

    /// What it is to Webex Calling.
    pub const fn calling(mut self, calling: Calling) -> Row<D, O> {
        self.field.calling = calling;
        self
    }

    /// Webex reads it back in other forms.
    pub const fn quirks(mut self, quirks: &'static [Quirk]) -> Row<D, O> {
        self.field.quirks = quirks;
        self
    }

    /// The risks of giving it a value, and of giving it another one.
    pub const fn risk(mut self, added: Risk, changed: Risk) -> Row<D, O> {
        self.risk = (added, changed);
        self
    }

    /// `explain` tells it under this name.
    pub const fn fact(mut self, name: &'static str, label: &'static str) -> Row<D, O> {
        self.fact = Some((name, label));
        self
    }

    /// What of it is compared between a plan and its execution.
    pub const fn essence(mut self, essence: InEssence<O>) -> Row<D, O> {
        self.essence = essence;
        self
    }

    /// How a live value is taken into the files.
    pub const fn adopted(mut self, adopt: Adopt<D>) -> Row<D, O> {
        self.adopt = adopt;
        self
    }

    /// It is compared, and no request sends it.
    pub const fn never_sent(self) -> Row<D, O> {
        self.wire("").essence(InEssence::Nothing)
    }

    /// What it is called in requests.
    pub const fn wire(mut self, name: &'static str) -> Row<D, O> {
        self.wire = name;
        self
    }
}

/// Why names and deletions are not taken into the files.
pub const DECIDED_IN_THE_FILES: &str = "names and deletions are decided in the files";

/// What stages may ask of the fields with these rows.
pub const fn fields<D, O, const N: usize>(rows: &[Row<D, O>; N]) -> [Field; N] {
    let mut fields = [Field::new("", Form::Text); N];
    let mut at = 0;
    while at < N {
        fields[at] = rows[at].field;
        at += 1;
    }
    fields
}

/// The row of a field.
pub fn row<'r, D, O>(rows: &'r [Row<D, O>], path: &str) -> Option<&'r Row<D, O>> {
    rows.iter().find(|row| row.field.is(path))
}

/// Adds what an object has to what is observed of it.
pub fn observe<D, O>(rows: &[Row<D, O>], seen: &O, mut observed: Observed) -> Observed {
    for row in rows.iter().filter(|row| !row.wire.is_empty()) {
        let path = row.field.path;
        observed = match &row.observed {
            Get::Otherwise => observed,
            Get::Text(get) => observed.text(path, get(seen)),
            Get::Texts(get) => {
                let mut all: Vec<&str> = get(seen).iter().map(|it| &**it).collect();
                all.sort_unstable();
                observed.with([(path.to_owned(), Arc::new(json!(all)))])
            }
            Get::Each(get) => {
                let all = get(seen).iter();
                observed.with(all.map(|one| (format!("{path}{one}"), text(one))))
            }
            Get::Flag(get) => {
                let there = get(seen).then(|| (path.to_owned(), Arc::new(json!(true))));
                observed.with(there)
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
            (InEssence::Observed, Get::Otherwise) => members,
        };
    }
    members.finish()
}

/// What `explain` tells of an object.
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

/// An entry of the files beside what there is of it.
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
    /// plan disturbs nobody.
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
