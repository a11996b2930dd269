//! How what an object has now is written into the entry that declares it, so that the files no longer differ.
//!
//! A kind gives ways, the simplest first; whether one of them is right is proved by planning again. Must not know texts.

use std::sync::Arc;

use serde_json::Value;

use crate::change::{ChangeAction, Field};
use crate::config::edit::{Edit, Path};
use crate::config::model::{LicenseOverrides, LicenseSet};
use crate::config::write::Node;
use crate::config::{Config, Declared};
use crate::licensing::catalogue::{Catalogue, Service};
use crate::snapshot::Snapshot;

/// A field of a plan whose live value is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The desired state.
    pub config: &'a Config,
    /// The observed state.
    pub snapshot: &'a Snapshot,
    /// Its licences, understood.
    pub catalogue: &'a Catalogue,
    /// The key of the object.
    pub key: &'a str,
    /// What the plan does with the object.
    pub action: ChangeAction,
    /// What it does with the field.
    pub field: &'a Field,
}

/// Where and how a value can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// The file with the entry, relative to the configuration directory.
    pub file: Arc<str>,
    /// Each a way by itself, the simplest first.
    pub ways: Vec<Vec<Edit>>,
}

/// Why a value has no exact place in the files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoPlace {
    /// What is the matter.
    pub why: String,
    /// What to do.
    pub help: String,
}

/// Ways to write a value, or why there are none.
pub type Adopted = Result<Ways, NoPlace>;

