//! The fields of a kind, one row each, and what follows from the rows: comparison, what `explain` and `drift` show, the
//! essence that `apply` compares, how a live value is taken into the files.
//!
//! A kind says in [`Row`]s where each of its fields is; what stages may ask of a field is in [`Field`]. Where a field does not
//! follow the rule, its kind has a function for it, and the row says so.

mod follow;

pub use follow::{Compared, adopt, essence, facts, nodes, observe};

use serde_json::Value;

use super::Loss;
use super::quirks::Quirk;
use crate::change::{EXISTENCE, NAME, Risk};
use crate::config::model::LicenseOverrides;
use crate::config::yaml::At;
use crate::snapshot::{Members, Word};

/// What stages may ask of a field.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its path, such as `timeZone`; one that ends in `/` includes all below it.
    pub path: &'static str,
    /// The form of its values.
    pub form: Form,
    /// What it is to Webex Calling.
    pub calling: Calling,
    /// What is permanently lost with it.
    pub loss: Option<Loss>,
    /// What events of the audit trail say that are about it.
    pub audit: &'static [&'static str],
    /// Whether each event about the field says so: one that does not is about something else.
    pub always_said: bool,
    /// How Webex reads it back in another form.
    pub quirks: &'static [Quirk],
    /// Whether it gives rights in the organisation: a person who adopts a live value into the files has to know.
    pub rights: bool,
    /// Whether Restricted by Partner takes it from the administrators of a customer (BWKS-121, BWKS-122).
    pub reserved: bool,
    /// Whether a request sends it. What none sends is only compared.
    pub sent: bool,
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
    /// On or off, and Webex says which.
    Switch,
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
    /// What a person keeps with the licence.
    Kept,
    /// Members who are in only as long as they have the licence.
    Members,
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
            rights: false,
            reserved: false,
            sent: true,
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
            (Form::Flag | Form::Switch, value) => value.is_boolean(),
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
    /// Its name in JSON and for people, where `explain` shows it.
    pub fact: Option<(&'static str, &'static str)>,
    /// What of it is compared between a plan and its execution.
    pub essence: InEssence<O>,
    /// How a live value is taken into the files.
    pub adopt: Adopt<D>,
    /// What it is called in requests.
    pub wire: &'static str,
}

/// What an entry says of a field that is one text.
pub type Say<D> = fn(&D) -> Option<&At<String>>;

/// How to get at the value of a field.
#[derive(Debug)]
pub enum Get<O> {
    /// Its kind has a function for it.
    Otherwise,
    /// A text, and the same for every object where only its existence counts.
    Text(fn(&O) -> Option<&str>),
    /// A list of texts, whose order does not count.
    Texts(fn(&O) -> &[Word]),
    /// One value for each of a list.
    Each(fn(&O) -> &[String]),
    /// Whether something is there.
    Flag(fn(&O) -> bool),
    /// Whether something is on; `None` where that is unknown.
    Switch(fn(&O) -> Option<bool>),
}

/// What of a field is compared between a plan and its execution.
#[derive(Debug)]
pub enum InEssence<O> {
    /// Nothing: no request changes it, or the API does not return it.
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
    /// Manually; why.
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
    pub const fn texts(path: &'static str, observed: fn(&O) -> &[Word]) -> Row<D, O> {
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

    /// Whether something is on: what is off has a value, too.
    pub const fn switch(path: &'static str, observed: fn(&O) -> Option<bool>) -> Row<D, O> {
        Row::new(Field::new(path, Form::Switch), Get::Switch(observed))
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

    /// What is permanently lost with it.
    pub const fn losing(mut self, loss: Loss) -> Row<D, O> {
        self.field.loss = Some(loss);
        self
    }

    /// What it is to Webex Calling.
    pub const fn calling(mut self, calling: Calling) -> Row<D, O> {
        self.field.calling = calling;
        self
    }

    /// It gives rights in the organisation.
    pub const fn rights(mut self) -> Row<D, O> {
        self.field.rights = true;
        self
    }

    /// Restricted by Partner takes it from the administrators of a customer.
    pub const fn reserved(mut self) -> Row<D, O> {
        self.field.reserved = true;
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

    /// `explain` shows it under this name.
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
    pub const fn never_sent(mut self) -> Row<D, O> {
        self.field.sent = false;
        self.essence(InEssence::Nothing)
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
