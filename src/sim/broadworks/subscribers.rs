//! Subscribers: provisioned in the background, so that a later GET shows the result.

use serde_json::{Map, Value, json};

use super::super::call::{Answer, Call, Done, text};
use super::super::clock::stamp;
use super::super::scenario::Change;
use super::super::state::broadworks::{Status, Subscriber};
use super::super::switches::Switches;
use super::super::world::World;
use super::super::{errors, ids, paging};
use super::file::enterprise;
use super::{needs, organizations, provider, refused};

const PACKAGES: &[&str] = &["softphone", "basic", "standard", "premium"];

/// Of a user id that is already in use.
const TAKEN: &str = "The BroadWorks UserID is already associated with an existing user";

/// What a PUT may change.
const CHANGEABLE: &[&str] = &[
    "userId",
    "firstName",
    "lastName",
    "primaryPhoneNumber",
    "mobilePhoneNumber",
    "extension",
    "timezone",
    "package",
];

/// Lets the clock do its work: what was going on long enough has ended.
pub fn settle(world: &mut World, rules: &Switches, now: i64) {
    let lasts = i64::from(rules.broadworks_seconds) * 1000;
    let goes_on = |it: &Subscriber| matches!(it.status, Status::Provisioning | Status::Updating);
    let all = world.broadworks.subscribers.iter().enumerate();
    let due: Vec<(usize, bool)> = all
        .filter_map(|(at, it)| Some((at, it.as_ref()?)))
        .filter(|(_, it)| goes_on(it) && it.changed + lasts <= now)
        .map(|(at, it)| (at, known_elsewhere(world, it)))
        .collect();
    for (at, elsewhere) in due {
        let slot = world.broadworks.subscribers.get_mut(at);
        let Some(subscriber) = slot.and_then(Option::as_mut) else {
            continue;
        };
        let failure = match (rules.broadworks_error, subscriber.second) {
            (Some(code), _) => Some((code, "The request to BroadWorks failed".to_owned())),
            (None, true) => Some((10022, TAKEN.to_owned())),
            (None, false) => None,
        };
        let validates = rules.broadworks_validates_email;
        let next = match (&failure, subscriber.status) {
            (Some(_), _) => Status::Error,
            (None, Status::Updating) => Status::Provisioned,
            (None, _) if !subscriber.fields.contains_key("email") => Status::EmailInput,
            (None, _) if elsewhere => Status::UserMigration,
            (None, _) if validates => Status::EmailValidation,
            (None, _) => Status::Provisioned,
        };
        let change = subscriber.change.take().unwrap_or_default();
        if failure.is_none() {
            for (name, value) in change {
                match text(&value) {
                    Some(_) => subscriber.fields.insert(name, value),
                    None => subscriber.fields.remove(&name),
                };
            }
        }
        subscriber.error = failure;
        subscriber.status = next;
        subscriber.changed += lasts;
        let home = subscriber.fields.get("spEnterpriseId").and_then(text);
        let mut enterprises = world.broadworks.enterprises.iter_mut();
        let mine = enterprises.find(|it| Some(it.sp_enterprise_id.as_str()) == home);
        if let Some(enterprise) = mine.filter(|_| next == Status::Provisioned) {
            enterprise.coming = false;
        }
    }
}

/// Somebody else changes or removes a subscriber: a person who does what Webex waits for, an administrator in Partner Hub.
pub fn change(world: &mut World, change: &Change, now: i64) -> Option<()> {
    let mut slots = world.broadworks.subscribers.iter_mut();
    let key = Some(&json!(change.key));
    let slot = slots.find(|it| {
        let of = it.as_ref();
        of.is_some_and(|it| it.fields.get("userId") == key)
    })?;
    world.broadworks.touched = true;
    if change.remove {
        *slot = None;
        return Some(());
    }
    let subscriber = slot.as_mut()?;
    for (name, value) in &change.set {
        match name.as_str() {
            "status" => {
                subscriber.status = Status::of(value.as_str()?)?;
                subscriber.error = None;
                subscriber.changed = now;
            }
            _ => _ = subscriber.fields.insert(name.clone(), value.clone()),
        }
    }
    let home = subscriber.fields.get("spEnterpriseId").and_then(text);
    let mut enterprises = world.broadworks.enterprises.iter_mut();
    let mine = enterprises.find(|it| Some(it.sp_enterprise_id.as_str()) == home);
    if let Some(enterprise) = mine.filter(|_| subscriber.status == Status::Provisioned) {
        enterprise.coming = false;
    }
    Some(())
}

/// Lets the clock do its work before a request is looked at.
fn up_to_date(call: &mut Call<'_>) {
    settle(call.world, call.rules, call.now);
}

/// Whether the address belongs to a user of this organisation, who would have to move.
fn known_elsewhere(world: &World, subscriber: &Subscriber) -> bool {
    let email = subscriber.fields.get("email").and_then(Value::as_str);
    email.is_some_and(|email| world.person_by_email(email).is_some())
}

