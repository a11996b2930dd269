//! The organisation: its objects and the indices over them. Rules are elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::products::Product;
use super::state::audit::Event;
use super::state::broadworks::Broadworks;
use super::state::floor::Floor;
use super::state::jobs::Jobs;
use super::state::template::Template;
use super::table::{Row, Slot, Table};

/// An object as the snapshot file had it, members that we do not know included.
pub type Source = Map<String, Value>;

/// Everything there is.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// What the file has in addition to its lists.
    pub source: Source,
    /// The lists that the file has.
    pub captured: BTreeSet<String>,
    /// When something was changed last, in milliseconds.
    pub changed_at: Option<i64>,
    /// When the file was captured, in milliseconds.
    pub captured_at: i64,
    /// The organisation.
    pub org: Org,
    /// Subscriptions, in order of the file.
    pub subscriptions: Vec<Subscription>,
    /// Meeting sites.
    pub sites: Vec<Site>,
    /// Roles, id by name.
    pub roles: BTreeMap<String, String>,
    /// Licences.
    pub licenses: Table<License>,
    /// Locations.
    pub locations: Table<Location>,
    /// Groups.
    pub groups: Table<Group>,
    /// People.
    pub people: Table<Person>,
    /// Workspaces.
    pub places: Table<Workspace>,
    /// Devices.
    pub devices: Table<Device>,
    /// Queues, hunt groups and whatever else has numbers.
    pub features: Table<Feature>,
    /// The same by kind, name and location.
    pub features_by_name: BTreeMap<(String, String, Option<Slot>), Slot>,
    /// Phone numbers, by number.
    pub numbers: BTreeMap<String, Number>,
    /// Extensions without a number that the file has in its list of numbers.
    pub lines: Vec<Line>,
    /// Who has which extension in which location.
    pub extensions: BTreeSet<(Slot, String, Owner)>,
    /// People by e-mail address in lower case.
    pub by_email: FxHashMap<String, Slot>,
    /// Jobs.
    pub jobs: Jobs,
    /// Control Hub's licence templates.
    pub templates: Vec<Template>,
    /// People for whom templates have still to be carried out, and when.
    pub waiting_for_templates: Vec<(i64, Slot)>,
    /// The holder whose number a location uses for emergency call-backs.
    pub emergency: BTreeMap<Slot, String>,
    /// Floors of locations.
    pub floors: Vec<Floor>,
    /// Webex for BroadWorks.
    pub broadworks: Broadworks,
    /// What only SCIM knows of people.
    pub scim: BTreeMap<Slot, Source>,
    /// What only SCIM knows of groups.
    pub scim_groups: BTreeMap<Slot, Source>,
    /// The audit trail, in order of time.
    pub audit: Vec<Event>,
    /// Counts what was made, for new ids.
    pub serial: u64,
}

/// The organisation.
#[derive(Debug, Clone, Default)]
pub struct Org {
    /// The public id.
    pub id: String,
    /// The bare uuid.
    pub uuid: String,
    /// Its name.
    pub name: String,
    /// When it was renamed, in milliseconds.
    pub renamed: Option<i64>,
}

/// A subscription; the API returns only its id.
#[derive(Debug, Clone)]
pub struct Subscription {
    /// The id.
    pub id: String,
    /// The day on which it began.
    pub created: Option<String>,
    /// Suspended or cancelled: nothing can be assigned.
    pub stopped: bool,
    /// As in the file.
    pub source: Source,
}

/// A meeting site.
#[derive(Debug, Clone)]
pub struct Site {
    /// The address.
    pub url: String,
    /// Whether attendee accounts are on.
    pub attendees: bool,
    /// As in the file.
    pub source: Source,
}

/// A licence.
#[derive(Debug, Clone)]
pub struct License {
    /// The public id.
    pub id: String,
    /// The name.
    pub name: String,
    /// What it is.
    pub product: Product,
    /// The subscription.
    pub subscription: Option<String>,
    /// The site.
    pub site: Option<String>,
    /// Units bought.
    pub total: i64,
    /// People who have it.
    pub people: BTreeSet<Slot>,
    /// Workspaces that have it.
    pub places: BTreeSet<Slot>,
    /// Units in use by those whom the file does not have.
    pub others: i64,
    /// False where the file does not have it and only the list of a person names it.
    pub listed: bool,
    /// As in the file.
    pub source: Source,
}

impl License {
    /// Units in use.
    pub fn consumed(&self) -> i64 {
        let holders = self.people.len() + self.places.len();
        i64::try_from(holders).unwrap_or(i64::MAX) + self.others
    }
}

/// A location.
#[derive(Debug, Clone)]
pub struct Location {
    /// The public id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The time zone.
    pub time_zone: String,
    /// The language of e-mails.
    pub preferred_language: String,
    /// The address, as the API has it.
    pub address: Source,
    /// `latitude`, `longitude`, `notes`.
    pub attributes: Source,
    /// Calling, where it is enabled.
    pub calling: Option<Calling>,
    /// When Calling ended here, in milliseconds.
    pub closed: Option<i64>,
    /// False where the file does not have it and only a member of a person names it.
    pub listed: bool,
    /// As in the file.
    pub source: Source,
}

/// The Calling record of a location, apart from the address record.
#[derive(Debug, Clone, Default)]
pub struct Calling {
    /// The main number.
    pub main_number: Option<String>,
    /// The public network, by the name of the connection.
    pub pstn: Option<String>,
    /// A trunk or route group with premises: its kind and id.
    pub route: Option<(String, String)>,
    /// The other members of the calling record.
    pub attributes: Source,
}

