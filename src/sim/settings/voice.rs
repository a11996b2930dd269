//! What of voicemail and intercept can be written and never read: PIN, greetings, announcements.

use serde_json::json;

use super::super::call::{Answer, Call, Done};
use super::super::errors;
use super::around::entitled;
use super::plain::refused;
use super::shape::Refusal;
use super::{Kind, SettingsHolder};

/// POST: the PIN is as new. PUT of the passcode: it is this one.
pub fn reset_pin(call: &mut Call<'_>) -> Done {
    let holder = holder(call, false)?;
    super::write(call.world, holder.who, "pin", json!("reset"));
    Answer::no_content()
}

/// PUT of the passcode.
pub fn passcode(call: &mut Call<'_>) -> Done {
    let workspace = call.asked.path.contains("/workspaces/");
    let holder = holder(call, workspace)?;
    let Some(code) = call.text("passcode") else {
        return Err(refused(&Refusal::new(
            25008,
            "missing mandatory field: passcode",
        )));
    };
    let digits = code.bytes().all(|byte| byte.is_ascii_digit());
    let first = code.bytes().next().unwrap_or_default();
    let trivial = code.bytes().all(|byte| byte == first);
    if !digits || trivial || !(6..=30).contains(&code.len()) {
        return Err(refused(&Refusal::new(
            25110,
            "passcode does not keep the rules",
        )));
    }
    super::write(call.world, holder.who, "pin", json!("set"));
    Answer::no_content()
}

/// POST of the greeting for busy callers.
pub fn busy_greeting(call: &mut Call<'_>) -> Done {
    upload(call, "busyGreeting", 201)
}

/// POST of the greeting for unanswered callers.
pub fn unanswered_greeting(call: &mut Call<'_>) -> Done {
    upload(call, "unansweredGreeting", 201)
}

/// POST of the announcement of call intercept.
pub fn intercept_announcement(call: &mut Call<'_>) -> Done {
    upload(call, "interceptFile", 201)
}

/// An upload is a form with one audio file; only the fact of the upload is ever returned.
fn upload(call: &mut Call<'_>, slot: &str, status: u16) -> Done {
    let workspace = call.asked.path.contains("/workspaces/");
    let voicemail = call.asked.path.contains("/voicemail/");
    let holder = holder(call, workspace && voicemail)?;
    if !call.asked.media_type.starts_with("multipart/form-data") || call.asked.bytes.is_empty() {
        return Err(errors::generic(
            415,
            "an audio file in multipart/form-data is needed",
        ));
    }
    super::write(call.world, holder.who, slot, json!(true));
    Ok(Answer::empty(status))
}

fn holder(call: &mut Call<'_>, professional: bool) -> Result<SettingsHolder, Answer> {
    let kind = match call.asked.path.contains("/workspaces/") {
        true => Kind::Workspace,
        false => Kind::Person,
    };
    let id = call.param(0).to_owned();
    entitled(call, kind, &id, professional)
}
