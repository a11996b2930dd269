//! What the files say of numbers and calling features, as far as it takes numbers and extensions from others.

use super::changes::Facts;
use crate::config::claims::Caller;
use crate::config::sections::SECTIONS;
use crate::phone::e164;
use crate::snapshot::OwnerKind;

impl<'w> Facts<'w> {
    /// Calling features of the files, each with the location that it has, or is to have if it is new: none ever moves.
    pub fn declared_features(&self) -> Vec<Caller<'w>> {
        let sections = SECTIONS.iter();
        let features = sections.filter(|it| OwnerKind::from(it.kind).is_feature());
        let callers = features.flat_map(|section| (section.callers)(self.config));
        let callers = callers.map(|caller| Caller {
            location: self.location_of(caller).or(caller.location),
            ..caller
        });
        callers.collect()
    }

    /// Whether a number is deleted, since an earlier revision listed it and the files no longer do.
    pub fn returns(&self, number: &str) -> bool {
        let base = self.base.zip(e164(number));
        base.is_some_and(|(base, number)| {
            base.has_number(number) && !self.config.has_number(number)
        })
    }

    /// Where the snapshot has a feature; `None` of several with one name.
    fn location_of(&self, caller: Caller<'_>) -> Option<&'w str> {
        let features = self.snapshot.features().iter();
        let mut same = features.filter(|it| it.kind == caller.kind && it.name == caller.key);
        let (Some(one), None) = (same.next(), same.next()) else {
            return None;
        };
        one.location.as_deref()
    }
}
