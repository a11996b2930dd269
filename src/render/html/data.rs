//! What the page's script reads: the whole plan, as small as it can be without being packed.
//!
//! Owns the shape of the JSON in the page, which only `page.js` reads, so it may change at any time. Must not know markup.
//!
//! Thousands of people get the same licence, so each text and each row is kept once and named by its number. Tables are kept
//! by column: a name once instead of 100,000 times. Text 0 is empty and means none.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::change::{Address, Change, ChangeAction, Field, FieldAction, Risk};
use crate::finding::Severity;
use crate::plan::Plan;
use crate::render::diff::Diff;
use crate::render::page::place;
use crate::render::style::escape;
use crate::render::values::whole;
use crate::render::view::{Block, FindingGroup, Note, Row, View};

/// The number of a text.
type Text = u32;

/// Everything.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Data<'p> {
    /// Whether equal changes are listed separately at first.
    alone: bool,
    actions: [ChangeAction; 3],
    risks: [Risk; 4],
    texts: Vec<Cow<'p, str>>,
    rows: Rows,
    changes: Changes<'p>,
    findings: Findings<'p>,
    /// The meaning of each `[severity, form, findings]` of the lists of findings.
    entries: Vec<(Severity, Form, Vec<u32>)>,
}

/// How several findings are combined.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
enum Form {
    One,
    Many,
    Losses,
}

/// Rows, each once.
#[derive(Debug, Default, Serialize)]
struct Rows {
    symbol: Vec<Text>,
    risk: Vec<u8>,
    path: Vec<Text>,
    text: Vec<Text>,
    before: Vec<Text>,
    after: Vec<Text>,
    place: Vec<Text>,
    because: Vec<Vec<Text>>,
    notes: Vec<Vec<(Weight, Text)>>,
    /// Of the few rows that have one: a sign and pieces of text, every second of which differs.
    diff: BTreeMap<usize, Vec<(Text, Vec<Text>)>>,
}

/// The kind of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
enum Weight {
    Lost,
    Fine,
    Missing,
}

/// Changes in display order.
#[derive(Debug, Default, Serialize)]
struct Changes<'p> {
    address: Vec<Cow<'p, str>>,
    /// What people call those whose address does not tell.
    name: BTreeMap<usize, Cow<'p, str>>,
    kind: Vec<Text>,
    action: Vec<u8>,
    risk: Vec<u8>,
    acknowledged: Vec<Option<bool>>,
    symbol: Vec<Text>,
    /// Changes with the same number, but for 0, are alike.
    alike: Vec<u32>,
    rows: Vec<Vec<u32>>,
    /// Which changes wait for which.
    waits: BTreeMap<usize, Vec<u32>>,
    /// What was found about which change.
    findings: BTreeMap<usize, Vec<u32>>,
}

/// Findings in display order.
#[derive(Debug, Default, Serialize)]
struct Findings<'p> {
    severity: Vec<Severity>,
    code: Vec<Text>,
    subject: Vec<Cow<'p, str>>,
    message: Vec<Text>,
    help: Vec<Text>,
    place: Vec<Text>,
}

/// The JSON of a plan, from the view with every object and the one in which equal changes share a block. No `<` is in
/// it, so nothing of it can end the element that holds it.
pub(super) fn json(full: &View<'_>, short: &View<'_>, alone: bool) -> serde_json::Result<String> {
    let mut maker = Maker::default();
    maker.text(Cow::Borrowed(""));
    let alike = alike(short);
    for block in &full.blocks {
        maker.change(block, &alike);
    }
    maker.waits(full.plan);
    let entries = short
        .findings
        .iter()
        .map(|group| maker.group(group))
        .collect();
    let data = Data {
        alone,
        actions: [
            ChangeAction::Create,
            ChangeAction::Update,
            ChangeAction::Delete,
        ],
        risks: [
            Risk::Additive,
            Risk::Reversible,
            Risk::Disruptive,
            Risk::Irreversible,
        ],
        texts: maker.in_order(),
        rows: maker.rows,
        changes: maker.changes,
        findings: maker.findings,
        entries,
    };
    Ok(serde_json::to_string(&data)?.replace('<', "\\u003c"))
}

/// The number of the block of each change that shares one.
fn alike<'p>(short: &View<'p>) -> FxHashMap<&'p Address, u32> {
    let several = short.blocks.iter().filter(|it| it.members.len() > 1);
    (1..)
        .zip(several)
        .flat_map(|(n, block)| block.members.iter().map(move |it| (&it.address, n)))
        .collect()
}

/// Everything that a reader can see of a row.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    texts: [Text; 6],
    risk: u8,
    because: Vec<Text>,
    notes: Vec<(Weight, Text)>,
}

#[derive(Default)]
struct Maker<'p> {
    texts: FxHashMap<Cow<'p, str>, Text>,
    known: FxHashMap<Key, u32>,
    by_address: FxHashMap<&'p str, usize>,
    rows: Rows,
    changes: Changes<'p>,
    findings: Findings<'p>,
}

impl<'p> Maker<'p> {
    fn text(&mut self, text: Cow<'p, str>) -> Text {
        let next = self.texts.len() as Text;
        *self.texts.entry(text).or_insert(next)
    }

    /// The texts, each at its number.
    fn in_order(&mut self) -> Vec<Cow<'p, str>> {
        let mut texts: Vec<(Cow<'p, str>, Text)> = self.texts.drain().collect();
        texts.sort_unstable_by_key(|(_, number)| *number);
        texts.into_iter().map(|(text, _)| text).collect()
    }

