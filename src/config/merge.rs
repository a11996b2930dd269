//! Documents -> one [`Config`]: entries of all files together, each in one place.
//!
//! Owns merging and the errors that come of it (the same key twice). Knows no rule about what an entry may say.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::model::*;
use super::sections::SECTIONS;
use super::yaml::{At, Entries, Pos};
use crate::canonical;
use crate::finding::{self, DUPLICATE_KEY, Finding, MISSING_FIELD, Place};
use crate::phone::interval;

/// A place in one of the files of a [`Config`]: small, so that every reason can carry one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Spot {
    /// The index of the file.
    pub file: u32,
    /// The position in it.
    pub pos: Pos,
}

/// An entry of a section, with the place of its key.
#[derive(Debug, Clone)]
pub struct Declared<T> {
    /// What it says.
    pub value: T,
    /// Where its key is.
    pub key: Spot,
}

impl<T> Declared<T> {
    /// The place of a value inside this entry.
    pub fn spot<V>(&self, at: &At<V>) -> Spot {
        Spot {
            file: self.key.file,
            pos: at.pos,
        }
    }
}

impl<T: Serialize> Serialize for Declared<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// A section: its entries by key.
pub type Section<T> = BTreeMap<String, Declared<T>>;

/// The entries of a section that an earlier revision had, and that are neither there nor renamed (`formerly`) now.
pub fn dropped<'a, T>(
    before: Option<&'a Section<T>>,
    now: &'a Section<T>,
    formerly: impl Fn(&T) -> Option<&At<String>>,
) -> impl Iterator<Item = (&'a str, &'a Declared<T>)> {
    let renamed: Vec<String> = now
        .values()
        .filter_map(|entry| Some(formerly(&entry.value)?.value.clone()))
        .collect();
    let entries = before.into_iter().flatten();
    entries
        .filter(move |(name, _)| !now.contains_key(*name) && !renamed.contains(name))
        .map(|(name, entry)| (name.as_str(), entry))
}

/// The whole desired state.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    #[serde(skip)]
    files: Vec<Arc<str>>,
    /// The organisation; `None` only where findings say so.
    pub org: Option<Declared<Org>>,
    /// Templates by name.
    pub templates: Section<Template>,
    /// Groups by name.
    pub groups: Section<Group>,
    /// Locations by name.
    pub locations: Section<Location>,
    /// Blocks of numbers, in order of path.
    #[serde(skip)]
    pub numbers: Vec<Declared<NumberBlock>>,
    /// Subscriptions by id.
    pub subscriptions: Section<Subscription>,
    /// People by e-mail address in lower case.
    pub users: Section<User>,
    /// Workspaces by name.
    pub workspaces: Section<Workspace>,
    /// Call queues by name.
    #[serde(skip_serializing_if = "Section::is_empty")]
    pub call_queues: Section<CallQueue>,
    /// Accounts with mobile operators by name.
    pub operator_accounts: Section<OperatorAccount>,
    /// Whether the organisation suppresses e-mail with activation codes of Webex Go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_suppressed: Option<Declared<bool>>,
    /// BroadWorks clusters by name.
    pub clusters: Section<BroadworksCluster>,
    /// BroadWorks customer templates by name.
    pub customer_templates: Section<CustomerTemplate>,
    /// BroadWorks enterprises by id.
    pub enterprises: Section<Enterprise>,
    /// BroadWorks subscribers by user id.
    pub subscribers: Section<Subscriber>,
    /// BroadWorks workspaces by user id.
    pub broadworks_workspaces: Section<BroadworksWorkspace>,
    /// The limits.
    pub guardrails: Option<Declared<Guardrails>>,
    /// The acknowledgements, in order of path.
    #[serde(skip)]
    pub acknowledgements: Vec<Declared<Acknowledgement>>,
}

impl Config {
    /// Where a spot is, for people.
    pub fn place(&self, spot: Spot) -> Place {
        Place {
            file: self
                .files
                .get(spot.file as usize)
                .cloned()
                .unwrap_or_else(|| "".into()),
            line: spot.pos.line,
            column: spot.pos.column,
            len: spot.pos.len,
        }
    }

