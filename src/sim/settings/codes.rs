//! What is below outgoing permissions: access codes and digit patterns.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Done, text, texts};
use super::super::errors;
use super::around::{Around, entitled};
use super::plain::{refused, strictness};
use super::shape::{self, Refusal};
use super::{Kind, SettingsHolder};

const CODES: &str = "accessCodes";
const PATTERNS: &str = "digitPatterns";

/// Most access codes of one holder.
const MOST_CODES: usize = 100;

/// GET of the access codes.
pub fn read_codes(call: &mut Call<'_>) -> Done {
    let (_, kept) = kept(call, CODES)?;
    Answer::ok(json!({
        "useCustomAccessCodes": kept["useCustom"] == true,
        "accessCodes": list(&kept),
    }))
}

/// POST of an access code.
pub fn create_code(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, CODES)?;
    let (Some(code), Some(description)) = (call.text("code"), call.text("description")) else {
        return Err(refused(&Refusal::new(
            25008,
            "missing mandatory field: code or description",
        )));
    };
    let digits = code
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"*#".contains(&byte));
    if !digits || !(2..=14).contains(&code.len()) {
        return Err(refused(&Refusal::new(25110, "code length out of range")));
    }
    let mut all = list(&kept);
    if all.iter().any(|known| known["code"] == code) {
        return Err(errors::telephony(
            409,
            25008,
            25008,
            &format!("code is in use: {code}"),
        ));
    }
    if all.len() >= MOST_CODES {
        return Err(refused(&Refusal::new(25008, "too many access codes")));
    }
    all.push(json!({"code": code, "description": description, "level": "CUSTOM"}));
    keep(call, &holder, CODES, kept["useCustom"] == true, all);
    Ok(Answer::empty(201))
}

/// PUT: deletes codes, and says whether the holder's own are used.
pub fn delete_some_codes(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, CODES)?;
    let gone = texts(&call.body()["deleteCodes"]);
    let mut all = list(&kept);
    all.retain(|known| !gone.iter().any(|code| known["code"] == *code));
    let custom = call.body()["useCustomAccessCodes"].as_bool();
    let custom = custom.unwrap_or(kept["useCustom"] == true);
    keep(call, &holder, CODES, custom, all);
    Answer::no_content()
}

/// DELETE of all codes.
pub fn delete_codes(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, CODES)?;
    keep(call, &holder, CODES, kept["useCustom"] == true, Vec::new());
    Answer::no_content()
}

/// DELETE of one code, where the path names it.
pub fn delete_code(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, CODES)?;
    let code = call.param(1).to_owned();
    let mut all = list(&kept);
    let before = all.len();
    all.retain(|known| known["code"] != code.as_str());
    if all.len() == before {
        return Err(errors::not_found("access code"));
    }
    keep(call, &holder, CODES, kept["useCustom"] == true, all);
    Answer::no_content()
}

/// GET of the digit patterns.
pub fn read_patterns(call: &mut Call<'_>) -> Done {
    let (_, kept) = kept(call, PATTERNS)?;
    Answer::ok(json!({
        "useCustomDigitPatterns": kept["useCustom"] == true,
        "digitPatterns": list(&kept),
    }))
}

/// PUT: whether the holder's own patterns are used.
pub fn update_patterns(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, PATTERNS)?;
    let custom = call.body()["useCustomDigitPatterns"].as_bool();
    let custom = custom.unwrap_or(kept["useCustom"] == true);
    keep(call, &holder, PATTERNS, custom, list(&kept));
    Answer::no_content()
}

/// DELETE of all patterns.
pub fn delete_patterns(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, PATTERNS)?;
    keep(
        call,
        &holder,
        PATTERNS,
        kept["useCustom"] == true,
        Vec::new(),
    );
    Answer::no_content()
}

/// POST of a pattern.
pub fn create_pattern(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, PATTERNS)?;
    let mut all = list(&kept);
    let mut pattern = pattern(call, &holder, &all, &Value::Null).map_err(|it| refused(&it))?;
    let id = super::new_id(call.world, "DIGIT_PATTERN");
    pattern["id"] = json!(id);
    all.push(pattern);
    keep(call, &holder, PATTERNS, kept["useCustom"] == true, all);
    Ok(Answer::json(201, json!({"id": id})))
}

/// GET of one pattern.
pub fn read_pattern(call: &mut Call<'_>) -> Done {
    let (_, kept) = kept(call, PATTERNS)?;
    let id = call.param(1);
    let found = list(&kept).into_iter().find(|known| known["id"] == id);
    Answer::ok(found.ok_or_else(|| errors::not_found("digit pattern"))?)
}

/// PUT of one pattern.
pub fn update_pattern(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, PATTERNS)?;
    let id = call.param(1).to_owned();
    let mut all = list(&kept);
    let place = all.iter().position(|known| known["id"] == id.as_str());
    let place = place.ok_or_else(|| errors::not_found("digit pattern"))?;
    let before = all.remove(place);
    let mut pattern = pattern(call, &holder, &all, &before).map_err(|it| refused(&it))?;
    pattern["id"] = json!(id);
    all.insert(place, pattern);
    keep(call, &holder, PATTERNS, kept["useCustom"] == true, all);
    Answer::no_content()
}

/// DELETE of one pattern.
pub fn delete_pattern(call: &mut Call<'_>) -> Done {
    let (holder, kept) = kept(call, PATTERNS)?;
    let id = call.param(1);
    let mut all = list(&kept);
    let before = all.len();
    all.retain(|known| known["id"] != id);
    if all.len() == before {
        return Err(errors::not_found("digit pattern"));
    }
    keep(call, &holder, PATTERNS, kept["useCustom"] == true, all);
    Answer::no_content()
}

fn pattern(
    call: &Call<'_>,
    holder: &SettingsHolder,
    others: &[Value],
    before: &Value,
) -> Result<Value, Refusal> {
    let words = "ALLOW|BLOCK|AUTH_CODE|TRANSFER_NUMBER_1|TRANSFER_NUMBER_2|TRANSFER_NUMBER_3";
    let shape = match before.is_null() {
        true => json!({"name*": "", "pattern*": "", "action*": words, "transferEnabled*": false}),
        false => json!({"name": "", "pattern": "", "action": words, "transferEnabled": false}),
    };
    let around = Around::new(call.world, holder);
    let pattern = shape::accept(&shape, call.body(), before, &around, strictness(call))?;
    let digits = text(&pattern["pattern"]).is_some_and(|text| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || b"+*#X!".contains(&byte))
    });
    if !digits {
        return Err(Refusal::new(25008, "invalid value for pattern"));
    }
    let taken =
        |other: &Value| other["name"] == pattern["name"] || other["pattern"] == pattern["pattern"];
    if others.iter().any(taken) {
        return Err(Refusal::new(25008, "name or pattern is in use"));
    }
    Ok(pattern)
}

fn kept(call: &mut Call<'_>, slot: &str) -> Result<(SettingsHolder, Value), Answer> {
    let id = call.param(0).to_owned();
    let kind = match call.asked.path.contains("/people/") {
        true => Kind::Person,
        false => Kind::Workspace,
    };
    let holder = entitled(call, kind, &id, false)?;
    let kept = super::written(call.world, holder.who, slot).clone();
    Ok((holder, kept))
}

fn list(kept: &Value) -> Vec<Value> {
    kept["list"].as_array().cloned().unwrap_or_default()
}

fn keep(call: &mut Call<'_>, holder: &SettingsHolder, slot: &str, custom: bool, all: Vec<Value>) {
    let kept = json!({"useCustom": custom, "list": all});
    super::write(call.world, holder.who, slot, kept);
}
