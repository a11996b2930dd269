//! Calling features that the files declare, as far as they take numbers and extensions from others.

use super::changes::Facts;
use crate::config::claims::Caller;
use crate::config::sections::SECTIONS;
use crate::snapshot::OwnerKind;

impl<'w> Facts<'w> {
    /// Calling features of the files, each with the location that it has or is to have: an entry need not repeat it.
    pub(super) fn declared_features(&self) -> Vec<Caller<'w>> {
        let sections = SECTIONS.iter();
        let features = sections.filter(|it| OwnerKind::from(it.kind).is_feature());
        let callers = features.flat_map(|section| (section.callers)(self.config));
        let callers = callers.map(|caller| Caller {
            location: caller.location.or_else(|| self.location_of(caller)),
            ..caller
        });
        callers.collect()
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
