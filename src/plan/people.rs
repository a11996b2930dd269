//! People whose address in the files is not their current one: renamed, gone, or the address belongs to someone else now.
//!
//! The applied snapshot knows by id who was meant. The configuration is read as if it named everyone by the current address,
//! so that no later stage has to know.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::change::Address;
use crate::config::claims::{Members, People};
use crate::config::model::UserState;
use crate::config::sections::SECTIONS;
use crate::config::{Config, Spot};
use crate::finding::{Finding, USER_GONE, USER_RENAMED};
use crate::snapshot::{Applied, Moved};

/// The configuration with the current addresses, and the findings about that.
pub fn follow<'c>(
    config: &'c Config,
    applied: Option<&Applied>,
    findings: &mut Vec<Finding>,
) -> Cow<'c, Config> {
    let Some(applied) = applied.filter(|applied| applied.moves()) else {
        return Cow::Borrowed(config);
    };
    let mut reading = Reading {
        before: config,
        applied,
        told: BTreeMap::new(),
    };
    let mut now = config.clone();
    reading.users(&mut now);
    reading.members(&mut now);
    reading.acknowledgements(&mut now);
    findings.extend(reading.told.into_values());
    Cow::Owned(now)
}

/// The configuration that judges, with the current addresses among what it protects.
pub fn protect<'c>(policy: &'c Config, applied: Option<&Applied>) -> Cow<'c, Config> {
    let Some(applied) = applied.filter(|applied| applied.moves()) else {
        return Cow::Borrowed(policy);
    };
    let mut policy = policy.clone();
    let mut both = Vec::new();
    for protected in policy
        .guardrails
        .iter_mut()
        .flat_map(|it| &mut it.value.protect)
    {
        let moved = address_of(&protected.value).and_then(|email| applied.moved(&email));
        match moved {
            Some(Moved::Renamed(email)) => protected.value = format!("user/{email}"),
            // Of an address that two people have had, both are protected.
            Some(Moved::Split(email)) => {
                both.push(protected.clone().map(|_| format!("user/{email}")));
            }
            Some(Moved::Gone | Moved::Replaced) | None => {}
        }
    }
    if let Some(guardrails) = &mut policy.guardrails {
        guardrails.value.protect.extend(both);
    }
    Cow::Owned(policy)
}

/// The address in a subject, with or without its kind.
fn address_of(subject: &str) -> Option<String> {
    let email = subject.strip_prefix("user/").unwrap_or(subject);
    email.contains('@').then(|| email.to_lowercase())
}

struct Reading<'a> {
    before: &'a Config,
    applied: &'a Applied,
    /// One finding for each address, at the first place that names it.
    told: BTreeMap<String, Finding>,
}

