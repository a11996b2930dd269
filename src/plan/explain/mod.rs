//! Both states and an address -> an [`Explanation`]: the part of the plan that is about one object, and the reasons.
//!
//! Makes the plan itself, so that it cannot say anything else. Knows no kind by name: what is known of an object is its
//! kind's to say.

mod findings;
mod model;

pub use model::*;

use serde_json::Value;

use super::address::{Unknown, find, today};
use super::build::{Inputs, build_and};
use super::model::{FindingLine, Plan, PoolLine};
use crate::change::{Address, Change, Fact, Shared, Source, license_value, nothing};
use crate::config::{Config, Spot};
use crate::kinds::{Context, KINDS, Kind};
use crate::licensing::catalogue::LicenseIx;
use crate::licensing::{Facts, How, Link, Outcome, Trace, Traced};
use crate::snapshot::Snapshot;
use findings::Shares;

/// What is to be explained.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// `<kind>/<key>`, or only a key.
    pub subject: &'q str,
    /// Only one licence, such as `calling`.
    pub license: Option<&'q str>,
}

/// Explains one object.
///
/// # Errors
///
/// If there is no such kind, object or licence.
pub fn explain(inputs: Inputs<'_>, question: Question<'_>) -> Result<Explanation, Unknown> {
    let subject = today(inputs.applied, question.subject);
    let (kind, key) = find(inputs.config, inputs.snapshot, &subject)?;
    let (config, snapshot) = (inputs.config, inputs.snapshot);
    let (plan, known) = build_and(inputs, |context, _| {
        facts_of(context, kind, &key, question.license)
    });
    let known = known?;
    let subject = Subject {
        kind,
        address: Address::new(kind.name, &key),
        key,
    };
    Ok(assemble(config, snapshot, plan, subject, known))
}

/// What is known only while the decisions are available.
struct Known {
    facts: Vec<Fact>,
    groups: Vec<GroupLine>,
    licenses: Vec<(Traced, LicenseLine)>,
    pools: Vec<Vec<LicenseIx>>,
    free: Vec<String>,
    only: bool,
    holds: bool,
    /// For what the object waits, so that nothing is planned for it yet.
    waits: Option<String>,
}

fn facts_of(
    context: &Context<'_>,
    kind: &Kind,
    key: &str,
    license: Option<&str>,
) -> Result<Known, Unknown> {
    let holders = kind.holders.as_ref();
    let holder = holders.and_then(|holders| (holders.holder)(context, key));
    let world = context.world;
    let one = match license.map(|word| world.license_path(word)).transpose() {
        Ok(one) => one,
        Err(unknown) => {
            return Err(Unknown {
                message: unknown.message,
                help: unknown.help,
            });
        }
    };
    if holder.is_none() && one.is_some() {
        return Err(Unknown {
            message: format!("{}/{key} holds no licences", kind.name),
            help: "omit --license".into(),
        });
    }
    let Trace {
        groups,
        licenses,
        free,
    } = match holder {
        Some(holder) => world.trace(context.decisions, holder, one),
        None => Trace::default(),
    };
    let facts = world.facts();
    let name = |&license: &LicenseIx| context.snapshot.licenses()[license as usize].name.clone();
    Ok(Known {
        facts: (kind.facts)(context, key),
        groups: groups
            .into_iter()
            .map(|group| GroupLine {
                group: group.group,
                template: group.template,
                membership: match group.how {
                    How::Stays => Membership::Stays,
                    How::Joins => Membership::Joins,
                    How::Leaves => Membership::Leaves,
                    How::Unmanaged => Membership::Unmanaged,
                },
                source: group.spot.map(|spot| line(context.config, spot)),
            })
            .collect(),
        pools: licenses.iter().map(|traced| traced.pools.clone()).collect(),
        licenses: licenses
            .into_iter()
            .map(|traced| license_line(context.config, &facts, traced))
            .collect(),
        free: free.iter().map(name).collect(),
        only: one.is_some(),
        holds: holder.is_some(),
        waits: kind.waits.and_then(|waits| waits(context, key)),
    })
}

/// A licence as it would be if nothing changed; what changes is taken from the plan.
fn license_line(config: &Config, facts: &Facts<'_>, mut traced: Traced) -> (Traced, LicenseLine) {
    let held: Vec<Value> = traced
        .held
        .iter()
        .map(|held| license_value(facts, held.license))
        .collect();
    let now = held
        .first()
        .map_or_else(nothing, |held| held.clone().into());
    let (outcome, code) = match traced.outcome {
        Outcome::Kept => (OutcomeWord::Kept, None),
        Outcome::Granted => (OutcomeWord::Granted, None),
        Outcome::Moved => (OutcomeWord::Moved, None),
        Outcome::Changed => (OutcomeWord::Changed, None),
        Outcome::Removed => (OutcomeWord::Removed, None),
        Outcome::Deleted => (OutcomeWord::Deleted, None),
        Outcome::Blocked(code) => (OutcomeWord::Blocked, Some(code)),
        Outcome::Held(code) => (OutcomeWord::Held, Some(code)),
        Outcome::Refused(code) => (OutcomeWord::Refused, Some(code)),
        Outcome::Missing => (OutcomeWord::Missing, None),
    };
    let links = std::mem::take(&mut traced.links);
    let after = match outcome {
        OutcomeWord::Deleted => nothing(),
        _ => Shared::clone(&now),
    };
    let line = LicenseLine {
        path: traced.path.as_str().into(),
        held,
        outcome,
        code: code.map(|code| code.to_string()),
        before: now,
        after,
        losses: Vec::new(),
        acknowledgement: None,
        links: links
            .into_iter()
            .map(|link| link_line(config, link))
            .collect(),
        pools: Vec::new(),
        findings: Vec::new(),
    };
    (traced, line)
}

