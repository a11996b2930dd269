//! Who and what is in a location that is to be deleted: what leaves it in this plan, what stays, and which numbers go with it.

use rustc_hash::FxHashSet;

use crate::change::Address;
use crate::kinds::{Context, calling};
use crate::licensing::{Consent, Holder, IdentityChange, Inventory, Owner};
use crate::phone;
use crate::snapshot::{Feature, Location, Number, Word, feature_word, feature_words};

/// How many features or people are named before the rest is counted.
const NAMED: usize = 3;

/// A location that is to be deleted.
pub struct Leaving<'a, 'w> {
    /// What is planned from.
    pub context: &'a Context<'a>,
    /// The numbers, before the plan.
    pub inventory: &'a Inventory<'w>,
    /// Its name.
    pub name: &'a str,
    /// The names of all locations before the plan, as it renames them.
    pub places: &'a FxHashSet<&'a str>,
}

impl<'a> Leaving<'a, '_> {
    /// The changes by which everyone leaves; or who stays, or comes.
    pub fn changes(&self) -> Result<Vec<Address>, String> {
        if let Some(why) = self.coming() {
            return Err(why);
        }
        let features: Vec<String> = self
            .features()
            .filter(|it| !self.closes(&it.kind, &it.name))
            .map(|it| format!("{} {}", feature_word(&it.kind), it.name))
            .collect();
        let stay = match features.is_empty() {
            true => self.stay(),
            false => features,
        };
        if !stay.is_empty() {
            return Err(format!("{} there", are(&stay)));
        }
        match self.unseen() {
            Some(why) => Err(why),
            None => Ok(self.before()),
        }
    }

    /// The numbers that are lost with the location: those that neither leave it in this plan nor are deleted by changes of
    /// their own. Its main number is not among them.
    pub fn numbers_lost(&self) -> Vec<&'a str> {
        let lost = self.rows().filter(|row| self.is_lost(row));
        lost.map(|row| row.phone_number.as_str()).collect()
    }

    /// What the snapshot does not say, so that it is unknown who and what is there.
    pub fn not_captured(&self) -> Option<String> {
        let captured = self.context.captured;
        let lists = [
            ("workspaces", captured.workspaces.is_some()),
            ("numbers", captured.numbers.is_some()),
            ("features", captured.features.is_some()),
        ];
        let absent = lists.iter().filter(|(_, captured)| !captured);
        let mut absent: Vec<String> = absent.map(|(list, _)| format!("`{list}`")).collect();
        let unread = captured.features_not_read.iter();
        absent.extend(unread.map(|it| feature_words(&it.kind).to_owned()));
        if !absent.is_empty() {
            return Some(format!("the snapshot does not have {}", absent.join(", ")));
        }
        let mut unknown = captured.not_known_of("number");
        let here = |number: &&str| {
            let rows = captured.numbers();
            let seen = rows.iter().find(|row| row.phone_number == **number);
            let there = seen.and_then(|row| row.location.as_deref());
            there.is_none_or(|there| there == self.name)
        };
        let unknown = match captured.is_not_known(&format!("location/{}", self.name)) {
            true => Some(format!("location/{}", self.name)),
            false => unknown.find(here).map(|number| format!("number/{number}")),
        };
        unknown.map(|what| format!("not everything is known of {what}"))
    }

    /// Whether the location has Calling: it does where it has numbers, whatever else the snapshot says of it.
    pub fn calls(&self, seen: &Location) -> bool {
        seen.calling.is_some() || self.rows().next().is_some()
    }

    fn is_lost(&self, row: &Number) -> bool {
        let number = row.phone_number.as_str();
        // The list of numbers may have it in national form.
        let form = phone::read_back(number);
        let main = self
            .inventory
            .is_main(form.as_deref().unwrap_or(number), self.name);
        if number.is_empty() || main || self.returns(number) {
            return false;
        }
        let leaves = match self.owner(row) {
            Some(Owner::Holder(holder)) => self.moves(holder) && !self.gives_up(holder, row),
            Some(Owner::Other(..)) => false,
            None => {
                let facts = self.inventory.number(number);
                facts.is_some_and(|facts| facts.location != Some(self.name))
            }
        };
        !leaves
    }

    /// Whether a number is returned by a change of its own, since the files listed it once and no longer do.
    fn returns(&self, number: &str) -> bool {
        let by_hand = self.inventory.by_hand(self.name);
        let known = self.context.world.locations().knows_main_number(self.name);
        known && !by_hand && self.context.world.facts().returns(number)
    }

    /// What has to be done before: all that leaves, and the numbers, while there is a location to give them back from.
    fn before(&self) -> Vec<Address> {
        let facts = self.context.world.facts();
        let address = |holder| {
            let (kind, key) = facts.named(holder);
            Address::new(kind, key)
        };
        let mut before: Vec<Address> = self.here().map(|(holder, _)| address(holder)).collect();
        let features = self.features();
        before.extend(features.map(|it| Address::new(&it.kind, &it.name)));
        for row in self.rows() {
            before.extend(match self.owner(row) {
                Some(Owner::Holder(holder)) => Some(address(holder)),
                Some(Owner::Other(kind, key)) => Some(Address::new(kind, key)),
                None => None,
            });
            if !row.phone_number.is_empty() {
                before.push(Address::new("number", &row.phone_number));
            }
        }
        before.sort_unstable();
        before.dedup();
        before
    }

    /// Why a person or object comes to the location.
    fn coming(&self) -> Option<String> {
        let facts = self.context.world.facts();
        for (&holder, identity) in &self.context.decisions.identities {
            let comes = |change: &IdentityChange| {
                change.path == "location" && change.after.as_deref() == Some(self.name)
            };
            if identity.changes.iter().any(comes) {
                return Some(format!("{} is to be there", facts.address(holder)));
            }
        }
        let mut blocks = self.context.config.numbers.iter();
        let listed = blocks.any(|block| block.value.location.value == self.name);
        if listed {
            return Some("the files still list numbers there".to_owned());
        }
        let there = |kind: &str, name: &str| {
            let mut features = self.features();
            features.any(|it| it.kind == kind && it.name == name)
        };
        let mut features = facts.declared_features().into_iter();
        let comes = features.find(|it| it.location == Some(self.name) && !there(it.kind, it.key));
        let feature = comes?;
        Some(format!("{} is to be there", feature.address()))
    }

    /// The people, workspaces and features that are there and stay, each once. Whoever has a number or an extension of the
    /// location is there, no matter what the lists of people and workspaces say.
    fn stay(&self) -> Vec<String> {
        let facts = self.context.world.facts();
        let people = self.here();
        let people = people.filter(|(holder, deleted)| !deleted && !self.moves(*holder));
        let mut stay: Vec<String> = people.map(|(holder, _)| facts.address(holder)).collect();
        for row in self.rows() {
            match self.owner(row) {
                Some(Owner::Holder(holder)) => {
                    if !self.moves(holder) && !self.gives_up(holder, row) {
                        stay.push(facts.address(holder));
                    }
                }
                Some(Owner::Other("", "")) => stay.push("an extension".to_owned()),
                Some(Owner::Other(kind, key)) if !self.closes(kind, key) => {
                    stay.push(format!("{} {key}", feature_word(kind)));
                }
                Some(Owner::Other(..)) | None => {}
            }
        }
        stay.sort_unstable();
        stay.dedup();
        stay
    }

    /// Somebody or something that may be there or anywhere: not everything is known of them, or they have Calling and nothing says where.
    fn unseen(&self) -> Option<String> {
        let facts = self.context.world.facts();
        let captured = self.context.captured;
        let users = facts.snapshot.users().iter().zip(0..);
        let mut users = users.filter(|(user, index)| {
            let holder = Holder::User(*index);
            let calls = || user.extension.is_some() || self.may_call(holder, &user.licenses);
            !self.is_place(user.location.as_deref())
                && (facts.people.not_known(*index)
                    || calls() && !self.is_placed(&user.phone_number) && !self.goes(holder))
        });
        let places = facts.snapshot.workspaces().iter().zip(0..);
        let mut places = places.filter(|(place, index)| {
            let holder = Holder::Workspace(*index);
            let calls = || place.extension.is_some() || self.may_call(holder, &place.licenses);
            !self.is_place(place.location.as_deref())
                && (facts.workspaces.not_known(*index)
                    || calls() && !self.is_placed(&place.phone_number) && !self.goes(holder))
        });
        let user = users.next().map(|(_, index)| Holder::User(index));
        let holder = user.or_else(|| places.next().map(|(_, index)| Holder::Workspace(index)));
        let what = holder.map(|holder| facts.address(holder));
        let what = what
            .or_else(|| self.feature_anywhere())
            .or_else(|| self.row_anywhere());
        let unlisted = || {
            let mut unknown = captured.not_known.iter();
            let found = unknown.find(|it| captured.is_unlisted(&it.address))?;
            Some(found.address.clone())
        };
        let what = what.or_else(unlisted)?;
        Some(format!("it is unknown whether {what} is there"))
    }

    /// Whether someone has Calling, or a licence that may be Calling: the snapshot does not list it, or it has a new name.
    fn may_call(&self, holder: Holder, licenses: &[Word]) -> bool {
        let facts = self.context.world.facts();
        let unlisted = |id: &Word| facts.catalogue.by_id(id).is_none();
        facts.may_call(holder) || licenses.iter().any(unlisted)
    }

    /// Whether this is a location of the organisation, by the name that it has there.
    fn is_place(&self, location: Option<&str>) -> bool {
        location.is_some_and(|name| self.places.contains(name))
    }

    /// Whether it is known where a number is.
    fn is_placed(&self, number: &Option<String>) -> bool {
        let number = number.as_deref();
        let facts = number.and_then(|number| self.inventory.number(number));
        facts.is_some_and(|facts| self.is_place(facts.location))
    }

    /// A feature of which nothing says where it is.
    fn feature_anywhere(&self) -> Option<String> {
        let mut features = self.context.world.facts().snapshot.features().iter();
        let found = features.find(|it| {
            !self.is_place(it.location.as_deref()) && !self.closes(&it.kind, &it.name)
        })?;
        Some(format!("{} {}", feature_word(&found.kind), found.name))
    }

    /// A number or an extension of which nothing says where it is, neither its row nor its owner.
    fn row_anywhere(&self) -> Option<String> {
        let facts = self.context.world.facts();
        let of_owner = |row: &Number| match self.owner(row)? {
            Owner::Holder(Holder::User(at)) => facts.snapshot.users()[at as usize].location.clone(),
            Owner::Holder(Holder::Workspace(at)) => {
                facts.snapshot.workspaces()[at as usize].location.clone()
            }
            Owner::Other(kind, key) => {
                let mut features = facts.snapshot.features().iter();
                features
                    .find(|it| it.kind == kind && it.name == key)?
                    .location
                    .clone()
            }
        };
        let mut rows = facts.snapshot.number_rows().iter();
        let found = rows.find(|row| {
            !self.is_place(row.location.as_deref()) && !self.is_place(of_owner(row).as_deref())
        })?;
        Some(match (found.phone_number.as_str(), &found.extension) {
            ("", Some(extension)) => format!("the extension {extension}"),
            (number, _) => format!("the number {number}"),
        })
    }

    /// The people and workspaces of the location, each with whether the plan deletes them.
    fn here(&self) -> impl Iterator<Item = (Holder, bool)> + '_ {
        let facts = self.context.world.facts();
        let users = facts.snapshot.users().iter().zip(0..);
        let users = users.filter(move |(user, index)| {
            let reached = user.phone_number.is_some() || user.extension.is_some();
            let holder = Holder::User(*index);
            let calls = reached || self.may_call(holder, &user.licenses);
            let calls = calls || facts.people.not_known(*index);
            user.location.as_deref() == Some(self.name) && calls
        });
        let places = facts.snapshot.workspaces().iter().zip(0..);
        let places = places.filter(|(place, _)| place.location.as_deref() == Some(self.name));
        let users = users.map(|(_, index)| Holder::User(index));
        let holders = users.chain(places.map(|(_, index)| Holder::Workspace(index)));
        holders.map(|holder| (holder, self.is_deleted(holder)))
    }

    /// The numbers and extensions of the location.
    fn rows(&self) -> impl Iterator<Item = &'a Number> + '_ {
        let rows = self.context.world.facts().snapshot.number_rows().iter();
        rows.filter(|row| row.location.as_deref() == Some(self.name))
    }

    /// The features of the location.
    fn features(&self) -> impl Iterator<Item = &'a Feature> + '_ {
        let features = self.context.world.facts().snapshot.features().iter();
        features.filter(|feature| feature.location.as_deref() == Some(self.name))
    }

    /// Who has a number or an extension. An extension without a number is owned, no matter by whom.
    fn owner<'s>(&'s self, row: &'s Number) -> Option<Owner<'s>> {
        if !row.phone_number.is_empty() {
            return self.inventory.number(&row.phone_number)?.owner;
        }
        let Some(owner) = &row.owner else {
            return Some(Owner::Other("", ""));
        };
        let holder = self.context.world.facts().holder(owner);
        let other = Owner::Other(owner.kind.word(), &owner.key);
        Some(holder.map_or(other, Owner::Holder))
    }

    /// Whether this plan deletes somebody, or moves them to another location.
    fn goes(&self, holder: Holder) -> bool {
        self.is_deleted(holder) || self.moves(holder)
    }

    fn is_deleted(&self, holder: Holder) -> bool {
        let facts = self.context.world.facts();
        let (kind, key) = facts.named(holder);
        facts.is_deleted(holder) && self.context.acknowledgements.deletion(kind, key)
    }

    fn moves(&self, holder: Holder) -> bool {
        let identity = self.context.decisions.identities.get(&holder);
        identity.is_some_and(|it| it.changes.iter().any(|change| change.path == "location"))
    }

    /// Whether this plan takes a number or an extension from its holder.
    fn gives_up(&self, holder: Holder, row: &Number) -> bool {
        let (path, value) = match row.phone_number.as_str() {
            "" => ("extension", row.extension.as_deref().unwrap_or_default()),
            number => ("phoneNumber", number),
        };
        calling::gives_up(self.context, holder, path, value)
    }

    /// Whether this plan deletes a feature.
    fn closes(&self, kind: &str, name: &str) -> bool {
        let agreed = self.context.acknowledgements;
        self.context.world.closes(kind, name, agreed)
    }
}

/// The first few names, the number of the others, and the verb that fits.
fn are(names: &[String]) -> String {
    match names {
        [one] => format!("{one} is"),
        _ if names.len() <= NAMED => format!("{} are", names.join(", ")),
        _ => format!(
            "{} and {} more are",
            names[..NAMED].join(", "),
            names.len() - NAMED
        ),
    }
}