impl Reading<'_> {
    fn users(&mut self, now: &mut Config) {
        for (email, declared) in &self.before.users {
            let Some(moved) = self.applied.moved(email) else {
                continue;
            };
            let user = &declared.value;
            let present = user
                .state
                .as_ref()
                .is_some_and(|state| state.value == UserState::Present);
            match moved {
                Moved::Renamed(today) if self.before.users.contains_key(today) => {
                    now.users.remove(email);
                    self.two_entries(email, today, declared.key);
                }
                Moved::Renamed(today) => {
                    now.users.remove(email);
                    now.users.insert(today.clone(), declared.clone());
                    self.renamed(email, today, declared.key);
                }
                Moved::Gone if user.is_absent() => {}
                Moved::Gone if present && user.display_name.is_some() => {}
                Moved::Gone => {
                    now.users.remove(email);
                    self.gone(email, declared.key);
                }
                // The person to be deleted is not the one who has the address now.
                Moved::Replaced if user.is_absent() => {
                    now.users.remove(email);
                    self.replaced(email, declared.key);
                }
                Moved::Replaced => self.taken_over(email, declared.key),
                Moved::Split(today) => {
                    now.users.remove(email);
                    self.split(email, today, declared.key);
                }
            }
        }
    }

    fn members(&mut self, now: &mut Config) {
        for section in &SECTIONS {
            for people in (section.people)(self.before) {
                let kept = self.current(people, now);
                if let Some(list) = (section.people_of)(now, people.key) {
                    *list = kept;
                }
            }
        }
    }

    /// A list with the current addresses; none if it names an unknown person: then it is unknown who is not in it.
    fn current(&mut self, people: People<'_>, now: &Config) -> Members {
        let list = people.list;
        let mut kept = list.clone();
        kept.value.0.clear();
        let mut doubtful = false;
        for member in &list.value {
            let email = member.value.to_lowercase();
            let spot = people.spot(member);
            match self.applied.moved(&email) {
                None | Some(Moved::Replaced) => kept.value.0.push(member.clone()),
                Some(Moved::Renamed(today)) => {
                    let mut member = member.clone();
                    member.value.clone_from(today);
                    let mut all = list.value.iter();
                    if !all.any(|it| it.value.eq_ignore_ascii_case(today)) {
                        kept.value.0.push(member);
                    }
                    self.renamed(&email, today, spot);
                }
                Some(Moved::Gone) => match now.users.get(&email) {
                    // A person is created with this address.
                    Some(user) if user.value.display_name.is_some() => {
                        kept.value.0.push(member.clone());
                    }
                    _ => self.gone(&email, spot),
                },
                Some(Moved::Split(today)) => {
                    doubtful = true;
                    self.split(&email, today, spot);
                }
            }
        }
        (!doubtful).then_some(kept)
    }

    fn acknowledgements(&self, now: &mut Config) {
        for acknowledgement in &mut now.acknowledgements {
            acknowledgement.value.subjects.retain_mut(|subject| {
                let moved = address_of(&subject.value).and_then(|email| self.applied.moved(&email));
                match moved {
                    Some(Moved::Renamed(today)) => {
                        subject.value.clone_from(today);
                        true
                    }
                    // It was acknowledged for someone other than the one who has the address now.
                    Some(Moved::Split(_) | Moved::Replaced) => false,
                    Some(Moved::Gone) | None => true,
                }
            });
        }
    }

    fn tell(&mut self, email: &str, spot: Spot, finding: Finding) {
        let place = self.before.place(spot);
        self.told
            .entry(email.to_owned())
            .or_insert_with(|| finding.about(Address::new("user", email)).at(place));
    }

    fn taken_over(&mut self, email: &str, spot: Spot) {
        let message = format!(
            "the person who had the address {email} is gone, and another person has it now: the lines are taken to mean that person"
        );
        let help = "check whether they do; an acknowledgement for this address counts after the next apply";
        self.tell(email, spot, Finding::warning(USER_GONE, message).help(help));
    }

    fn renamed(&mut self, email: &str, today: &str, spot: Spot) {
        let message = format!("the person with the address {email} has the address {today} now");
        let help = format!(
            "write {today} instead of {email} wherever the files name it, or run `trunkline drift --adopt`"
        );
        self.tell(
            email,
            spot,
            Finding::warning(USER_RENAMED, message).help(help),
        );
    }

    fn two_entries(&mut self, email: &str, today: &str, spot: Spot) {
        let message = format!(
            "{email} and {today} are the same person, who now has the address {today}, and both are under `users`"
        );
        let help = format!("merge the two entries under {today}");
        self.tell(
            email,
            spot,
            Finding::error(USER_RENAMED, message).help(help),
        );
    }

    fn gone(&mut self, email: &str, spot: Spot) {
        let message =
            format!("the person with the address {email} is no longer in the organisation");
        let help =
            "remove the lines; to create the person again, add `state: present` to `displayName`";
        self.tell(email, spot, Finding::warning(USER_GONE, message).help(help));
    }

    fn replaced(&mut self, email: &str, spot: Spot) {
        let message = format!(
            "the person to be deleted is gone; {email} is now the address of another person, who is not deleted"
        );
        let help = "remove the lines, and apply; the person who has the address now can be deleted after that";
        self.tell(email, spot, Finding::warning(USER_GONE, message).help(help));
    }

    fn split(&mut self, email: &str, today: &str, spot: Spot) {
        let message = format!(
            "the person with the address {email} has the address {today} now, and {email} is the address of another person"
        );
        let help = format!(
            "write {today} for that person; lines for the other one can be added after the next apply"
        );
        self.tell(
            email,
            spot,
            Finding::error(USER_RENAMED, message).help(help),
        );
    }
}
