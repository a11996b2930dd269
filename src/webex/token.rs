//! The bearer token: one that was given, or one of a service app, which is refreshed (webex-api.md 1.2).
//!
//! A refresh may bring a new refresh token, and the old one may stop working: the new one is kept in a file or handed to a
//! command at once. A refresh that Webex refuses ends the run; it is never tried again.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use serde_json::Value;
use tempfile::NamedTempFile;

use super::call::encode;
use super::error::Error;
use super::secret::Secret;

/// A token is refreshed so long before it ends, or in the last tenth of its life where that is shorter.
const EARLY: Duration = Duration::from_secs(300);

/// The tokens of a run, shared by all threads.
#[derive(Debug)]
pub struct Tokens {
    app: Option<ServiceApp>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    access: Secret,
    /// Counts the refreshes.
    generation: u64,
    /// When a new one is due.
    due: Option<Duration>,
    refresh: Secret,
    /// The scopes that Webex named with the token.
    scopes: Option<BTreeSet<String>>,
    /// Why there will be no further token.
    dead: Option<String>,
}

/// An app that gets its own tokens.
#[derive(Debug, Clone)]
pub struct ServiceApp {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// What a new access token is bought with.
    pub refresh_token: Secret,
    /// Where a new refresh token goes.
    pub keep: Keep,
}

/// Where a new refresh token goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// Nowhere: the run forgets it.
    Nowhere,
    /// A file that only its owner can read.
    File(PathBuf),
    /// The standard input of a command.
    Command(String),
}

/// What sends a form to `/access_token`.
pub type SendForm<'a> = &'a dyn Fn(Vec<u8>) -> Result<Value, Error>;

/// Why the environment names no token. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Nothing is set.
    #[error(
        "there is no token: WEBEX_ACCESS_TOKEN is not set, and neither are WEBEX_CLIENT_ID, WEBEX_CLIENT_SECRET and WEBEX_REFRESH_TOKEN or WEBEX_REFRESH_TOKEN_FILE of a service app"
    )]
    None,
    /// A part of a service app is not set.
    #[error(
        "WEBEX_CLIENT_ID, WEBEX_CLIENT_SECRET and a refresh token belong together, and {0} is not set"
    )]
    Half(&'static str),
    /// The file cannot be read.
    #[error("the refresh token cannot be read from {}: {reason}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl TokenError {
    /// What to do about it.
    pub fn help(&self) -> String {
        match self {
            TokenError::None => "set WEBEX_ACCESS_TOKEN; a personal token from developer.webex.com is valid for 12 hours".to_owned(),
            TokenError::Half(missing) => format!("set {missing}, or WEBEX_ACCESS_TOKEN instead"),
            TokenError::Unreadable { .. } => {
                "correct WEBEX_REFRESH_TOKEN_FILE, or the permissions of the file".to_owned()
            }
        }
    }
}

impl Tokens {
    /// A token that cannot be refreshed.
    pub fn fixed(access: impl Into<Secret>) -> Tokens {
        Tokens {
            app: None,
            state: Mutex::new(State {
                access: access.into(),
                ..State::default()
            }),
        }
    }

    /// The tokens of a service app; `access` is used as long as it works.
    pub fn service_app(app: ServiceApp, access: Option<Secret>) -> Tokens {
        let state = State {
            access: access.unwrap_or_default(),
            refresh: app.refresh_token.clone(),
            ..State::default()
        };
        Tokens {
            app: Some(app),
            state: Mutex::new(state),
        }
    }

