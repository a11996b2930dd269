//! Subscribers as YAML that plans to nothing.

use super::fields::FIELDS;
use super::{KIND, all};
use crate::config::write::Node;
use crate::kinds::broadworks::importable;
use crate::kinds::field;
use crate::kinds::imports::{Draft, Source};

/// The packages that YAML has words for.
const PACKAGES: [&str; 4] = ["softphone", "basic", "standard", "premium"];

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let homes = importable(source.snapshot);
    let (mut homeless, mut unknown) = (0, 0);
    let mut entries = Vec::new();
    for seen in draft.named(all(source.snapshot), |seen| &seen.user_id, KIND.name) {
        if !homes.contains(seen.enterprise.as_str()) {
            homeless += 1;
            continue;
        }
        let Some(package) = seen.package.as_deref().filter(|it| PACKAGES.contains(it)) else {
            unknown += 1;
            continue;
        };
        let mut fields = field::nodes(&FIELDS, seen, &[]);
        // In the order in which `fmt` writes them.
        let last = ["primaryPhoneNumber", "extension"];
        let at = fields
            .iter()
            .position(|(name, _)| last.contains(&name.as_str()));
        let package = ("package".to_owned(), Node::text(package));
        fields.insert(at.unwrap_or(fields.len()), package);
        entries.push((seen.user_id.clone(), Node::Block(fields)));
    }
    let what = KIND.name;
    draft.leave_out(homeless, what, "of an enterprise that no file could say");
    draft.leave_out(unknown, what, "with a package that no file could say");
    draft.section(
        KIND.section,
        "Subscribers of Webex for BroadWorks, by BroadWorks user id.",
        entries,
    );
}
