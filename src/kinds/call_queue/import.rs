//! Call queues as YAML that plans to nothing.

use rustc_hash::FxHashSet;

use super::KIND;
use super::observed::{Queue, all, unread};
use crate::config::write::Node;
use crate::kinds::imports::{Draft, Source};
use crate::snapshot::Feature;

pub fn import(source: &Source<'_>, draft: &mut Draft) {
    let snapshot = source.snapshot;
    if unread(snapshot).is_some() {
        draft
            .left_out
            .push("the call queues, which could not be read".to_owned());
        return;
    }
    let known: FxHashSet<&str> = {
        let users = snapshot.users().iter().map(|it| it.email.as_str());
        let places = snapshot.workspaces().iter().map(|it| it.name.as_str());
        users.chain(places).collect()
    };
    let here: FxHashSet<&str> = snapshot
        .locations()
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    let features: Vec<Feature> = all(snapshot).cloned().collect();
    let mut entries = Vec::new();
    let (mut unlisted, mut twice) = (0, [0, 0]);
    for feature in draft.named(&features, |it| &it.name, "queue") {
        let seen = Queue::of(feature);
        let listed = seen.is_read
            && seen.others.is_empty()
            && seen
                .agents
                .iter()
                .all(|agent| known.contains(agent.as_str()));
        unlisted += usize::from(!listed);
        let agents = seen.agents.iter().map(Node::text).collect();
        let location = feature.location.as_deref().filter(|it| here.contains(it));
        let number = feature.phone_number.as_deref();
        let number = number.filter(|number| draft.claims.number(number));
        let extension = feature.extension.as_deref();
        let extension =
            extension.filter(|it| draft.claims.extension(feature.location.as_deref(), it));
        twice[0] += usize::from(feature.phone_number.is_some() && number.is_none());
        twice[1] += usize::from(feature.extension.is_some() && extension.is_none());
        let fields = Node::fields([
            ("location", location.map(Node::text)),
            ("phoneNumber", number.map(Node::text)),
            ("extension", extension.map(Node::text)),
            ("agents", listed.then_some(Node::List(agents))),
        ]);
        entries.push((seen.name.clone(), Node::Block(fields)));
    }
    draft.leave_out_lines(twice, "queue", "that another entry has");
    draft.leave_out(unlisted, "list of agents", "that no file could say in full");
    draft.section(
        KIND.section,
        "Call queues. `agents` is the whole set: a person who is removed leaves the queue.",
        entries,
    );
}
