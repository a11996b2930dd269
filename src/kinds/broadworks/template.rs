//! Customer templates: with what an enterprise's people are provisioned. They are set up in Partner Hub alone.

use std::collections::BTreeSet;

use super::partner_hub::{self, Known, Row, Said, Sheet, Way, compare, on_or_off};
use crate::change::{Draft, Fact};
use crate::config::model;
use crate::config::sections::BROADWORKS_CUSTOMER_TEMPLATE;
use crate::config::write::Node;
use crate::config::{Declared, dropped};
use crate::finding::{Finding, STILL_IN_USE};
use crate::kinds::imports::{self, Source};
use crate::kinds::{Context, Kind, all_keys};
use crate::snapshot::Snapshot;
use crate::snapshot::broadworks::CustomerTemplate;

/// Customer templates.
pub const KIND: Kind = partner_hub::kind(
    BROADWORKS_CUSTOMER_TEMPLATE,
    plan,
    |config, snapshot| {
        all_keys(
            config.customer_templates.keys(),
            all(snapshot).iter().map(|it| &it.name),
        )
    },
    facts,
    import,
);

const WAY: Way = Way {
    what: "customer template",
    list: "View templates",
    kind: BROADWORKS_CUSTOMER_TEMPLATE.kind,
    section: BROADWORKS_CUSTOMER_TEMPLATE.name,
};

const FREE_CALLING: &str = "disableFreeCalling";
const PREFILL: &str = "prefillEmail";
const ACCOUNT: &str = "provisioningAccount/name";
const PASSWORD: &str = "provisioningAccount/passwordRef";

const ROWS: [Row<model::CustomerTemplate, CustomerTemplate>; 7] = [
    Row {
        path: "cluster",
        label: "Cluster",
        desired: |it| Said::text(Some(&it.cluster)),
        observed: |it| it.cluster.clone(),
    },
    Row {
        path: ACCOUNT,
        label: "Provisioning account name",
        desired: |it| Said::text(it.provisioning_account.as_ref().map(|it| &it.value.name)),
        observed: |it| it.provisioning_account.clone(),
    },
    Row {
        path: PASSWORD,
        label: "Provisioning account password, and its confirmation",
        desired: |it| {
            let at = &it.provisioning_account.as_ref()?.value.password_ref;
            Some(Said::new(format!("the one in {}", at.value), at))
        },
        observed: |_| None,
    },
    Row {
        path: "provisionExistingOrgs",
        label: "Provision existing organizations",
        desired: |it| Said::switch(it.provision_existing_orgs.as_ref()),
        observed: |it| it.provision_existing_orgs.map(on_or_off),
    },
    Row {
        path: "partnerAdminEmail",
        label: "Partner administrator email",
        desired: |it| Said::text(it.partner_admin_email.as_ref()),
        observed: |it| it.partner_admin_email.clone(),
    },
    Row {
        path: PREFILL,
        label: "Pre-fill user email address on the sign-in page",
        desired: |it| Said::switch(it.prefill_email.as_ref()),
        observed: |it| it.prefill_email.map(on_or_off),
    },
    Row {
        path: FREE_CALLING,
        label: "Disable Cisco Webex free calling",
        desired: |it| Said::switch(it.disable_free_calling.as_ref()),
        observed: |it| it.disable_free_calling.map(on_or_off),
    },
];

/// The customer templates that were recorded.
fn all(snapshot: &Snapshot) -> &[CustomerTemplate] {
    let all = snapshot
        .broadworks
        .as_ref()
        .and_then(|it| it.customer_templates.as_deref());
    all.unwrap_or_default()
}

fn known<'a>(snapshot: &'a Snapshot, name: &str) -> Known<'a, CustomerTemplate> {
    let listed = snapshot
        .broadworks
        .as_ref()
        .and_then(|it| it.customer_templates.as_deref());
    match listed.map(|all| all.iter().find(|it| it.name == name)) {
        None => Known::Untold,
        Some(None) => Known::Missing,
        Some(Some(seen)) => Known::Is(seen),
    }
}

