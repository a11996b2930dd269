//! The table of licence words, and how it meets the licences of one organisation (`webex-api.md` 2.2).
//!
//! A licence is recognised by the code inside its id, else by its exact name, else by an older name. Whatever is not in
//! the table is an `other` licence, known only by its name.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use rustc_hash::{FxHashMap, FxHashSet};

use super::unknown_licenses::UnknownLicenses;
use crate::snapshot::{License, Snapshot};

/// A service that a licence belongs to, in the order of field paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// Webex Calling.
    Calling,
    /// Contact Center.
    ContactCenter,
    /// Meetings, on one site.
    Meetings,
    /// Messaging.
    Messaging,
    /// Any other licence, known by its name.
    Other,
}

impl Service {
    /// The name in YAML and in field paths.
    pub fn name(self) -> &'static str {
        match self {
            Service::Calling => "calling",
            Service::ContactCenter => "contactCenter",
            Service::Meetings => "meetings",
            Service::Messaging => "messaging",
            Service::Other => "other",
        }
    }
}

/// A tier or role, the better ones of a service first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Calling Professional.
    Professional,
    /// Calling Standard.
    Standard,
    /// Calling for workspaces.
    Workspace,
    /// Calling for hot desks.
    HotDesk,
    /// Contact Center Premium.
    Premium,
    /// Contact Center Standard.
    StandardAgent,
    /// Host of a meeting site.
    Host,
    /// Attendee of a meeting site: an account, not a licence.
    Attendee,
    /// Advanced Messaging.
    Advanced,
    /// Basic Messaging.
    Basic,
    /// The only tier of an `other` licence.
    Single,
}

impl Tier {
    /// How YAML writes it; empty for the only tier of an `other` licence.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Attendee => "attendee",
            tier => WORDS
                .iter()
                .find(|row| row.tier == tier)
                .map_or("", |row| row.word),
        }
    }
}

/// One row of the table of words.
#[derive(Debug)]
pub struct WordRow {
    /// The service.
    pub service: Service,
    /// The tier.
    pub tier: Tier,
    /// How YAML writes it.
    pub word: &'static str,
    /// Codes in licence ids.
    pub codes: &'static [&'static str],
    /// The product's name today.
    pub name: &'static str,
    /// Other names of the same product.
    pub aliases: &'static [&'static str],
    /// Whether Webex gives it to everyone, free.
    pub implicit: bool,
}

const fn row(
    service: Service,
    tier: Tier,
    word: &'static str,
    codes: &'static [&'static str],
    name: &'static str,
    aliases: &'static [&'static str],
) -> WordRow {
    WordRow {
        service,
        tier,
        word,
        codes,
        name,
        aliases,
        implicit: false,
    }
}

/// How the words of YAML map to products. `trunkline licenses` prints it.
pub static WORDS: &[WordRow] = &[
    row(
        Service::Calling,
        Tier::Professional,
        "professional",
        &["BCSTD"],
        "Webex Calling - Professional",
        &[
            "Webex Calling Professional",
            // Of resold organisations. A bundle that has Calling counts as Calling: what removes it removes that
            // (docs/unconfirmed.md).
            "Webex Calling",
            "Webex Suite",
            "Webex Voice",
        ],
    ),
    row(
        Service::Calling,
        Tier::Standard,
        "standard",
        &["BCBAS"],
        "Webex Calling - Standard",
        &["Webex Calling - Basic", "Webex Calling Standard"],
    ),
    row(
        Service::Calling,
        Tier::Workspace,
        "workspace",
        &["BCCA"],
        "Webex Calling - Workspaces",
        &["Common Area Calling"],
    ),
    row(
        Service::Calling,
        Tier::HotDesk,
        "hotDesk",
        &["BCHDO"],
        "Webex Calling - Hot desk only",
        &[],
    ),
    row(
        Service::ContactCenter,
        Tier::Premium,
        "premium",
        &["CJPPRM"],
        "Contact Center Premium Agent",
        &[],
    ),
    row(
        Service::ContactCenter,
        Tier::StandardAgent,
        "standard",
        &["CJPSTD"],
        "Contact center Standard Agent",
        &["Contact Center Standard Agent"],
    ),
    row(
        Service::Meetings,
        Tier::Host,
        "host",
        &["EE", "MC"],
        "Webex Meetings Suite",
        &[
            "Meeting - Webex Enterprise Edition",
            "Meeting - Webex Meeting Center",
            "Webex Meetings",
        ],
    ),
    row(
        Service::Messaging,
        Tier::Advanced,
        "advanced",
        &["MS"],
        "Advanced Messaging",
        &["Messaging"],
    ),
    WordRow {
        implicit: true,
        ..row(
            Service::Messaging,
            Tier::Basic,
            "basic",
            &["FMS"],
            "Basic Messaging",
            &[],
        )
    },
];

