//! What each user should hold and why (contract section 3), and who gets the seats.
//!
//! Pure functions from desired and observed state to [`Decisions`]. Owns the catalogue of licences, the resolver, numbers
//! and pools. Knows nothing of HTTP, files or formats; places in files pass through it unread.

mod callers;
pub mod catalogue;
mod changes;
mod claims;
mod closing;
mod consumed;
mod decisions;
mod declared;
mod devices;
mod entitlement;
mod events;
mod failures;
mod faults;
mod groups;
mod identity;
mod incomplete;
mod intent;
mod inventory;
mod keepers;
mod lookup;
mod losses;
mod lost;
mod memberships;
mod owned;
mod people;
mod places;
mod platforms;
mod reasons;
mod refusals;
mod remarks;
mod reserved;
mod seats;
mod subscribed;
mod subscriptions;
mod survey;
mod trace;
mod turns;
mod unknown_licenses;
mod unlisted;
mod waiting;
mod webex_go;
mod workspaces;
mod world;

pub use changes::{ChangeState, Facts, Held, Holder, LicenseAction, LicenseChange, Reason};
pub use decisions::{Consent, Decisions};
pub use devices::Devices;
pub use events::{History, Part};
pub use failures::Failure;
pub use groups::{Group, Leave};
pub use identity::{Identity, IdentityChange};
pub use inventory::{Inventory, NumberFacts, Owner};
pub use losses::{comes_on_top, is_named_calling};
pub use lost::{Doubt, Lost, LostCalling, lost_calling};
pub use people::{People, UserIx};
pub use places::{Locations, Obstacle};
pub use remarks::waiting_domain;
pub use reserved::Reserved;
pub use subscribed::Keeps;
pub use trace::{How, Link, LinkKind, Membership, Outcome, Trace, Traced, UnknownLicense};
pub use webex_go::{GO_COUNTRIES, GoDevice, GoUnits, MobileOrder, NoGoDevice, unknown_webex_go};
pub use workspaces::{PlaceIx, Workspaces};
pub use world::World;