    /// The tokens that environment variables name: `WEBEX_ACCESS_TOKEN`; or `WEBEX_CLIENT_ID`, `WEBEX_CLIENT_SECRET` and
    /// `WEBEX_REFRESH_TOKEN` or `WEBEX_REFRESH_TOKEN_FILE`, with `WEBEX_REFRESH_TOKEN_COMMAND` where a new one goes to a
    /// command. A file that is there beats the variable: it has the newer token.
    pub fn from_environment(
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Tokens, TokenError> {
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let access = set("WEBEX_ACCESS_TOKEN").map(|token| Secret::from(token.trim()));
        let (id, secret) = (set("WEBEX_CLIENT_ID"), set("WEBEX_CLIENT_SECRET"));
        let file = set("WEBEX_REFRESH_TOKEN_FILE").map(PathBuf::from);
        let refresh = match &file {
            Some(path) => read(path)?,
            None => None,
        };
        let refresh = refresh.or_else(|| set("WEBEX_REFRESH_TOKEN").map(Secret::from));
        let (client_id, client_secret, refresh_token) = match (id, secret, refresh) {
            (Some(id), Some(secret), Some(refresh)) => (id, secret, refresh),
            (None, None, None) => return access.map(Tokens::fixed).ok_or(TokenError::None),
            // An access token is enough, no matter what else is set.
            _ if access.is_some() => return access.map(Tokens::fixed).ok_or(TokenError::None),
            (None, _, _) => return Err(TokenError::Half("WEBEX_CLIENT_ID")),
            (_, None, _) => return Err(TokenError::Half("WEBEX_CLIENT_SECRET")),
            (_, _, None) => return Err(TokenError::Half("WEBEX_REFRESH_TOKEN")),
        };
        let keep = match (set("WEBEX_REFRESH_TOKEN_COMMAND"), file) {
            (Some(command), _) => Keep::Command(command),
            (None, Some(path)) => Keep::File(path),
            (None, None) => Keep::Nowhere,
        };
        let app = ServiceApp {
            client_id,
            client_secret: client_secret.into(),
            refresh_token,
            keep,
        };
        Ok(Tokens::service_app(app, access))
    }

    /// The token to send, and which one it is. A service app's is refreshed first where it ends soon.
    pub fn bearer(&self, now: Duration, send: SendForm<'_>) -> Result<(Secret, u64), Error> {
        let mut state = self.state();
        if let Some(app) = &self.app
            && (state.access.is_empty() || state.due.is_some_and(|due| now >= due))
        {
            refresh(app, &mut state, now, send)?;
        }
        Ok((state.access.clone(), state.generation))
    }

    /// Gets a new token instead of one that Webex refused; false where there is none to be had. Nothing is done when another
    /// thread has got one meanwhile.
    pub fn renew(&self, refused: u64, now: Duration, send: SendForm<'_>) -> Result<bool, Error> {
        let Some(app) = &self.app else {
            return Ok(false);
        };
        let mut state = self.state();
        if state.generation == refused {
            refresh(app, &mut state, now, send)?;
        }
        Ok(true)
    }

    /// Whether a service app gets its own tokens, and where a new refresh token goes.
    pub fn service(&self) -> Option<&Keep> {
        self.app.as_ref().map(|app| &app.keep)
    }

    /// The scopes of the token, where it was refreshed and Webex named them. Webex tells them in no other way.
    pub fn scopes(&self) -> Option<BTreeSet<String>> {
        self.state().scopes.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn refresh(
    app: &ServiceApp,
    state: &mut State,
    now: Duration,
    send: SendForm<'_>,
) -> Result<(), Error> {
    if let Some(why) = &state.dead {
        return Err(Error::Token(why.clone()));
    }
    let form = format!(
        "grant_type=refresh_token&client_id={}&client_secret={}&refresh_token={}",
        encode(&app.client_id),
        encode(app.client_secret.reveal()),
        encode(state.refresh.reveal())
    );
    let answer = send(form.into_bytes()).map_err(|error| {
        if matches!(&error, Error::Refused(_) | Error::Unauthorized(_)) {
            let why = format!(
                "Webex refused to refresh the token of the service app: {error}. Generate new tokens for it in the developer portal, and check that a full administrator still authorises it in Control Hub"
            );
            state.dead = Some(why.clone());
            return Error::Token(why);
        }
        error
    })?;
    let text = |name: &str| answer[name].as_str().filter(|text| !text.is_empty());
    let Some(access) = text("access_token") else {
        return Err(Error::Token(
            "Webex refreshed the token of the service app, but the answer has no access_token"
                .to_owned(),
        ));
    };
    state.access = access.into();
    state.generation += 1;
    state.scopes = text("scope").map(|all| all.split_whitespace().map(str::to_owned).collect());
    state.due = answer["expires_in"].as_u64().map(|seconds| {
        let life = Duration::from_secs(seconds);
        // A life that is too long to be true counts as unlimited.
        now.saturating_add(life - EARLY.min(life / 10))
    });
    let rotated = text("refresh_token").map(Secret::from);
    if let Some(rotated) = rotated.filter(|rotated| *rotated != state.refresh) {
        state.refresh = rotated;
        app.keep.store(&state.refresh)?;
    }
    Ok(())
}

/// The token in a file; `None` where there is no file yet, or nothing in it.
fn read(path: &Path) -> Result<Option<Secret>, TokenError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(Secret::from(text.trim())).filter(|token| !token.is_empty())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(TokenError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        }),
    }
}

impl Keep {
    /// Puts a new refresh token where it belongs.
    fn store(&self, token: &Secret) -> Result<(), Error> {
        let done = match self {
            Keep::Nowhere => Ok(()),
            Keep::File(path) => write(path, token),
            Keep::Command(command) => hand_over(command, token),
        };
        done.map_err(|why| {
            let place = match self {
                Keep::File(path) => path.display().to_string(),
                _ => "WEBEX_REFRESH_TOKEN_COMMAND".to_owned(),
            };
            Error::Token(format!(
                "Webex gave a new refresh token, and it could not be saved ({place}: {why}). The old one may no longer work: generate new tokens for the service app if the next run cannot refresh"
            ))
        })
    }
}

