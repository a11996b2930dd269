//! What decides how much a request destroys, read right before it is sent: a plan is made hours before, and what has come
//! since is lost too, and nobody has agreed to that.

use super::Subject;
use crate::plan::{FieldAction, Risk};
use crate::webex::devices::{self, Holder};
use crate::webex::{Error, Names, encode};

/// A location move destroys stored voice messages. The plan says that it destroys none where voicemail was off.
pub(super) fn of_a_move(names: &Names, subject: &Subject<'_>) -> Result<Option<String>, Error> {
    match subject.field("location") {
        Some(field) if field.risk < Risk::Irreversible => {}
        _ => return Ok(None),
    }
    let on = has_voicemail(names, &subject.id(names)?)?;
    Ok(on.then(|| {
        "voicemail is on now, so that the move would destroy stored voice messages".to_owned()
    }))
}

/// Without Calling, voicemail and devices end. The plan names those that there were.
pub(super) fn of_calling(names: &Names, subject: &Subject<'_>) -> Result<Option<String>, Error> {
    let removes = |it: &&crate::plan::Field| it.action == FieldAction::Remove;
    let Some(field) = subject.field("licenses/calling").filter(|it| removes(it)) else {
        return Ok(None);
    };
    let id = subject.id(names)?;
    let is_user = subject.change.kind == "user";
    let named = |what: &str| {
        field
            .losses
            .iter()
            .filter(|it| it.starts_with(what))
            .count()
    };
    if is_user && named("voicemail") == 0 && has_voicemail(names, &id)? {
        let why = "voicemail is on now, and the plan does not name it among what is lost";
        return Ok(Some(why.to_owned()));
    }
    let holder = match is_user {
        true => Holder::Person(id),
        false => Holder::Workspace(id),
    };
    let (now, then) = (devices::of(names.reader(), &holder)?.len(), named("device"));
    Ok((now > then).then(|| {
        format!("it has {now} devices now, and the plan names {then} of them among what is lost")
    }))
}

/// Whether somebody has voicemail. Where Webex does not say, it counts as on.
fn has_voicemail(names: &Names, id: &str) -> Result<bool, Error> {
    let path = format!("/people/{}/features/voicemail", encode(id));
    match names.reader().find(&path) {
        Ok(told) => Ok(told.is_none_or(|told| told["enabled"] != false)),
        Err(error) if error.refusal().is_some() => Ok(true),
        Err(error) => Err(error),
    }
}