    fn change(&mut self, block: &Block<'p>, alike: &FxHashMap<&Address, u32>) {
        let Some(&change) = block.members.first() else {
            return;
        };
        // With full detail a row is a field.
        let rows = block.rows.iter().zip(&change.fields);
        let rows: Vec<u32> = rows
            .map(|(row, field)| self.row(row, field, change))
            .collect();
        let symbol = self.text(block.symbol.as_str().into());
        let kind = self.text(escape(&change.kind));
        let changes = &mut self.changes;
        self.by_address
            .insert(&change.address, changes.address.len());
        if let Some(name) = &change.name {
            changes.name.insert(changes.address.len(), escape(name));
        }
        changes.address.push(escape(&change.address));
        changes.kind.push(kind);
        changes.action.push(change.action as u8);
        changes.risk.push(change.risk as u8);
        changes.acknowledged.push(change.acknowledged);
        changes.symbol.push(symbol);
        let alike = alike.get(&change.address).copied();
        changes.alike.push(alike.unwrap_or_default());
        changes.rows.push(rows);
    }

    fn row(&mut self, row: &Row<'p>, field: &'p Field, change: &Change) -> u32 {
        // A deletion has one field; what it removes is in its losses.
        let deletion = change.action == ChangeAction::Delete && field.path == "state";
        let (before, after) = match (&row.diff, field.action) {
            (Some(_), _) => Default::default(),
            _ if deletion => Default::default(),
            (None, FieldAction::Add) => (String::new(), whole(&field.after)),
            (None, FieldAction::Remove) => (whole(&field.before), String::new()),
            (None, _) => (whole(&field.before), whole(&field.after)),
        };
        let texts = [
            self.text(row.symbol.as_str().into()),
            self.text(escape(&field.path)),
            self.text(super::words(&row.text).into()),
            self.text(before.into()),
            self.text(after.into()),
            self.text(row.place.clone().unwrap_or_default().into()),
        ];
        let because = field.source.because.iter();
        let because = because.map(|it| self.text(escape(it))).collect();
        let notes = row.notes.iter();
        let notes = notes.map(|note| (Weight::of(note), self.text(note.sentence().into())));
        let key = Key {
            texts,
            risk: field.risk as u8,
            notes: notes.collect(),
            because,
        };
        if let Some(known) = self.known.get(&key).filter(|_| row.diff.is_none()) {
            return *known;
        }
        let number = self.rows.path.len();
        let [symbol, path, text, before, after, place] = key.texts;
        let rows = &mut self.rows;
        rows.symbol.push(symbol);
        rows.risk.push(key.risk);
        rows.path.push(path);
        rows.text.push(text);
        rows.before.push(before);
        rows.after.push(after);
        rows.place.push(place);
        rows.because.push(key.because.clone());
        rows.notes.push(key.notes.clone());
        match &row.diff {
            Some(diff) => {
                let diff = self.diff(diff);
                self.rows.diff.insert(number, diff);
            }
            None => {
                self.known.insert(key, number as u32);
            }
        }
        number as u32
    }

    fn diff(&mut self, diff: &Diff) -> Vec<(Text, Vec<Text>)> {
        let lines = diff.lines.iter().map(|line| {
            // Alternately the same and different, beginning with the same.
            let mut pieces: Vec<String> = vec![String::new()];
            for piece in &line.pieces {
                if piece.differs == (pieces.len() % 2 == 1) {
                    pieces.push(String::new());
                }
                if let Some(last) = pieces.last_mut() {
                    last.push_str(&piece.text);
                }
            }
            let pieces = pieces.into_iter().map(|it| self.text(it.into()));
            let pieces = pieces.collect();
            (self.text(line.fate.sign().into()), pieces)
        });
        lines.collect()
    }

    /// Who waits for whom, which takes all changes to be known.
    fn waits(&mut self, plan: &'p Plan) {
        for change in &plan.changes {
            let on = change.depends_on.iter();
            let on = on.filter_map(|address| self.by_address.get(address.as_str()));
            let on: Vec<u32> = on.map(|at| *at as u32).collect();
            if let Some(at) = self.by_address.get(change.address.as_str())
                && !on.is_empty()
            {
                self.changes.waits.insert(*at, on);
            }
        }
    }

    fn group(&mut self, group: &FindingGroup<'p>) -> (Severity, Form, Vec<u32>) {
        let form = match group {
            FindingGroup::One(_) => Form::One,
            FindingGroup::Many(_) => Form::Many,
            FindingGroup::Losses(_) => Form::Losses,
        };
        let mut numbers = Vec::new();
        for finding in group.findings() {
            let number = self.findings.code.len() as u32;
            let code = self.text(escape(&finding.code));
            let message = self.text(escape(&finding.message));
            let help = self.text(escape(finding.help.as_deref().unwrap_or_default()));
            let place = finding.file.as_ref().map(|file| place(file, finding.line));
            let place = self.text(place.unwrap_or_default().into());
            let subject = finding.subject.as_deref().unwrap_or_default();
            let findings = &mut self.findings;
            findings.severity.push(finding.severity);
            findings.code.push(code);
            findings.subject.push(escape(subject));
            findings.message.push(message);
            findings.help.push(help);
            findings.place.push(place);
            if let Some(at) = self.by_address.get(subject) {
                let about = self.changes.findings.entry(*at).or_default();
                about.push(number);
            }
            numbers.push(number);
        }
        (group.severity(), form, numbers)
    }
}

impl Weight {
    fn of(note: &Note) -> Weight {
        match note {
            Note::Lost(_) => Weight::Lost,
            Note::Held(_) | Note::Acknowledged(_) => Weight::Fine,
            Note::NotAcknowledged(_) => Weight::Missing,
        }
    }
}
