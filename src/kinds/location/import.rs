//! Locations as YAML that plans to nothing.

use super::KIND;
use super::fields::{FIELDS, MAIN_NUMBER_PATH};
use crate::config::write::Node;
use crate::kinds::field;
use crate::kinds::imports::{Draft, Source};

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    // A main number is compared with the numbers, where these were captured.
    let without: &[&str] = match source.snapshot.numbers {
        Some(_) => &[],
        None => &[MAIN_NUMBER_PATH],
    };
    let locations = draft.named(source.snapshot.locations(), |seen| &seen.name, KIND.name);
    let entries = locations.into_iter().map(|seen| {
        let fields = field::nodes(&FIELDS, seen, without);
        (seen.name.clone(), Node::Block(fields))
    });
    draft.section(
        KIND.section,
        "Locations. Those with `calling` are enabled for Webex Calling.",
        entries.collect(),
    );
}
