//! A plan in the shape of `terraform show -json`, for tools that judge or sum up Terraform's plans.
//!
//! Owns the names that such tools look for, and how an address and its fields become theirs. Must not know kinds by name, or
//! what is folded for people: every object is a resource.
//!
//! On one line, as Terraform prints it: some tools read no further.

use std::io::{self, Write};

use rustc_hash::FxHashSet;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::verdict::{self, Verdict};
use crate::change::{
    Acknowledged, Address, Change, ChangeAction, Field, FieldAction, Path, Risk, Source,
};
use crate::plan::{
    ConfigRef, FindingLine, GuardrailsRef, OrgRef, Plan, PoolLine, SnapshotRef, Summary,
};

/// The plan format of Terraform that this follows, and a version of Terraform that writes it. Tools refuse others.
const FORMAT: &str = "1.2";
const TERRAFORM: &str = "1.11.4";
/// The format of the state inside of it.
const STATE: &str = "1.0";
/// There is no such provider: the address is a local one.
const PROVIDER: &str = "localhost/trunkline/trunkline";
/// Resources of a type are one `for_each` of this name.
const NAME: &str = "this";

#[derive(Serialize)]
struct TerraformPlan<'p> {
    format_version: &'static str,
    terraform_version: &'static str,
    variables: Value,
    planned_values: Values<'p>,
    resource_changes: Each<'p, ResourceChange<'p>>,
    output_changes: Value,
    prior_state: State<'p>,
    configuration: Value,
    timestamp: &'p str,
    /// Whether `apply` would do anything.
    applyable: bool,
    /// Whether the plan is complete.
    complete: bool,
    errored: bool,
    trunkline: Extension<'p>,
}

#[derive(Serialize)]
struct State<'p> {
    format_version: &'static str,
    terraform_version: &'static str,
    values: Values<'p>,
}

#[derive(Serialize)]
struct Values<'p> {
    root_module: RootModule<'p>,
}

#[derive(Serialize)]
struct RootModule<'p> {
    resources: Each<'p, Resource<'p>>,
}

/// What is made of each change that has it, only while it is written: a plan is in it three times.
struct Each<'p, T>(&'p [Change], fn(&'p Change) -> Option<T>);

impl<T: Serialize> Serialize for Each<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter_map(self.1))
    }
}

/// One side of a resource change, in a list of values.
#[derive(Serialize)]
struct Resource<'p> {
    address: String,
    mode: &'static str,
    r#type: String,
    name: &'static str,
    index: &'p str,
    provider_name: &'static str,
    schema_version: u32,
    values: Value,
    sensitive_values: Value,
}

#[derive(Serialize)]
struct ResourceChange<'p> {
    address: String,
    mode: &'static str,
    r#type: String,
    name: &'static str,
    index: &'p str,
    provider_name: &'static str,
    change: TerraformChange,
    trunkline: ChangeExtension<'p>,
}

#[derive(Serialize)]
struct TerraformChange {
    actions: [&'static str; 1],
    before: Value,
    after: Value,
    after_unknown: Value,
    before_sensitive: Value,
    after_sensitive: Value,
}

/// Facts of the plan file that have no place in Terraform's format.
#[derive(Serialize)]
struct Extension<'p> {
    generator: &'p str,
    org: &'p OrgRef,
    config: &'p ConfigRef,
    snapshot: &'p SnapshotRef,
    applied: &'p Option<SnapshotRef>,
    guardrails: &'p GuardrailsRef,
    targets: &'p [Address],
    summary: &'p Summary,
    pools: &'p [PoolLine],
    findings: &'p [FindingLine],
}

/// The same for one change.
#[derive(Serialize)]
struct ChangeExtension<'p> {
    address: &'p Address,
    kind: &'p str,
    key: &'p str,
    risk: Risk,
    acknowledged: Option<bool>,
    fields: Vec<FieldExtension<'p>>,
}

#[derive(Serialize)]
struct FieldExtension<'p> {
    path: &'p Path,
    action: FieldAction,
    risk: Risk,
    losses: &'p [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledgement: Option<&'p Acknowledged>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<&'p str>,
    source: &'p Source,
}

