//! Clusters: the interfaces of the service provider's BroadWorks. They are set up in Partner Hub alone.

use std::collections::BTreeSet;

use super::partner_hub::{self, Known, Row, Said, Sheet, Way, compare, on_or_off};
use crate::change::{Draft, Fact};
use crate::config::model::BroadworksCluster;
use crate::config::sections::BROADWORKS_CLUSTER;
use crate::config::write::Node;
use crate::config::{Declared, dropped};
use crate::finding::{BROADWORKS_CLUSTER_TOO_LARGE, Finding, STILL_IN_USE};
use crate::kinds::imports::{self, Source};
use crate::kinds::{Context, Kind, all_keys};
use crate::snapshot::Snapshot;
use crate::snapshot::broadworks::Cluster;

/// Clusters.
pub const KIND: Kind = partner_hub::kind(
    BROADWORKS_CLUSTER,
    plan,
    |config, snapshot| {
        all_keys(
            config.clusters.keys(),
            all(snapshot).iter().map(|it| &it.name),
        )
    },
    facts,
    import,
);

const WAY: Way = Way {
    what: "cluster",
    list: "View clusters",
    kind: BROADWORKS_CLUSTER.kind,
    section: BROADWORKS_CLUSTER.name,
};

/// With more customers than this, Partner Hub does not change some settings (BWKS-092).
const MOST_CUSTOMERS: usize = 50;

/// Those settings.
const ONLY_BY_CISCO: [&str; 5] = [
    "xsiActionsUrl",
    "xsiEventsUrl",
    "dasUrl",
    "xspUrl",
    "nstSync",
];

const ROWS: [Row<BroadworksCluster, Cluster>; 6] = [
    Row {
        path: "xsiActionsUrl",
        label: "Xsi-Actions URL",
        desired: |it| Said::text(it.xsi_actions_url.as_ref()),
        observed: |it| it.xsi_actions_url.clone(),
    },
    Row {
        path: "xsiEventsUrl",
        label: "Xsi-Events URL",
        desired: |it| Said::text(it.xsi_events_url.as_ref()),
        observed: |it| it.xsi_events_url.clone(),
    },
    Row {
        path: "dasUrl",
        label: "DAS URL",
        desired: |it| Said::text(it.das_url.as_ref()),
        observed: |it| it.das_url.clone(),
    },
    Row {
        path: "xspUrl",
        label: "XSP URL",
        desired: |it| Said::text(it.xsp_url.as_ref()),
        observed: |it| it.xsp_url.clone(),
    },
    Row {
        path: "authUrl",
        label: "Authentication service URL",
        desired: |it| Said::text(it.auth_url.as_ref()),
        observed: |it| it.auth_url.clone(),
    },
    Row {
        path: "nstSync",
        label: "NST sync",
        desired: |it| Said::switch(it.nst_sync.as_ref()),
        observed: |it| it.nst_sync.map(on_or_off),
    },
];

/// The clusters that were recorded.
fn all(snapshot: &Snapshot) -> &[Cluster] {
    let all = snapshot
        .broadworks
        .as_ref()
        .and_then(|it| it.clusters.as_deref());
    all.unwrap_or_default()
}

fn known<'a>(snapshot: &'a Snapshot, name: &str) -> Known<'a, Cluster> {
    let listed = snapshot
        .broadworks
        .as_ref()
        .and_then(|it| it.clusters.as_deref());
    match listed.map(|all| all.iter().find(|it| it.name == name)) {
        None => Known::Untold,
        Some(None) => Known::Missing,
        Some(Some(seen)) => Known::Is(seen),
    }
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    let mut untold = Vec::new();
    for (name, entry) in &context.config.clusters {
        let base = context
            .base
            .map(|base| base.clusters.get(name).map(|it| &it.value));
        let mut sheet = compare(&ROWS, entry, known(context.snapshot, name), base);
        say_too_large(context, name, entry, &mut sheet, draft);
        WAY.checklist(context, name, entry.key, &sheet, &[], draft);
        if !sheet.untold.is_empty() {
            untold.push((name.as_str(), entry.key, sheet.untold));
        }
    }
    WAY.untold(context, &untold, draft);
    let base = context.base.map(|base| &base.clusters);
    for (name, _) in dropped(base, &context.config.clusters, |_| None) {
        deletion(context, name, draft);
    }
}

/// Keeps back what only Cisco's support can change of a cluster with many customers.
fn say_too_large(
    context: &Context<'_>,
    name: &str,
    entry: &Declared<BroadworksCluster>,
    sheet: &mut Sheet,
    draft: &mut Draft,
) {
    let customers = customers(context, name);
    if customers <= MOST_CUSTOMERS || sheet.new {
        return;
    }
    let (refused, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut sheet.steps)
        .into_iter()
        .partition(|step| ONLY_BY_CISCO.contains(&step.path));
    sheet.steps = rest;
    let Some(first) = refused.first() else {
        return;
    };
    draft.blocked += refused.len();
    let paths: Vec<&str> = refused.iter().map(|step| step.path).collect();
    let message = format!(
        "the cluster has {customers} customers, and Partner Hub does not change {} of a cluster with more than {MOST_CUSTOMERS}",
        paths.join(", ")
    );
    let place = context.config.place(first.spot.max(entry.key));
    draft.findings.push(
        Finding::error(BROADWORKS_CLUSTER_TOO_LARGE, message)
            .about(WAY.address(name))
            .help("open a case with Cisco TAC, and name the cluster and the new values; or put the old values back")
            .at(place),
    );
}

