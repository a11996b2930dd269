//! Licence paths by the words that people use: `calling`, `meetings/acme.webex.com`, `licenses/other/Some Licence`.

use std::collections::BTreeSet;

use crate::finding::did_you_mean;
use crate::licensing::catalogue::{Service, Slot};
use crate::licensing::world::World;

/// A word that is no licence path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLicense {
    /// What is the matter.
    pub message: String,
    /// What to write.
    pub help: String,
}

impl World<'_> {
    /// The licence path that a word means, as in `licenses.remove`, or written in full.
    pub fn license_path(&self, word: &str) -> Result<Slot, UnknownLicense> {
        let catalogue = &self.catalogue;
        let mut slots: BTreeSet<Slot> =
            [Service::Calling, Service::Messaging, Service::ContactCenter]
                .map(|service| catalogue.slot(service, ""))
                .into();
        slots.extend(catalogue.products().iter().map(|product| product.slot));
        let sites = self.snapshot.sites().iter().map(|site| site.url.as_str());
        slots.extend(sites.map(|site| catalogue.slot(Service::Meetings, site)));
        let templates = self.intent.templates.iter();
        slots
            .extend(templates.flat_map(|template| template.entries.iter().map(|entry| entry.slot)));
        let overrides = self.intent.overrides.values();
        slots.extend(overrides.flat_map(|over| {
            let granted = over.grants.iter().map(|entry| entry.slot);
            granted.chain(over.removals.iter().map(|&(slot, _)| slot))
        }));
        let short = word.strip_prefix("licenses/").unwrap_or(word);
        let paths: Vec<(String, Slot)> = slots
            .into_iter()
            .map(|slot| (catalogue.path(slot), slot))
            .collect();
        let bare = |path: &str| path.trim_start_matches("licenses/").to_owned();
        if let Some((_, slot)) = paths.iter().find(|(path, _)| bare(path) == short) {
            return Ok(*slot);
        }
        let words: Vec<String> = paths.iter().map(|(path, _)| bare(path)).collect();
        let help = did_you_mean(short, words.iter().map(String::as_str))
            .unwrap_or_else(|| format!("the organisation has: {}", words.join(", ")));
        Err(UnknownLicense {
            message: format!("there is no licence `{word}`"),
            help,
        })
    }
}
