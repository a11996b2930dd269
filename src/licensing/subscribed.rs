//! People with a subscription of BroadWorks: it goes before the person does (BWKS-079), and a person whose subscription stays is
//! not deleted.

use rustc_hash::FxHashMap;

use super::people::UserIx;
use crate::config::{Config, Declared, model};
use crate::snapshot::Snapshot;
use crate::snapshot::broadworks::Subscriber;

/// Who has a subscription.
#[derive(Debug, Default)]
pub struct Subscribed<'a> {
    /// All who have one, as the snapshot has them: its user id, and whether the plan removes it.
    all: FxHashMap<UserIx, (&'a str, bool)>,
    /// Of those whom the files delete: the user ids that go before.
    going: FxHashMap<UserIx, Vec<&'a str>>,
    /// The same: a user id that stays, or about which nothing is known.
    staying: FxHashMap<UserIx, &'a str>,
}

impl<'a> Subscribed<'a> {
    /// `index` has everyone by address.
    pub fn new(
        config: &'a Config,
        base: Option<&Config>,
        snapshot: &'a Snapshot,
        index: &FxHashMap<&str, UserIx>,
    ) -> Subscribed<'a> {
        let find = |email: Option<&str>| index.get(email?).copied();
        let deleted = |email: &str| {
            let declared = config.users.get(email);
            declared.is_some_and(|it| it.value.is_absent())
        };
        let mut subscribed = Subscribed::default();
        let known = snapshot.broadworks.as_ref();
        let is_known = known.is_some_and(|it| it.enterprises.is_some() && it.subscribers.is_some());
        let seen = known.map_or(&[][..], |it| it.subscribers());
        let mut times: FxHashMap<&str, usize> = FxHashMap::default();
        for one in seen {
            *times.entry(&one.user_id).or_default() += 1;
        }
        for one in seen {
            // Webex does not say an address of everyone; then the one that the files give counts.
            let declared = config.subscribers.get(&one.user_id);
            let declared = declared.and_then(|it| it.value.email.as_ref());
            let email = one
                .email
                .as_deref()
                .or(declared.map(|at| at.value.as_str()));
            let Some(user) = find(email) else {
                continue;
            };
            let whole = !snapshot.is_not_known(&format!("broadworksSubscriber/{}", one.user_id));
            let alone = times[one.user_id.as_str()] == 1;
            let goes = is_known && whole && alone && goes(config, base, one);
            // One that stays decides.
            let known = subscribed.all.entry(user).or_insert((&one.user_id, goes));
            if !goes {
                *known = (&one.user_id, false);
            }
            if !email.is_some_and(deleted) {
                continue;
            }
            if goes {
                subscribed.going.entry(user).or_default().push(&one.user_id);
            } else {
                subscribed.staying.insert(user, &one.user_id);
            }
        }
        if !is_known {
            let with = |entry: &'a Declared<model::Subscriber>| entry.value.email.as_ref();
            for (user_id, entry) in &config.subscribers {
                let email = with(entry).map(|at| at.value.as_str());
                if let Some(user) = find(email).filter(|_| email.is_some_and(deleted)) {
                    subscribed.staying.insert(user, user_id);
                }
            }
        }
        subscribed
    }

    /// Whether a person has one.
    pub fn has(&self, user: UserIx) -> bool {
        self.all.contains_key(&user)
    }

    /// The user id of a person's subscription, and whether the plan removes it.
    pub fn of(&self, user: UserIx) -> Option<(&'a str, bool)> {
        self.all.get(&user).copied()
    }

    /// The user ids of the subscriptions that go before a person whom the files delete.
    pub fn before(&self, user: UserIx) -> &[&'a str] {
        self.going.get(&user).map_or(&[], Vec::as_slice)
    }

    /// The user id of a subscription that keeps a person whom the files delete.
    pub fn keeps(&self, user: UserIx) -> Option<&'a str> {
        self.staying.get(&user).copied()
    }
}

/// Whether the plan removes a subscriber: the files say so, or no longer declare it. Where its enterprise is detached, stages
/// decide when.
fn goes(config: &Config, base: Option<&Config>, seen: &Subscriber) -> bool {
    let home = config.enterprises.get(&seen.enterprise);
    let detached = home.is_some_and(|it| it.value.detach.is_some());
    let removed = match config.subscribers.get(&seen.user_id) {
        Some(entry) => {
            let state = entry.value.state.as_ref();
            state.is_some_and(|at| at.value == model::UserState::Absent)
        }
        None => base.is_some_and(|base| base.subscribers.contains_key(&seen.user_id)),
    };
    removed && !detached
}
