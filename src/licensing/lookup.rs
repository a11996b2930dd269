//! Names of licences, sites and subscriptions in the configuration -> what the organisation has of them.
//!
//! A name that the organisation lacks is one finding at its place, however many people it concerns.

use super::catalogue::{Catalogue, ProductIx, Service, Tier};
use super::intent::{Granted, Intent, Override, Template, WorkspaceIntent};
use super::subscriptions::Subscriptions;
use crate::config::model::*;
use crate::config::yaml::At;
use crate::config::{Config, Declared, Spot};
use crate::finding::{
    Code, Finding, LICENSE_AMBIGUOUS, LICENSE_UNKNOWN, SITE_UNKNOWN, did_you_mean,
};
use crate::snapshot::Snapshot;

/// Looks up every licence name, site and subscription of the templates, overrides and workspaces.
pub fn look_up<'a>(
    config: &'a Config,
    snapshot: &Snapshot,
    catalogue: &Catalogue,
    subscriptions: &Subscriptions,
    findings: &mut Vec<Finding>,
) -> Intent<'a> {
    let mut lookup = LookUp {
        config,
        snapshot,
        catalogue,
        subscriptions,
        findings,
        ambiguous: Vec::new(),
    };
    let templates = lookup.templates(config);
    let overrides = config
        .users
        .iter()
        .filter_map(|(email, declared)| {
            let licenses = declared.value.licenses.as_ref()?;
            Some((
                email.as_str(),
                lookup.overrides(licenses, declared.key.file),
            ))
        })
        .collect();
    let workspaces = config
        .workspaces
        .iter()
        .map(|(name, declared)| (name.as_str(), lookup.workspace(declared)))
        .collect();
    Intent {
        templates,
        overrides,
        workspaces,
        ambiguous: lookup.ambiguous,
    }
}

/// Looks up the templates of an earlier revision, whose mistakes are of no interest any more.
pub fn former<'a>(
    config: &'a Config,
    snapshot: &Snapshot,
    catalogue: &Catalogue,
    subscriptions: &Subscriptions,
) -> Vec<Template<'a>> {
    let mut lookup = LookUp {
        config,
        snapshot,
        catalogue,
        subscriptions,
        findings: &mut Vec::new(),
        ambiguous: Vec::new(),
    };
    lookup.templates(config)
}

struct LookUp<'a, 'f> {
    config: &'a Config,
    snapshot: &'a Snapshot,
    catalogue: &'a Catalogue,
    subscriptions: &'a Subscriptions,
    findings: &'f mut Vec<Finding>,
    ambiguous: Vec<(Spot, Finding)>,
}

