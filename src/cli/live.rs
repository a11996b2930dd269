//! The live organisation: the client that the environment describes, and whether it is the right organisation.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::output::{self, Failure, note};
use crate::webex::org::{self, Whoami};
use crate::webex::{
    Client, Error, Https, LONGEST_WAIT, Network, Options, Reader, Refusal, RequestLog, Stop,
    SystemClock, Tell, Tokens,
};

/// Where Webex is.
const PUBLIC_API: &str = "https://webexapis.com/v1";
/// If a token expires within this time, a note says so.
const SOON: Duration = Duration::from_secs(15 * 60);

/// Options of every command with `--live`.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Args {
    /// With --live: record each request in this file, as a line of JSON without bodies and secrets
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// With --live: end the run after this many seconds
    #[arg(long, value_name = "SECONDS")]
    pub time_limit: Option<u64>,
    /// With --live: give up a request that Webex delays for longer than this, in total
    #[arg(long, value_name = "SECONDS", default_value_t = LONGEST_WAIT.as_secs())]
    pub max_wait: u64,
}

/// A connection that was checked.
#[derive(Debug)]
pub struct Live {
    /// The client; readers make a `Reader` of it.
    pub client: Arc<Client>,
    /// The identity of the token.
    pub me: Whoami,
    /// Where Webex is.
    pub url: String,
}

impl Live {
    /// Something that can only read.
    pub fn reader(&self) -> Reader {
        Reader::new(&self.client)
    }
}

/// Where Webex is, as the environment says.
pub fn url() -> String {
    let url = std::env::var("TRUNKLINE_API_URL").ok();
    let url = url.filter(|url| !url.trim().is_empty());
    let url = url.unwrap_or_else(|| PUBLIC_API.to_owned());
    url.trim().trim_end_matches('/').to_owned()
}

/// Connects as the environment says, and checks token and organisation. `pinned` is the id that the configuration names.
pub fn connect(args: &Args, pinned: Option<&str>) -> Result<Live, Failure> {
    let variable = |name: &str| std::env::var(name).ok();
    let url = self::url();
    let tokens = Tokens::from_environment(&variable).map_err(|error| {
        let help = error.help();
        Failure::new(error).help(help)
    })?;
    let transport = Https::new(&url, &Network::from_environment(&variable))?;
    let stop = Stop::default();
    stop.on_interrupt();
    let options = Options {
        time: args.time_limit.map(Duration::from_secs),
        max_wait: Duration::from_secs(args.max_wait),
        // A run waits whether or not the reason is read.
        tell: Tell::new(|line| drop(note(&format!("{line}\n")))),
        log: args.log.as_deref().map(log).transpose()?,
        verbose: output::is_verbose(),
        stop,
        ..Options::with_tokens(&url, tokens)
    };
    let clock = Arc::new(SystemClock::default());
    let client = Client::new(Arc::new(transport), clock, options);
    let me = check(&Reader::new(&client), pinned)?;
    Ok(Live { client, me, url })
}

fn log(path: &std::path::Path) -> Result<RequestLog, Failure> {
    RequestLog::create(path).map_err(|error| {
        let message = format!("cannot write {}: {error}", path.display());
        Failure::new(message).help("name another file with --log")
    })
}

/// Token and organisation, before anything else is asked.
fn check(reader: &Reader, pinned: Option<&str>) -> Result<Whoami, Failure> {
    let me = org::whoami(reader).map_err(failure)?;
    if let Some(pinned) = pinned
        && !org::same_org(pinned, &me.org)
    {
        let message = format!(
            "the token is of the organisation {}, but the configuration is of {pinned}",
            me.org
        );
        return Err(Failure::new(message)
            .help("use a token of the right organisation, or correct org.id in the YAML"));
    }
    if let Some(life) = org::token_life(reader).map_err(failure)?
        && life < SOON
    {
        let minutes = life.as_secs() / 60;
        note(&format!("note: the token ends in {minutes} minutes\n"))?;
    }
    Ok(me)
}

/// What stops a run, with what to do about it.
pub fn failure(error: Error) -> Failure {
    if let Some(needed) = error.refusal().and_then(Refusal::scopes) {
        let help = format!(
            "give the token the scope {needed}, or its owner an administrator role; `trunkline doctor --live` lists what the token lacks"
        );
        return Failure::new(error).help(help);
    }
    let help = match &error {
        Error::Unauthorized(_) => {
            "get a new token: a personal token is valid for 12 hours; that of a service app is refreshed automatically"
        }
        _ if error.is(403) => "the token lacks a scope, or its owner lacks an administrator role",
        Error::Lost { refusal: None, .. } => {
            "check the network, TRUNKLINE_API_URL, and HTTPS_PROXY if there is a proxy"
        }
        Error::OutOfTime(_) => "raise the limit with --time-limit",
        Error::Incomplete { .. } => {
            "run it again; if the error persists, Webex loses rows between pages: contact Cisco support"
        }
        _ => return Failure::new(error),
    };
    Failure::new(error).help(help)
}
