//! The fields of a phone number. Numbers are in blocks with others, so its kind compares them in its own way.

use crate::config::model::NumberBlock;
use crate::kinds::field::{InEssence, Row as Of};
use crate::kinds::quirks::NEVER_TOLD;
use crate::snapshot::Number;

type Row = Of<NumberBlock, Number>;

/// The fields. Without the owner, who changes with the plan itself; Webex removes nothing from an owner.
pub const FIELDS: [Row; 6] = [
    Row::seen("location", |seen| seen.location.as_deref()).audit(&["location", "calling"]),
    Row::seen("state", |seen| {
        Some(seen.state.as_deref().unwrap_or("active"))
    })
    .essence(InEssence::Adds(|seen, members| {
        members.text("state", seen.state.as_deref())
    }))
    .audit(&["delet", "creat", "state", "activ"]),
    Row::seen("type", |seen| seen.kind.as_deref()),
    ordered("carrier"),
    ordered("operatorAccount"),
    ordered("paidBy"),
];

/// What an order of mobile numbers contains, and no request tells afterwards.
const fn ordered(path: &'static str) -> Row {
    let row = Row::seen(path, |_| None);
    row.quirks(&[NEVER_TOLD]).essence(InEssence::Nothing)
}