impl Wanted<'_> {
    /// The ways to write a field with a single value or a list of texts, whose place in the entry is its path.
    pub(super) fn plain<T>(&self, section: &str, entry: Option<&Declared<T>>) -> Adopted {
        let entry = self.existing(section, entry)?;
        let path = self.path(section, self.field.path.split('/'));
        let ways = match (&*self.field.before, &*self.field.after) {
            (Value::Null, _) => vec![Edit::Unset(path)],
            (Value::String(text), _) => vec![Edit::Set(path, Node::text(text))],
            (Value::Array(live), Value::Array(ours)) => {
                let text = |item: &Value| item.as_str().unwrap_or_default().to_owned();
                let new = live.iter().filter(|item| !ours.contains(item));
                let old = ours.iter().filter(|item| !live.contains(item));
                let include = new.map(|item| Edit::Include(path.clone(), text(item)));
                let exclude = old.map(|item| Edit::Exclude(path.clone(), text(item)));
                include.chain(exclude).collect()
            }
            _ => return Err(self.by_hand("this value has no form that could be written")),
        };
        Ok(self.ways(entry, vec![ways]))
    }

    /// The ways to write a member of a list, whose path is `<list>/<member>`.
    pub(super) fn member<T>(&self, section: &str, entry: Option<&Declared<T>>) -> Adopted {
        let entry = self.existing(section, entry)?;
        let (list, member) = self.field.path.split_once('/').unwrap_or_default();
        let path = self.path(section, [list]);
        let edit = match self.field.before.is_null() {
            true => Edit::Exclude(path, member.to_owned()),
            false => Edit::Include(path, member.to_owned()),
        };
        Ok(self.ways(entry, vec![vec![edit]]))
    }

    /// The ways to write a licence into a set that says all that an object has.
    pub(super) fn license_set<T>(&self, section: &str, entry: Option<&Declared<T>>) -> Adopted {
        let entry = self.existing(section, entry)?;
        let mut ways = self.grants(section, &["licenses"]);
        if let Some(subscription) = self.field.before["subscription"].as_str() {
            let path = self.path(section, ["subscription"]);
            ways.push(vec![Edit::Set(path, Node::text(subscription))]);
        }
        Ok(self.ways(entry, ways))
    }

    /// The ways to write a licence into what differs for one holder.
    pub(super) fn license_override<T>(
        &self,
        section: &str,
        entry: Option<&Declared<T>>,
        overrides: impl Fn(&T) -> Option<&LicenseOverrides>,
    ) -> Adopted {
        let word = self.slot().join("/");
        let gone = self.field.before.is_null();
        let entry = entry.ok_or_else(|| self.comes_from_elsewhere(section))?;
        let none = LicenseOverrides::default();
        let said = overrides(&entry.value).unwrap_or(&none);
        let removals = self.path(section, ["licenses", "remove"]);
        let removed = said.remove.iter().flat_map(|list| &list.value);
        let removed: Vec<String> = removed.map(|path| path.value.to_string()).collect();
        let is_removed = removed.contains(&word);
        let added = said
            .add
            .as_ref()
            .is_some_and(|set| self.names_slot(&set.value));
        let take_back = match removed.len() {
            1 => Edit::Unset(removals.clone()),
            _ => Edit::Exclude(removals.clone(), word.clone()),
        };
        let ways = match (said.only.is_some(), gone) {
            (true, _) => self.grants(section, &["licenses", "only"]),
            (false, true) => {
                let remove = Edit::Include(removals, word);
                let mut ways = match added {
                    true => self.grants(section, &["licenses", "add"]),
                    false => vec![vec![]],
                };
                let also: Vec<Vec<Edit>> = ways
                    .iter()
                    .map(|way| way.iter().cloned().chain([remove.clone()]).collect())
                    .collect();
                ways.retain(|way| !way.is_empty());
                ways.extend(also);
                ways
            }
            (false, false) if is_removed => {
                let grants = self.grants(section, &["licenses", "add"]).into_iter();
                let also = grants.map(|way| [vec![take_back.clone()], way].concat());
                [vec![vec![take_back.clone()]], also.collect()].concat()
            }
            (false, false) => self.grants(section, &["licenses", "add"]),
        };
        Ok(self.ways(entry, ways))
    }

    /// Says that no entry of a holder is the reason for a licence.
    fn comes_from_elsewhere(&self, section: &str) -> NoPlace {
        let word = self.slot().join("/");
        let from = self.field.source.because.join(", ");
        let entry = match self.field.before.is_null() {
            true => format!("{{remove: [{word}]}}"),
            false => format!("{{add: …}} for {word}"),
        };
        NoPlace {
            why: format!(
                "the files have no entry for {}; this comes from {from}",
                self.key
            ),
            help: format!(
                "change that for everyone, or write under `{section}`: {}: {{licenses: {entry}}}",
                self.key
            ),
        }
    }

    /// Says that there is nothing that could be written by itself.
    pub(super) fn by_hand(&self, why: &str) -> NoPlace {
        NoPlace {
            why: why.to_owned(),
            help:
                "change the files manually, or let `trunkline apply` restore the state in the files"
                    .to_owned(),
        }
    }

    /// The entry of an object that is there.
    fn existing<'e, T>(
        &self,
        section: &str,
        entry: Option<&'e Declared<T>>,
    ) -> Result<&'e Declared<T>, NoPlace> {
        if self.action == ChangeAction::Create {
            return Err(NoPlace {
                why: "it is gone from the organisation".to_owned(),
                help: format!(
                    "if this is intended, remove `{}` from `{section}` and from what names it",
                    self.key
                ),
            });
        }
        entry.ok_or_else(|| NoPlace {
            why: format!("the files have no entry for {}", self.key),
            help: format!("write one under `{section}`"),
        })
    }

    fn ways<T>(&self, entry: &Declared<T>, ways: Vec<Vec<Edit>>) -> Ways {
        Ways {
            file: self.config.place(entry.key).file,
            ways,
        }
    }

    fn path<'s>(&self, section: &str, fields: impl IntoIterator<Item = &'s str>) -> Path {
        let entry = section.split('.').chain([self.key]).map(str::to_owned);
        entry.chain(fields.into_iter().map(str::to_owned)).collect()
    }

    /// `calling`, or `meetings` and the site, or `other` and the name.
    fn slot(&self) -> Vec<&str> {
        let slot = self.field.path.trim_start_matches("licenses/");
        match slot.split_once('/') {
            Some((service, name)) => vec![service, name],
            None => vec![slot],
        }
    }

    /// Whether a set says something of the licence.
    fn names_slot(&self, set: &LicenseSet) -> bool {
        let LicenseSet {
            calling,
            messaging,
            meetings,
            contact_center,
            other,
        } = set;
        let slot = self.slot();
        match (slot.first().copied().unwrap_or_default(), slot.get(1)) {
            ("calling", _) => calling.is_some(),
            ("messaging", _) => messaging.is_some(),
            ("contactCenter", _) => contact_center.is_some(),
            ("meetings", Some(site)) => {
                let mut sites = meetings.iter().flat_map(|sites| sites.iter());
                sites.any(|(name, _)| name.value == **site)
            }
            ("other", Some(name)) => {
                let mut names = other.iter().flat_map(|list| &list.value);
                names.any(|other| other.value == **name)
            }
            _ => false,
        }
    }

    /// The ways to say in a set that the holder has what it has now: only the word, with its subscription, or in the long
    /// form that is there already.
    fn grants(&self, section: &str, set: &[&str]) -> Vec<Vec<Edit>> {
        let slot = self.slot();
        let whole: Vec<&str> = set.iter().copied().chain(slot.iter().copied()).collect();
        let path = self.path(section, whole);
        if let [service, name] = slot[..]
            && service == Service::Other.name()
        {
            let list = self.path(section, set.iter().copied().chain([service]));
            return vec![vec![match self.field.before.is_null() {
                true => Edit::Exclude(list, name.to_owned()),
                false => Edit::Include(list, name.to_owned()),
            }]];
        }
        if self.field.before.is_null() {
            return vec![vec![Edit::Unset(path)]];
        }
        let Some(Grant {
            word,
            field,
            license,
            subscription,
        }) = self.grant()
        else {
            return Vec::new();
        };
        let long = |license: Option<String>, subscription: Option<String>| {
            let word = Some(Node::text(word));
            Node::Line(Node::fields([
                (field, word),
                ("license", license.map(Node::text)),
                ("subscription", subscription.map(Node::text)),
            ]))
        };
        let inner = |name: &str| [path.clone(), vec![name.to_owned()]].concat();
        let short = match &license {
            None => Node::text(word),
            Some(_) => long(license.clone(), None),
        };
        let mut ways = vec![
            vec![Edit::Set(path.clone(), short)],
            vec![Edit::Set(inner(field), Node::text(word))],
        ];
        if let Some(subscription) = subscription {
            let pinned = long(license, Some(subscription.clone()));
            ways.push(vec![Edit::Set(path.clone(), pinned)]);
            ways.push(vec![
                Edit::Set(inner(field), Node::text(word)),
                Edit::Set(inner("subscription"), Node::text(subscription)),
            ]);
        }
        ways
    }

    /// The live licence in the words of YAML.
    fn grant(&self) -> Option<Grant> {
        let value = &self.field.before;
        let field = match self.slot().first() {
            Some(&service) if service == Service::Meetings.name() => "role",
            _ => "tier",
        };
        let Some(name) = value["license"].as_str() else {
            let word = (value["role"] == "attendee").then_some("attendee")?;
            return Some(Grant {
                word,
                field,
                license: None,
                subscription: None,
            });
        };
        let subscription = value["subscription"].as_str();
        let mut licenses = self.snapshot.licenses().iter();
        let license = licenses.find(|license| {
            license.name == name && license.subscription_id.as_deref() == subscription
        })?;
        let kind = self.catalogue.kind(self.catalogue.by_id(&license.id)?);
        let alone = self.catalogue.products_of(kind.slot, kind.tier).len() == 1;
        Some(Grant {
            word: kind.tier.word(),
            field,
            license: (!alone).then(|| name.to_owned()),
            subscription: subscription.map(str::to_owned),
        })
    }
}

/// A licence in the words of YAML.
struct Grant {
    word: &'static str,
    field: &'static str,
    license: Option<String>,
    subscription: Option<String>,
}