/// Writes the whole plan.
pub(super) fn plan(plan: &Plan, mut to: impl Write) -> io::Result<()> {
    let verdict = verdict::of(plan);
    let Plan {
        format_version: _,
        generator,
        org,
        config,
        snapshot,
        applied,
        guardrails,
        checksum: _,
        targets,
        summary,
        changes,
        pools,
        findings,
        operations: _,
    } = plan;
    let document = TerraformPlan {
        format_version: FORMAT,
        terraform_version: TERRAFORM,
        variables: json!({}),
        planned_values: values_of(changes, |change| resource(change, after(change))),
        output_changes: json!({}),
        prior_state: State {
            format_version: STATE,
            terraform_version: TERRAFORM,
            values: values_of(changes, |change| resource(change, before(change))),
        },
        configuration: configuration(plan),
        timestamp: &snapshot.captured_at,
        applyable: !changes.is_empty() && !matches!(verdict, Verdict::Refused { .. }),
        complete: targets.is_empty() && summary.blocked == 0,
        errored: verdict.is_blocked(),
        trunkline: Extension {
            generator,
            org,
            config,
            snapshot,
            applied,
            guardrails,
            targets,
            summary,
            pools,
            findings,
        },
        resource_changes: Each(changes, |change| Some(resource_change(change))),
    };
    serde_json::to_writer(&mut to, &document)?;
    to.write_all(b"\n")
}

fn resource_change(change: &Change) -> ResourceChange<'_> {
    let (before, after) = (before(change), after(change));
    let (created, deleted) = (before.is_none(), after.is_none());
    // Nothing in a plan is secret.
    let sensitive = |absent: bool| if absent { json!(false) } else { json!({}) };
    ResourceChange {
        address: address(change),
        mode: "managed",
        r#type: resource_type(&change.kind),
        name: NAME,
        index: &change.key,
        provider_name: PROVIDER,
        change: TerraformChange {
            actions: [match change.action {
                ChangeAction::Create => "create",
                ChangeAction::Update => "update",
                ChangeAction::Delete => "delete",
            }],
            before: before.into(),
            after: after.into(),
            after_unknown: json!({}),
            before_sensitive: sensitive(created),
            after_sensitive: sensitive(deleted),
        },
        trunkline: ChangeExtension {
            address: &change.address,
            kind: &change.kind,
            key: &change.key,
            risk: change.risk,
            acknowledged: change.acknowledged,
            fields: change.fields.iter().map(field_extension).collect(),
        },
    }
}

fn field_extension(field: &Field) -> FieldExtension<'_> {
    FieldExtension {
        path: &field.path,
        action: field.action,
        risk: field.risk,
        losses: &field.losses,
        acknowledgement: field.acknowledgement.as_ref(),
        held: field.held.as_deref(),
        source: &field.source,
    }
}

/// One side of all changes, where there is one.
fn values_of(changes: &[Change], side: fn(&Change) -> Option<Resource<'_>>) -> Values<'_> {
    let resources = Each(changes, side);
    Values {
        root_module: RootModule { resources },
    }
}

fn resource(change: &Change, values: Option<Value>) -> Option<Resource<'_>> {
    Some(Resource {
        address: address(change),
        mode: "managed",
        r#type: resource_type(&change.kind),
        name: NAME,
        index: &change.key,
        provider_name: PROVIDER,
        schema_version: 0,
        values: values?,
        sensitive_values: json!({}),
    })
}

/// The address of a change as Terraform has it.
fn address(change: &Change) -> String {
    let r#type = resource_type(&change.kind);
    format!("{type}.{NAME}[{}]", quoted(&change.key))
}

/// What there is before a change; nothing of what is new.
fn before(change: &Change) -> Option<Value> {
    (change.action != ChangeAction::Create).then(|| values(change, |field| &field.before))
}

/// What there is after a change; nothing of what is deleted.
fn after(change: &Change) -> Option<Value> {
    (change.action != ChangeAction::Delete).then(|| values(change, |field| &field.after))
}

/// One side of a change: what changes of the object, then its key and what is at stake. These are the same on both sides,
/// so that no tool reads them as a difference. Many tools read only the sides, and some only what is not nested.
fn values(change: &Change, side: impl Fn(&Field) -> &Value) -> Value {
    let mut values = Map::new();
    for field in &change.fields {
        let value = side(field);
        if !value.is_null() {
            put(&mut values, &field.path, value);
        }
    }
    let losses = change.fields.iter().flat_map(|field| &field.losses);
    let losses: Vec<&str> = losses.map(String::as_str).collect();
    values.insert(
        "trunkline_address".to_owned(),
        change.address.as_str().into(),
    );
    values.insert("trunkline_key".to_owned(), change.key.as_str().into());
    values.insert("trunkline_risk".to_owned(), change.risk.to_string().into());
    values.insert("trunkline_losses".to_owned(), losses.into());
    if let Some(acknowledged) = change.acknowledged {
        values.insert("trunkline_acknowledged".to_owned(), acknowledged.into());
    }
    Value::Object(values)
}