fn show(subscriber: &Subscriber) -> Value {
    let mut shown = Map::new();
    shown.insert("id".to_owned(), json!(subscriber.id));
    if subscriber.status == Status::Provisioned || subscriber.status == Status::Updating {
        shown.insert("personId".to_owned(), json!(person_id(subscriber)));
    }
    for (name, value) in &subscriber.fields {
        if !matches!(name.as_str(), "language" | "timezone") {
            shown.insert(name.clone(), value.clone());
        }
    }
    let mut put = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    put("status", json!(subscriber.status.word()));
    if let Some((code, description)) = &subscriber.error {
        put(
            "errors",
            json!([{"errorCode": code, "description": description}]),
        );
    }
    put("created", json!(stamp(subscriber.created)));
    put("lastStatusChange", json!(stamp(subscriber.changed)));
    put("selfActivated", json!("false"));
    Value::Object(shown)
}

fn person_id(subscriber: &Subscriber) -> String {
    ids::public(
        "PEOPLE",
        &ids::uuid(&format!("person of {}", subscriber.id)),
    )
}

/// GET of all that fit.
pub fn list(call: &mut Call<'_>) -> Done {
    provider(call)?;
    up_to_date(call);
    let at = paging::cursor(call, "max", 100, 100);
    let statuses = call
        .query("status")
        .map(|it| it.split(',').collect::<Vec<_>>());
    let since = match call.query("lastStatusChange").or(call.query("after")) {
        Some(time) => Some(moment(time).ok_or_else(|| errors::bad("A time cannot be read."))?),
        None => None,
    };
    let person = call.query("personId").map(ids::decoded);
    let fits = |subscriber: &Subscriber| {
        let same = |name: &str| {
            let have = subscriber.fields.get(name).and_then(Value::as_str);
            call.query(name).is_none_or(|wanted| have == Some(wanted))
        };
        ["userId", "email", "provisioningId", "spEnterpriseId"]
            .into_iter()
            .all(same)
            && statuses
                .as_ref()
                .is_none_or(|it| it.contains(&subscriber.status.word()))
            && since.is_none_or(|since| subscriber.changed >= since)
            && person
                .as_ref()
                .is_none_or(|it| *it == ids::decoded(&person_id(subscriber)))
            && call.query("selfActivated") != Some("true")
    };
    let all = call.world.broadworks.subscribers.iter().enumerate();
    let entries = all
        .filter_map(|(slot, it)| Some((u32::try_from(slot).ok()?, it.as_ref()?)))
        .filter(|(slot, it)| *slot >= at.from && fits(it));
    let (page, next) = paging::by_cursor(call, at, "max", entries, show);
    Ok(paging::list("items", page, next))
}

/// Milliseconds, or a time in ISO 8601.
fn moment(text: &str) -> Option<i64> {
    let time = || {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(|time| time.as_millisecond())
    };
    text.parse().ok().or_else(time)
}

/// POST of one: it begins.
pub fn create(call: &mut Call<'_>) -> Done {
    up_to_date(call);
    let body = call.body().clone();
    needs(
        &body,
        &[
            "provisioningId",
            "userId",
            "spEnterpriseId",
            "firstName",
            "lastName",
            "package",
        ],
    )?;
    check(&body)?;
    let home = text(&body["spEnterpriseId"]).unwrap_or_default();
    if !home.contains('+') {
        return Err(refused(
            1002,
            "invalid parameter: spEnterpriseId",
            "spEnterpriseId",
        ));
    }
    settle_in(call, &body, home)?;
    let mut fields = Map::new();
    let names = ["provisioningId", "spEnterpriseId", "email", "language"];
    for name in CHANGEABLE.iter().chain(&names) {
        if let Some(value) = text(&body[*name]) {
            fields.insert((*name).to_owned(), json!(value));
        }
    }
    let mut users = call.world.broadworks.subscribers.iter().flatten();
    let second = users.any(|it| it.fields.get("userId") == fields.get("userId"));
    let uuid = call.world.new_uuid("subscriber");
    let subscriber = Subscriber {
        id: ids::public("SUBSCRIBER", &uuid),
        fields,
        second,
        status: Status::Provisioning,
        change: None,
        error: None,
        created: call.now,
        changed: call.now,
        source: Map::new(),
    };
    let shown = show(&subscriber);
    call.world.broadworks.subscribers.push(Some(subscriber));
    call.world.broadworks.touched = true;
    about(call, &shown);
    Answer::ok(shown)
}

/// The enterprise of a new subscriber: its organisation comes with the first, who goes alone.
fn settle_in(call: &mut Call<'_>, body: &Value, home: &str) -> Result<(), Answer> {
    let alone = call.rules.broadworks_first_alone;
    let broadworks = &mut call.world.broadworks;
    let mut known = broadworks.enterprises.iter();
    let known = known.find(|it| it.sp_enterprise_id == home);
    if known.is_some_and(|it| it.coming) && alone {
        let text = "The organization of the enterprise is still being provisioned.";
        return Err(errors::generic(409, text));
    }
    if known.is_none() {
        let mut new = enterprise(home, home);
        if let Some(id) = organizations::attach(broadworks, text(&body["email"]))? {
            new.org_id = id;
        }
        new.coming = true;
        new.provisioning_id = text(&body["provisioningId"]).unwrap_or_default().to_owned();
        broadworks.enterprises.push(new);
    }
    Ok(())
}

