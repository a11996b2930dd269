//! Calling features that the files declared once and no longer do: what they have is free once they are deleted.

use rustc_hash::{FxHashMap, FxHashSet};

use super::decisions::Consent;
use crate::config::Config;
use crate::config::sections::{Names, SECTIONS};
use crate::snapshot::Snapshot;

/// The features that this plan deletes, if their deletion is acknowledged: kind and name.
#[derive(Debug, Default)]
pub struct Closing<'a>(FxHashSet<(&'a str, &'a str)>);

impl<'a> Closing<'a> {
    /// Those that an earlier revision declared. One of which it is uncertain what it is, or which of several, stays.
    pub fn new(config: &Config, base: Option<&Config>, snapshot: &'a Snapshot) -> Closing<'a> {
        let Some(base) = base else {
            return Closing::default();
        };
        let mut times: FxHashMap<(&str, &str), usize> = FxHashMap::default();
        for feature in snapshot.features() {
            *times.entry((&feature.kind, &feature.name)).or_default() += 1;
        }
        let closes = |&(kind, name): &(&str, &str)| {
            let names = SECTIONS.iter().find(|section| section.kind == kind);
            let names = names.and_then(|section| section.names);
            names.is_some_and(|names| is_dropped(config, base, names, name))
                && snapshot.features_not_read.iter().all(|it| it.kind != kind)
                && !snapshot.is_not_known(&format!("{kind}/{name}"))
        };
        let once = times.into_iter().filter(|(_, times)| *times == 1);
        Closing(once.map(|(feature, _)| feature).filter(closes).collect())
    }

    /// Whether this plan deletes a feature.
    pub fn has(&self, kind: &str, name: &str, consent: &impl Consent) -> bool {
        self.0.contains(&(kind, name)) && consent.deletion(kind, name)
    }
}

/// Whether an entry is neither there nor renamed now.
fn is_dropped(config: &Config, base: &Config, names: Names, name: &str) -> bool {
    let mut renamed = (names.former)(config).into_iter();
    (names.place)(base, name).is_some()
        && (names.place)(config, name).is_none()
        && renamed.all(|former| former.old != name)
}