    /// Whether the files say nothing of what an organisation has: only who it is, the limits, and what was agreed to.
    pub fn is_bare(&self) -> bool {
        let objects = SECTIONS.iter().any(|section| (section.declares)(self));
        !objects && self.templates.is_empty() && self.subscriptions.is_empty()
    }

    /// The sets of licences that templates give, that differ for people, and that workspaces have.
    pub fn license_sets(&self) -> impl Iterator<Item = &LicenseSet> {
        let templates = self.templates.values();
        let templates = templates.map(|template| &template.value.licenses);
        let users = self.users.values();
        let overrides = users.filter_map(|user| user.value.licenses.as_ref());
        let overrides = overrides.flat_map(|it| it.add.iter().chain(&it.only));
        let places = self.workspaces.values();
        let places = places.filter_map(|place| place.value.licenses.as_ref());
        let overrides = overrides.map(|set| &set.value);
        templates.chain(overrides.chain(places.map(|set| &set.value)))
    }

    /// Whether the files say something of anyone's Calling: the licence, the location, the number or the extension.
    pub fn manages_calling(&self) -> bool {
        let identity = |user: &User| {
            user.location.is_some() || !user.phone_number.is_absent() || user.extension.is_some()
        };
        self.license_sets().any(|set| set.calling.is_some())
            || self.users.values().any(|it| identity(&it.value))
    }

    /// How licences are assigned; mode `organization` where nothing says.
    pub fn mode(&self) -> AssignmentMode {
        self.org
            .as_ref()
            .map_or(AssignmentMode::Organization, |org| {
                org.value.assignment_mode.value
            })
    }

    /// Whether people come from a directory.
    pub fn directory_sync(&self) -> bool {
        let sync = self
            .org
            .as_ref()
            .and_then(|org| org.value.directory_sync.as_ref());
        sync.is_some_and(|sync| sync.value)
    }

    /// Whether a block names this number, given as its digits.
    pub fn has_number(&self, number: u64) -> bool {
        let mut entries = self
            .numbers
            .iter()
            .flat_map(|block| block.value.numbers.iter());
        entries.any(|at| interval(&at.value).is_ok_and(|it| (it.low..=it.high).contains(&number)))
    }

    /// How many numbers the blocks name.
    pub fn number_count(&self) -> usize {
        let blocks = self
            .numbers
            .iter()
            .flat_map(|block| block.value.numbers.iter());
        let intervals = blocks.filter_map(|at| interval(&at.value).ok());
        intervals
            .map(|interval| (interval.high - interval.low + 1) as usize)
            .sum()
    }

    /// A digest of what the configuration says. Layout, comments, order and file names do not count.
    pub fn digest(&self) -> String {
        let mut hasher = Sha256::new();
        let mut feed = |value: serde_json::Result<String>| {
            // Our own types always serialise; an error would only leave a part out of the digest.
            hasher.update(value.unwrap_or_default());
            hasher.update(b"\n");
        };
        feed(serde_json::to_string(self));
        let mut lists: Vec<_> = self
            .numbers
            .iter()
            .map(serde_json::to_string)
            .collect::<Vec<_>>();
        lists.extend(self.acknowledgements.iter().map(serde_json::to_string));
        let mut lists: Vec<String> = lists.into_iter().flatten().collect();
        lists.sort();
        lists.into_iter().for_each(|line| feed(Ok(line)));
        format!("sha256:{:x}", hasher.finalize())
    }

    /// A digest of the rules that judge a plan: the guardrails, with what they are where the files say nothing. Which
    /// losses need an acknowledgement is no matter of the files.
    pub fn guardrails_digest(&self) -> String {
        let declared = self.guardrails.as_ref();
        let rules = declared.map_or_else(
            || Guardrails::default().canonical(),
            |declared| declared.value.canonical(),
        );
        format!("sha256:{:x}", Sha256::digest(rules.to_string()))
    }
}

