//! Webex for BroadWorks: what its kinds have in common. Each kind has a folder.
//!
//! Owns which enterprises there are, whose organisation exists, and what is said where nothing was captured.

mod customers;
pub mod enterprise;
pub mod subscriber;
pub mod workspace;

use customers::{Customers, Organisation, is_wanted};

use rustc_hash::FxHashSet;

use crate::change::Draft;
use crate::config::sections::BROADWORKS_CLUSTER;
use crate::config::write::Node;
use crate::config::yaml::At;
use crate::config::{Declared, Spot, model};
use crate::finding::{BROADWORKS_NOT_CAPTURED, Finding};
use crate::kinds::imports::{self, Source};
use crate::kinds::{Context, Kind, pending};
use crate::snapshot::Snapshot;
use crate::snapshot::broadworks::{Cluster, CustomerTemplate};

/// Clusters and customer templates.
pub const KIND: Kind = Kind {
    import: Some(import),
    ..pending::kind(BROADWORKS_CLUSTER, "broadworks", plan, |config, _| {
        config.clusters.keys().cloned().collect()
    })
};

/// The enterprises that files can have: their customer template and its cluster are known.
fn importable(snapshot: &Snapshot) -> FxHashSet<&str> {
    let Some(all) = &snapshot.broadworks else {
        return FxHashSet::default();
    };
    let clusters = all.clusters.iter().flatten();
    let clusters: FxHashSet<&str> = clusters.map(|it| it.name.as_str()).collect();
    let templates = all.customer_templates.iter().flatten();
    let templates: FxHashSet<&str> = templates
        .filter(|it| {
            it.cluster
                .as_deref()
                .is_some_and(|it| clusters.contains(it))
        })
        .map(|it| it.name.as_str())
        .collect();
    let enterprises = all.enterprises().iter();
    let known = enterprises.filter(|it| {
        it.template
            .as_deref()
            .is_some_and(|it| templates.contains(it))
    });
    known.map(|it| it.sp_enterprise_id.as_str()).collect()
}

/// Clusters and customer templates as YAML: what the snapshot has of them.
fn import(source: &Source<'_>, draft: &mut imports::Draft) {
    let Some(all) = &source.snapshot.broadworks else {
        return;
    };
    let text = |value: &Option<String>| value.as_deref().map(Node::text);
    let clusters = all.clusters.iter().flatten().map(|it| {
        let fields = Node::fields([
            ("xsiActionsUrl", text(&it.xsi_actions_url)),
            ("xsiEventsUrl", text(&it.xsi_events_url)),
            ("dasUrl", text(&it.das_url)),
            ("xspUrl", text(&it.xsp_url)),
            ("authUrl", text(&it.auth_url)),
        ]);
        (it.name.clone(), Node::Block(fields))
    });
    draft.section(
        "broadworks.clusters",
        "Clusters of BroadWorks.",
        clusters.collect(),
    );
    let templates = all.customer_templates.iter().flatten().map(|it| {
        let fields = Node::fields([
            ("cluster", text(&it.cluster)),
            ("provisioningId", text(&it.provisioning_id)),
            (
                "provisionExistingOrgs",
                it.provision_existing_orgs.map(Node::Flag),
            ),
            ("partnerAdminEmail", text(&it.partner_admin_email)),
            ("prefillEmail", it.prefill_email.map(Node::Flag)),
            (
                "disableFreeCalling",
                it.disable_free_calling.map(Node::Flag),
            ),
        ]);
        (it, fields)
    });
    let templates = templates.filter(|(it, _)| it.cluster.is_some());
    let templates = templates.map(|(it, fields)| (it.name.clone(), Node::Block(fields)));
    draft.section(
        "broadworks.customerTemplates",
        "Customer templates of Webex for BroadWorks.",
        templates.collect(),
    );
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    pending::say(context, draft, KIND.section, entries(context));
}

/// What differs from what the snapshot has.
fn entries<'a>(context: &Context<'a>) -> impl Iterator<Item = Spot> + 'a {
    let seen = context.snapshot.broadworks.as_ref();
    let clusters = context.config.clusters.iter().filter(move |(name, entry)| {
        let mut seen = seen
            .and_then(|it| it.clusters.as_ref())
            .into_iter()
            .flatten();
        let seen = seen.find(|it| it.name == **name);
        !seen.is_some_and(|seen| is_cluster(&entry.value, seen))
    });
    let templates = context.config.customer_templates.iter();
    let templates = templates.filter(move |(name, entry)| {
        let mut seen = seen
            .and_then(|it| it.customer_templates.as_ref())
            .into_iter()
            .flatten();
        let seen = seen.find(|it| it.name == **name);
        !seen.is_some_and(|seen| is_template(&entry.value, seen))
    });
    let clusters = clusters.map(|(_, entry)| entry.key);
    clusters.chain(templates.map(|(_, entry)| entry.key))
}

/// Whether a value is as the files say; what they do not say is.
fn same<T: PartialEq>(ours: Option<&At<T>>, theirs: Option<&T>) -> bool {
    ours.is_none_or(|ours| Some(&ours.value) == theirs)
}

fn is_cluster(entry: &model::BroadworksCluster, seen: &Cluster) -> bool {
    let urls = [
        (&entry.xsi_actions_url, &seen.xsi_actions_url),
        (&entry.xsi_events_url, &seen.xsi_events_url),
        (&entry.das_url, &seen.das_url),
        (&entry.xsp_url, &seen.xsp_url),
        (&entry.auth_url, &seen.auth_url),
    ];
    let mut urls = urls.into_iter();
    urls.all(|(ours, theirs)| same(ours.as_ref(), theirs.as_ref()))
}

fn is_template(entry: &model::CustomerTemplate, seen: &CustomerTemplate) -> bool {
    same(Some(&entry.cluster), seen.cluster.as_ref())
        && same(
            entry.provision_existing_orgs.as_ref(),
            seen.provision_existing_orgs.as_ref(),
        )
        && same(
            entry.partner_admin_email.as_ref(),
            seen.partner_admin_email.as_ref(),
        )
        && same(entry.prefill_email.as_ref(), seen.prefill_email.as_ref())
        && same(
            entry.disable_free_calling.as_ref(),
            seen.disable_free_calling.as_ref(),
        )
        && entry.provisioning_account.is_none()
}

/// Says that nothing of a section is planned, because the snapshot does not say what there is.
fn not_captured<'a, T: 'a>(
    context: &Context<'_>,
    draft: &mut Draft,
    section: &'static str,
    entries: impl Iterator<Item = &'a Declared<T>>,
) {
    let spots: Vec<Spot> = entries.map(|entry| entry.key).collect();
    let Some(first) = spots.iter().min() else {
        return;
    };
    draft.blocked += spots.len();
    let message = format!("the snapshot has no `{section}`, so none of them is planned");
    draft.findings.push(
        Finding::hold(BROADWORKS_NOT_CAPTURED, message)
            .about(section)
            .help("take the snapshot with the token of a partner's administrator; what Webex has no list of comes from --facts")
            .at(context.config.place(*first)),
    );
}
