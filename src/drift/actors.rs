//! Events of the audit trail -> who made each live change, and when.
//!
//! Owns the join. An event belongs to a difference if it was about the same object; of several, one that mentions what
//! differs goes before others, and a later one before an earlier one.

use rustc_hash::FxHashMap;

use super::{Held, Line};
use crate::change::{Address, ObservedObjects, Path};
use crate::kinds::{self, Form};
use crate::webex::audit::{Event, target};

fn speaks_of(event: &Event, words: &[&str]) -> bool {
    let said = format!("{} {}", event.category, event.text).to_lowercase();
    words.iter().any(|word| said.contains(word))
}

/// Gives each line that was changed live the actor and the time of the event behind it, if there is one; gives these
/// events. `objects` are what the objects are called, now and as they were applied.
pub fn name_actors<'e>(
    lines: &mut [Line],
    objects: &[&ObservedObjects],
    events: &'e [Event],
) -> Vec<Option<&'e Event>> {
    let trail = Trail::new(events);
    let named = lines.iter_mut().map(|line| {
        let event = match line.cause.is_live() {
            true => trail.behind(&line.address, Some(&line.path), objects)?,
            false => return None,
        };
        line.actor = event.actor.clone();
        line.at = Some(event.created.clone());
        Some(event)
    });
    named.collect()
}

/// The same for holds, which name no field: the last event about the object counts.
pub fn name_actors_of_holds(held: &mut [Held], objects: &[&ObservedObjects], events: &[Event]) {
    let trail = Trail::new(events);
    for hold in held.iter_mut().filter(|it| it.cause.is_live()) {
        if let Some(event) = trail.behind(&hold.address, None, objects) {
            hold.actor = event.actor.clone();
            hold.at = Some(event.created.clone());
        }
    }
}

/// Events that changed something, by what they were about.
struct Trail<'e> {
    events: &'e [Event],
    by_id: FxHashMap<&'e str, Vec<usize>>,
    by_name: FxHashMap<String, Vec<usize>>,
}

