//! Enterprises as YAML that plans to nothing, with the customer templates and clusters that they name.

use super::{KIND, all};
use crate::config::write::Node;
use crate::kinds::broadworks::importable;
use crate::kinds::imports::{Draft, Source};

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let known = importable(source.snapshot);
    let mut entries = Vec::new();
    let mut unknown = 0;
    for seen in draft.named(
        all(source.snapshot),
        |seen| &seen.sp_enterprise_id,
        KIND.name,
    ) {
        let template = seen.template.as_deref();
        let Some(template) = template.filter(|_| known.contains(seen.sp_enterprise_id.as_str()))
        else {
            unknown += 1;
            continue;
        };
        let fields = Node::fields([
            ("template", Some(Node::text(template))),
            ("name", seen.name.as_deref().map(Node::text)),
            (
                "restrictedByPartner",
                seen.restricted_by_partner.map(Node::Flag),
            ),
            ("enableDirSync", seen.enable_dir_sync.map(Node::Flag)),
        ]);
        entries.push((seen.sp_enterprise_id.clone(), Node::Block(fields)));
    }
    draft.leave_out(
        unknown,
        KIND.name,
        "whose customer template and cluster the snapshot does not say",
    );
    draft.section(
        KIND.section,
        "Enterprises of Webex for BroadWorks, by service provider and enterprise id.",
        entries,
    );
}
