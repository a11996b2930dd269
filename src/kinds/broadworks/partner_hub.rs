//! What is set up in Partner Hub alone: clusters and customer templates. Webex has no request for them and no list of them
//! (BWKS-090).
//!
//! Owns the comparison with what was recorded from Partner Hub, or with an earlier revision of the files, and the
//! checklist that follows. Never plans a request. What nobody tells is unknown, and is said to be.

use crate::change::{Address, Draft};
use crate::config::sections::Section;
use crate::config::yaml::At;
use crate::config::{Config, Declared, Spot};
use crate::finding::{BROADWORKS_BY_HAND, BROADWORKS_NOT_TOLD, Finding};
use crate::kinds::imports::{self, Source};
use crate::kinds::{Context, Kind, loses_or_changes, only_by_key, wire};
use crate::snapshot::Snapshot;

/// A setting of Partner Hub: in an entry of the files (`D`), and as it was recorded (`O`).
pub struct Row<D, O> {
    /// Its path in the files.
    pub path: &'static str,
    /// What Partner Hub calls it.
    pub label: &'static str,
    /// What an entry says.
    pub desired: fn(&D) -> Option<Said>,
    /// What there is.
    pub observed: fn(&O) -> Option<String>,
}

/// What an entry says of a setting.
pub struct Said {
    words: String,
    spot: Spot,
}

impl Said {
    /// A text.
    pub fn text(at: Option<&At<String>>) -> Option<Said> {
        at.map(|at| Said::new(at.value.clone(), at))
    }

    /// A switch.
    pub fn switch(at: Option<&At<bool>>) -> Option<Said> {
        at.map(|at| Said::new(on_or_off(at.value), at))
    }

    /// Other words for what a value says.
    pub fn new<T>(words: String, at: &At<T>) -> Said {
        let spot = Spot {
            file: 0,
            pos: at.pos,
        };
        Said { words, spot }
    }
}

/// A switch in words.
pub fn on_or_off(on: bool) -> String {
    match on {
        true => "on".to_owned(),
        false => "off".to_owned(),
    }
}

/// Something to set.
pub struct Step {
    /// Its path in the files.
    pub path: &'static str,
    label: &'static str,
    before: Option<String>,
    after: String,
    /// Where the files say it.
    pub spot: Spot,
}

impl Step {
    /// Whether it becomes this.
    pub fn becomes(&self, path: &str, words: &str) -> bool {
        self.path == path && self.after == words
    }
}

/// What is known of an object.
#[derive(Clone, Copy)]
pub enum Known<'a, O> {
    /// Somebody wrote down which there are, and this one.
    Is(&'a O),
    /// Somebody wrote down which there are, and it is not among them.
    Missing,
    /// Nobody wrote down which there are.
    Untold,
}

/// An object of the files beside what is known of it.
pub struct Sheet {
    /// What is to be set.
    pub steps: Vec<Step>,
    /// Settings of which nobody knows whether they agree.
    pub untold: Vec<&'static str>,
    /// Whether it is to be added.
    pub new: bool,
}

/// Compares an entry with what is known, and where nothing is, with an earlier revision: `Some(None)` had no such entry.
pub fn compare<D, O>(
    rows: &[Row<D, O>],
    entry: &Declared<D>,
    known: Known<'_, O>,
    base: Option<Option<&D>>,
) -> Sheet {
    let mut sheet = Sheet {
        steps: Vec::new(),
        untold: Vec::new(),
        new: matches!(known, Known::Missing)
            || (matches!(known, Known::Untold) && matches!(base, Some(None))),
    };
    for row in rows {
        let Some(said) = (row.desired)(&entry.value) else {
            continue;
        };
        let told = match known {
            Known::Is(seen) => (row.observed)(seen).map(Some),
            Known::Missing => Some(None),
            Known::Untold => None,
        };
        let earlier = || {
            let earlier = base?.and_then(row.desired).map(|said| said.words);
            // What has not changed since then may have been carried out or not.
            (earlier.as_deref() != Some(&said.words)).then_some(earlier)
        };
        let Some(before) = told.or_else(earlier) else {
            sheet.untold.push(row.path);
            continue;
        };
        if before.as_deref() == Some(&said.words) {
            continue;
        }
        let file = entry.key.file;
        let spot = Spot { file, ..said.spot };
        sheet.steps.push(Step {
            path: row.path,
            label: row.label,
            before,
            after: said.words,
            spot,
        });
    }
    sheet
}

/// Where something is in Partner Hub.
pub struct Way {
    /// What it is, such as `cluster`.
    pub what: &'static str,
    /// The button that lists them.
    pub list: &'static str,
    /// The kind of its addresses.
    pub kind: &'static str,
    /// Its section in the files.
    pub section: &'static str,
}

