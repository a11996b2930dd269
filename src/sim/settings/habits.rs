//! Settings that people have long had when a snapshot is captured: without any there is nothing to lose.

use serde_json::json;

use super::super::ids::dice;
use super::super::table::Slot;
use super::super::world::{Owner as Who, World};

/// Gives every person with Calling some settings that differ from the usual; the same ones each time.
pub fn acquire(world: &mut World) {
    let people = world.people.iter();
    let people: Vec<(Slot, String)> = people
        .filter(|(_, person)| person.location.is_some())
        .map(|(slot, person)| (slot, person.id.clone()))
        .collect();
    for (slot, id) in people {
        let who = Who::Person(slot);
        let rings = 4 + dice(&id, 10);
        let no_answer =
            json!({"enabled": true, "destination": "+12145550199", "numberOfRings": rings});
        let forwarding = json!({"callForwarding": {"noAnswer": no_answer}});
        super::write(world, who, "callForwarding", forwarding);
        super::write(world, who, "callWaiting", json!({"enabled": false}));
        let splash = dice(&id, 2) == 0;
        let disturb = json!({"enabled": !splash, "ringSplashEnabled": splash});
        super::write(world, who, "doNotDisturb", disturb);
    }
}