/// Further licences that Webex gives to everyone, free: they are not touched unless the configuration names them.
pub static IMPLICIT: &[(&str, &str)] = &[
    ("FTM", "Basic Space Meetings"),
    ("FTC", "Call on Webex (1:1 call, non-PSTN)"),
    ("FSS", "Free screen share"),
];

/// A place for one licence of a person: a service, and for meetings the site, for others the name.
///
/// Slots sort as their field paths do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    /// The service.
    pub service: Service,
    /// The index of the site or name in the catalogue's sorted list; 0 for services without.
    key: u32,
}

/// An index of a licence in the snapshot.
pub type LicenseIx = u32;
/// An index of a product.
pub type ProductIx = u32;

/// A product: the licences of one name (and site) in all subscriptions.
#[derive(Debug)]
pub struct Product {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub slot: Slot,
    /// Which tier.
    pub tier: Tier,
    /// Its licences.
    pub licenses: Vec<LicenseIx>,
}

/// What a licence of the snapshot is.
#[derive(Debug, Clone, Copy)]
pub struct LicenseKind {
    /// What it is for.
    pub slot: Slot,
    /// Which tier.
    pub tier: Tier,
    /// Its product.
    pub product: ProductIx,
    /// Whether Webex gives it to everyone, free.
    pub implicit: bool,
    /// Whether everything is known of it.
    pub known: bool,
}

/// The licences of one organisation, understood.
#[derive(Debug)]
pub struct Catalogue {
    names: Vec<String>,
    kinds: Vec<LicenseKind>,
    products: Vec<Product>,
    by_id: FxHashMap<Box<str>, LicenseIx>,
    by_slot: FxHashMap<(Slot, Tier), Vec<ProductIx>>,
}

/// How a licence was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// By the table of words.
    Word(&'static WordRow),
    /// As one that Webex gives to everyone.
    Implicit,
    /// Not in the table: an `other` licence.
    Unknown,
}

impl PartialEq for WordRow {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}
impl Eq for WordRow {}

/// Recognises a licence by the code in its id, its name, or an older name.
pub fn recognise(license: &License) -> Recognised {
    let code = id_code(&license.id);
    let code = code.as_deref();
    let by_code = |row: &&WordRow| code.is_some_and(|code| row.codes.contains(&code));
    let name = plain_name(&license.name);
    let found = WORDS.iter().find(by_code).or_else(|| by_name(name));
    if let Some(row) = found {
        return Recognised::Word(row);
    }
    let free_code =
        code.is_some_and(|code| code.starts_with('F') && license.subscription_id.is_none());
    match free_code || IMPLICIT.iter().any(|(_, implicit)| *implicit == name) {
        true => Recognised::Implicit,
        false => Recognised::Unknown,
    }
}

/// The service of a licence with this name, or older name, if the table has it.
pub fn service_of_name(name: &str) -> Option<Service> {
    by_name(plain_name(name)).map(|row| row.service)
}

/// Resold organisations had this before their names until January 2026.
fn plain_name(name: &str) -> &str {
    name.strip_prefix("Single License - ").unwrap_or(name)
}

fn by_name(name: &str) -> Option<&'static WordRow> {
    let exact = WORDS.iter().find(|row| row.name == name);
    exact.or_else(|| WORDS.iter().find(|row| row.aliases.contains(&name)))
}

/// The product code inside a licence id: base64 of `ciscospark://us/LICENSE/<org>:<CODE>_<uuid>…`.
pub fn id_code(id: &str) -> Option<String> {
    let bare = id.trim_end_matches('=');
    let bytes = STANDARD_NO_PAD
        .decode(bare)
        .or_else(|_| URL_SAFE_NO_PAD.decode(bare))
        .ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (_, tail) = text
        .strip_prefix("ciscospark://")?
        .split_once("/LICENSE/")?;
    let (_, coded) = tail.split_once(':')?;
    let (code, _) = coded.split_once('_')?;
    (!code.is_empty()).then(|| code.to_owned())
}

/// Every site and licence name of a snapshot, and `extra`, in order.
fn names(snapshot: &Snapshot, extra: impl IntoIterator<Item = String>) -> Vec<String> {
    let sites = snapshot.sites().iter().map(|site| site.url.as_str());
    let mut seen: FxHashSet<&str> = sites.collect();
    let users = snapshot.users().iter();
    seen.extend(users.flat_map(|user| user.attendee_sites.iter().map(|site| &**site)));
    for license in snapshot.licenses() {
        seen.extend(license.site_url.as_deref());
        seen.insert(&license.name);
    }
    seen.insert("");
    let mut names: Vec<String> = seen.into_iter().map(str::to_owned).chain(extra).collect();
    names.sort_unstable();
    names.dedup();
    names
}