impl Way {
    /// The clicks to one of them.
    fn to(&self, name: &str) -> String {
        format!(
            "1. sign in to Partner Hub (admin.webex.com) as partner administrator; 2. Settings, BroadWorks Calling, {}; 3. {name}",
            self.list
        )
    }

    /// The hold for what is to be set; `more` are remarks on it.
    pub fn checklist(
        &self,
        context: &Context<'_>,
        name: &str,
        key: Spot,
        sheet: &Sheet,
        more: &[String],
        draft: &mut Draft,
    ) {
        let place = match (&sheet.steps[..], sheet.new) {
            (_, true) => key,
            ([first, ..], false) => first.spot,
            ([], false) => return,
        };
        draft.blocked += sheet.steps.len().max(1);
        let differences: Vec<String> = sheet
            .steps
            .iter()
            .map(|step| step.difference(sheet.new))
            .collect();
        let mut message = match sheet.new {
            true => format!("Partner Hub is to have the {} {name}", self.what),
            false => format!("the {} {name} is to be changed in Partner Hub", self.what),
        };
        if !differences.is_empty() {
            message = format!("{message}: {}", differences.join(", "));
        }
        for remark in more {
            message = format!("{message}; {remark}");
        }
        let sets: Vec<String> = sheet
            .steps
            .iter()
            .map(|step| format!("{}: {}", step.label, step.after))
            .collect();
        let way = match sheet.new {
            true => self.to(&format!("Add, with the name {name}")),
            false => self.to(name),
        };
        let sets = match sets.is_empty() {
            true => String::new(),
            false => format!("; 4. {}", sets.join(", ")),
        };
        let help = format!(
            "{way}{sets}; then Save, write it under `{}` in the file for `--facts`, and take a new snapshot",
            self.section
        );
        let finding = Finding::hold(BROADWORKS_BY_HAND, message).help(help);
        draft.findings.push(
            finding
                .about(self.address(name))
                .at(context.config.place(place)),
        );
    }

    /// The hold for one that is to go.
    pub fn deletion(&self, name: &str, first: &[String], draft: &mut Draft) {
        draft.blocked += 1;
        let message = format!(
            "the base declares the {} {name}, and the files no longer do",
            self.what
        );
        let before = match first.is_empty() {
            true => String::new(),
            false => format!("after {}: ", first.join(", ")),
        };
        let help = format!(
            "{before}{}; 4. Delete, and confirm; to keep it unmanaged, plan without --base",
            self.to(name)
        );
        draft.findings.push(
            Finding::hold(BROADWORKS_BY_HAND, message)
                .help(help)
                .about(self.address(name)),
        );
    }

    /// One info for all of which something is unknown.
    pub fn untold(
        &self,
        context: &Context<'_>,
        all: &[(&str, Spot, Vec<&'static str>)],
        draft: &mut Draft,
    ) {
        let Some((_, first, _)) = all.first() else {
            return;
        };
        let names: Vec<String> = all
            .iter()
            .map(|(name, _, paths)| format!("{name} ({})", paths.join(", ")))
            .collect();
        let message = format!(
            "not compared with Partner Hub, because the snapshot lacks these settings: {}",
            names.join("; ")
        );
        let help = format!(
            "compare them in Partner Hub (Settings, BroadWorks Calling, {}); then write them under `{}` in the file for \
             `trunkline snapshot --facts`",
            self.list, self.section
        );
        draft.findings.push(
            Finding::info(BROADWORKS_NOT_TOLD, message)
                .about(self.section)
                .help(help)
                .at(context.config.place(*first)),
        );
    }

    /// The address of one.
    pub fn address(&self, name: &str) -> Address {
        Address::new(self.kind, name)
    }
}

impl Step {
    fn difference(&self, new: bool) -> String {
        match &self.before {
            Some(before) => format!("{} {before} -> {}", self.path, self.after),
            None if new => format!("{} {}", self.path, self.after),
            None => format!("{} -> {}", self.path, self.after),
        }
    }
}

/// The row of a kind that only Partner Hub sets up.
pub const fn kind(
    declared: Section,
    plan: fn(&Context<'_>, &mut Draft),
    keys: fn(&Config, &Snapshot) -> Vec<String>,
    facts: fn(&Context<'_>, &str) -> Vec<crate::change::Fact>,
    import: fn(&Source<'_>, &mut imports::Draft),
) -> Kind {
    Kind {
        name: declared.kind,
        section: declared.name,
        declared,
        list: None,
        completes: None,
        known_as: only_by_key,
        fields: &[],
        plan,
        rename: None,
        observed: |_| 0,
        considered: |_, _| 0,
        considers: |_, _, _| false,
        counts_as_update: loses_or_changes,
        keys,
        facts,
        observe: |_, _| None,
        adopt: |wanted| Err(wanted.by_hand("it is set up in Partner Hub")),
        holders: None,
        called: None,
        waits: None,
        includes: None,
        live: wire::NOTHING,
        import: Some(import),
    }
}
