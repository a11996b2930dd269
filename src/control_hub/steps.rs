//! The requests of a plan as steps, each at a level: those of one level wait for none of each other, and follow all of the
//! levels before.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::{Change, Field, Operation};
use crate::kinds::wire::manual::{Manual, Sheet, UNKNOWN};
use crate::kinds::{self, wire};
use crate::plan::Plan;

/// A part of a request that is done at once: a row of a file, or clicks.
#[derive(Debug)]
pub struct Step<'p> {
    /// When: levels are done one after the other.
    pub level: usize,
    /// The change that it belongs to.
    pub change: &'p Change,
    /// What it sets.
    pub fields: Vec<&'p Field>,
    /// Whether it is about somebody who has rows in the file of people.
    pub person: bool,
    /// Whether it takes a number away that a later step replaces.
    pub aside: bool,
    /// The file that has a row of it; none where it is done by clicks.
    pub sheet: Option<Sheet>,
    /// Where to click; empty where that is unknown.
    pub clicks: &'static str,
}

/// All steps, in the order of the requests.
pub fn steps(plan: &Plan) -> Vec<Step<'_>> {
    let changes: FxHashMap<&str, &Change> = plan
        .changes
        .iter()
        .map(|change| (change.address.as_str(), change))
        .collect();
    let mut levels: Vec<usize> = Vec::with_capacity(plan.operations.len());
    let mut steps = Vec::new();
    for operation in &plan.operations {
        let level = level(plan, operation, &levels);
        levels.push(level);
        for address in operation.subjects() {
            if let Some(change) = changes.get(address.as_str()) {
                steps.extend(parts(operation, change, level));
            }
        }
    }
    steps
}

/// The level of a request: behind all that it waits for. Rows of one person that wait for nothing between them are one row.
fn level(plan: &Plan, operation: &Operation, levels: &[usize]) -> usize {
    let before = operation.depends_on.iter().filter_map(|id| {
        let at = (*id as usize).checked_sub(1)?;
        let (other, level) = (plan.operations.get(at)?, *levels.get(at)?);
        let one = |it: &Operation| matches!(it.subjects(), [one] if *one == operation.subject);
        let same = one(other)
            && one(operation)
            && manual(other, &operation.subject).sheet == Some(Sheet::People)
            && manual(operation, &operation.subject).sheet == Some(Sheet::People)
            && other.without.is_empty();
        Some(if same { level } else { level + 1 })
    });
    before.max().unwrap_or_default()
}

/// How a request is carried out without the API.
fn manual(operation: &Operation, address: &str) -> Manual {
    let kind = address.split('/').next().and_then(kinds::find);
    let wire = kind.and_then(|kind| wire::wire(kind, operation));
    wire.map_or(UNKNOWN, |wire| wire.manual)
}

/// What a request does to one object: what a row carries, and what is left for clicks.
fn parts<'p>(operation: &Operation, change: &'p Change, level: usize) -> Vec<Step<'p>> {
    let manual = manual(operation, &change.address);
    let paths: FxHashSet<&str> = operation.fields.iter().map(|path| path.as_str()).collect();
    let sent = change.fields.iter();
    let sent = sent.filter(|field| field.held.is_none() && paths.contains(field.path.as_str()));
    let whole = |sheet: Sheet, fields: &[&Field]| match sheet {
        // Numbers of an operator need more than a list, and a workspace needs its own page.
        Sheet::Numbers | Sheet::Workspaces => {
            fields.iter().all(|field| manual.carries(&field.path))
        }
        Sheet::People => true,
    };
    let sent: Vec<&Field> = sent.collect();
    let sheet = manual.sheet.filter(|sheet| whole(*sheet, &sent));
    let (rows, clicks): (Vec<&Field>, Vec<&Field>) = sent
        .into_iter()
        .partition(|field| sheet.is_some() && manual.carries(&field.path));
    let aside = !operation.without.is_empty();
    let kind = kinds::find(&change.kind);
    let mut wires = kind.into_iter().flat_map(|kind| kind.live.wires);
    let person = wires.any(|wire| wire.manual.sheet == Some(Sheet::People));
    let step = |fields: Vec<&'p Field>, sheet: Option<Sheet>| Step {
        level,
        change,
        person,
        aside: aside && (sheet.is_some() || manual.sheet.is_none()),
        fields,
        sheet,
        clicks: manual.clicks,
    };
    // A creation is a row even where it sets nothing that a row carries, and so is what only takes away.
    let row = sheet.is_some() && (!rows.is_empty() || clicks.is_empty());
    let click = !clicks.is_empty() || !row;
    let rows = row.then(|| step(rows, sheet));
    rows.into_iter()
        .chain(click.then(|| step(clicks, None)))
        .collect()
}