/// The documents of one file.
#[derive(Debug)]
pub struct FileDocuments {
    /// The file, relative to the configuration directory.
    pub path: Arc<str>,
    /// What it says.
    pub documents: Vec<Document>,
    /// Whether a part of it could not be read.
    pub broken: bool,
}

/// Merges all documents; files must be in byte order of path. Says what appears twice or is missing.
pub fn merge(files: Vec<FileDocuments>) -> (Config, Vec<Finding>) {
    let mut merge = Merge {
        config: Config::default(),
        findings: Vec::new(),
        version: None,
    };
    for (index, file) in files.into_iter().enumerate() {
        merge.config.files.push(file.path);
        for document in file.documents {
            merge.document(index as u32, document);
        }
    }
    (merge.config, merge.findings)
}

struct Merge {
    config: Config,
    findings: Vec<Finding>,
    version: Option<Spot>,
}

impl Merge {
    fn document(&mut self, file: u32, document: Document) {
        let Document {
            version,
            org,
            templates,
            groups,
            locations,
            numbers,
            subscriptions,
            users,
            workspaces,
            call_queues,
            webex_go:
                WebexGo {
                    operator_accounts,
                    mail_suppressed,
                },
            broadworks,
            guardrails,
            acknowledgements,
        } = document;
        if let Some(version) = &version {
            self.version(file, version);
        }
        if let Some(org) = org {
            self.org(file, org, version.is_some());
        }
        if let Some(guardrails) = guardrails {
            self.once(file, guardrails, "guardrails", |c| &mut c.guardrails);
        }
        self.entries(file, templates, "templates", |c| &mut c.templates);
        self.entries(file, groups, "groups", |c| &mut c.groups);
        self.entries(file, locations, "locations", |c| &mut c.locations);
        self.entries(file, subscriptions, "subscriptions", |c| {
            &mut c.subscriptions
        });
        self.keyed(file, users, "users", |c| &mut c.users, lower);
        self.entries(file, workspaces, "workspaces", |c| &mut c.workspaces);
        self.entries(file, call_queues, "callQueues", |c| &mut c.call_queues);
        self.entries(file, operator_accounts, "webexGo.operatorAccounts", |c| {
            &mut c.operator_accounts
        });
        if let Some(suppressed) = mail_suppressed {
            self.once(file, suppressed, "webexGo.mailSuppressed", |c| {
                &mut c.mail_suppressed
            });
        }
        self.broadworks(file, broadworks);
        self.config
            .numbers
            .extend(numbers.0.into_iter().map(|block| listed(file, block)));
        self.config
            .acknowledgements
            .extend(acknowledgements.0.into_iter().map(|ack| listed(file, ack)));
    }

    fn version(&mut self, file: u32, version: &At<u32>) {
        let spot = Spot {
            file,
            pos: version.pos,
        };
        match self.version {
            Some(earlier) => self.duplicate("version", spot, earlier),
            None => self.version = Some(spot),
        }
        if version.value != 1 {
            let message = format!(
                "version {} is not supported; this trunkline reads version 1",
                version.value
            );
            let finding =
                Finding::error(finding::VERSION_UNSUPPORTED, message).help("write `version: 1`");
            self.findings.push(finding.at(self.config.place(spot)));
        }
    }

    fn org(&mut self, file: u32, org: At<Org>, versioned: bool) {
        let key = Spot { file, pos: org.pos };
        if !versioned {
            self.findings.push(
                Finding::error(MISSING_FIELD, "`version` is missing next to `org`")
                    .help("write `version: 1` above `org:`")
                    .at(self.config.place(key)),
            );
        }
        self.once(file, org, "org", |c| &mut c.org);
    }