/// Replaces the file at once; a temporary file of this crate is only for its owner (0600).
fn write(path: &Path, token: &Secret) -> std::io::Result<()> {
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    let mut file = NamedTempFile::new_in(directory.unwrap_or(Path::new(".")))?;
    writeln!(file, "{}", token.reveal())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn hand_over(command: &str, token: &Secret) -> std::io::Result<()> {
    let (shell, flag) = match cfg!(windows) {
        true => ("cmd", "/C"),
        false => ("sh", "-c"),
    };
    let mut child = Command::new(shell)
        .arg(flag)
        .arg(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut input) = child.stdin.take() {
        // A command that does not read is judged by its exit code.
        let _ = input.write_all(format!("{}\n", token.reveal()).as_bytes());
    }
    let status = child.wait()?;
    match status.success() {
        true => Ok(()),
        false => Err(std::io::Error::other(format!(
            "the command ended with {status}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::webex::error::Refusal;
    use serde_json::json;
    use std::cell::{Cell, RefCell};

    const NOW: Duration = Duration::from_secs(1000);

    fn app(keep: Keep) -> Tokens {
        let app = ServiceApp {
            client_id: "C1".to_owned(),
            client_secret: "s&cret".into(),
            refresh_token: "old".into(),
            keep,
        };
        Tokens::service_app(app, None)
    }

    #[test]
    fn a_rotated_refresh_token_is_kept_only_for_its_owner() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("refresh");
        let tokens = app(Keep::File(path.clone()));
        let forms = RefCell::new(Vec::new());
        let send = |form: Vec<u8>| {
            forms.borrow_mut().push(String::from_utf8(form).unwrap());
            Ok(json!({"access_token": "A1", "expires_in": 3600, "refresh_token": "new"}))
        };
        assert_eq!(tokens.bearer(NOW, &send).unwrap().0.reveal(), "A1");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        // Not again before it ends, and then with the new one.
        tokens
            .bearer(NOW + Duration::from_secs(3000), &send)
            .unwrap();
        assert_eq!(forms.borrow().len(), 1);
        tokens
            .bearer(NOW + Duration::from_secs(3300), &send)
            .unwrap();
        assert_eq!(
            *forms.borrow(),
            [
                "grant_type=refresh_token&client_id=C1&client_secret=s%26cret&refresh_token=old",
                "grant_type=refresh_token&client_id=C1&client_secret=s%26cret&refresh_token=new",
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_rotated_refresh_token_goes_to_a_command() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("kept");
        let send = |_: Vec<u8>| Ok(json!({"access_token": "A", "refresh_token": "new"}));
        let kept = app(Keep::Command(format!("cat > '{}'", path.display())));
        kept.bearer(NOW, &send).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new\n");
        let failing = app(Keep::Command("exit 3".to_owned()));
        let error = failing.bearer(NOW, &send).unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
    }

    #[test]
    fn a_refused_refresh_is_not_tried_again() {
        let tokens = app(Keep::Nowhere);
        let asked = Cell::new(0);
        let send = |_: Vec<u8>| {
            asked.set(asked.get() + 1);
            Err(Error::Refused(Box::new(Refusal {
                status: 400,
                message: "refresh token expired".to_owned(),
                ..Refusal::default()
            })))
        };
        for _ in 0..2 {
            let error = tokens.bearer(NOW, &send).unwrap_err().to_string();
            assert!(error.contains("refresh token expired"), "{error}");
        }
        assert_eq!(asked.get(), 1);
    }

    #[test]
    fn one_refresh_serves_all_who_were_refused() {
        let tokens = app(Keep::Nowhere);
        let asked = Cell::new(0);
        let send = |_: Vec<u8>| {
            asked.set(asked.get() + 1);
            Ok(json!({"access_token": format!("A{}", asked.get())}))
        };
        let (_, first) = tokens.bearer(NOW, &send).unwrap();
        assert!(tokens.renew(first, NOW, &send).unwrap());
        assert!(tokens.renew(first, NOW, &send).unwrap());
        assert_eq!(tokens.bearer(NOW, &send).unwrap().0.reveal(), "A2");
        assert!(!Tokens::fixed("x").renew(0, NOW, &send).unwrap());
    }

    #[test]
    fn the_environment_names_the_token() {
        let with = |pairs: &'static [(&str, &str)]| {
            move |name: &str| {
                let found = pairs.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            }
        };
        assert!(matches!(
            Tokens::from_environment(&with(&[])),
            Err(TokenError::None)
        ));
        let half = with(&[("WEBEX_CLIENT_ID", "C"), ("WEBEX_REFRESH_TOKEN", "R")]);
        assert!(matches!(
            Tokens::from_environment(&half),
            Err(TokenError::Half("WEBEX_CLIENT_SECRET"))
        ));
        let fixed = with(&[("WEBEX_ACCESS_TOKEN", " T \n")]);
        let tokens = Tokens::from_environment(&fixed).unwrap();
        let never = |_: Vec<u8>| Err(Error::Token("never".to_owned()));
        assert_eq!(tokens.bearer(NOW, &never).unwrap().0.reveal(), "T");
    }

    #[test]
    fn nothing_shows_a_secret() {
        let tokens = app(Keep::Nowhere);
        let send = |_: Vec<u8>| Ok(json!({"access_token": "A1", "refresh_token": "newer"}));
        tokens.bearer(NOW, &send).unwrap();
        let shown = format!("{tokens:?}");
        for secret in ["s&cret", "old", "A1", "newer"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
