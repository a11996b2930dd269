//! Asks Webex beforehand what a move to another location would do, and why it cannot be (webex-api.md 6.7).

use http::Method;
use serde_json::{Value, json};

use super::{Call, Error, Reader};

/// What Webex says of a move.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// Why it cannot be, in Webex's words.
    pub errors: Vec<String>,
    /// What it does besides: code and words.
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
    let answer = match reader.ask(&request(it.location, vec![it.entry()], true)) {
        Ok(answer) => answer,
        Err(error) if error.is(404) || error.is(405) => return Ok(None),
        Err(Error::Refused(refusal)) if [400, 409, 412].contains(&refusal.status) => {
            let errors = vec![refusal.to_string()];
            return Ok(Some(Forecast {
                errors,
                impacts: Vec::new(),
            }));
        }
        Err(error) => return Err(error),
    };
    Ok(Some(read(&answer["response"])))
}

/// The documents have the people in `response`, public clients saw them in `usersList` there.
fn read(response: &Value) -> Forecast {
    let people = response.as_array().or(response["usersList"].as_array());
    let mut forecast = Forecast::default();
    for person in people.into_iter().flatten() {
        let of = |list: &str| person[list].as_array().cloned().unwrap_or_default();
        let words = |it: &Value| it["message"].as_str().unwrap_or_default().to_owned();
        forecast.errors.extend(of("errors").iter().map(words));
        let impacts = of("impacts");
        forecast.impacts.extend(impacts.iter().map(|it| {
            let code = it["code"].as_u64().and_then(|it| u32::try_from(it).ok());
            (code.unwrap_or_default(), words(it))
        }));
    }
    forecast
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
        assert_eq!(read(&json!([one])), told);
        assert_eq!(read(&json!({"usersList": [one]})), told);
        assert_eq!(read(&Value::Null), Forecast::default());
    }
}