/// What a body may not say.
fn check(body: &Value) -> Result<(), Answer> {
    if let Some(package) = text(&body["package"])
        && !PACKAGES.contains(&package)
    {
        return Err(refused(1002, "invalid parameter: package", "package"));
    }
    if let Some(extension) = text(&body["extension"])
        && !extension.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(refused(1002, "invalid parameter: extension", "extension"));
    }
    Ok(())
}

/// POST: whether one could be provisioned.
pub fn validate(call: &mut Call<'_>) -> Done {
    up_to_date(call);
    let body = call.body().clone();
    needs(&body, &["email"])?;
    check(&body)?;
    if body["customerInfo"].is_object() {
        needs(&body["customerInfo"], &["primaryEmail"])?;
    }
    let user = text(&body["userId"]);
    let all = call.world.broadworks.subscribers.iter().flatten();
    let taken = user.is_some_and(|user| {
        let mut users = all.filter_map(|it| it.fields.get("userId"));
        users.any(|known| known == user)
    });
    if taken {
        return Err(refused(10022, TAKEN, "userId"));
    }
    Answer::ok(json!({
        "message": "success",
        "info": [{"infoCode": 100, "description": "Provisioning preCheck validation successful."}],
    }))
}

fn find(call: &Call<'_>) -> Result<usize, Answer> {
    let id = ids::decoded(call.param(0));
    let mut all = call.world.broadworks.subscribers.iter();
    let found = all.position(|it| it.as_ref().is_some_and(|it| ids::decoded(&it.id) == id));
    found.ok_or_else(|| errors::not_found("subscriber"))
}

/// GET of one.
pub fn read(call: &mut Call<'_>) -> Done {
    up_to_date(call);
    let at = find(call)?;
    let found = call.world.broadworks.subscribers.get(at).cloned().flatten();
    Answer::ok(found.as_ref().map_or(Value::Null, show))
}

/// PUT of one: a change begins; the answer does not show it yet.
pub fn update(call: &mut Call<'_>) -> Done {
    up_to_date(call);
    let at = find(call)?;
    let body = call.body().clone();
    check(&body)?;
    let now = call.now;
    let slot = call.world.broadworks.subscribers.get_mut(at);
    let Some(subscriber) = slot.and_then(Option::as_mut) else {
        return Err(errors::not_found("subscriber"));
    };
    if !matches!(subscriber.status, Status::Provisioned | Status::Error) {
        let text = format!("The subscriber is {}.", subscriber.status.word());
        return Err(errors::generic(409, &text));
    }
    let mut change = Map::new();
    for name in CHANGEABLE {
        if let Some(value) = body[*name].as_str() {
            change.insert((*name).to_owned(), json!(value));
        }
    }
    let left = |name: &str| match change.get(name) {
        Some(value) => text(value).is_some(),
        None => subscriber.fields.contains_key(name),
    };
    if !left("primaryPhoneNumber") && !left("extension") {
        return Err(refused(
            1001,
            "primaryPhoneNumber or extension must stay",
            "extension",
        ));
    }
    subscriber.change = Some(change);
    subscriber.status = Status::Updating;
    subscriber.changed = now;
    let shown = show(subscriber);
    call.world.broadworks.touched = true;
    about(call, &shown);
    Answer::ok(shown)
}

/// DELETE of one: the mapping goes.
pub fn delete(call: &mut Call<'_>) -> Done {
    let at = find(call)?;
    let gone = call
        .world
        .broadworks
        .subscribers
        .get_mut(at)
        .and_then(Option::take);
    if let Some(gone) = gone {
        about(call, &show(&gone));
    }
    call.world.broadworks.touched = true;
    Answer::no_content()
}

/// POST: the mail that asks a user of another organisation goes out again; nothing else changes, or only the time by switch.
pub fn consent(call: &mut Call<'_>) -> Done {
    up_to_date(call);
    let at = find(call)?;
    let (shows, now) = (call.rules.broadworks_mail_shows, call.now);
    let slot = call.world.broadworks.subscribers.get_mut(at);
    let waits = |it: &&mut Subscriber| it.status == Status::UserMigration;
    let Some(subscriber) = slot.and_then(Option::as_mut).filter(waits) else {
        return Err(errors::bad("The subscriber does not wait for a migration."));
    };
    if shows {
        subscriber.changed = now;
        call.world.broadworks.touched = true;
    }
    Answer::no_content()
}

fn about(call: &mut Call<'_>, shown: &Value) {
    let (id, name) = (shown["id"].as_str(), shown["userId"].as_str());
    let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
    call.about("SUBSCRIBER", id, name);
}