impl<'e> Trail<'e> {
    fn new(events: &'e [Event]) -> Trail<'e> {
        let (mut by_id, mut by_name) = (FxHashMap::default(), FxHashMap::default());
        for (index, event) in events.iter().enumerate().filter(|(_, it)| !it.failed) {
            if !event.target.is_empty() {
                let found: &mut Vec<usize> = by_id.entry(event.target.as_str()).or_default();
                found.push(index);
            }
            if !event.target_name.is_empty() {
                let name = event.target_name.to_lowercase();
                let found: &mut Vec<usize> = by_name.entry(name).or_default();
                found.push(index);
            }
        }
        Trail {
            events,
            by_id,
            by_name,
        }
    }

    fn behind(
        &self,
        address: &Address,
        path: Option<&Path>,
        objects: &[&ObservedObjects],
    ) -> Option<&'e Event> {
        let mut about: Vec<usize> = Vec::new();
        let (kind, key) = address.parts();
        let field = path.and_then(|path| kinds::field(kind, path));
        // A member is known by its own name, so that events about it count, too.
        let member = field.filter(|field| field.form == Form::Member);
        let member = member.and(path).map(|path| path.parts().1);
        let mut names: Vec<String> = [Some(key), member]
            .into_iter()
            .flatten()
            .map(str::to_lowercase)
            .collect();
        let mut ids: Vec<String> = Vec::new();
        for object in objects.iter().filter_map(|all| all.get(address)) {
            if !object.id.is_empty() {
                ids.push(target(&object.id));
            }
            names.extend(object.names.iter().map(|name| name.to_lowercase()));
        }
        for id in &ids {
            about.extend(self.by_id.get(id.as_str()).into_iter().flatten());
        }
        // Two people may have one name: the id decides where both sides have one. An address belongs to no one else.
        for name in &names {
            let named = self.by_name.get(name).into_iter().flatten();
            about.extend(named.filter(|&&index| {
                let other = &self.events[index].target;
                name.contains('@') || other.is_empty() || ids.is_empty() || ids.contains(other)
            }));
        }
        let words = field.map_or(&[][..], |field| field.audit);
        let always_said = field.is_some_and(|field| field.always_said);
        let ranked = about
            .into_iter()
            .map(|index| (speaks_of(&self.events[index], words), index));
        let best = ranked
            .filter(|(fits, _)| *fits || !always_said)
            .max_by_key(|&(fits, index)| (fits, &self.events[index].created, index));
        best.map(|(_, index)| &self.events[index])
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cause;
    use super::*;
    use crate::change::Observed;

    fn event(at: &str, actor: &str, target: &str, name: &str, text: &str) -> Event {
        Event {
            created: at.to_owned(),
            actor: Some(actor.to_owned()),
            target: target.to_owned(),
            target_name: name.to_owned(),
            category: String::new(),
            text: text.to_owned(),
            failed: false,
        }
    }

    fn line(address: &str, path: &str, cause: Cause) -> Line {
        Line {
            address: address.into(),
            path: path.into(),
            cause,
            actor: None,
            at: None,
        }
    }

    fn objects() -> ObservedObjects {
        let ana = Observed::new(
            "Y2lzY29zcGFyazovL3VzL1BFT1BMRS83ZDNhOWM1Mi0xZTRmLTRiN2EtOGMyMS1mMDVlNmI5ZDNhNDQ",
            ["ana@acme.com".to_owned(), "Ana Silva".to_owned()],
        );
        let other = Observed::new("U-2", ["ana2@acme.com".to_owned(), "Ana Silva".to_owned()]);
        let sales = Observed::new("", ["Sales".to_owned()]);
        [
            ("user/ana@acme.com", ana),
            ("user/ana2@acme.com", other),
            ("group/Sales", sales),
        ]
        .into_iter()
        .map(|(address, object)| (address.into(), object))
        .collect()
    }

    const ANA: &str = "7d3a9c52-1e4f-4b7a-8c21-f05e6b9d3a44";

    fn actor(line: Line, events: &[Event]) -> Option<String> {
        let mut lines = [line];
        name_actors(&mut lines, &[&objects()], events);
        let [line] = lines;
        assert_eq!(line.actor.is_some(), line.at.is_some());
        line.actor
    }

    #[test]
    fn an_id_in_any_form_names_the_actor_and_the_last_fitting_event_counts() {
        let events = [
            event("2026-11-20T08:00:00Z", "pat", ANA, "", "Licenses changed"),
            event("2026-11-20T08:10:00Z", "kim", ANA, "", "Licenses changed"),
            event("2026-11-20T08:20:00Z", "lee", ANA, "", "Avatar changed"),
        ];
        let changed = |path| line("user/ana@acme.com", path, Cause::LiveChanged);
        assert_eq!(
            actor(changed("licenses/calling"), &events).as_deref(),
            Some("kim")
        );
        assert_eq!(actor(changed("extension"), &events).as_deref(), Some("lee"));
        let both = line("user/ana@acme.com", "licenses/calling", Cause::Both);
        assert_eq!(actor(both, &events).as_deref(), Some("kim"));
        let ahead = line("user/ana@acme.com", "licenses/calling", Cause::GitAhead);
        assert_eq!(actor(ahead, &events), None);
        let other = [event("1", "lee", ANA, "", "Avatar changed")];
        assert_eq!(actor(changed("licenses/calling"), &other), None);
        assert_eq!(actor(changed("roles"), &other).as_deref(), Some("lee"));
    }

    #[test]
    fn a_name_counts_where_no_id_contradicts_it() {
        let changed = |address| line(address, "displayName", Cause::LiveChanged);
        let by_name = [event("1", "pat", "", "ana silva", "Profile changed")];
        assert_eq!(
            actor(changed("user/ana@acme.com"), &by_name).as_deref(),
            Some("pat")
        );
        let of_other = [event("1", "pat", "u-2", "Ana Silva", "Profile changed")];
        assert_eq!(actor(changed("user/ana@acme.com"), &of_other), None);
        assert_eq!(
            actor(changed("user/ana2@acme.com"), &of_other).as_deref(),
            Some("pat")
        );
    }

    #[test]
    fn a_membership_is_told_by_the_group_or_the_member() {
        let joined = || line("group/Sales", "members/bob@acme.com", Cause::LiveChanged);
        let group = [event("1", "pat", "g-1", "Sales", "Members added")];
        assert_eq!(actor(joined(), &group).as_deref(), Some("pat"));
        let member = [event("1", "kim", "u-9", "BOB@acme.com", "Added to a group")];
        assert_eq!(actor(joined(), &member).as_deref(), Some("kim"));
    }

    #[test]
    fn what_failed_changed_nothing() {
        let mut failed = event("1", "pat", ANA, "", "Licenses changed");
        failed.failed = true;
        let changed = line("user/ana@acme.com", "licenses/calling", Cause::LiveChanged);
        assert_eq!(actor(changed, &[failed]), None);
    }
}
