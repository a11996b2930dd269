//! Who there is: the people of the snapshot and those that this plan creates.

use rustc_hash::{FxHashMap, FxHashSet};

use super::devices::Devices;
use super::go_device::{GoDevice, NoGoDevice};
use super::subscribed::Subscribed;
use crate::config::{Config, Declared, model};
use crate::finding::{self, DIRECTORY_OWNED_FIELD, Finding, Suggestions, USER_UNKNOWN};
use crate::snapshot::{self, Snapshot};

/// An index of a person: those of the snapshot first, then those that are created, each in order of address.
pub type UserIx = u32;

/// Everyone.
#[derive(Debug)]
pub struct People<'a> {
    /// The people of the snapshot, in order of address.
    pub observed: &'a [snapshot::User],
    /// Addresses that this plan creates, in order.
    pub created: Vec<&'a str>,
    /// Creations that errors keep out of the plan.
    pub blocked: usize,
    /// Overrides, by index.
    pub overrides: Vec<Option<&'a Declared<model::User>>>,
    index: FxHashMap<&'a str, UserIx>,
    /// Of these something could not be read.
    not_known: FxHashSet<UserIx>,
    /// Their addresses, also of those whom the snapshot lacks.
    unread: FxHashSet<&'a str>,
    /// These have a subscription of BroadWorks.
    pub subscribed: Subscribed<'a>,
    /// To be deleted by the files, but it is unknown whether they have Webex Go, which has to go first.
    kept: FxHashMap<UserIx, NoGoDevice>,
    directory_sync: bool,
}

impl<'a> People<'a> {
    /// Joins snapshot and configuration; says which addresses no one has.
    pub fn new(
        config: &'a Config,
        base: Option<&Config>,
        snapshot: &'a Snapshot,
        findings: &mut Vec<Finding>,
    ) -> People<'a> {
        let observed = snapshot.users();
        let mut index: FxHashMap<&str, UserIx> = observed
            .iter()
            .enumerate()
            .map(|(ix, user)| (user.email.as_str(), ix as UserIx))
            .collect();
        let unread: FxHashSet<&str> = snapshot.not_known_of("user").collect();
        let mut overrides = vec![None; observed.len()];
        let mut created = Vec::new();
        let mut blocked = 0;
        let mut suggestions = Suggestions::default();
        for (email, declared) in &config.users {
            match index.get(email.as_str()) {
                Some(&ix) => overrides[ix as usize] = Some(declared),
                None if declared.value.is_absent() => {}
                None => match &declared.value.display_name {
                    Some(name) if config.directory_sync() => {
                        blocked += 1;
                        let place = config.place(declared.spot(name));
                        findings.push(not_in_directory(email).at(place));
                    }
                    Some(_) => {
                        index.insert(email, overrides.len() as UserIx);
                        overrides.push(Some(declared));
                        created.push(email.as_str());
                    }
                    // A hold says so.
                    None if unread.contains(email.as_str()) => blocked += 1,
                    None => {
                        let near = || nearest_address(email, observed);
                        let near = suggestions.among(observed.len(), near);
                        findings.push(unknown(email, near).at(config.place(declared.key)));
                    }
                },
            }
        }
        let kept = kept(snapshot, &overrides);
        let not_known = unread.iter();
        let not_known = not_known.filter_map(|email| index.get(email).copied());
        People {
            not_known: not_known.collect(),
            unread,
            subscribed: Subscribed::new(config, base, snapshot, &index),
            kept,
            observed,
            created,
            blocked,
            overrides,
            index,
            directory_sync: config.directory_sync(),
        }
    }

    /// Plans nothing for these either: not everything is known of them.
    pub(super) fn leave_alone(&mut self, users: impl Iterator<Item = UserIx>) {
        self.not_known.extend(users);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.overrides.len()
    }

    /// Whether there is no one.
    pub fn is_empty(&self) -> bool {
        self.overrides.is_empty()
    }

    /// The person with this address, in lower case.
    pub fn find(&self, email: &str) -> Option<UserIx> {
        self.index.get(email).copied()
    }

    /// The person as the snapshot has them; `None` for one that this plan creates.
    pub fn snapshot(&self, user: UserIx) -> Option<&'a snapshot::User> {
        self.observed.get(user as usize)
    }

    /// The address.
    pub fn email(&self, user: UserIx) -> &'a str {
        match self.observed.get(user as usize) {
            Some(user) => &user.email,
            None => self.created[user as usize - self.observed.len()],
        }
    }

    /// What the configuration says of the person.
    pub fn declared(&self, user: UserIx) -> Option<&'a Declared<model::User>> {
        self.overrides[user as usize]
    }

    /// Whether a directory owns the person.
    pub fn from_directory(&self, user: UserIx) -> bool {
        self.directory_sync
            || self
                .snapshot(user)
                .is_some_and(snapshot::User::from_directory)
    }

    /// Whether the person is deleted by this plan. A directory's people cannot be.
    pub fn deleted(&self, user: UserIx) -> bool {
        self.declared(user)
            .is_some_and(|declared| declared.value.is_absent())
            && !self.from_directory(user)
            && !self.not_known(user)
            && self.kept(user).is_none()
            && self.subscribed.keeps(user).is_none()
    }

    /// Why the files delete the person and the plan does not, if so: it is unknown whether there is a Webex Go device.
    pub fn kept(&self, user: UserIx) -> Option<NoGoDevice> {
        self.kept.get(&user).copied()
    }

    /// Whether something of the person could not be read, so that nothing at all is planned.
    pub fn not_known(&self, user: UserIx) -> bool {
        self.not_known.contains(&user)
    }

    /// Whether something of the person with this address could not be read: maybe all of it, so that the snapshot lacks the person.
    pub fn is_unread(&self, email: &str) -> bool {
        self.unread.contains(email)
    }

    /// Whether nothing at all is planned for a person: because the files want the person gone and only a directory can do that, or
    /// because something is not known; or because a subscription of the person stays.
    pub fn left_alone(&self, user: UserIx) -> bool {
        let leaving = self
            .declared(user)
            .is_some_and(|declared| declared.value.is_absent());
        leaving && self.from_directory(user)
            || self.not_known(user)
            || self.kept(user).is_some()
            || self.subscribed.keeps(user).is_some()
    }

    /// Whether licences of the person are decided here.
    pub fn stays(&self, user: UserIx) -> bool {
        !self.deleted(user) && !self.left_alone(user)
    }

    /// Whether Calling and what belongs to it are decided here too: a subscriber of BroadWorks calls there.
    pub fn may_have_calling(&self, user: UserIx) -> bool {
        self.stays(user) && !self.subscribed.has(user)
    }

    /// Everyone in order of address.
    pub fn by_email(&self) -> impl Iterator<Item = UserIx> + '_ {
        let mut created = (self.observed.len() as UserIx..self.len() as UserIx).peekable();
        let mut observed = (0..self.observed.len() as UserIx).peekable();
        std::iter::from_fn(move || match (observed.peek(), created.peek()) {
            (Some(&a), Some(&b)) if self.email(b) < self.email(a) => created.next(),
            (Some(_), _) => observed.next(),
            (None, _) => created.next(),
        })
    }
}

