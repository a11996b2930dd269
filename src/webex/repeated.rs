//! Secrets of a request that its answer repeats, as a proxy may do: refusals are shown, and tracking ids are recorded.

use http::{HeaderName, HeaderValue, Request, Response};

/// The secrets of a request: its token, or those of the form that refreshes one.
#[derive(Debug)]
pub struct Secrets(Vec<Vec<u8>>);

/// The fields of a form that are secret. Their values have only letters that a form leaves as they are.
const FIELDS: [&[u8]; 2] = [b"client_secret=", b"refresh_token="];

impl Secrets {
    /// Those of a request.
    pub fn of(request: &Request<Vec<u8>>) -> Secrets {
        let bearer = request.headers().get("authorization");
        let bearer = bearer.map(HeaderValue::as_bytes);
        let token = bearer.map(|it| it.strip_prefix(b"Bearer ").unwrap_or(it));
        let fields = request.body().split(|it| *it == b'&').filter_map(|field| {
            let mut names = FIELDS.iter();
            names.find_map(|name| field.strip_prefix(*name))
        });
        let all = token.into_iter().chain(fields);
        Secrets(
            all.filter(|it| !it.is_empty())
                .map(<[u8]>::to_vec)
                .collect(),
        )
    }

    /// Whether a text repeats one.
    pub fn are_in(&self, text: &[u8]) -> bool {
        let mut all = self.0.iter();
        all.any(|secret| text.windows(secret.len()).any(|it| it == secret))
    }

    /// Removes them from the headers of an answer, and from the body of a refusal.
    pub fn forget(&self, response: &mut Response<Vec<u8>>) {
        let named = |(name, value): (&HeaderName, &HeaderValue)| {
            self.are_in(value.as_bytes()).then(|| name.clone())
        };
        let names: Vec<HeaderName> = response.headers().iter().filter_map(named).collect();
        for name in names {
            response.headers_mut().remove(name);
        }
        if !response.status().is_success() && self.are_in(response.body()) {
            let mut text = String::from_utf8_lossy(response.body()).into_owned();
            for secret in &self.0 {
                text = text.replace(&*String::from_utf8_lossy(secret), "[secret]");
            }
            *response.body_mut() = text.into_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_does_not_repeat_what_is_secret() {
        let form =
            b"grant_type=refresh_token&client_id=me&client_secret=secret-1&refresh_token=secret-2";
        let request = |bearer: Option<&str>, body: &[u8]| {
            let request = Request::builder().uri("https://webexapis.com/v1/x");
            let request = match bearer {
                Some(bearer) => request.header("authorization", bearer),
                None => request,
            };
            Secrets::of(&request.body(body.to_vec()).unwrap())
        };
        for (secrets, text) in [
            (request(Some("Bearer secret-1"), b"{}"), "no secret-1 here"),
            (request(None, form), "neither secret-1 nor secret-2"),
        ] {
            let answer = Response::builder().status(400);
            let answer = answer
                .header("trackingid", "T secret-1")
                .header("date", "today");
            let mut answer = answer.body(text.as_bytes().to_vec()).unwrap();
            secrets.forget(&mut answer);
            let left = String::from_utf8_lossy(answer.body());
            assert!(
                !left.contains("secret-1") && !left.contains("secret-2"),
                "{left}"
            );
            assert_eq!(answer.headers().len(), 1);
            assert!(secrets.are_in(b"T secret-1") && !secrets.are_in(b"T_1"));
        }
    }
}
