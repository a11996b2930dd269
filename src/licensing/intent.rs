//! What the configuration wants of licences: templates, overrides and workspaces, with every name looked up.

use rustc_hash::FxHashMap;

use super::catalogue::{ProductIx, Slot, Tier};
use super::subscriptions::SubIx;
use crate::config::model::*;
use crate::config::{Config, Spot};
use crate::finding::{Code, Finding};

/// One granted licence, looked up.
#[derive(Debug, Clone, Copy)]
pub struct Granted {
    /// What it is for.
    pub slot: Slot,
    /// Which tier.
    pub tier: Tier,
    /// What a grant takes; `None` for attendees, and where it is `broken`.
    pub product: Option<ProductIx>,
    /// Whether the entry names its product itself.
    pub names_product: bool,
    /// The subscription that it must come from.
    pub pin: Option<SubIx>,
    /// The finding at its place that says that it cannot be granted.
    pub broken: Option<Code>,
    /// Where it is.
    pub spot: Spot,
}

impl Granted {
    /// Takes the product up, or why there is none.
    pub(super) fn take(&mut self, product: Result<ProductIx, Code>) {
        match product {
            Ok(product) => self.product = Some(product),
            Err(code) => self.broken = self.broken.or(Some(code)),
        }
    }
}

/// A template, looked up.
#[derive(Debug)]
pub struct Template<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is.
    pub key: Spot,
    /// What it grants, in order of slot.
    pub entries: Vec<Granted>,
    /// Whether it counts for people who are already there.
    pub existing_users: bool,
    /// Whether people keep what none of their templates gives.
    pub retain: bool,
    /// Where `retainLicenses` is.
    pub retain_spot: Spot,
}

/// The licence overrides of one person, looked up.
#[derive(Debug, Default)]
pub struct Override {
    /// Whether `only` is given.
    pub only: bool,
    /// Whether `only` has the key `other`.
    pub only_other: bool,
    /// Where `only` is.
    pub only_spot: Spot,
    /// What `only` or `add` grants, in order of slot.
    pub grants: Vec<Granted>,
    /// What `remove` takes away.
    pub removals: Vec<(Slot, Spot)>,
}

/// The licences of one workspace, looked up.
#[derive(Debug, Default)]
pub struct WorkspaceIntent {
    /// What it should hold, in order of slot.
    pub entries: Vec<Granted>,
    /// Where `licenses` is; what it does not name of Calling then goes.
    pub licenses: Option<Spot>,
    /// The subscription that its licences come from, unless an entry names another.
    pub pin: Option<(SubIx, Spot)>,
}

impl WorkspaceIntent {
    /// The subscription that is named for a slot.
    pub fn pin(&self, slot: Slot) -> Option<(SubIx, Spot)> {
        let entry = self.entries.iter().find(|entry| entry.slot == slot);
        let own = entry.and_then(|entry| Some((entry.pin?, entry.spot)));
        own.or(self.pin)
    }
}

/// Everything that the configuration wants of licences.
#[derive(Debug, Default)]
pub struct Intent<'a> {
    /// Templates, in order of name.
    pub templates: Vec<Template<'a>>,
    /// Overrides by e-mail address.
    pub overrides: FxHashMap<&'a str, Override>,
    /// Workspaces by name.
    pub workspaces: FxHashMap<&'a str, WorkspaceIntent>,
    /// Words that could be several products, and where they are: to be said where a grant has to choose one (rule 4).
    pub ambiguous: Vec<(Spot, Finding)>,
}

/// The sites and licence names that the configuration mentions.
pub fn names(config: &Config) -> Vec<String> {
    let mut names = Vec::new();
    let mut of_set = |set: &LicenseSet| {
        names.extend(
            set.meetings
                .iter()
                .flat_map(|sites| sites.0.iter().map(|(site, _)| site.value.clone())),
        );
        names.extend(
            set.other
                .iter()
                .flat_map(|other| other.value.iter().map(|name| name.value.clone())),
        );
    };
    config
        .templates
        .values()
        .for_each(|template| of_set(&template.value.licenses));
    let workspaces = config.workspaces.values();
    workspaces
        .filter_map(|workspace| workspace.value.licenses.as_ref())
        .for_each(|set| of_set(&set.value));
    let overrides = || {
        config
            .users
            .values()
            .filter_map(|user| user.value.licenses.as_ref())
    };
    for licenses in overrides() {
        licenses
            .add
            .iter()
            .chain(&licenses.only)
            .for_each(|set| of_set(&set.value));
    }
    for path in overrides().flat_map(|licenses| licenses.remove.iter().flat_map(|list| &list.value))
    {
        match &path.value {
            RemovePath::Meetings(name) | RemovePath::Other(name) => names.push(name.clone()),
            _ => {}
        }
    }
    names
}
