//! Asks Webex beforehand what a move to another location would do, and why it cannot be (webex-api.md 6.7).

use http::Method;
use serde_json::{Value, json};

use super::{Call, Error, Reader};

/// What Webex says of a move.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Why it cannot be, in Webex's words.
    pub errors: Vec<String>,
    /// What else it does: code and words.
    pub impacts: Vec<(u32, String)>,
}

/// One person to another location.
#[derive(Debug, Clone, Copy)]
pub struct Move<'a> {
    /// The id of the person.
    pub person: &'a str,
    /// The id of the location.
    pub location: &'a str,
    /// The number: none keeps it, an empty one removes it.
    pub number: Option<&'a str>,
    /// The extension: none keeps it, an empty one removes it.
    pub extension: Option<&'a str>,
}

impl Move<'_> {
    /// As an entry of `users`.
    pub fn entry(self) -> Value {
        let mut entry = json!({"userId": self.person});
        for (name, value) in [("phoneNumber", self.number), ("extension", self.extension)] {
            if let Some(value) = value {
                entry[name] = json!(value);
            }
        }
        entry
    }
}

/// The request that moves people to one location (`validate: false`) or asks about one of them (`validate: true`).
pub fn request(location: &str, users: Vec<Value>, validate: bool) -> Call {
    let list = json!({"locationId": location, "validate": validate, "users": users});
    Call::new(Method::POST, "/telephony/config/jobs/person/moveLocation")
        .with(json!({"usersList": [list]}))
}

/// What a move would do. `None` where this organisation has no such question.
pub fn forecast(reader: &Reader, it: Move<'_>) -> Result<Option<Forecast>, Error> {
    let question = request(it.location, vec![it.entry()], true);
    match reader.ask(&question) {
        Ok(answer) => read(&answer["response"]).map(Some),
        Err(error) if error.is(404) || error.is(405) => Ok(None),
        // People who cannot be asked about are not moved; others may be.
        Err(Error::Refused(refusal)) => Ok(Some(Forecast {
            errors: vec![refusal.to_string()],
            impacts: Vec::new(),
        })),
        Err(error) => Err(error),
    }
}

/// The documents have the people in `response`, public clients saw them in `usersList` there. An answer that names no one
/// is no consent.
fn read(response: &Value) -> Result<Forecast, Error> {
    let people = response.as_array().or(response["usersList"].as_array());
    let people = people.filter(|people| people.iter().any(Value::is_object));
    let people = people.ok_or_else(|| unclear("it names no one"))?;
    let mut forecast = Forecast::default();
    for person in people {
        let of = |name: &str| match &person[name] {
            Value::Null => Ok(&[] as &[Value]),
            Value::Array(all) => Ok(all.as_slice()),
            _ => Err(unclear(&format!("its {name} is not a list"))),
        };
        let words = |it: &Value| match it["message"].as_str() {
            Some(words) => words.to_owned(),
            None => it.to_string(),
        };
        forecast.errors.extend(of("errors")?.iter().map(words));
        let impacts = of("impacts")?.iter();
        forecast
            .impacts
            .extend(impacts.map(|it| (code(&it["code"]), words(it))));
    }
    Ok(forecast)
}

/// A code as a number or as text; 0 where it is neither.
fn code(value: &Value) -> u32 {
    let number = value.as_u64().and_then(|it| u32::try_from(it).ok());
    let text = || value.as_str()?.parse().ok();
    number.or_else(text).unwrap_or_default()
}

fn unclear(why: &str) -> Error {
    Error::Malformed {
        call: "POST /telephony/config/jobs/person/moveLocation".to_owned(),
        why: why.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_answer() {
        let one = json!({"userId": "u", "impacts": [{"code": 19705, "message": "leaves: Support"}],
            "errors": [{"code": 10030005, "message": "a main number"}]});
        let told = Forecast {
            errors: vec!["a main number".to_owned()],
            impacts: vec![(19705, "leaves: Support".to_owned())],
        };
        assert_eq!(read(&json!([one])).unwrap(), told);
        assert_eq!(read(&json!({"usersList": [one]})).unwrap(), told);
    }

    #[test]
    fn what_is_not_understood_is_no_consent() {
        for odd in [
            Value::Null,
            json!({}),
            json!([]),
            json!([null]),
            json!({"usersList": {}}),
            json!([{"userId": "u", "errors": {"code": 1}}]),
            json!([{"userId": "u", "impacts": "some"}]),
        ] {
            assert!(read(&odd).is_err(), "{odd}");
        }
        let text = json!([{"userId": "u", "impacts": [{"code": "19713"}]}]);
        let impacts = read(&text).unwrap().impacts;
        assert_eq!(impacts, [(19713, r#"{"code":"19713"}"#.to_owned())]);
    }
}