impl LookUp<'_, '_> {
    fn templates<'c>(&mut self, config: &'c Config) -> Vec<Template<'c>> {
        config
            .templates
            .iter()
            .map(|(name, declared)| {
                let file = declared.key.file;
                let retain = declared.value.retain_licenses.as_ref();
                Template {
                    name,
                    key: declared.key,
                    entries: self.set(&declared.value.licenses, file),
                    existing_users: declared
                        .value
                        .existing_users
                        .as_ref()
                        .is_some_and(|at| at.value),
                    retain: retain.is_none_or(|at| at.value),
                    retain_spot: retain.map_or(declared.key, |at| declared.spot(at)),
                }
            })
            .collect()
    }

    fn overrides(&mut self, licenses: &LicenseOverrides, file: u32) -> Override {
        let mut out = Override::default();
        if let Some(only) = &licenses.only {
            out.only = true;
            out.only_other = only.value.other.is_some();
            out.only_spot = Spot {
                file,
                pos: only.pos,
            };
            out.grants = self.set(&only.value, file);
        }
        if let Some(add) = &licenses.add {
            out.grants.extend(self.set(&add.value, file));
            out.grants.sort_by_key(|entry| entry.slot);
        }
        for path in licenses.remove.iter().flat_map(|list| &list.value) {
            let spot = Spot {
                file,
                pos: path.pos,
            };
            let slot = match &path.value {
                RemovePath::Calling => self.catalogue.slot(Service::Calling, ""),
                RemovePath::Messaging => self.catalogue.slot(Service::Messaging, ""),
                RemovePath::ContactCenter => self.catalogue.slot(Service::ContactCenter, ""),
                RemovePath::Meetings(site) => self.catalogue.slot(Service::Meetings, site),
                RemovePath::Other(name) => {
                    self.is_other(name, spot);
                    self.catalogue.slot(Service::Other, name)
                }
            };
            out.removals.push((slot, spot));
        }
        out
    }

    fn workspace(&mut self, declared: &Declared<Workspace>) -> WorkspaceIntent {
        let Workspace {
            licenses,
            subscription,
            ..
        } = &declared.value;
        let file = declared.key.file;
        let entries = licenses.as_ref().map(|set| self.set(&set.value, file));
        let mut entries = entries.unwrap_or_default();
        let pin = subscription.as_ref().and_then(|at| {
            let spot = declared.spot(at);
            let found = self.subscriptions.find(&at.value);
            if found.is_none() {
                let code = self.say(self.subscriptions.unknown(&at.value), spot);
                let unpinned = entries.iter_mut().filter(|entry| entry.pin.is_none());
                unpinned.for_each(|entry| entry.broken = entry.broken.or(Some(code)));
            }
            Some((found?, spot))
        });
        WorkspaceIntent {
            entries,
            licenses: licenses.as_ref().map(|at| declared.spot(at)),
            pin,
        }
    }

    fn set(&mut self, set: &LicenseSet, file: u32) -> Vec<Granted> {
        let LicenseSet {
            calling,
            messaging,
            meetings,
            contact_center,
            other,
        } = set;
        let mut entries = Vec::new();
        if let Some(grant) = calling {
            let tier = match grant.value.word {
                CallingTier::Professional => Tier::Professional,
                CallingTier::Standard => Tier::Standard,
                CallingTier::Workspace => Tier::Workspace,
                CallingTier::HotDesk => Tier::HotDesk,
            };
            entries.push(self.entry(Service::Calling, "", tier, grant, file));
        }
        if let Some(grant) = contact_center {
            let tier = match grant.value.word {
                ContactCenterTier::Premium => Tier::Premium,
                ContactCenterTier::Standard => Tier::StandardAgent,
            };
            entries.push(self.entry(Service::ContactCenter, "", tier, grant, file));
        }
        for (site, grant) in meetings.iter().flat_map(|sites| &sites.0) {
            entries.push(self.meetings(site, grant, file));
        }
        if let Some(grant) = messaging {
            let tier = match grant.value.word {
                MessagingTier::Advanced => Tier::Advanced,
                MessagingTier::Basic => Tier::Basic,
            };
            entries.push(self.entry(Service::Messaging, "", tier, grant, file));
        }
        for name in other.iter().flat_map(|names| &names.value) {
            let spot = Spot {
                file,
                pos: name.pos,
            };
            let mut entry = self.bare(Service::Other, &name.value, Tier::Single, spot);
            entry.take(self.other(&name.value, spot));
            entries.push(entry);
        }
        entries.sort_by_key(|entry| entry.slot);
        entries
    }

    /// An entry for meetings on a site, which has to be one of the organisation's.
    fn meetings(
        &mut self,
        site: &At<String>,
        grant: &At<Grant<MeetingRole>>,
        file: u32,
    ) -> Granted {
        let tier = match grant.value.word {
            MeetingRole::Host => Tier::Host,
            MeetingRole::Attendee => Tier::Attendee,
        };
        let named = Spot {
            file,
            pos: site.pos,
        };
        if self.site(&site.value, named) {
            return self.entry(Service::Meetings, &site.value, tier, grant, file);
        }
        let spot = Spot {
            file,
            pos: grant.pos,
        };
        Granted {
            broken: Some(SITE_UNKNOWN),
            ..self.bare(Service::Meetings, &site.value, tier, spot)
        }
    }

    fn bare(&self, service: Service, name: &str, tier: Tier, spot: Spot) -> Granted {
        let slot = self.catalogue.slot(service, name);
        Granted {
            slot,
            tier,
            product: None,
            names_product: false,
            pin: None,
            broken: None,
            spot,
        }
    }

    fn entry<W: Copy>(
        &mut self,
        service: Service,
        name: &str,
        tier: Tier,
        grant: &At<Grant<W>>,
        file: u32,
    ) -> Granted {
        let mut entry = self.bare(
            service,
            name,
            tier,
            Spot {
                file,
                pos: grant.pos,
            },
        );
        if let Some(pin) = &grant.value.subscription {
            entry.pin = self.subscriptions.find(&pin.value);
            if entry.pin.is_none() {
                let unknown = self.subscriptions.unknown(&pin.value);
                entry.broken = Some(self.say(unknown, Spot { file, pos: pin.pos }));
            }
        }
        if tier == Tier::Attendee {
            return entry;
        }
        entry.names_product = grant.value.license.is_some();
        let product = match &grant.value.license {
            Some(license) => self.named(
                &entry,
                &license.value,
                Spot {
                    file,
                    pos: license.pos,
                },
            ),
            None => self.only_product(&entry),
        };
        entry.take(product);
        entry
    }

    /// The product with this exact name, for the entry's slot and tier.
    fn named(&mut self, entry: &Granted, name: &str, spot: Spot) -> Result<ProductIx, Code> {
        let products = self.catalogue.products_of(entry.slot, entry.tier);
        let found = products
            .iter()
            .copied()
            .find(|&index| self.catalogue.product(index).name == name);
        found.ok_or_else(|| {
            let candidates = self.candidates(products);
            let near = did_you_mean(name, candidates.iter().copied());
            let finding = Finding::error(
                LICENSE_UNKNOWN,
                format!("no licence of this service is called `{name}`"),
            );
            let help = near.unwrap_or_else(|| could_be(&candidates));
            self.say(finding.about(format!("license/{name}")).help(help), spot)
        })
    }

    /// The one product that the organisation has for the entry's slot and tier.
    fn only_product(&mut self, entry: &Granted) -> Result<ProductIx, Code> {
        let products = self.catalogue.products_of(entry.slot, entry.tier);
        let word = entry.tier.word();
        let path = self.catalogue.path(entry.slot);
        let path = path.trim_start_matches("licenses/");
        match products {
            [only] => Ok(*only),
            [] => {
                let finding = Finding::error(
                    LICENSE_UNKNOWN,
                    format!("the organisation has no licence for `{path}: {word}`"),
                )
                .about(format!("license/{path}/{word}"))
                .help(could_be(&self.all_of(entry.slot.service)));
                Err(self.say(finding, entry.spot))
            }
            several => {
                let candidates = self.candidates(several);
                let message = format!(
                    "`{path}: {word}` could be any of: {}",
                    candidates.join(", ")
                );
                let finding = Finding::error(LICENSE_AMBIGUOUS, message)
                    .about(format!("license/{path}/{word}"))
                    .help(format!(
                        "name the product, such as `license: {}`",
                        candidates[0]
                    ));
                let finding = finding.at(self.config.place(entry.spot));
                self.ambiguous.push((entry.spot, finding));
                Err(LICENSE_AMBIGUOUS)
            }
        }
    }

    /// The `other` product with this exact name.
    fn other(&mut self, name: &str, spot: Spot) -> Result<ProductIx, Code> {
        let slot = self.catalogue.slot(Service::Other, name);
        let found = self
            .catalogue
            .products_of(slot, Tier::Single)
            .first()
            .copied();
        found.ok_or_else(|| {
            let service = self
                .catalogue
                .products()
                .iter()
                .find(|product| product.name == name);
            let help = match service {
                Some(product) => {
                    format!(
                        "it belongs to a service: write `{}: …`",
                        product.slot.service.name()
                    )
                }
                None => {
                    let known = self.all_of(Service::Other);
                    did_you_mean(name, known.iter().copied()).unwrap_or_else(|| could_be(&known))
                }
            };
            let finding = Finding::error(
                LICENSE_UNKNOWN,
                format!("the organisation has no licence `{name}` (`other`)"),
            );
            self.say(finding.about(format!("license/{name}")).help(help), spot)
        })
    }

    /// Says that a licence to be removed belongs to a service, whose word removes it. One that nobody has is no mistake.
    fn is_other(&mut self, name: &str, spot: Spot) {
        let products = self.catalogue.products();
        let found = products.iter().find(|product| product.name == name);
        let Some(slot) = found.map(|product| product.slot) else {
            return;
        };
        if slot.service == Service::Other {
            return;
        }
        let path = self.catalogue.path(slot);
        let word = path.trim_start_matches("licenses/");
        let finding = Finding::error(
            LICENSE_UNKNOWN,
            format!("`{name}` is not a licence of `other`, so `remove` takes nothing"),
        );
        let help = format!("it belongs to a service: write `remove: [{word}]`");
        self.say(finding.about(format!("license/{name}")).help(help), spot);
    }

    fn site(&mut self, site: &str, spot: Spot) -> bool {
        let known = || self.snapshot.sites().iter().map(|known| known.url.as_str());
        if known().any(|url| url == site) {
            return true;
        }
        let sites: Vec<&str> = known().collect();
        let help = did_you_mean(site, known()).unwrap_or_else(|| match sites.as_slice() {
            [] => "it has no meeting sites".to_owned(),
            _ => format!("its sites are: {}", sites.join(", ")),
        });
        let finding = Finding::error(
            SITE_UNKNOWN,
            format!("the organisation has no meeting site `{site}`"),
        );
        self.say(finding.about(format!("site/{site}")).help(help), spot);
        false
    }

    fn candidates(&self, products: &[ProductIx]) -> Vec<&str> {
        let mut names: Vec<&str> = products
            .iter()
            .map(|&index| self.catalogue.product(index).name.as_str())
            .collect();
        names.sort_unstable();
        names
    }

    fn all_of(&self, service: Service) -> Vec<&str> {
        let mut names: Vec<&str> = self
            .catalogue
            .products()
            .iter()
            .filter(|product| product.slot.service == service)
            .map(|product| product.name.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn say(&mut self, finding: Finding, spot: Spot) -> Code {
        let code = finding.code;
        self.findings.push(finding.at(self.config.place(spot)));
        code
    }
}

fn could_be(candidates: &[&str]) -> String {
    match candidates {
        [] => "the organisation has no licence of this service; `trunkline licenses` lists what it has".into(),
        names => format!("the organisation has: {}", names.join(", ")),
    }
}
