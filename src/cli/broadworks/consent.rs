//! `trunkline broadworks consent-mail`: the mail that asks a person to delete another Webex account, sent again on request.

use serde_json::{Value, json};

use crate::cli::live::{self, failure};
use crate::cli::output::{self, Failure, aside, note, print};
use crate::cli::{Exit, input};
use crate::render::{FindingsFormat, ObjectFormat, escape};
use crate::snapshot::broadworks::Subscriber;
use crate::webex::{Error, Reader, consent};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The e-mail address or BroadWorks user id of each person who gets the mail
    #[arg(required = true, value_name = "WHO")]
    who: Vec<String>,
    /// Ask the live partner organisation; needs a token of it in the environment
    #[arg(long, required = true)]
    live: bool,
    /// Show who would get it, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Skip the confirmation prompt
    #[arg(long)]
    yes: bool,
    /// How to print the result
    #[arg(long, value_enum, default_value_t)]
    format: ObjectFormat,
    #[command(flatten)]
    connection: live::Args,
}

/// What became of one mail.
enum Mail {
    /// Nothing was sent: only asked what would be.
    Would,
    /// Webex has taken the request.
    Sent,
    /// It was refused, or nobody knows.
    Failed(Error),
}

impl Mail {
    /// Whether it was sent, if that is known.
    fn sent(&self) -> Option<bool> {
        match self {
            Mail::Would => Some(false),
            Mail::Sent => Some(true),
            Mail::Failed(Error::Lost { .. } | Error::Malformed { .. }) => None,
            Mail::Failed(_) => Some(false),
        }
    }
}

pub fn run(args: &Args) -> Result<Exit, Failure> {
    let loaded = input::configuration(".".as_ref(), None)?;
    if output::any_error(&loaded.findings) {
        let format = FindingsFormat::from(args.format);
        return input::stop(format, &loaded, loaded.findings.clone());
    }
    let org = loaded.config.org.as_ref();
    let pinned = org.and_then(|org| org.value.id.as_ref());
    let live = live::connect(&args.connection, pinned.map(|id| id.value.as_str()))?;
    aside(&format!("reading Webex as {}\n", escape(&live.me.name)))?;
    let waiting = waiting(&live.reader(), &args.who)?;
    if args.dry_run {
        let all: Vec<_> = waiting.into_iter().map(|it| (it, Mail::Would)).collect();
        show(args, &all)?;
        return Ok(Exit::Fine);
    }
    if !args.yes {
        for it in &waiting {
            note(&format!("  {}\n", words(it)))?;
        }
        let question = match waiting.len() {
            1 => "Have Webex send the mail to this person again?".to_owned(),
            some => format!("Have Webex send the mail to these {some} people again?"),
        };
        if !output::agreed(&question)? {
            note("Cancelled: nothing was sent.\n")?;
            return Ok(Exit::Error);
        }
    }
    let send = |it: Subscriber| {
        let mail = match consent::send(&live.client, &it) {
            Ok(()) => Mail::Sent,
            Err(error) => Mail::Failed(error),
        };
        (it, mail)
    };
    let all: Vec<_> = waiting.into_iter().map(send).collect();
    show(args, &all)?;
    let failed = all.iter().any(|(_, mail)| matches!(mail, Mail::Failed(_)));
    Ok(if failed { Exit::Partial } else { Exit::Fine })
}

/// Whom Webex waits for. Where it does not wait for one of them, nothing is sent to anybody.
fn waiting(reader: &Reader, who: &[String]) -> Result<Vec<Subscriber>, Failure> {
    let mut all: Vec<Subscriber> = Vec::new();
    for who in who {
        let found = consent::find(reader, who).map_err(|error| match error.is(403) {
            true => failure(error).help(
                "use the token of a partner's administrator with the scopes spark-admin:broadworks_subscribers_read and _write",
            ),
            false => failure(error),
        })?;
        let one = match <[Subscriber; 1]>::try_from(found) {
            Ok([one]) => one,
            Err(found) if found.is_empty() => {
                let message =
                    format!("nothing was sent: no subscriber has the user id or address {who}");
                return Err(Failure::new(message)
                    .help("`trunkline plan --live` names those whom Webex waits for"));
            }
            Err(found) => {
                let ids: Vec<&str> = found.iter().map(|it| it.user_id.as_str()).collect();
                let message = format!("nothing was sent: {who} is {}", ids.join(" and "));
                return Err(Failure::new(message).help("name the BroadWorks user id"));
            }
        };
        let status = one.status.as_deref().unwrap_or("in no known state");
        if status != consent::WAITING {
            let message = format!(
                "nothing was sent: {who} is {status}, and Webex sends the mail only to those who are {}",
                consent::WAITING
            );
            return Err(Failure::new(message).help("omit this person"));
        }
        if all.iter().all(|it| it.id != one.id) {
            all.push(one);
        }
    }
    Ok(all)
}

/// One of them, for people.
fn words(it: &Subscriber) -> String {
    let email = it.email.as_deref().unwrap_or("without an address");
    let since = it.status_since.as_deref().unwrap_or("an unknown time");
    let text = format!(
        "{email} ({}, {}), waiting since {since}",
        it.user_id, it.enterprise
    );
    escape(&text).into_owned()
}

fn show(args: &Args, all: &[(Subscriber, Mail)]) -> Result<(), Failure> {
    let text = match args.format {
        ObjectFormat::Text => all.iter().map(|(it, mail)| line(it, mail)).collect(),
        ObjectFormat::Json => {
            let mails: Vec<Value> = all.iter().map(|(it, mail)| object(it, mail)).collect();
            let value = json!({"formatVersion": 1, "mails": mails});
            serde_json::to_string_pretty(&value)? + "\n"
        }
    };
    print(&text)
}

fn line(it: &Subscriber, mail: &Mail) -> String {
    let it = words(it);
    match mail {
        Mail::Would => format!("would be sent  {it}\n"),
        Mail::Sent => format!("sent  {it}\n"),
        Mail::Failed(error) => {
            let sent = match mail.sent() {
                Some(_) => "NOT sent",
                None => "not known to be sent",
            };
            format!("{sent}  {it}\n    {}\n", escape(&error.to_string()))
        }
    }
}

fn object(it: &Subscriber, mail: &Mail) -> Value {
    let failure = match mail {
        Mail::Failed(error) => Some(error.to_string()),
        Mail::Would | Mail::Sent => None,
    };
    json!({
        "userId": it.user_id,
        "email": it.email,
        "enterprise": it.enterprise,
        "since": it.status_since,
        "sent": mail.sent(),
        "failure": failure,
    })
}
