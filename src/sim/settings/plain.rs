//! Settings that are one document: GET returns it, PUT changes it.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Done};
use super::super::errors;
use super::around::{Around, entitled};
use super::checks;
use super::criteria;
use super::shape::{self, Refusal, Strictness};
use super::table::{self, Setting};
use super::{Kind, SettingsHolder};

/// GET of any row of the table.
pub fn read(call: &mut Call<'_>) -> Done {
    let (holder, setting) = asked(call)?;
    Answer::ok(told(call, &holder, setting))
}

/// PUT of any row of the table.
pub fn write(call: &mut Call<'_>) -> Done {
    let (holder, setting) = asked(call)?;
    let written = accepted(call, &holder, setting).map_err(|refusal| refused(&refusal))?;
    super::write(call.world, holder.who, &setting.name, written);
    if setting.criteria.is_some() {
        criteria::activate(call, &holder, setting);
    }
    let status = setting.put_status.filter(|_| holder.kind == Kind::Person);
    Ok(Answer::empty(status.unwrap_or(204)))
}

fn asked(call: &mut Call<'_>) -> Result<(SettingsHolder, &'static Setting), Answer> {
    let (kind, setting) =
        table::at(&call.asked.path).ok_or_else(|| errors::not_found("setting"))?;
    let id = call.param(0).to_owned();
    let professional = setting.professional.contains(&kind);
    let holder = entitled(call, kind, &id, professional)?;
    Ok((holder, setting))
}

fn accepted(call: &Call<'_>, holder: &SettingsHolder, setting: &Setting) -> Result<Value, Refusal> {
    let around = Around::new(call.world, holder);
    let strictness = strictness(call);
    let before = super::written(call.world, holder.who, &setting.name);
    let written = shape::accept(&setting.body, call.body(), before, &around, strictness)?;
    shape::consistent(
        &setting.body,
        &shape::render(&setting.body, &written, &around),
    )?;
    checks::check(call.world, holder, setting, &written)?;
    Ok(written)
}

/// The document as a GET returns it.
pub fn told(call: &Call<'_>, holder: &SettingsHolder, setting: &Setting) -> Value {
    let around = Around::new(call.world, holder);
    let written = super::written(call.world, holder.who, &setting.name);
    let mut told = shape::render(&setting.body, written, &around);
    if setting.criteria.is_some() {
        told["criteria"] = json!(criteria::summaries(call.world, holder, setting));
    }
    if setting.name == "applicationMembers" && written.is_null() {
        told["members"] = json!([own_line(holder, &around, setting)]);
    }
    if setting.name == "singleNumberReach" {
        told["numbers"] = super::reach::numbers(call.world, holder);
    }
    told
}

/// The line of the holder itself, which is there before any other is added.
fn own_line(holder: &SettingsHolder, around: &Around<'_>, setting: &Setting) -> Value {
    let written = json!({"members": [{
        "id": holder.id, "port": 1, "primaryOwner": "true", "lineType": "PRIMARY", "lineWeight": 1
    }]});
    let mut told = shape::render(&setting.body, &written, around);
    told["members"][0].take()
}

/// How strictly bodies are read.
pub fn strictness(call: &Call<'_>) -> Strictness {
    Strictness {
        refuse_read_only: call.rules.settings_refuse_read_only,
    }
}

/// A refusal in the shape of the telephony API.
pub fn refused(refusal: &Refusal) -> Answer {
    errors::telephony(400, refusal.code, refusal.code, &refusal.message)
}
