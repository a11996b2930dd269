//! Single number reach: other numbers of a person that ring too.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Done};
use super::super::errors;
use super::super::world::World;
use super::around::{Around, entitled};
use super::plain::{refused, strictness};
use super::shape;
use super::{Kind, SettingsHolder};

const SLOT: &str = "reachNumbers";

/// What the setting's document returns of the numbers.
pub fn numbers(world: &World, holder: &SettingsHolder) -> Value {
    let kept = super::written(world, holder.who, SLOT).as_array();
    Value::Array(kept.cloned().unwrap_or_default())
}

/// POST of a number.
pub fn create(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let mut number = accepted(call, &holder, &Value::Null)?;
    if all
        .iter()
        .any(|known| known["phoneNumber"] == number["phoneNumber"])
    {
        return Err(errors::telephony(
            409,
            25008,
            25008,
            "number is in the list",
        ));
    }
    let id = super::new_id(call.world, "SINGLE_NUMBER_REACH");
    number["id"] = json!(id);
    all.push(number);
    keep(call, &holder, all);
    Ok(Answer::json(201, json!({"id": id})))
}

/// PUT of a number.
pub fn update(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let id = call.param(1).to_owned();
    let place = all.iter().position(|known| known["id"] == id.as_str());
    let place = place.ok_or_else(|| errors::not_found("number"))?;
    let before = all.remove(place);
    let mut number = accepted(call, &holder, &before)?;
    number["id"] = json!(id);
    all.insert(place, number);
    keep(call, &holder, all);
    Answer::no_content()
}

/// DELETE of a number.
pub fn delete(call: &mut Call<'_>) -> Done {
    let (holder, mut all) = kept(call)?;
    let before = all.len();
    all.retain(|known| known["id"] != call.param(1));
    if all.len() == before {
        return Err(errors::not_found("number"));
    }
    keep(call, &holder, all);
    Answer::no_content()
}

fn accepted(call: &Call<'_>, holder: &SettingsHolder, before: &Value) -> Result<Value, Answer> {
    let shape = json!({
        "phoneNumber*": "", "enabled*": true, "name": "", "doNotForwardCallsEnabled": false, "answerConfirmationEnabled": false
    });
    let around = Around::new(call.world, holder);
    let written = shape::accept(&shape, call.body(), before, &around, strictness(call));
    let written = written.map_err(|refusal| refused(&refusal))?;
    Ok(shape::render(&shape, &written, &around))
}

fn kept(call: &mut Call<'_>) -> Result<(SettingsHolder, Vec<Value>), Answer> {
    let id = call.param(0).to_owned();
    let holder = entitled(call, Kind::Person, &id, true)?;
    let kept = super::written(call.world, holder.who, SLOT).as_array();
    let all = kept.cloned().unwrap_or_default();
    Ok((holder, all))
}

fn keep(call: &mut Call<'_>, holder: &SettingsHolder, all: Vec<Value>) {
    super::write(call.world, holder.who, SLOT, Value::Array(all));
}
