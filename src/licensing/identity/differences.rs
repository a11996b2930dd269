//! What of a settled identity differs from what is there.

use super::{Applicant, IdentityChange};
use crate::config::Spot;
use crate::licensing::callers::Source;
use crate::licensing::changes::{Facts, Reason};

/// What of location, number and extension changes: all that no fault keeps back. `place` is for what has no place.
pub(super) fn identity_changes(
    facts: Facts<'_>,
    applicant: &Applicant<'_>,
    place: Option<Spot>,
) -> Vec<IdentityChange> {
    let caller = &applicant.caller;
    let seen = caller.seen;
    let granted = applicant.change.is_some();
    let refused = applicant.fault.is_some();
    let entry = facts.entry(caller.holder);
    let mut changes = Vec::new();
    let mut change =
        |path, before: Option<&str>, after: Option<String>, because: String, spot: Option<Spot>| {
            if before != after.as_deref() {
                let before = before.map(str::to_owned);
                let reason = Reason {
                    spot: spot.or(place),
                    because: vec![because],
                };
                changes.push(IdentityChange {
                    path,
                    before,
                    after,
                    reason,
                });
            }
        };
    if (granted || applicant.moves) && !refused {
        let because = match caller.number {
            Source::WorkPhone(phone) => format!("location of the work phone {phone}"),
            _ if caller.named.is_some() => format!("{entry} location"),
            _ => "location of the number".to_owned(),
        };
        let (after, spot) = (applicant.location.clone(), caller.named);
        let spot = spot.map(|(_, spot)| spot);
        change("location", seen.location, after, because, spot);
    }
    if !refused {
        let because = match caller.number {
            Source::WorkPhone(phone) => format!("work phone {phone}"),
            _ => format!("{entry} phoneNumber"),
        };
        let (path, spot) = ("phoneNumber", caller.number_spot);
        match (&applicant.got_number, caller.number) {
            (Some(number), _) => change(path, seen.number, Some(number.clone()), because, spot),
            (None, Source::Drop) if !granted => change(path, seen.number, None, because, None),
            _ => {}
        }
    }
    if let (Some(extension), false) = (&applicant.got_extension, refused && applicant.moves) {
        let (after, spot) = (Some(extension.clone()), caller.extension_spot);
        let because = format!("{entry} extension");
        change("extension", seen.extension, after, because, spot);
    }
    changes
}
