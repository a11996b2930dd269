//! The names that a snapshot has, for the schema by which editors complete them.

use crate::config::Config;
use crate::config::schema::{Kind, Names};
use crate::kinds::KINDS;
use crate::licensing::catalogue::{Catalogue, Service};
use crate::snapshot::Snapshot;

/// The names that a snapshot has.
pub fn names(snapshot: &Snapshot) -> Names {
    let mut names = Names::default();
    names.add(Kind::Organization, [&snapshot.org.name]);
    names.add(Kind::OrganizationId, [&snapshot.org.id]);
    let nothing = Config::default();
    for kind in KINDS {
        if let Some(of) = kind.completes {
            names.add(of, (kind.keys)(&nothing, snapshot));
        }
    }
    names.add(Kind::Site, snapshot.sites().iter().map(|it| &it.url));
    names.add(
        Kind::Subscription,
        snapshot.subscriptions().iter().map(|it| &it.id),
    );
    let licenses = snapshot.licenses().iter();
    names.add(
        Kind::Subscription,
        licenses.flat_map(|it| it.subscription_id.clone()),
    );
    for product in Catalogue::new(snapshot, []).products() {
        let (license, tier) = match product.slot.service {
            Service::Calling => (Kind::CallingLicense, Some(Kind::CallingTier)),
            Service::ContactCenter => (Kind::ContactCenterLicense, Some(Kind::ContactCenterTier)),
            Service::Messaging => (Kind::MessagingLicense, Some(Kind::MessagingTier)),
            Service::Meetings => (Kind::MeetingLicense, None),
            Service::Other => (Kind::OtherLicense, None),
        };
        names.add(Kind::License, [&product.name]);
        names.add(license, [&product.name]);
        if let Some(kind) = tier {
            names.add(kind, [product.tier.word()]);
        }
    }
    names
}
