//! Points about settings and phones.

use super::super::ask::Reply;
use super::super::requests::{LINES, PHONE_KEYS, PHONE_LINES, VOICEMAIL};
use super::super::words::{self, Tally};
use super::super::{Judgement, View};
use super::by;

/// Statuses and codes by whom they are about.
fn statuses<'e>(replies: impl Iterator<Item = &'e Reply>) -> String {
    let all: Tally = replies
        .map(|it| format!("{}: {}", it.of, it.status()))
        .collect();
    all.to_string()
}

/// Whether voicemail is refused in the ways that we know.
pub fn voicemail(view: &View<'_>) -> Judgement {
    let replies = view.of(VOICEMAIL);
    let known = |it: &&Reply| it.is_fine() || matches!(it.status, Some(400 | 403 | 404));
    let refused = replies
        .iter()
        .filter(|it| !it.is_fine() && known(it))
        .count();
    let wrong = replies.iter().filter(|it| !known(it)).count();
    by(refused, wrong, [statuses(replies.iter())])
}

/// Whether settings that do not apply are refused in the ways that we know.
pub fn absent(view: &View<'_>) -> Judgement {
    let known = |it: &Reply| match it.status {
        Some(400 | 403 | 404) => true,
        Some(405) => it.codes.iter().any(|code| code == "25409"),
        _ => it.is_fine(),
    };
    let refused = view.all().filter(|it| !it.is_fine() && known(it)).count();
    let wrong = view.all().filter(|it| !known(it)).count();
    by(refused, wrong, [statuses(view.all())])
}

/// What the member of the distinctive ring is called.
pub fn ring(view: &View<'_>) -> Judgement {
    let names: Tally = view
        .of(LINES)
        .iter()
        .filter_map(|reply| reply.body.as_object())
        .flat_map(|body| body.keys())
        .filter(|name| name.to_lowercase().contains("distinctivering"))
        .map(|name| words::member(name))
        .collect();
    let known = names.of("distinctiveRingEnabled");
    let other = names
        .names()
        .filter(|name| *name != "distinctiveRingEnabled")
        .count();
    by(known, other, [format!("it is called: {names}")])
}

/// Whether lines and keys of phones have a body.
pub fn phones(view: &View<'_>) -> Judgement {
    let (mut right, mut wrong, mut facts) = (0, 0, Vec::new());
    for (name, request) in [("lines", PHONE_LINES), ("keys", PHONE_KEYS)] {
        let replies = view.of(request);
        let empty = replies
            .iter()
            .filter(|it| it.is_fine() && !it.body.is_object())
            .count();
        right += replies.iter().filter(|it| it.is_fine()).count() - empty;
        wrong += empty;
        let all: Tally = replies.iter().map(Reply::status).collect();
        facts.push(format!("{name} of phones: {all}; {empty} without a body"));
    }
    by(right, wrong, facts)
}
