//! What decides how much a request destroys, read right before it is sent: a plan is made hours before, and what has come
//! since is lost too, and that is not acknowledged.

use super::{Objection, Subject};
use crate::change::{Field, FieldAction, Risk};
use crate::webex::devices::{self, DeviceOwner};
use crate::webex::moves::{self, Move};
use crate::webex::{Error, Names, encode, observed};

/// The impact of a move that leaves a person without the extension (webex-api.md 6.7).
const LOSES_EXTENSION: u32 = 19713;
/// Impacts that every move has, or that plans name: another profile, stored messages, the number and its caller ID.
const USUAL: [u32; 5] = [19701, 19716, 19717, 19722, 19723];

/// A location move destroys stored voice messages. The plan says that it destroys none where voicemail was off. Webex is asked
/// beforehand, and may say that it will not do it at all; what else it says is reported.
pub(in crate::kinds) fn of_a_move(
    names: &Names,
    subject: &Subject<'_>,
) -> Result<Option<Objection>, Error> {
    let Some(field) = subject.field("location") else {
        return Ok(None);
    };
    let (person, location) = subject.moved(names)?;
    if field.risk < Risk::Irreversible && has_voicemail(names, &person)? {
        let why = "voicemail is on now, so that the move would destroy stored voice messages";
        return Ok(Some(Objection::Worse(why.to_owned())));
    }
    let question = Move {
        person: &person,
        location: &location,
        number: subject.becomes("phoneNumber"),
        extension: subject.becomes("extension"),
    };
    let forecast = match moves::forecast(names.reader(), question) {
        Ok(Some(forecast)) => forecast,
        Ok(None) => return Ok(None),
        Err(error @ Error::Malformed { .. }) => {
            let why = format!("nothing was sent: {error}");
            return Ok(Some(Objection::Refused(why)));
        }
        Err(error) => return Err(error),
    };
    if !forecast.errors.is_empty() {
        return Ok(Some(Objection::Refused(format!(
            "nothing was sent: Webex refused the move in the validation: {}",
            forecast.errors.join("; ")
        ))));
    }
    let keeps_extension = subject.field("extension").is_none();
    let lost = |(code, _): &&(u32, String)| keeps_extension && *code == LOSES_EXTENSION;
    if let Some((_, words)) = forecast.impacts.iter().find(lost) {
        let why =
            format!("the plan does not name what the move removes according to Webex: {words}");
        return Ok(Some(Objection::Worse(why)));
    }
    for (_, words) in forecast
        .impacts
        .iter()
        .filter(|(code, _)| !USUAL.contains(code))
    {
        let address = &subject.change.address;
        names
            .reader()
            .say(&format!("{address}: Webex says of the move: {words}"));
    }
    Ok(None)
}

/// Without Calling, voicemail and devices end. The plan names those that there were.
pub(in crate::kinds) fn of_calling(
    names: &Names,
    subject: &Subject<'_>,
) -> Result<Option<Objection>, Error> {
    let Some(field) = subject.field("licenses/calling") else {
        return Ok(None);
    };
    if let Some(why) = not_whole(subject) {
        return Ok(Some(Objection::Refused(why)));
    }
    if field.action != FieldAction::Remove {
        return Ok(None);
    }
    if let Some(why) = only_phones(subject) {
        return Ok(Some(Objection::Refused(why.to_owned())));
    }
    goes_with_it(names, subject, field)
}

/// The same of a person or workspace that is deleted, and has Calling.
pub(in crate::kinds) fn of_deletion(
    names: &Names,
    subject: &Subject<'_>,
) -> Result<Option<Objection>, Error> {
    match of_calling_too(subject) {
        Some(field) => goes_with_it(names, subject, field),
        None => Ok(None),
    }
}

/// A deletion with which Calling goes.
fn of_calling_too<'s>(subject: &Subject<'s>) -> Option<&'s Field> {
    let mut fields = subject.fields.iter().filter(|field| field.deletes());
    let calls = |field: &&&Field| field.losses.iter().any(|it| it == "calling services");
    fields.find(calls).copied()
}

/// What goes with Calling, and the plan does not name.
fn goes_with_it(
    names: &Names,
    subject: &Subject<'_>,
    field: &Field,
) -> Result<Option<Objection>, Error> {
    let id = subject.id(names)?;
    let is_user = subject.change.kind == "user";
    let worse = |why: String| Ok(Some(Objection::Worse(why)));
    let named = |what: &str| {
        field
            .losses
            .iter()
            .filter(|it| it.starts_with(what))
            .count()
    };
    if is_user && named("voicemail") == 0 && has_voicemail(names, &id)? {
        let why = "voicemail is on now, and the plan does not list it as lost";
        return worse(why.to_owned());
    }
    let holder = match is_user {
        true => DeviceOwner::Person(id),
        false => DeviceOwner::Workspace(id),
    };
    let (now, then) = (devices::of(names.reader(), &holder)?.len(), named("device"));
    match now > then {
        true => worse(format!(
            "it has {now} devices now, and the plan lists {then} of them as lost"
        )),
        false => Ok(None),
    }
}

/// How many requests [`of_calling`] takes.
pub(in crate::kinds) fn asked_of_calling(subject: &Subject<'_>) -> usize {
    let field = subject.field("licenses/calling");
    let field = field.filter(|it| it.action == FieldAction::Remove);
    field.map_or(0, |field| asked(subject, field))
}

/// How many requests [`of_deletion`] takes.
pub(in crate::kinds) fn asked_of_deletion(subject: &Subject<'_>) -> usize {
    of_calling_too(subject).map_or(0, |field| asked(subject, field))
}

fn asked(subject: &Subject<'_>, field: &Field) -> usize {
    let named = field.losses.iter().any(|it| it.starts_with("voicemail"));
    1 + usize::from(subject.change.kind == "user" && !named)
}

/// How many requests [`of_a_move`] takes.
pub(in crate::kinds) fn asked_of_a_move(subject: &Subject<'_>) -> usize {
    match subject.field("location") {
        Some(field) => 1 + usize::from(field.risk < Risk::Irreversible),
        None => 0,
    }
}

/// Why the Calling of a person about whom Webex does not return everything is not touched.
fn not_whole(subject: &Subject<'_>) -> Option<String> {
    observed::unread(&subject.seen.as_ref()?.raw)
        .map(|unread| format!("nothing was sent: {unread} just now"))
}

/// Why Calling is not removed from a workspace that is only for phones (webex-api.md 7).
fn only_phones(subject: &Subject<'_>) -> Option<&'static str> {
    let phones = subject.seen.as_ref()?.raw["supportedDevices"] == "phones";
    let why = "nothing was sent: Webex does not remove Calling from a workspace for phones; delete the \
        workspace instead, or \
               keep its Calling";
    phones.then_some(why)
}

/// Whether a person has voicemail. Where Webex does not say, it counts as on.
fn has_voicemail(names: &Names, id: &str) -> Result<bool, Error> {
    let path = format!("/people/{}/features/voicemail", encode(id));
    match names.reader().find(&path) {
        Ok(told) => Ok(told.is_none_or(|told| told["enabled"] != false)),
        Err(error) if error.refusal().is_some() => Ok(true),
        Err(error) => Err(error),
    }
}
