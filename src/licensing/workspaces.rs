//! Every workspace that matters: those of the snapshot, and those that the configuration creates.

use rustc_hash::FxHashMap;

use crate::config::{Config, Declared, model};
use crate::finding::{Finding, WORKSPACE_UNKNOWN, did_you_mean};
use crate::snapshot::{self, Snapshot};

/// An index of a workspace: those of the snapshot first, then those that are created, each in order of name.
pub type PlaceIx = u32;

/// Every workspace.
#[derive(Debug)]
pub struct Workspaces<'a> {
    observed: &'a [snapshot::Workspace],
    created: Vec<&'a str>,
    entries: Vec<Option<&'a Declared<model::Workspace>>>,
    index: FxHashMap<&'a str, PlaceIx>,
    devices: FxHashMap<&'a str, Vec<&'a snapshot::Device>>,
    /// Entries that errors keep out of the plan.
    pub blocked: usize,
}

impl<'a> Workspaces<'a> {
    /// Joins snapshot and configuration; says which entries name no one workspace.
    pub fn new(
        config: &'a Config,
        snapshot: &'a Snapshot,
        findings: &mut Vec<Finding>,
    ) -> Workspaces<'a> {
        let observed = snapshot.workspaces();
        let mut index: FxHashMap<&str, PlaceIx> = FxHashMap::default();
        for (ix, place) in observed.iter().enumerate() {
            index.entry(&place.name).or_insert(ix as PlaceIx);
        }
        let mut devices: FxHashMap<&str, Vec<&snapshot::Device>> = FxHashMap::default();
        for device in snapshot.devices() {
            if let Some(owner) = device.owner.as_ref().filter(|it| it.kind == "workspace") {
                devices.entry(&owner.key).or_default().push(device);
            }
        }
        let mut entries = vec![None; observed.len()];
        let mut created = Vec::new();
        let mut blocked = 0;
        for (name, declared) in &config.workspaces {
            match (index.get(name.as_str()), unknown(name, declared, observed)) {
                (_, Some(finding)) => {
                    blocked += 1;
                    let about = finding.about(format!("workspace/{name}"));
                    findings.push(about.at(config.place(declared.key)));
                }
                (Some(&ix), None) => entries[ix as usize] = Some(declared),
                (None, None) => {
                    index.insert(name, entries.len() as PlaceIx);
                    entries.push(Some(declared));
                    created.push(name.as_str());
                }
            }
        }
        Workspaces {
            observed,
            created,
            entries,
            index,
            devices,
            blocked,
        }
    }

    /// The workspace with this name.
    pub fn find(&self, name: &str) -> Option<PlaceIx> {
        self.index.get(name).copied()
    }

    /// The name.
    pub fn name(&self, place: PlaceIx) -> &'a str {
        match self.observed.get(place as usize) {
            Some(place) => &place.name,
            None => self.created[place as usize - self.observed.len()],
        }
    }

    /// The workspace as the snapshot has it; `None` for one that this plan creates.
    pub fn snapshot(&self, place: PlaceIx) -> Option<&'a snapshot::Workspace> {
        self.observed.get(place as usize)
    }

    /// What the configuration says of it.
    pub fn declared(&self, place: PlaceIx) -> Option<&'a Declared<model::Workspace>> {
        self.entries[place as usize]
    }

    /// Its devices.
    pub fn devices(&self, place: PlaceIx) -> &[&'a snapshot::Device] {
        self.devices
            .get(self.name(place))
            .map_or(&[], Vec::as_slice)
    }

    /// All of them in order of name.
    pub fn by_name(&self) -> impl Iterator<Item = PlaceIx> + use<> {
        let mut all: Vec<PlaceIx> = (0..self.entries.len() as PlaceIx).collect();
        all.sort_by_key(|&place| self.name(place));
        all.into_iter()
    }
}

/// Why an entry is about no one workspace, if so. What is created has to say so: a wrong letter must not create a workspace.
fn unknown(
    name: &str,
    declared: &Declared<model::Workspace>,
    observed: &[snapshot::Workspace],
) -> Option<Finding> {
    match observed.iter().filter(|place| place.name == name).count() {
        0 => {}
        1 => return None,
        several => {
            let message = format!("{several} workspaces of the organisation are called {name}");
            return Some(
                Finding::error(WORKSPACE_UNKNOWN, message)
                    .help("rename all but one in Control Hub, and take a new snapshot"),
            );
        }
    }
    let lower = name.to_lowercase();
    if let Some(other) = observed
        .iter()
        .find(|place| place.name.to_lowercase() == lower)
    {
        let message = format!(
            "the organisation has no workspace `{name}`, but one that is called `{}`",
            other.name
        );
        return Some(
            Finding::error(WORKSPACE_UNKNOWN, message)
                .help("write the name as it is there: upper and lower case count"),
        );
    }
    if declared.value.location.is_some() || declared.value.licenses.is_some() {
        return None;
    }
    let create = "to create a new workspace, give it a `location` or `licenses`";
    let known = observed.iter().map(|place| place.name.as_str());
    let help = match did_you_mean(name, known) {
        Some(near) => format!("{near} T{}.", &create[1..]),
        None => create.to_owned(),
    };
    let message = format!("the organisation has no workspace `{name}`");
    Some(Finding::error(WORKSPACE_UNKNOWN, message).help(help))
}