/// Names deeper than this are one name: that of a licence may have a slash in it.
const DEPTH: usize = 3;
/// Where a field has both a value and fields below it.
const OWN: &str = "value";

/// Puts the value at its path: `licenses/calling` is the member `calling` of the member `licenses`.
fn put(values: &mut Map<String, Value>, path: &str, value: &Value) {
    let mut at = values;
    let mut names = path.splitn(DEPTH, '/').peekable();
    while let Some(name) = names.next() {
        let below = at.entry(name).or_insert(Value::Null);
        if names.peek().is_none() {
            match below {
                Value::Object(members) => {
                    members.insert(OWN.to_owned(), value.clone());
                }
                empty => *empty = value.clone(),
            }
            return;
        }
        if !below.is_object() {
            let own = below.take();
            *below = json!({});
            if !own.is_null() {
                below[OWN] = own;
            }
        }
        match below {
            Value::Object(members) => at = members,
            _ => return,
        }
    }
}

/// The types that occur, each with its `for_each`.
fn configuration(plan: &Plan) -> Value {
    let mut seen = FxHashSet::default();
    let kinds = plan.changes.iter().map(|change| change.kind.as_str());
    let mut types: Vec<String> = kinds
        .filter(|kind| seen.insert(*kind))
        .map(resource_type)
        .collect();
    types.sort();
    let resources = types.iter().map(|r#type| {
        json!({
            "address": format!("{type}.{NAME}"),
            "mode": "managed",
            "type": r#type,
            "name": NAME,
            "provider_config_key": "trunkline",
            "expressions": {},
            "schema_version": 0,
            "for_each_expression": {},
        })
    });
    json!({
        "provider_config": {"trunkline": {"name": "trunkline", "full_name": PROVIDER}},
        "root_module": {"resources": resources.collect::<Vec<_>>()},
    })
}

/// `webexGoDevice` is `trunkline_webex_go_device`.
fn resource_type(kind: &str) -> String {
    let mut name = "trunkline_".to_owned();
    for c in kind.chars() {
        if c.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(c.to_ascii_lowercase());
    }
    name
}

/// A key in quotation marks, as Terraform's language has it.
fn quoted(key: &str) -> String {
    let mut text = "\"".to_owned();
    let mut rest = key.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' | '\\' => {
                text.push('\\');
                text.push(c);
            }
            '\n' => text += "\\n",
            '\r' => text += "\\r",
            '\t' => text += "\\t",
            // Without this it would begin a template.
            '$' | '%' if rest.peek() == Some(&'{') => {
                text.push(c);
                text.push(c);
            }
            c if c.is_control() => text += &format!("\\u{:04x}", u32::from(c)),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_nested_by_path() {
        let mut values = Map::new();
        for (path, value) in [
            ("calling", json!(true)),
            ("calling/mainNumber", json!("+12145550100")),
            ("licenses/calling", json!({"license": "P"})),
            ("licenses/meetings/acme.webex.com", json!({"role": "host"})),
            ("licenses/other/A/B", json!({"license": "A/B"})),
            ("members/ana@acme.com", json!("ana@acme.com")),
            ("address/city", json!("Dallas")),
            ("address", json!("somewhere")),
        ] {
            put(&mut values, path, &value);
        }
        assert_eq!(
            Value::Object(values),
            json!({
                "address": {"city": "Dallas", "value": "somewhere"},
                "calling": {"value": true, "mainNumber": "+12145550100"},
                "licenses": {
                    "calling": {"license": "P"},
                    "meetings": {"acme.webex.com": {"role": "host"}},
                    "other": {"A/B": {"license": "A/B"}},
                },
                "members": {"ana@acme.com": "ana@acme.com"},
            })
        );
    }

    #[test]
    fn addresses_are_terraform_s() {
        assert_eq!(resource_type("webexGoDevice"), "trunkline_webex_go_device");
        assert_eq!(quoted("ana@acme.com"), "\"ana@acme.com\"");
        assert_eq!(
            quoted("a\"b\\c\n${d}%{e} $f 5%\u{7}"),
            "\"a\\\"b\\\\c\\n$${d}%%{e} $f 5%\\u0007\""
        );
    }
}