fn link_line(config: &Config, link: Link) -> LinkLine {
    LinkLine {
        kind: link.kind.word(),
        text: link.text,
        template: link.template,
        group: link.group,
        counts: link.counts,
        source: link.spot.map(|spot| line(config, spot)),
    }
}

fn line(config: &Config, spot: Spot) -> Line {
    let place = config.place(spot);
    Line {
        file: place.file.to_string(),
        line: place.line,
        column: place.column,
        committed: None,
        commit: None,
        author: None,
        date: None,
    }
}

/// What is explained: one object of a kind.
struct Subject<'a> {
    kind: &'a Kind,
    key: String,
    address: Address,
}

fn assemble(
    config: &Config,
    snapshot: &Snapshot,
    plan: Plan,
    subject: Subject<'_>,
    known: Known,
) -> Explanation {
    let Subject { kind, key, address } = subject;
    let change = plan.changes.iter().find(|it| it.address == address);
    let named_by = match change {
        Some(_) => Vec::new(),
        None => named_by(&plan, &key),
    };
    let (traced, mut licenses): (Vec<Traced>, Vec<LicenseLine>) =
        known.licenses.into_iter().unzip();
    for (line, pools) in licenses.iter_mut().zip(&known.pools) {
        let pools = pools.iter().copied();
        line.pools
            .extend(pools.filter_map(|license| pool(snapshot, &plan.pools, license)));
        if let Some(change) = change {
            take_from(change, line);
        }
    }
    let about = |finding: &FindingLine| {
        let subject = finding.subject.as_deref();
        subject == Some(address.as_str()) || subject == Some(kind.section)
    };
    let findings = plan.findings.iter().filter(|it| about(it));
    let findings: Vec<FindingLine> = findings.cloned().collect();
    let mut shares = Shares::new(config, &traced, &licenses);
    let rest = shares.share(&findings);
    let others = plan.findings.iter().filter(|it| !is_of_object(it));
    shares.add_blocking(others);
    shares.add_shared(&findings);
    for (line, findings) in shares.finish().into_iter().enumerate() {
        licenses[line].findings = findings;
    }
    Explanation {
        format_version: 1,
        generator: plan.generator,
        org: plan.org,
        config: plan.config,
        snapshot: plan.snapshot,
        change: change.cloned().map(change_line),
        address,
        kind: kind.name.to_owned(),
        key,
        facts: known.facts,
        groups: known.groups,
        licenses,
        free: known.free,
        findings: rest,
        waits: known.waits,
        named_by,
        only: known.only,
        holds: known.holds,
    }
}

/// The objects that get, lose or are to lose what has this key: a number has no change of its own when its owner gives it up.
fn named_by(plan: &Plan, key: &str) -> Vec<Address> {
    let value = |value: &Shared| value.as_str() == Some(key);
    let loss = |loss: &String| {
        loss.strip_suffix(key)
            .is_some_and(|rest| rest.ends_with(' '))
    };
    let names = |change: &&Change| {
        let mut fields = change.fields.iter();
        fields.any(|it| value(&it.before) || value(&it.after) || it.losses.iter().any(loss))
    };
    let named = plan.changes.iter().filter(names);
    named.map(|change| change.address.clone()).collect()
}

/// Whether a finding is about one object, and so about no template, override or section.
fn is_of_object(finding: &FindingLine) -> bool {
    let subject = finding.subject.as_deref();
    let named = subject.and_then(|subject| subject.split_once('/'));
    named.is_some_and(|(name, _)| KINDS.iter().any(|kind| kind.name == name))
}

/// Takes what happens to a licence from the plan's change.
fn take_from(change: &Change, line: &mut LicenseLine) {
    let field = change.fields.iter().find(|field| field.path == line.path);
    if let Some(field) = field {
        line.before = field.before.clone();
        line.after = field.after.clone();
        line.losses.clone_from(&field.losses);
        line.acknowledgement.clone_from(&field.acknowledgement);
    }
}

fn pool(snapshot: &Snapshot, touched: &[PoolLine], license: LicenseIx) -> Option<PoolLine> {
    let license = &snapshot.licenses()[license as usize];
    let subscription = license.subscription_id.clone()?;
    let known = touched.iter().find(|pool| {
        pool.license == license.name
            && pool.subscription == subscription
            && pool.site == license.site_url
    });
    Some(known.cloned().unwrap_or_else(|| PoolLine {
        license: license.name.clone(),
        subscription,
        site: license.site_url.clone(),
        total: license.total(),
        before: license.consumed(),
        peak: license.consumed(),
        after: license.consumed(),
    }))
}

fn change_line(change: Change) -> ChangeLine {
    let source = |source: Source| {
        let line = Line {
            file: source.file?,
            line: source.line?,
            column: source.column?,
            committed: None,
            commit: None,
            author: None,
            date: None,
        };
        Some(line)
    };
    ChangeLine {
        action: change.action,
        risk: change.risk,
        acknowledged: change.acknowledged,
        fields: change
            .fields
            .into_iter()
            .map(|mut field| FieldLine {
                because: std::mem::take(&mut field.source.because),
                path: field.path,
                action: field.action,
                risk: field.risk,
                before: field.before,
                after: field.after,
                losses: field.losses,
                acknowledgement: field.acknowledgement,
                source: source(field.source),
            })
            .collect(),
    }
}