    fn broadworks(&mut self, file: u32, broadworks: Broadworks) {
        let Broadworks {
            clusters,
            customer_templates,
            enterprises,
            mut subscribers,
            workspaces,
        } = broadworks;
        for (_, subscriber) in &mut subscribers.0 {
            if let Some(email) = &mut subscriber.email {
                email.value = canonical::address(&email.value);
            }
        }
        self.entries(file, clusters, "broadworks.clusters", |c| &mut c.clusters);
        self.entries(
            file,
            customer_templates,
            "broadworks.customerTemplates",
            |c| &mut c.customer_templates,
        );
        self.entries(file, enterprises, "broadworks.enterprises", |c| {
            &mut c.enterprises
        });
        self.entries(file, subscribers, "broadworks.subscribers", |c| {
            &mut c.subscribers
        });
        self.entries(file, workspaces, "broadworks.workspaces", |c| {
            &mut c.broadworks_workspaces
        });
    }

    /// Takes up what may appear once in all files.
    fn once<T>(
        &mut self,
        file: u32,
        at: At<T>,
        name: &str,
        field: fn(&mut Config) -> &mut Option<Declared<T>>,
    ) {
        let declared = listed(file, at);
        match field(&mut self.config) {
            Some(earlier) => {
                let earlier = earlier.key;
                self.duplicate(name, declared.key, earlier);
            }
            none => *none = Some(declared),
        }
    }

    /// Takes up entries whose keys count as they are written.
    fn entries<T>(
        &mut self,
        file: u32,
        entries: Entries<T>,
        section: &str,
        field: fn(&mut Config) -> &mut Section<T>,
    ) {
        self.keyed(file, entries, section, field, exact);
    }

    fn keyed<T>(
        &mut self,
        file: u32,
        entries: Entries<T>,
        section: &str,
        field: fn(&mut Config) -> &mut Section<T>,
        normal: fn(&str) -> Cow<'_, str>,
    ) {
        let in_order = |(one, _): &(At<String>, T), (next, _): &(At<String>, T)| {
            normal(&one.value) < normal(&next.value)
        };
        if field(&mut self.config).is_empty() && entries.0.is_sorted_by(in_order) {
            // Made at once, a section takes half the memory of one that grows in order.
            let entries = entries.0.into_iter();
            let all = entries.map(|(name, value)| declared(file, name, value, normal));
            *field(&mut self.config) = all.collect();
            return;
        }
        for (name, value) in entries.0 {
            let (key, declared) = declared(file, name.clone(), value, normal);
            match field(&mut self.config).entry(key) {
                Entry::Vacant(vacant) => {
                    vacant.insert(declared);
                }
                Entry::Occupied(occupied) => {
                    let earlier = occupied.get().key;
                    self.duplicate(&format!("{section}.{name}"), declared.key, earlier);
                }
            }
        }
    }

    fn duplicate(&mut self, what: &str, spot: Spot, earlier: Spot) {
        let earlier = self.config.place(earlier);
        let message = format!(
            "`{what}` appears twice; the first is at {}:{}:{}",
            earlier.file, earlier.line, earlier.column
        );
        self.findings.push(
            Finding::error(DUPLICATE_KEY, message)
                .help("keep one of the two, with the contents of both")
                .at(self.config.place(spot)),
        );
    }
}

fn declared<T>(
    file: u32,
    name: At<String>,
    value: T,
    normal: fn(&str) -> Cow<'_, str>,
) -> (String, Declared<T>) {
    let pos = name.pos;
    let other = match normal(&name.value) {
        Cow::Owned(other) => Some(other),
        Cow::Borrowed(_) => None,
    };
    let key = Spot { file, pos };
    (other.unwrap_or(name.value), Declared { value, key })
}

/// A key of which every letter counts.
fn exact(key: &str) -> Cow<'_, str> {
    Cow::Borrowed(key)
}

/// An address, which is the same in either case.
fn lower(address: &str) -> Cow<'_, str> {
    match address.is_ascii() && !address.contains(|c: char| c.is_ascii_uppercase()) {
        true => Cow::Borrowed(address),
        false => Cow::Owned(address.to_lowercase()),
    }
}

fn listed<T>(file: u32, at: At<T>) -> Declared<T> {
    Declared {
        value: at.value,
        key: Spot { file, pos: at.pos },
    }
}