/// How many customers a cluster has: as it was recorded, or as enterprises show it, in files and snapshot together.
fn customers(context: &Context<'_>, cluster: &str) -> usize {
    if let Known::Is(Cluster {
        customers_count: Some(count),
        ..
    }) = known(context.snapshot, cluster)
    {
        return usize::try_from(*count).unwrap_or(usize::MAX);
    }
    let config = context.config;
    let seen = context.snapshot.broadworks.as_ref();
    let templates = seen
        .and_then(|it| it.customer_templates.as_deref())
        .unwrap_or_default();
    let cluster_of = |template: &str| {
        let declared = config.customer_templates.get(template);
        let seen = || {
            templates
                .iter()
                .find(|it| it.name == template)?
                .cluster
                .as_deref()
        };
        declared
            .map(|it| it.value.cluster.value.as_str())
            .or_else(seen)
    };
    let declared = config.enterprises.iter();
    let declared =
        declared.map(|(name, entry)| (name.as_str(), entry.value.template.value.as_str()));
    let seen = seen.map_or(&[][..], |it| it.enterprises());
    let seen = seen
        .iter()
        .filter_map(|it| Some((it.sp_enterprise_id.as_str(), it.template.as_deref()?)));
    let mine = declared
        .chain(seen)
        .filter(|(_, template)| cluster_of(template) == Some(cluster));
    mine.map(|(name, _)| name).collect::<BTreeSet<_>>().len()
}

/// One that the base declares and the files no longer do. One with templates stays (BWKS-093).
fn deletion(context: &Context<'_>, name: &str, draft: &mut Draft) {
    if matches!(known(context.snapshot, name), Known::Missing) {
        return;
    }
    let seen = context.snapshot.broadworks.as_ref();
    let templates = seen.and_then(|it| it.customer_templates.as_deref());
    let going = |template: &str| {
        let dropped = context
            .base
            .is_some_and(|base| base.customer_templates.contains_key(template));
        dropped && !context.config.customer_templates.contains_key(template)
    };
    let on_it = templates.unwrap_or_default().iter();
    let on_it = on_it.filter(|it| it.cluster.as_deref() == Some(name));
    let (going, staying): (Vec<&str>, Vec<&str>) =
        on_it.map(|it| it.name.as_str()).partition(|it| going(it));
    if !staying.is_empty() {
        draft.blocked += 1;
        let message = format!(
            "the cluster {name} has customer templates: {}",
            staying.join(", ")
        );
        draft.findings.push(
            Finding::error(STILL_IN_USE, message)
                .about(WAY.address(name))
                .help("delete its customer templates first, or declare the cluster again"),
        );
        return;
    }
    let mut first: Vec<String> = going
        .iter()
        .map(|it| format!("the customer template {it} is deleted"))
        .collect();
    if templates.is_none() {
        first.push(
            "its customer templates are deleted, which the snapshot does not list".to_owned(),
        );
    }
    WAY.deletion(name, &first, draft);
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let status = match known(context.snapshot, key) {
        Known::Is(_) => "as recorded from Partner Hub",
        Known::Missing => "not in Partner Hub, as recorded",
        Known::Untold => {
            "unknown: Webex does not return clusters, and the file for --facts has none"
        }
    };
    let mut facts = vec![Fact::new("status", "status", status)];
    if let Known::Is(seen) = known(context.snapshot, key) {
        for row in &ROWS {
            facts.extend((row.observed)(seen).map(|words| Fact::new(row.path, row.label, words)));
        }
    }
    let customers = u64::try_from(customers(context, key)).unwrap_or(u64::MAX);
    facts.push(Fact::new("customers", "customers", customers));
    facts
}

/// Clusters as YAML: what was recorded.
fn import(source: &Source<'_>, draft: &mut imports::Draft) {
    let text = |value: &Option<String>| value.as_deref().map(Node::text);
    let clusters = all(source.snapshot).iter().map(|it| {
        let fields = Node::fields([
            ("xsiActionsUrl", text(&it.xsi_actions_url)),
            ("xsiEventsUrl", text(&it.xsi_events_url)),
            ("dasUrl", text(&it.das_url)),
            ("xspUrl", text(&it.xsp_url)),
            ("authUrl", text(&it.auth_url)),
            ("nstSync", it.nst_sync.map(Node::Flag)),
        ]);
        (it.name.clone(), Node::Block(fields))
    });
    draft.section(KIND.section, "Clusters of BroadWorks.", clusters.collect());
}
