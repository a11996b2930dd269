//! Workspaces of BroadWorks as YAML that plans to nothing.

use super::{KIND, all};
use crate::config::write::Node;
use crate::kinds::broadworks::importable;
use crate::kinds::imports::{Draft, Source};

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let homes = importable(source.snapshot);
    let mut homeless = 0;
    let mut entries = Vec::new();
    for seen in draft.named(all(source.snapshot), |seen| &seen.user_id, KIND.name) {
        if !homes.contains(seen.enterprise.as_str()) {
            homeless += 1;
            continue;
        }
        let text = |value: &Option<String>| value.as_deref().map(Node::text);
        let fields = Node::fields([
            ("enterprise", Some(Node::text(&seen.enterprise))),
            ("displayName", text(&seen.display_name)),
            ("primaryPhoneNumber", text(&seen.primary_phone_number)),
            ("extension", text(&seen.extension)),
        ]);
        entries.push((seen.user_id.clone(), Node::Block(fields)));
    }
    draft.leave_out(
        homeless,
        KIND.name,
        "of an enterprise that no file could say",
    );
    draft.section(
        KIND.section,
        "Workspaces of Webex for BroadWorks, by BroadWorks user id.",
        entries,
    );
}
