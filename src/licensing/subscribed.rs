//! People with a subscription of BroadWorks: it goes before the person does (BWKS-079), and a person whose subscription stays is
//! not deleted.

use rustc_hash::{FxHashMap, FxHashSet};

use super::people::UserIx;
use crate::config::{Config, model};
use crate::snapshot::broadworks::Subscriber;
use crate::snapshot::{Broadworks, Snapshot};

/// Who has a subscription.
#[derive(Debug, Default)]
pub struct Subscribed<'a> {
    /// All who have one, as the snapshot has them: its user id, and whether the plan removes it.
    all: FxHashMap<UserIx, Vec<(&'a str, bool)>>,
    /// Of those whom the files delete: what keeps them.
    staying: FxHashMap<UserIx, Keeps<'a>>,
}

/// Why a person whom the files delete is not deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps<'a> {
    /// The subscription with this user id stays.
    Subscription(&'a str),
    /// This one stays, and nobody says whose it is.
    Anyones(&'a str),
    /// It is unknown which subscriptions there are.
    Unknown,
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
        let mut absent = FxHashSet::default();
        let declared = config.users.iter().filter(|(_, it)| it.value.is_absent());
        absent.extend(declared.filter_map(|(email, _)| find(Some(email))));
        let known = snapshot.broadworks.as_ref();
        let is_known = known.is_some_and(|it| it.enterprises.is_some() && it.subscribers.is_some());
        let mut subscribed = Subscribed::default();
        let anyones = subscribed.observe(config, base, snapshot, (&find, is_known));
        for user in &absent {
            if let Some((id, false)) = subscribed.of(*user) {
                subscribed.staying.insert(*user, Keeps::Subscription(id));
            }
        }
        let keeps = match anyones {
            Some(id) => Some(Keeps::Anyones(id)),
            None if is_known || !may_have_subscribers(config, base, known) => None,
            None => Some(Keeps::Unknown),
        };
        if let Some(keeps) = keeps {
            let others = absent
                .iter()
                .filter(|user| !subscribed.all.contains_key(user));
            subscribed.staying.extend(others.map(|user| (*user, keeps)));
        }
        if !is_known {
            for (user_id, entry) in &config.subscribers {
                let email = entry.value.email.as_ref().map(|at| at.value.as_str());
                if let Some(user) = find(email).filter(|user| absent.contains(user)) {
                    let keeps = Keeps::Subscription(user_id);
                    subscribed.staying.insert(user, keeps);
                }
            }
        }
        subscribed
    }

    /// Notes who has a subscription. Gives one that stays, of which nobody says whose it is.
    fn observe(
        &mut self,
        config: &'a Config,
        base: Option<&Config>,
        snapshot: &'a Snapshot,
        (find, is_known): (&impl Fn(Option<&str>) -> Option<UserIx>, bool),
    ) -> Option<&'a str> {
        let gone: FxHashSet<&str> = config.subscribers_gone(base).into_iter().collect();
        let known = snapshot.broadworks.as_ref();
        let seen = known.map_or(&[][..], |it| it.subscribers());
        let mut times: FxHashMap<&str, usize> = FxHashMap::default();
        for one in seen {
            *times.entry(&one.user_id).or_default() += 1;
        }
        let mut anyones = None;
        for one in seen {
            // Webex does not say an address of everyone; then the one that the files give counts.
            let declared = config.subscribers.get(&one.user_id);
            let declared = declared.and_then(|it| it.value.email.as_ref());
            let email = one
                .email
                .as_deref()
                .or(declared.map(|at| at.value.as_str()));
            let whole = !snapshot.is_not_known(&format!("broadworksSubscriber/{}", one.user_id));
            let alone = times[one.user_id.as_str()] == 1;
            let goes = is_known && whole && alone && goes(config, &gone, one);
            // There is no account yet where the person still has to enter an address.
            let pending = one.status.as_deref() == Some("pending_email_input");
            if let Some(user) = find(email) {
                self.all.entry(user).or_default().push((&one.user_id, goes));
            } else if email.is_none() && !goes && !pending {
                anyones = Some(one.user_id.as_str());
            }
        }
        anyones
    }

    /// Whether a person has one.
    pub fn has(&self, user: UserIx) -> bool {
        self.all.contains_key(&user)
    }

    /// The user id of a person's subscription, and whether the plan removes it.
    pub fn of(&self, user: UserIx) -> Option<(&'a str, bool)> {
        let all = self.all.get(&user)?;
        // One that stays decides.
        let stays = all.iter().rev().find(|(_, goes)| !goes);
        stays.or(all.first()).copied()
    }

    /// The user ids of the subscriptions that go before a person whom the files delete.
    pub fn before(&self, user: UserIx) -> impl Iterator<Item = &'a str> {
        let all = self.all.get(&user).into_iter().flatten();
        all.filter(|(_, goes)| *goes).map(|(id, _)| *id)
    }

    /// What keeps a person whom the files delete.
    pub fn keeps(&self, user: UserIx) -> Option<Keeps<'a>> {
        self.staying.get(&user).copied()
    }
}

/// Whether people of the organisation may have a subscription, where the snapshot does not say who has.
fn may_have_subscribers(
    config: &Config,
    base: Option<&Config>,
    known: Option<&Broadworks>,
) -> bool {
    config.is_provider()
        || base.is_some_and(Config::is_provider)
        || known.is_some_and(|it| it.enterprises.is_some() || it.subscribers.is_some())
}

/// Whether the plan removes a subscriber: the files say so, or no longer declare it. Where its enterprise is detached, stages
/// decide when.
fn goes(config: &Config, gone: &FxHashSet<&str>, seen: &Subscriber) -> bool {
    let home = config.enterprises.get(&seen.enterprise);
    let detached = home.is_some_and(|it| it.value.detach.is_some());
    let removed = match config.subscribers.get(&seen.user_id) {
        Some(entry) => {
            let state = entry.value.state.as_ref();
            state.is_some_and(|at| at.value == model::UserState::Absent)
        }
        None => gone.contains(seen.user_id.as_str()),
    };
    removed && !detached
}
