//! Criteria: when a selective setting is in effect. Below the setting's document, which returns a summary of each.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Done};
use super::super::errors;
use super::super::world::World;
use super::SettingsHolder;
use super::around::{Around, entitled};
use super::plain::{refused, strictness};
use super::shape::{self, Refusal};
use super::table::{self, Setting};

/// GET of one.
pub fn read(call: &mut Call<'_>) -> Done {
    let (holder, setting) = asked(call)?;
    let id = call.param(1).to_owned();
    let found = kept(call.world, &holder, setting)
        .into_iter()
        .find(|criterion| criterion["id"] == id.as_str())
        .ok_or_else(|| errors::not_found("criteria"))?;
    let around = Around::new(call.world, &holder);
    let shape = setting.criteria.as_ref().unwrap_or(&Value::Null);
    let mut told = shape::render(shape, &found, &around);
    told["id"] = found["id"].clone();
    Answer::ok(told)
}

/// POST of one.
pub fn create(call: &mut Call<'_>) -> Done {
    let (holder, setting) = asked(call)?;
    let mut written = accepted(call, &holder, setting, &Value::Null).map_err(|it| refused(&it))?;
    let id = super::new_id(call.world, "CRITERIA");
    written["id"] = json!(id);
    let mut all = kept(call.world, &holder, setting);
    all.push(written);
    keep(call, &holder, setting, all);
    // the documents have 200 for the filters of executives, 201 for all others
    let status = if setting.name == "executiveCallFiltering" {
        200
    } else {
        201
    };
    Ok(Answer::json(status, json!({"id": id})))
}

/// PUT of one.
pub fn update(call: &mut Call<'_>) -> Done {
    let (holder, setting) = asked(call)?;
    let id = call.param(1).to_owned();
    let mut all = kept(call.world, &holder, setting);
    let place = all
        .iter()
        .position(|criterion| criterion["id"] == id.as_str())
        .ok_or_else(|| errors::not_found("criteria"))?;
    let before = all.get(place).cloned().unwrap_or_default();
    let mut written = accepted(call, &holder, setting, &before).map_err(|it| refused(&it))?;
    written["id"] = json!(id);
    if let Some(criterion) = all.get_mut(place) {
        *criterion = written;
    }
    keep(call, &holder, setting, all);
    Answer::no_content()
}

/// DELETE of one.
pub fn delete(call: &mut Call<'_>) -> Done {
    let (holder, setting) = asked(call)?;
    let id = call.param(1).to_owned();
    let mut all = kept(call.world, &holder, setting);
    let before = all.len();
    all.retain(|criterion| criterion["id"] != id.as_str());
    if all.len() == before {
        return Err(errors::not_found("criteria"));
    }
    keep(call, &holder, setting, all);
    Answer::no_content()
}

/// What the document of the setting returns of its criteria.
pub fn summaries(world: &World, holder: &SettingsHolder, setting: &Setting) -> Vec<Value> {
    let executive = setting.name == "executiveCallFiltering";
    let summary = |criterion: &Value| {
        let from = criterion["callsFrom"].as_str().unwrap_or_default();
        let source = match from {
            "ANY_PHONE_NUMBER" if !executive => "ALL_NUMBERS",
            "SELECT_PHONE_NUMBERS" if !executive => "SPECIFIC_NUMBERS",
            other => other,
        };
        let mut told = json!({"id": criterion["id"], "source": source});
        for name in &setting.summary {
            let default = if name.ends_with("Name") {
                json!("")
            } else {
                json!(true)
            };
            let value = criterion.get(name).cloned().unwrap_or(default);
            told[name.as_str()] = value;
        }
        if executive {
            told["activationEnabled"] = json!(criterion["activationEnabled"] != false);
        }
        told
    };
    kept(world, holder, setting).iter().map(summary).collect()
}

/// A PUT of an executive's filtering says which of its filters are active.
pub fn activate(call: &mut Call<'_>, holder: &SettingsHolder, setting: &Setting) {
    let wanted = call.body()["criteriaActivation"].as_array().cloned();
    let Some(wanted) = wanted else {
        return;
    };
    let mut all = kept(call.world, holder, setting);
    for criterion in &mut all {
        let wanted = wanted.iter().find(|wanted| wanted["id"] == criterion["id"]);
        if let Some(wanted) = wanted {
            criterion["activationEnabled"] = wanted["activationEnabled"].clone();
        }
    }
    keep(call, holder, setting, all);
}

fn asked(call: &mut Call<'_>) -> Result<(SettingsHolder, &'static Setting), Answer> {
    let (kind, setting) =
        table::criteria_at(&call.asked.path).ok_or_else(|| errors::not_found("setting"))?;
    let id = call.param(0).to_owned();
    let professional = setting.professional.contains(&kind);
    Ok((entitled(call, kind, &id, professional)?, setting))
}

fn accepted(
    call: &Call<'_>,
    holder: &SettingsHolder,
    setting: &Setting,
    before: &Value,
) -> Result<Value, Refusal> {
    let around = Around::new(call.world, holder);
    let shape = setting.criteria.as_ref().unwrap_or(&Value::Null);
    let mut body = call.body().clone();
    let numbers = match shape.get("numbers?") {
        Some(_) => ("numbers", "phoneNumbers"),
        None => ("phoneNumbers", "numbers"),
    };
    // two spellings are about
    if body[numbers.0].is_null() && body[numbers.1].is_array() {
        body[numbers.0] = body[numbers.1].take();
    }
    // what must be there when one is made may be left out of a change
    for (name, value) in before.as_object().into_iter().flatten() {
        if shape.get(format!("{name}*")).is_some() && body[name].is_null() {
            body[name] = value.clone();
        }
    }
    let written = shape::accept(shape, &body, before, &around, strictness(call))?;
    if written["callsFrom"] == "SELECT_PHONE_NUMBERS" {
        let some = written[numbers.0]
            .as_array()
            .is_some_and(|list| !list.is_empty())
            || written["anonymousCallersEnabled"] == true
            || written["unavailableCallersEnabled"] == true;
        if !some {
            return Err(Refusal::new(25008, "missing mandatory field: phoneNumbers"));
        }
    }
    let schedule = written["scheduleName"].as_str().unwrap_or_default();
    // schedules of locations are not kept here, so only those of the holder can be missed
    if !schedule.is_empty() && written["scheduleLevel"] == "PEOPLE" {
        let schedules = super::written(call.world, holder.who, "schedules");
        let known = schedules.as_array().is_some_and(|list| {
            list.iter().any(|known| {
                known["name"] == schedule
                    && (written["scheduleType"].is_null()
                        || known["type"] == written["scheduleType"])
            })
        });
        if !known {
            return Err(Refusal::new(
                25008,
                format!("schedule not found: {schedule}"),
            ));
        }
    }
    Ok(written)
}

fn slot(setting: &Setting) -> String {
    format!("criteria {}", setting.name)
}

fn kept(world: &World, holder: &SettingsHolder, setting: &Setting) -> Vec<Value> {
    let kept = super::written(world, holder.who, &slot(setting));
    kept.as_array().cloned().unwrap_or_default()
}

fn keep(call: &mut Call<'_>, holder: &SettingsHolder, setting: &Setting, all: Vec<Value>) {
    super::write(call.world, holder.who, &slot(setting), Value::Array(all));
}