/// Who has Calling and is to be deleted, where it is unknown whether a Webex Go device would have to go first.
fn kept(
    snapshot: &Snapshot,
    overrides: &[Option<&Declared<model::User>>],
) -> FxHashMap<UserIx, NoGoDevice> {
    let calling = snapshot.licenses().iter();
    let calling = calling.filter(|it| it.name.to_lowercase().contains("calling"));
    let calling: FxHashSet<&str> = calling.map(|it| it.id.as_str()).collect();
    let devices = Devices::of(snapshot);
    let users = snapshot.users().iter().zip(overrides).enumerate();
    let absent = users.filter(|(_, (_, declared))| declared.is_some_and(|it| it.value.is_absent()));
    let kept = absent.filter_map(|(at, (user, _))| {
        let calls = user.licenses.iter().any(|id| calling.contains(&**id));
        let reached = calls || user.phone_number.is_some() || user.extension.is_some();
        match devices.webex_go(&user.email) {
            GoDevice::Unknown(why) if reached || why == NoGoDevice::Several => {
                Some((at as UserIx, why))
            }
            _ => None,
        }
    });
    kept.collect()
}

/// Where people come from a directory, none is created by the files.
fn not_in_directory(email: &str) -> Finding {
    Finding::error(
        DIRECTORY_OWNED_FIELD,
        format!("{email} is not in the directory"),
    )
    .about(format!("user/{email}"))
    .help("people come from a directory (`org.directorySync: true`): create the person there")
}

/// No one has an address, and nothing says that the person is to be created.
fn unknown(email: &str, near: Option<String>) -> Finding {
    let help = match near {
        Some(near) => {
            format!("Did you mean `{near}`? To create a new person, give a `displayName`.")
        }
        None => "to create a new person, give a `displayName`".into(),
    };
    Finding::error(
        USER_UNKNOWN,
        format!("the organisation has no person with the address {email}"),
    )
    .about(format!("user/{email}"))
    .help(help)
}

/// The nearest of many addresses. A full comparison with everyone is slow, so only addresses of about the same length
/// and with about the same letters before the `@` are looked at.
pub(super) fn nearest_address(email: &str, users: &[snapshot::User]) -> Option<String> {
    // Among very many even a look at each one's letters is slow.
    if users.len() > 2000 {
        let all = users.iter().map(|user| user.email.as_str());
        return finding::nearest(email, all, 0.8).map(str::to_owned);
    }
    let mine = stem(email);
    let letters = count_letters(mine);
    let near = |address: &&str| {
        let theirs = stem(address);
        let differ = |theirs: [i32; 37]| {
            letters
                .iter()
                .zip(theirs)
                .map(|(a, b)| (a - b).abs())
                .sum::<i32>()
        };
        theirs.len().abs_diff(mine.len()) <= 2 && differ(count_letters(theirs)) <= 4
    };
    let near: Vec<&str> = users
        .iter()
        .map(|user| user.email.as_str())
        .filter(near)
        .collect();
    finding::nearest(email, near, 0.8).map(str::to_owned)
}

/// What is before the `@`.
fn stem(address: &str) -> &str {
    address.split('@').next().unwrap_or("")
}

/// How often each letter and digit occurs, and everything else together.
fn count_letters(text: &str) -> [i32; 37] {
    let mut counts = [0; 37];
    for byte in text.bytes() {
        let at = match byte {
            b'a'..=b'z' => byte - b'a',
            b'0'..=b'9' => byte - b'0' + 26,
            _ => 36,
        };
        counts[usize::from(at)] += 1;
    }
    counts
}
