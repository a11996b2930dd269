//! Every workspace that matters: those of the snapshot, and those that the configuration creates.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::config::{Config, Declared, dropped, model};
use crate::finding::{self, Finding, Suggestions, WORKSPACE_UNKNOWN, did_you_mean};
use crate::snapshot::{self, Snapshot};

/// An index of a workspace: those of the snapshot first, then those that are created, each in order of name.
pub type PlaceIx = u32;

/// Every workspace.
#[derive(Debug)]
pub struct Workspaces<'a> {
    observed: &'a [snapshot::Workspace],
    created: Vec<&'a str>,
    entries: Vec<Option<&'a Declared<model::Workspace>>>,
    /// Those that an earlier revision had, and no file names now.
    deleted: FxHashSet<PlaceIx>,
    index: FxHashMap<&'a str, PlaceIx>,
    /// Of these something could not be read, so that nothing is planned for them.
    not_known: FxHashSet<PlaceIx>,
    /// The ids of those that share a name, by the name: it is unknown which of them is meant.
    namesakes: FxHashMap<&'a str, Vec<&'a str>>,
    /// Entries that errors keep out of the plan.
    pub blocked: usize,
}

impl<'a> Workspaces<'a> {
    /// Joins snapshot and configuration; says which entries name no one workspace.
    pub fn new(
        config: &'a Config,
        snapshot: &'a Snapshot,
        base: Option<&Config>,
        findings: &mut Vec<Finding>,
    ) -> Workspaces<'a> {
        let observed = snapshot.workspaces();
        let mut index: FxHashMap<&str, PlaceIx> = FxHashMap::default();
        let mut others = Others::default();
        for (ix, place) in observed.iter().enumerate() {
            index.entry(&place.name).or_insert(ix as PlaceIx);
            others.named.entry(&place.name).or_default().push(&place.id);
            others.lower.insert(place.name.to_lowercase(), &place.name);
        }
        let mut entries = vec![None; observed.len()];
        let mut created = Vec::new();
        let mut blocked = 0;
        for (name, declared) in &config.workspaces {
            if let Some(finding) = others.unknown(name, &declared.value) {
                blocked += 1;
                let about = finding.about(format!("workspace/{name}"));
                findings.push(about.at(config.place(declared.key)));
            } else if let Some(&ix) = index.get(name.as_str()) {
                entries[ix as usize] = Some(declared);
            } else {
                index.insert(name, entries.len() as PlaceIx);
                entries.push(Some(declared));
                created.push(name.as_str());
            }
        }
        let base = base.map(|base| &base.workspaces);
        let deleted = dropped(base, &config.workspaces, |it| it.formerly.as_ref())
            .filter(|(name, _)| others.named.get(name).is_some_and(|ids| ids.len() == 1))
            .filter_map(|(name, _)| index.get(name).copied())
            .collect();
        let not_known = snapshot.not_known_of("workspace");
        let not_known = not_known.filter_map(|name| index.get(name).copied());
        Workspaces {
            not_known: not_known.collect(),
            observed,
            created,
            deleted,
            entries,
            index,
            namesakes: others.namesakes(),
            blocked,
        }
    }

    /// Why nothing is planned for a workspace that shares its name with others, if it does.
    pub fn ambiguous(&self, place: PlaceIx) -> Option<Finding> {
        let name = self.name(place);
        let ids = self.namesakes.get(name)?;
        let about = format!("workspace/{name}");
        Some(finding::several("workspaces", name, ids).about(about))
    }

    /// Plans nothing for these either: not everything is known of them.
    pub(super) fn leave_alone(&mut self, places: impl Iterator<Item = PlaceIx>) {
        self.not_known.extend(places);
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

    /// Whether this plan deletes it.
    pub fn deleted(&self, place: PlaceIx) -> bool {
        self.deleted.contains(&place) && !self.not_known(place)
    }

    /// Whether something of it could not be read, so that nothing is planned.
    pub fn not_known(&self, place: PlaceIx) -> bool {
        self.not_known.contains(&place)
    }

    /// All of them in order of name.
    pub fn by_name(&self) -> impl Iterator<Item = PlaceIx> + use<> {
        let mut all: Vec<PlaceIx> = (0..self.entries.len() as PlaceIx).collect();
        all.sort_by_key(|&place| self.name(place));
        all.into_iter()
    }
}

/// The names that the organisation has.
#[derive(Default)]
struct Others<'a> {
    /// The ids by name: Webex lets two workspaces have one name.
    named: BTreeMap<&'a str, Vec<&'a str>>,
    /// By the name in lower case.
    lower: FxHashMap<String, &'a str>,
    suggestions: Suggestions,
}

impl<'a> Others<'a> {
    /// The names that several have.
    fn namesakes(&self) -> FxHashMap<&'a str, Vec<&'a str>> {
        let several = self.named.iter().filter(|(_, ids)| ids.len() > 1);
        several.map(|(name, ids)| (*name, ids.clone())).collect()
    }

    /// Why an entry is about no one workspace, if so. What is to be created has to say so, as a wrong letter must not create
    /// anything.
    fn unknown(&mut self, name: &str, declared: &model::Workspace) -> Option<Finding> {
        let error = |message| Finding::error(WORKSPACE_UNKNOWN, message);
        match self.named.get(name) {
            None => {}
            Some(one) if one.len() == 1 => return None,
            Some(several) => {
                return Some(finding::several("workspaces", name, several));
            }
        }
        if declared.location.is_some() || declared.licenses.is_some() {
            return None;
        }
        let message = format!("the organisation has no workspace `{name}`");
        if let Some(other) = self.lower.get(&name.to_lowercase()) {
            let message = format!("{message}, but one that is called `{other}`");
            let help = "write the name as it is in the organisation: upper and lower case count";
            return Some(error(message).help(help));
        }
        let near = || did_you_mean(name, self.named.keys().copied());
        let help = match self.suggestions.among(self.named.len(), near) {
            Some(near) => {
                format!("{near} To create a new one, give it a `location` or `licenses`.")
            }
            None => "to create a new workspace, give it a `location` or `licenses`".to_owned(),
        };
        Some(error(message).help(help))
    }
}