/// Compares one with what is known of it.
fn sheet(context: &Context<'_>, name: &str, entry: &Declared<model::CustomerTemplate>) -> Sheet {
    let base = context
        .base
        .map(|base| base.customer_templates.get(name).map(|it| &it.value));
    let mut sheet = compare(&ROWS, entry, known(context.snapshot, name), base);
    // Nobody can read a password: it is compared with nothing but what the files said before.
    sheet.untold.retain(|path| *path != PASSWORD);
    sheet
}

/// Why the customer template of an enterprise is not yet as the files say, so that nobody may be provisioned again (BWKS-102).
pub fn not_first(context: &Context<'_>, enterprise: &str) -> Option<String> {
    let name = &context
        .config
        .enterprises
        .get(enterprise)?
        .value
        .template
        .value;
    let sheet = sheet(context, name, context.config.customer_templates.get(name)?);
    match (
        sheet.steps.is_empty() && !sheet.new,
        sheet.untold.contains(&FREE_CALLING),
    ) {
        (false, _) => Some(format!(
            "customer template `{name}` has not been changed yet"
        )),
        (true, true) => Some(format!(
            "the snapshot does not say whether `{FREE_CALLING}` of customer template `{name}` is set"
        )),
        (true, false) => None,
    }
}

fn plan(context: &Context<'_>, draft: &mut Draft) {
    let mut untold = Vec::new();
    for (name, entry) in &context.config.customer_templates {
        let sheet = sheet(context, name, entry);
        let remarks = remarks(context, name, &sheet);
        WAY.checklist(context, name, entry.key, &sheet, &remarks, draft);
        if !sheet.untold.is_empty() {
            untold.push((name.as_str(), entry.key, sheet.untold));
        }
    }
    WAY.untold(context, &untold, draft);
    let base = context.base.map(|base| &base.customer_templates);
    for (name, _) in dropped(base, &context.config.customer_templates, |_| None) {
        deletion(context, name, draft);
    }
}

/// Whom a change reaches, and when (BWKS-095, BWKS-096, BWKS-099 to BWKS-105).
fn remarks(context: &Context<'_>, name: &str, sheet: &Sheet) -> Vec<String> {
    let mut remarks = Vec::new();
    let changes = |path: &str| sheet.steps.iter().any(|step| step.path == path);
    if changes(PREFILL) && !sheet.new {
        remarks.push(
            "a change of prefillEmail takes up to 7 hours; until then people may have to enter their address".to_owned(),
        );
    }
    if changes(FREE_CALLING) && !sheet.new {
        let (enterprises, people) = users(context, name);
        let count = match people {
            Some(people) => format!("{people} subscribers of {enterprises} enterprises keep"),
            None => format!(
                "the subscribers of {enterprises} enterprises, of whom the snapshot says nothing, keep"
            ),
        };
        remarks.push(format!(
            "disableFreeCalling reaches only people who are provisioned after the change: {count} what they have until each of them is removed \
             and provisioned again (`reprovision`)"
        ));
    }
    if sheet
        .steps
        .iter()
        .any(|step| step.becomes(FREE_CALLING, "on"))
    {
        remarks.push(
            "without free calling, Call on Webex is not offered, and there are no free calls with people outside of Webex for BroadWorks; \
             screen sharing in BroadWorks calls, meetings and presence stay"
                .to_owned(),
        );
    }
    if !sheet.new && !changes(PASSWORD) && !sheet.steps.is_empty() {
        remarks.push("leave both password fields empty: that keeps the password".to_owned());
    }
    remarks
}

/// The enterprises with a template, in files and snapshot together.
fn enterprises<'a>(context: &Context<'a>, template: &str) -> BTreeSet<&'a str> {
    let declared = context.config.enterprises.iter();
    let declared = declared.filter(|(_, entry)| entry.value.template.value == template);
    let seen = context
        .snapshot
        .broadworks
        .as_ref()
        .map_or(&[][..], |it| it.enterprises());
    // The API tells a customer template by its id alone, of an enterprise and of each subscriber.
    let ids = ids(context, template);
    let is = |id: &Option<String>| id.as_deref().is_some_and(|id| ids.contains(id));
    let seen = seen.iter().filter(|it| {
        it.template.as_deref() == Some(template) || it.template.is_none() && is(&it.provisioning_id)
    });
    let people = context
        .snapshot
        .broadworks
        .as_ref()
        .map_or(&[][..], |it| it.subscribers());
    let people = people.iter().filter(|it| is(&it.provisioning_id));
    let declared = declared.map(|(name, _)| name.as_str());
    declared
        .chain(seen.map(|it| it.sp_enterprise_id.as_str()))
        .chain(people.map(|it| it.enterprise.as_str()))
        .collect()
}