impl Catalogue {
    /// Understands the licences of a snapshot. `extra` are sites and licence names that only the configuration has.
    pub fn new(snapshot: &Snapshot, extra: impl IntoIterator<Item = String>) -> Catalogue {
        let licenses = snapshot.licenses();
        let mut catalogue = Catalogue {
            names: names(snapshot, extra),
            kinds: Vec::with_capacity(licenses.len()),
            products: Vec::new(),
            by_id: FxHashMap::default(),
            by_slot: FxHashMap::default(),
        };
        let mut products: BTreeMap<(Slot, Tier, &str), ProductIx> = BTreeMap::new();
        let unknown = UnknownLicenses::of(snapshot);
        for (index, license) in licenses.iter().enumerate() {
            let (slot, tier, implicit) = catalogue.classify(license);
            let product = *products
                .entry((slot, tier, &license.name))
                .or_insert_with(|| catalogue.add_product(&license.name, slot, tier));
            catalogue.products[product as usize]
                .licenses
                .push(index as u32);
            catalogue.kinds.push(LicenseKind {
                slot,
                tier,
                product,
                implicit,
                known: !unknown.has(&license.id, &license.name),
            });
            catalogue
                .by_id
                .insert(license.id.as_str().into(), index as u32);
        }
        catalogue
    }

    /// Adds a product that has no licences yet.
    fn add_product(&mut self, name: &str, slot: Slot, tier: Tier) -> ProductIx {
        let index = self.products.len() as ProductIx;
        self.products.push(Product {
            name: name.to_owned(),
            slot,
            tier,
            licenses: Vec::new(),
        });
        self.by_slot.entry((slot, tier)).or_default().push(index);
        index
    }

    fn classify(&self, license: &License) -> (Slot, Tier, bool) {
        match (recognise(license), &license.site_url) {
            (Recognised::Word(row), Some(site)) if row.service == Service::Meetings => {
                (self.slot(Service::Meetings, site), row.tier, false)
            }
            (Recognised::Word(row), _) if row.service != Service::Meetings => {
                (self.slot(row.service, ""), row.tier, row.implicit)
            }
            (recognised, _) => (
                self.slot(Service::Other, &license.name),
                Tier::Single,
                recognised == Recognised::Implicit,
            ),
        }
    }

    /// The slot of a service; `name` is the site or the licence name, else empty.
    pub fn slot(&self, service: Service, name: &str) -> Slot {
        let key = self
            .names
            .binary_search_by(|known| known.as_str().cmp(name))
            .unwrap_or(0);
        Slot {
            service,
            key: key as u32,
        }
    }

    /// The site of a meetings slot, the name of an `other` slot; empty for the rest.
    pub fn slot_name(&self, slot: Slot) -> &str {
        &self.names[slot.key as usize]
    }

    /// The field path of a slot, such as `licenses/meetings/acme.webex.com`.
    pub fn path(&self, slot: Slot) -> String {
        match slot.service {
            Service::Meetings | Service::Other => {
                format!("licenses/{}/{}", slot.service.name(), self.slot_name(slot))
            }
            service => format!("licenses/{}", service.name()),
        }
    }

    /// The licence with this id.
    pub fn by_id(&self, id: &str) -> Option<LicenseIx> {
        self.by_id.get(id).copied()
    }

    /// What a licence is.
    pub fn kind(&self, license: LicenseIx) -> LicenseKind {
        self.kinds[license as usize]
    }

    /// A product.
    pub fn product(&self, product: ProductIx) -> &Product {
        &self.products[product as usize]
    }

    /// Every product.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The products for a slot and tier.
    pub fn products_of(&self, slot: Slot, tier: Tier) -> &[ProductIx] {
        self.by_slot.get(&(slot, tier)).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resold_organisations_have_names_of_their_own() {
        let tier = |name: &str| {
            let license = serde_json::json!({"id": "L-1", "name": name});
            match recognise(&serde_json::from_value(license).ok()?) {
                Recognised::Word(row) => Some((row.service, row.tier)),
                _ => None,
            }
        };
        for bundle in ["Webex Calling", "Webex Suite", "Webex Voice"] {
            let professional = Some((Service::Calling, Tier::Professional));
            assert_eq!(tier(bundle), professional, "{bundle}");
            assert_eq!(tier(&format!("Single License - {bundle}")), professional);
        }
        let workspace = Some((Service::Calling, Tier::Workspace));
        assert_eq!(tier("Common Area Calling"), workspace);
        assert_eq!(tier("Customer Assist"), None);
    }
}
