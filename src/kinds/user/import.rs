//! People as YAML that plans to nothing: those with Calling, in a file for each location.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::KIND;
use crate::config::write::Node;
use crate::kinds::imports::{Draft, FileNames, People, Source};
use crate::kinds::licenses::import as licenses;
use crate::licensing::catalogue::{ProductIx, Service, Slot, Tier};
use crate::phone;
use crate::snapshot::User;

/// How many people are named of whom something is left out.
const SHOWN: usize = 3;

/// Where a person's entry goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bucket<'a> {
    WithoutCalling,
    /// With a licence that may be Calling.
    Unclear,
    /// With Calling, and no location that the files could name.
    WithoutLocation,
    Location(&'a str),
}

/// What is not said of a person, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Why {
    Excepted,
    NotSayable,
    Unclear,
    Incomplete,
    Nowhere,
    NumberNowhere,
    ExtensionNowhere,
    BadNumber,
    BadExtension,
    NumberTwice,
    ExtensionTwice,
    IdleNumber,
    IdleExtension,
    Beside,
    Unknown,
}

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let snapshot = source.snapshot;
    if source.extent.people == People::Omitted {
        let what = "people: licences, numbers and extensions of a person can change without appearing in a plan";
        draft.left_out.push(what.to_owned());
        return;
    }
    let locations = snapshot.locations().iter();
    let mut reader = Reader {
        source,
        locations: locations.map(|it| it.name.as_str()).collect(),
        omitted: BTreeMap::new(),
    };
    let mut buckets: BTreeMap<Bucket<'_>, Vec<(String, Node)>> = BTreeMap::new();
    let by_email = snapshot.users_by_email();
    for seen in draft.named(snapshot.users(), |seen| &seen.email, KIND.name) {
        let Some(&at) = by_email.get(seen.email.as_str()) else {
            continue;
        };
        if let Some((bucket, fields)) = reader.entry(at, seen, draft) {
            let entry = (seen.email.clone(), Node::Line(fields));
            buckets.entry(bucket).or_default().push(entry);
        }
    }
    say(reader.omitted, draft);
    let mut files = FileNames::default();
    for (bucket, entries) in buckets {
        let (name, about) = describe(bucket, source.extent.people);
        let file = format!("people/{}", files.name(name));
        draft.section_in(KIND.section, file, about, entries);
    }
}

/// The name of a file and what it is.
fn describe(bucket: Bucket<'_>, people: People) -> (&str, String) {
    let licences = match people {
        People::Flat => "all their licences",
        _ => "the licences that no template gives",
    };
    match bucket {
        Bucket::WithoutCalling => (
            "without-calling",
            format!("People without Webex Calling: {licences}."),
        ),
        Bucket::Unclear => (
            "calling-unclear",
            format!("People with a licence that may be Webex Calling: {licences}."),
        ),
        Bucket::WithoutLocation => (
            "without-location",
            format!("People with Webex Calling whose location is unknown: {licences}."),
        ),
        Bucket::Location(name) => (
            name,
            format!(
                "People with Webex Calling in {name}: number, extension, and {licences}.\n\
                 An entry that is removed is no longer managed; the person stays as they are."
            ),
        ),
    }
}

struct Reader<'s> {
    source: &'s Source<'s>,
    locations: FxHashSet<&'s str>,
    omitted: BTreeMap<Why, Vec<&'s str>>,
}

impl<'s> Reader<'s> {
    fn omit(&mut self, holds: bool, why: Why, seen: &'s User) {
        if holds {
            self.omitted.entry(why).or_default().push(&seen.email);
        }
    }

    /// What is said of a person, if anything.
    fn entry(
        &mut self,
        at: usize,
        seen: &'s User,
        draft: &mut Draft,
    ) -> Option<(Bucket<'s>, Vec<(String, Node)>)> {
        let source = self.source;
        let flat = source.extent.people == People::Flat;
        let except = &source.extent.except;
        if !except.is_empty() && except.contains(&format!("{}/{}", KIND.name, seen.email)) {
            self.omit(true, Why::Excepted, seen);
            return None;
        }
        let best = best(source, seen);
        let calls = best.keys().any(|slot| slot.service == Service::Calling);
        let given = |slot, tier| source.templates.give(at, slot, tier);
        let rest = best
            .iter()
            .filter(|&(&slot, &(tier, _))| !given(slot, tier));
        let rest: Vec<(Tier, ProductIx)> = rest.map(|(_, &held)| held).collect();
        let unclear = !calls && may_call(source, seen);
        self.omit(unclear, Why::Unclear, seen);
        if !calls && !unclear {
            // Without a location it is not of Calling.
            let placed = seen.location.is_some();
            let (number, extension) = (seen.phone_number.is_some(), seen.extension.is_some());
            self.omit(placed && number, Why::IdleNumber, seen);
            self.omit(placed && extension, Why::IdleExtension, seen);
            self.omit(!flat && !rest.is_empty(), Why::Beside, seen);
        }
        let unknown = calls && !source.knows_calling();
        self.omit(unknown, Why::Unknown, seen);
        if !flat && (unknown || !calls) {
            return None;
        }
        let sayable = |&&(tier, product): &&(Tier, ProductIx)| {
            !matches!(tier, Tier::Workspace | Tier::HotDesk)
                && licenses::can_be_said(source, product)
        };
        let said: Vec<ProductIx> = rest.iter().filter(sayable).map(|(_, it)| *it).collect();
        self.omit(said.len() < rest.len() && !unknown, Why::NotSayable, seen);
        let add = licenses::set(source, &said);
        let add = add.map(|set| Node::Line(vec![("add".to_owned(), set)]));
        let (bucket, mut fields) = match calls {
            true => self.line(seen, draft),
            false if unclear => (Bucket::Unclear, Vec::new()),
            false => (Bucket::WithoutCalling, Vec::new()),
        };
        fields.extend(add.map(|add| ("licenses".to_owned(), add)));
        (!fields.is_empty()).then_some((bucket, fields))
    }