/// What the API calls a template: as it was recorded, and as the files say, or said before.
fn ids<'a>(context: &Context<'a>, template: &str) -> BTreeSet<&'a str> {
    let recorded = all(context.snapshot)
        .iter()
        .filter(|it| it.name == template);
    let recorded = recorded.filter_map(|it| it.provisioning_id.as_deref());
    let files = [Some(context.config), context.base].into_iter().flatten();
    let said = files.filter_map(|config| {
        let entry = config.customer_templates.get(template)?;
        Some(entry.value.provisioning_id.as_ref()?.value.as_str())
    });
    recorded.chain(said).collect()
}

/// How many enterprises have a template, and how many subscribers those have; `None` where the snapshot does not tell.
fn users(context: &Context<'_>, template: &str) -> (usize, Option<usize>) {
    let homes = enterprises(context, template);
    let seen = context
        .snapshot
        .broadworks
        .as_ref()
        .and_then(|it| it.subscribers.as_deref());
    let people = seen.map(|all| {
        all.iter()
            .filter(|it| homes.contains(it.enterprise.as_str()))
            .count()
    });
    (homes.len(), people)
}

/// One that the base declares and the files no longer do. One with enterprises stays (BWKS-094).
fn deletion(context: &Context<'_>, name: &str, draft: &mut Draft) {
    if matches!(known(context.snapshot, name), Known::Missing) {
        return;
    }
    let using = enterprises(context, name);
    if using.is_empty() {
        let listed = context
            .snapshot
            .broadworks
            .as_ref()
            .and_then(|it| it.enterprises.as_ref());
        // The API tells an enterprise's template by an id alone, so that one more may have it.
        let first = match listed.is_some_and(Vec::is_empty) {
            true => Vec::new(),
            false => vec!["you see that no customer has it".to_owned()],
        };
        return WAY.deletion(name, &first, draft);
    }
    draft.blocked += 1;
    let using: Vec<&str> = using.into_iter().collect();
    let message = format!(
        "the customer template {name} has enterprises: {}",
        using.join(", ")
    );
    draft.findings.push(
        Finding::error(STILL_IN_USE, message)
            .about(WAY.address(name))
            .help("detach or delete its enterprises first, or declare the customer template again"),
    );
}

fn facts(context: &Context<'_>, key: &str) -> Vec<Fact> {
    let status = match known(context.snapshot, key) {
        Known::Is(_) => "as recorded from Partner Hub",
        Known::Missing => "not in Partner Hub, as recorded",
        Known::Untold => {
            "unknown: Webex does not return customer templates, and the file for --facts has none"
        }
    };
    let mut facts = vec![Fact::new("status", "status", status)];
    if let Known::Is(seen) = known(context.snapshot, key) {
        for row in &ROWS {
            facts.extend((row.observed)(seen).map(|words| Fact::new(row.path, row.label, words)));
        }
    }
    let (enterprises, people) = users(context, key);
    facts.push(Fact::new("enterprises", "enterprises", enterprises as u64));
    facts.push(Fact::new(
        "subscribers",
        "subscribers",
        people.map(|it| it as u64),
    ));
    facts
}

/// Customer templates as YAML: what was recorded.
fn import(source: &Source<'_>, draft: &mut imports::Draft) {
    let text = |value: &Option<String>| value.as_deref().map(Node::text);
    let with = all(source.snapshot)
        .iter()
        .filter(|it| it.cluster.is_some());
    let templates = with.map(|it| {
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
        (it.name.clone(), Node::Block(fields))
    });
    draft.section(
        KIND.section,
        "Customer templates of Webex for BroadWorks.",
        templates.collect(),
    );
}
