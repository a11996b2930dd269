//! Mobile numbers: they are ordered from an operator, when its account is authorised (GO-022..GO-035).

use crate::change::{Address, Draft};
use crate::config::Declared;
use crate::config::model::{NumberBlock, NumberType};
use crate::finding::Finding;
use crate::kinds::Context;
use crate::licensing::MobileOrder;

/// Webex takes at most this many new mobile numbers in one request.
pub const ORDERED_PER_REQUEST: usize = 20;

/// Whether a block has mobile numbers.
pub fn is(block: &Declared<NumberBlock>) -> bool {
    let kind = block.value.kind.as_ref();
    kind.is_some_and(|kind| kind.value == NumberType::Mobile)
}

/// How the numbers of a block are ordered, or why none is. Nothing where these are no mobile numbers.
pub fn order<'a>(
    context: &Context<'a>,
    block: &'a Declared<NumberBlock>,
) -> Option<Result<MobileOrder<'a>, Box<Finding>>> {
    is(block).then(|| context.world.facts().mobile_order(block))
}

/// Says why numbers of a block are not ordered, and how many.
pub fn say_waiting(
    context: &Context<'_>,
    block: &Declared<NumberBlock>,
    waiting: usize,
    mut finding: Finding,
    draft: &mut Draft,
) {
    if waiting == 0 {
        return;
    }
    draft.blocked += waiting;
    finding.message = match waiting {
        1 => format!("1 mobile number is not ordered: {}", finding.message),
        many => format!("{many} mobile numbers are not ordered: {}", finding.message),
    };
    let location = &block.value.location;
    let account = block
        .value
        .operator_account
        .as_ref()
        .map(|at| block.spot(at));
    let spot = account.unwrap_or(block.spot(location));
    let finding = finding.about(Address::new("location", &location.value));
    draft.findings.push(finding.at(context.config.place(spot)));
}