/// A group.
#[derive(Debug, Clone)]
pub struct Group {
    /// The public id.
    pub id: String,
    /// The name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether a directory owns it.
    pub directory: bool,
    /// Direct members who are people.
    pub people: BTreeSet<Slot>,
    /// Members whom the file does not have, by e-mail address.
    pub strangers: BTreeSet<String>,
    /// When it was made, in milliseconds.
    pub created: i64,
    /// When it was changed, in milliseconds.
    pub modified: i64,
    /// As in the file.
    pub source: Source,
}

/// A person.
#[derive(Debug, Clone)]
pub struct Person {
    /// The public id.
    pub id: String,
    /// The e-mail address.
    pub email: String,
    /// The display name.
    pub display_name: String,
    /// The first name, where one was given.
    pub first_name: Option<String>,
    /// The last name, where one was given.
    pub last_name: Option<String>,
    /// Whether they may log in.
    pub login_enabled: bool,
    /// Whether they never came.
    pub invite_pending: bool,
    /// Whether a directory owns them.
    pub directory: bool,
    /// The work phone of the directory.
    pub work_phone: Option<String>,
    /// The Calling location.
    pub location: Option<Slot>,
    /// The Calling number.
    pub number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// Licences, in the order in which they came.
    pub licenses: Vec<Slot>,
    /// Sites with an attendee account.
    pub attendee: BTreeSet<String>,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Whether voice messages are stored.
    pub voicemail: bool,
    /// `title`, `department`, `manager` and others that nothing depends on.
    pub attributes: Source,
    /// Call settings that differ from the default, by setting.
    pub settings: BTreeMap<String, Value>,
    /// Groups that the person is a direct member of.
    pub groups: BTreeSet<Slot>,
    /// When they were made, in milliseconds.
    pub created: i64,
    /// When they were changed, in milliseconds.
    pub modified: i64,
    /// As in the file.
    pub source: Source,
}

/// A workspace.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The public id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The location.
    pub location: Option<Slot>,
    /// The Calling number.
    pub number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// Licences.
    pub licenses: Vec<Slot>,
    /// `freeCalling`, `webexCalling` …
    pub calling: String,
    /// Capacity, type, notes and others that nothing depends on.
    pub attributes: Source,
    /// Call settings that differ from the default, by setting.
    pub settings: BTreeMap<String, Value>,
    /// When it was made, in milliseconds.
    pub created: i64,
    /// As in the file.
    pub source: Source,
}

/// A device.
#[derive(Debug, Clone)]
pub struct Device {
    /// The public id.
    pub id: String,
    /// Who has it.
    pub holder: Option<Owner>,
    /// What people call it.
    pub name: Option<String>,
    /// The product.
    pub product: Option<String>,
    /// The hardware address.
    pub mac: Option<String>,
    /// `phone`, `roomdesk`, `webexgo` …
    pub kind: Option<String>,
    /// `tags` and others that nothing depends on.
    pub attributes: Source,
    /// When it came, in milliseconds.
    pub created: i64,
    /// As in the file.
    pub source: Source,
}

/// A queue, a hunt group, or another owner of numbers that is neither a person nor a workspace.
#[derive(Debug, Clone)]
pub struct Feature {
    /// The public id.
    pub id: String,
    /// The kind, as snapshots have it: `huntGroup` …
    pub kind: String,
    /// The key within the kind.
    pub name: String,
    /// Where it is.
    pub location: Option<Slot>,
    /// Its first number.
    pub number: Option<String>,
    /// Its extension.
    pub extension: Option<String>,
    /// Who is in it.
    pub members: Vec<Part>,
    /// Whether it is of Customer Assist.
    pub assist: bool,
    /// Settings of a queue that differ from the default.
    pub settings: Source,
    /// Weight, skill level and the like of the agents of a queue, by id.
    pub agents: Vec<(String, Source)>,
    /// As in the file; none where only the list of numbers names it.
    pub source: Option<Source>,
}

/// A person who is in a feature.
#[derive(Debug, Clone)]
pub struct Part {
    /// Who it is, where the file has them.
    pub holder: Option<Owner>,
    /// The kind, as the file has it.
    pub kind: String,
    /// The key, as the file has it.
    pub key: String,
    /// `agent`, `member`, `target` …
    pub role: String,
}

/// An extension without a number that the file has in its list of numbers.
#[derive(Debug, Clone)]
pub struct Line {
    /// Where it is.
    pub location: Option<Slot>,
    /// The extension.
    pub extension: String,
    /// Who has it.
    pub owner: Option<Owner>,
    /// As in the file.
    pub source: Source,
}

/// A phone number.
#[derive(Debug, Clone, Default)]
pub struct Number {
    /// The location that it belongs to.
    pub location: Option<Slot>,
    /// Whether it can be called.
    pub active: bool,
    /// `did`, `tollFree`, `mobile`.
    pub kind: String,
    /// Who has it.
    pub owner: Option<Owner>,
    /// When it was given up, in milliseconds.
    pub released: Option<i64>,
    /// `NONE` or `SERVICE`.
    pub service: bool,
    /// Whether Webex has reserved it.
    pub reserved: bool,
    /// Whether it reports to emergency services where a person is.
    pub elin: bool,
    /// The extension of a line that is not its owner's first.
    pub extension: Option<String>,
    /// True where the file does not have it, and a person in the file does.
    pub implied: bool,
    /// True where the owner is known only from the person or workspace.
    pub owner_implied: bool,
    /// As in the file.
    pub source: Source,
}

/// Who has a number, an extension or a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A person.
    Person(Slot),
    /// A workspace.
    Workspace(Slot),
    /// A queue, a hunt group …
    Feature(Slot),
}

macro_rules! rows {
    ($($kind:ty),*) => {$(
        impl Row for $kind {
            fn id(&self) -> &str {
                &self.id
            }
        }
    )*};
}
rows!(License, Location, Group, Person, Workspace, Device, Feature);