    /// Location, number and extension of a person with Calling.
    fn line(&mut self, seen: &'s User, draft: &mut Draft) -> (Bucket<'s>, Vec<(String, Node)>) {
        let known = self.source.knows_calling();
        let number = seen.phone_number.as_deref();
        let extension = seen.extension.as_deref();
        let location = seen.location.as_deref();
        let place = location.filter(|place| self.locations.contains(place));
        let incomplete = location.is_none() || number.or(extension).is_none();
        self.omit(known && incomplete, Why::Incomplete, seen);
        self.omit(
            known && location.is_some() && place.is_none(),
            Why::Nowhere,
            seen,
        );
        let lost = known && place.is_none();
        self.omit(lost && number.is_some(), Why::NumberNowhere, seen);
        self.omit(lost && extension.is_some(), Why::ExtensionNowhere, seen);
        // Webex refuses to change Calling without a location: there is nothing to say of it.
        let Some(place) = place.filter(|_| known) else {
            return (Bucket::WithoutLocation, Vec::new());
        };
        let good = number.filter(|number| phone::e164(number).is_some());
        self.omit(number.is_some() && good.is_none(), Why::BadNumber, seen);
        let number = good.filter(|number| draft.claims.number(number));
        self.omit(good.is_some() && number.is_none(), Why::NumberTwice, seen);
        let good = extension.filter(|it| is_extension(it));
        self.omit(
            extension.is_some() && good.is_none(),
            Why::BadExtension,
            seen,
        );
        let extension = good.filter(|it| draft.claims.extension(Some(place), it));
        self.omit(
            good.is_some() && extension.is_none(),
            Why::ExtensionTwice,
            seen,
        );
        // Said to be none, so that one that comes is seen.
        let none = |seen: Option<&str>, other: Option<&str>| {
            (seen.is_none() && other.is_some()).then_some(Node::Nothing)
        };
        let fields = Node::fields([
            ("location", Some(Node::text(place))),
            (
                "phoneNumber",
                number
                    .map(Node::text)
                    .or_else(|| none(seen.phone_number.as_deref(), extension)),
            ),
            (
                "extension",
                extension
                    .map(Node::text)
                    .or_else(|| none(seen.extension.as_deref(), number)),
            ),
        ]);
        (Bucket::Location(place), fields)
    }
}

/// Whether a person without a licence that is Calling holds one that may be: one that the list of licences lacks, or, as plans
/// decide it, one that is called so while the person has a number or an extension.
fn may_call(source: &Source<'_>, seen: &User) -> bool {
    if !licenses::are_listed(source, &seen.licenses) {
        return true;
    }
    let reached = seen.phone_number.is_some() || seen.extension.is_some();
    reached && licenses::may_be_calling(source, &seen.licenses)
}

/// Two to ten digits, as files have them.
fn is_extension(text: &str) -> bool {
    (2..=10).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit())
}

/// What a person holds, the better tier where it is two.
fn best(source: &Source<'_>, seen: &User) -> BTreeMap<Slot, (Tier, ProductIx)> {
    let mut best: BTreeMap<Slot, (Tier, ProductIx)> = BTreeMap::new();
    for kind in licenses::kinds(source, &seen.licenses) {
        let held = (kind.tier, kind.product);
        let better = best.entry(kind.slot).or_insert(held);
        *better = held.min(*better);
    }
    best
}

impl Why {
    /// What is left out, and the reason.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Why::Excepted => ("entry of a user", "that would change something"),
            Why::NotSayable => (
                "set of licences of a user",
                "that no file could say in full",
            ),
            Why::Unclear => (
                "user",
                "with a licence that may be Calling (the snapshot does not list it, or it has a new name), whose licences, number and extension can \
                 change without appearing in a plan",
            ),
            Why::NumberNowhere => ("number of a user", "whose location is unknown"),
            Why::ExtensionNowhere => ("extension of a user", "whose location is unknown"),
            Why::Incomplete => ("user", "whose Calling is incomplete, and cannot be changed"),
            Why::Nowhere => ("location of a user", "that the snapshot lacks"),
            Why::BadNumber => ("number of a user", "not in E.164 form"),
            Why::BadExtension => ("extension of a user", "that is not 2 to 10 digits"),
            Why::NumberTwice => ("number of a user", "that another entry has"),
            Why::ExtensionTwice => ("extension of a user", "that another entry has"),
            Why::IdleNumber => (
                "number of a user",
                "without Calling, where it has no effect",
            ),
            Why::IdleExtension => (
                "extension of a user",
                "without Calling, where it has no effect",
            ),
            Why::Beside => (
                "user",
                "without Calling, with licences that no template gives, which can change without appearing in a plan",
            ),
            Why::Unknown => (
                "user",
                "with Calling, which can be lost without appearing in a plan, since the snapshot lacks locations, numbers or workspaces",
            ),
        }
    }
}

/// Says what is left out, with some of the people.
fn say(omitted: BTreeMap<Why, Vec<&str>>, draft: &mut Draft) {
    for (why, people) in omitted {
        let (what, reason) = why.words();
        let rest = people.len().saturating_sub(SHOWN);
        let shown = people.iter().take(SHOWN).copied();
        let more = (rest > 0).then(|| format!("and {rest} more"));
        let shown: Vec<String> = shown.map(str::to_owned).chain(more).collect();
        let shown = shown.join(", ").replace(", and ", " and ");
        draft.leave_out(people.len(), what, &format!("{reason}: {shown}"));
    }
}
