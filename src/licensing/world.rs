//! Both states with every name looked up: what decisions are made from.

use super::catalogue::Catalogue;
use super::changes::Facts;
use super::closing::Closing;
use super::decisions::Consent;
use super::devices::Devices;
use super::events::History;
use super::groups::Group;
use super::intent::{self, Intent, Template};
use super::inventory::Inventory;
use super::lookup;
use super::memberships::Memberships;
use super::owned::Owned;
use super::people::People;
use super::places::Locations;
use super::reserved::Reserved;
use super::subscriptions::Subscriptions;
use super::unlisted::Unlisted;
use super::workspaces::Workspaces;
use crate::config::Config;
use crate::config::model::AssignmentMode;
use crate::finding::{APPLIED_SNAPSHOT_MISSING, Finding};
use crate::snapshot::{Applied, FeatureMemberships, NotKnown, Number, Snapshot};

/// Both states, with every name looked up.
#[derive(Debug)]
pub struct World<'a> {
    pub(super) config: &'a Config,
    pub(super) policy: &'a Config,
    pub(super) base: Option<&'a Config>,
    pub(super) applied: Option<&'a Applied>,
    pub(super) snapshot: &'a Snapshot,
    pub(super) catalogue: Catalogue,
    pub(super) subscriptions: Subscriptions,
    pub(super) intent: Intent<'a>,
    pub(super) former: Vec<Template<'a>>,
    pub(super) people: People<'a>,
    pub(super) workspaces: Workspaces<'a>,
    pub(super) unlisted: Unlisted<'a>,
    pub(super) devices: Devices<'a>,
    lines: Owned<'a, Number>,
    pub(super) memberships: Memberships<'a>,
    pub(super) locations: Locations<'a>,
    pub(super) features: FeatureMemberships<'a>,
    pub(super) closing: Closing<'a>,
    pub(super) reserved: &'a [Reserved],
}

impl<'a> World<'a> {
    /// Looks up every name of the configuration in the organisation; says which there are not. `policy` is the
    /// configuration whose guardrails judge.
    pub fn new(
        config: &'a Config,
        policy: &'a Config,
        snapshot: &'a Snapshot,
        history: History<'a>,
        findings: &mut Vec<Finding>,
    ) -> World<'a> {
        let named = history.base.map(intent::names).unwrap_or_default();
        let catalogue = Catalogue::new(snapshot, intent::names(config).into_iter().chain(named));
        let subscriptions = Subscriptions::new(config, snapshot, findings);
        let intent = lookup::look_up(config, snapshot, &catalogue, &subscriptions, findings);
        let former = history.base.map_or_else(Vec::new, |base| {
            lookup::former(base, snapshot, &catalogue, &subscriptions)
        });
        let unlisted = Unlisted::new(snapshot, &catalogue);
        let mut people = People::new(config, history.base, snapshot, findings);
        people.leave_alone(unlisted.users.iter().map(|(user, _)| *user));
        let mut workspaces = Workspaces::new(config, snapshot, history.base, findings);
        workspaces.leave_alone(unlisted.workspaces.iter().map(|(place, _)| *place));
        let memberships = Memberships::new(
            config, snapshot, history, &people, &intent, &former, findings,
        );
        if history.baseline.is_none() {
            findings.extend(no_one_is_new(config, &intent));
        }
        World {
            config,
            policy,
            base: history.base,
            applied: history.applied,
            snapshot,
            catalogue,
            subscriptions,
            intent,
            former,
            people,
            workspaces,
            unlisted,
            devices: Devices::of(snapshot),
            lines: Owned::of(snapshot.numbers(), |number| number.owner.as_ref()),
            memberships,
            locations: Locations::new(config, snapshot),
            features: FeatureMemberships::of(snapshot),
            closing: Closing::new(config, history.base, snapshot),
            reserved: history.reserved,
        }
    }

    /// Of whom not everything is known: what the snapshot says, and who may have Calling by a licence that it does not list.
    pub fn not_known(&self) -> Vec<NotKnown> {
        let mut all = self.snapshot.not_known.clone();
        all.extend(self.unlisted.not_known(self.snapshot));
        all
    }

    /// The parts, for reading.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            config: self.config,
            policy: self.policy,
            base: self.base,
            applied: self.applied,
            snapshot: self.snapshot,
            catalogue: &self.catalogue,
            subscriptions: &self.subscriptions,
            intent: &self.intent,
            former: &self.former,
            people: &self.people,
            workspaces: &self.workspaces,
            devices: &self.devices,
            memberships: &self.memberships,
            locations: &self.locations,
            reserved: self.reserved,
        }
    }

    /// Who has which devices.
    pub fn devices(&self) -> &Devices<'a> {
        &self.devices
    }

    /// Who has which numbers, and which extensions of further lines.
    pub fn lines(&self) -> &Owned<'a, Number> {
        &self.lines
    }

    /// Whether this plan deletes a calling feature.
    pub fn closes(&self, kind: &str, name: &str, consent: &impl Consent) -> bool {
        self.closing.has(kind, name, consent)
    }

    /// Who is in which calling feature.
    pub fn features(&self) -> &FeatureMemberships<'a> {
        &self.features
    }

    /// The groups of the configuration, with joins and leaves.
    pub fn groups(&self) -> &[Group<'a>] {
        &self.memberships.groups
    }

    /// The locations that there are after the plan.
    pub fn locations(&self) -> &Locations<'a> {
        &self.locations
    }

    /// Phone numbers as they are before the plan, where the configuration wants them.
    pub fn inventory(&self) -> Inventory<'_> {
        Inventory::new(self.facts())
    }
}

/// Says that nobody is treated as new, where that means something: a template in use counts only for newcomers, or who leaves a
/// group loses what it gave.
fn no_one_is_new(config: &Config, intent: &Intent<'_>) -> Option<Finding> {
    let org = &config.org.as_ref()?.value;
    let used: Vec<&str> = match config.mode() {
        AssignmentMode::Organization => org.template.iter().map(|at| at.value.as_str()).collect(),
        AssignmentMode::Group => {
            let templates = config
                .groups
                .values()
                .filter_map(|group| group.value.template.as_ref());
            templates.map(|at| at.value.as_str()).collect()
        }
    };
    let known = intent
        .templates
        .iter()
        .filter(|template| used.contains(&template.name));
    let newcomers = known.clone().any(|template| !template.existing_users);
    let transition = org
        .group_transition
        .as_ref()
        .and_then(|it| it.retain_licenses.as_ref());
    let leavers = config.mode() == AssignmentMode::Group
        && transition.is_some_and(|it| !it.value)
        && known.count() > 0;
    (newcomers || leavers).then(|| {
        let message = "without an applied snapshot, only people whom this plan creates or adds to a group count as \
            new. Earlier changes by a directory or an administrator are not detected";
        Finding::info(APPLIED_SNAPSHOT_MISSING, message).help(
            "`apply` writes one to .trunkline/applied.json.zst; until then, name an earlier snapshot with --applied",
        )
    })
}
