//! The token: which sort it is, how long it lives, whose it is, and which scopes it has.

use std::time::Duration;

use jiff::SignedDuration;

use super::super::Exit;
use super::super::live::{self, Live};
use super::super::output::Failure;
use super::Args;
use super::report::{Mark, Report};
use super::state::lasting;
use crate::config::Loaded;
use crate::webex::checkup;
use crate::webex::org;
use crate::webex::rights::only_reads;
use crate::webex::{Keep, Tokens};

const TOKEN: &str = "Token";
const ORGANISATION: &str = "Organisation";

/// A personal token lives for so long, and no other that is known for less than days.
const PERSONAL: SignedDuration = SignedDuration::from_hours(12);

/// Looks at the token of the environment; with --live asks Webex.
pub fn check(args: &Args, loaded: Option<&Loaded>, report: &mut Report) {
    let tokens = match Tokens::from_environment(&|name| std::env::var(name).ok()) {
        Ok(tokens) => tokens,
        Err(error) => {
            let help = error.help();
            let mark = match args.live {
                true => Mark::Error(Exit::Error),
                false => Mark::Note,
            };
            return report.advise(TOKEN, mark, error.to_string(), help);
        }
    };
    match tokens.service() {
        Some(Keep::Nowhere) => report.advise(
            TOKEN,
            Mark::Warning,
            "a service app whose new refresh token is not kept: the old one may stop working",
            "set WEBEX_REFRESH_TOKEN_FILE, or WEBEX_REFRESH_TOKEN_COMMAND",
        ),
        Some(Keep::File(file)) => report.add(
            TOKEN,
            Mark::Fine,
            format!(
                "a service app; a new refresh token is kept in {}",
                file.display()
            ),
        ),
        Some(Keep::Command(_)) => report.add(
            TOKEN,
            Mark::Fine,
            "a service app; a new refresh token is handed to WEBEX_REFRESH_TOKEN_COMMAND",
        ),
        None => report.advise(
            TOKEN,
            Mark::Note,
            "WEBEX_ACCESS_TOKEN, which nothing refreshes",
            "for a schedule use a service app: WEBEX_CLIENT_ID, WEBEX_CLIENT_SECRET, WEBEX_REFRESH_TOKEN_FILE",
        ),
    }
    if !args.live {
        let text = "permissions not checked";
        return report.advise(
            TOKEN,
            Mark::Note,
            text,
            "`trunkline doctor --live` asks Webex",
        );
    }
    let done = live::connect(&args.connection, None).and_then(|live| ask(&live, loaded, report));
    if let Err(failure) = done {
        report.fail(TOKEN, failure);
    }
}

fn ask(live: &Live, loaded: Option<&Loaded>, report: &mut Report) -> Result<(), Failure> {
    let reader = live.reader();
    let begun = reader.clock().now();
    holder(live, report);
    let life = org::token_life(&reader).map_err(live::failure)?;
    lifetime(live, life, report);
    organisation(live, loaded, report)?;
    let provider = loaded.is_some_and(|it| it.config.is_provider());
    let scopes = checkup::scopes(&reader, &live.me, provider).map_err(live::failure)?;
    report.set_scopes(scopes);
    let counts = live.client.counts();
    let spent = reader.clock().now().saturating_sub(begun).as_secs_f64();
    let text = format!("{counts} in {spent:.1} s");
    match counts.limited {
        0 => report.add(
            ORGANISATION,
            Mark::Fine,
            format!("{text}; none was throttled"),
        ),
        _ => report.advise(
            ORGANISATION,
            Mark::Warning,
            text,
            "Webex limits how fast it answers this token: others may be using it",
        ),
    }
    Ok(())
}

fn holder(live: &Live, report: &mut Report) {
    let me = &live.me;
    let what = match me.kind.as_str() {
        "" | "person" => me.name.clone(),
        kind => format!("{} ({kind})", me.name),
    };
    let roles = match me.roles.is_empty() {
        true => String::new(),
        false => format!(", roles: {}", me.roles.join(", ")),
    };
    report.add(TOKEN, Mark::Fine, format!("it is {what}{roles}"));
    if only_reads(me).is_some() {
        report.advise(
            TOKEN,
            Mark::Warning,
            "its owner may only read: `apply` refuses every plan",
            "for `apply` use the token of a full administrator, or of a service app that one has authorised",
        );
    }
    if me.kind == "person" && me.roles.is_empty() {
        report.advise(
            TOKEN,
            Mark::Warning,
            "its owner has no administrator role: Webex shows and changes little",
            "use the token of a full administrator, or of a service app that one has authorised",
        );
    }
}

/// `13 more days`.
fn lasting_more(life: SignedDuration) -> String {
    lasting(life).replacen(' ', " more ", 1)
}

/// How old a token is, only its end and its sort tell.
fn lifetime(live: &Live, life: Option<Duration>, report: &mut Report) {
    let service = live.client.tokens().service().is_some();
    let Some(life) = life.and_then(|life| SignedDuration::try_from(life).ok()) else {
        let text = "Webex does not say how long it is valid";
        return report.add(TOKEN, Mark::Note, text);
    };
    let words = format!("it is valid for {}", lasting_more(life));
    if service {
        return report.add(TOKEN, Mark::Fine, format!("{words}, and is refreshed then"));
    }
    if live.me.kind == "person" && life <= PERSONAL {
        let text = format!(
            "{words}; a personal token lives for 12 hours, so it would be {} old",
            lasting(PERSONAL - life)
        );
        let help = "create a new one before a long run";
        return match life < SignedDuration::from_mins(15) {
            true => report.advise(TOKEN, Mark::Warning, text, help),
            false => report.add(TOKEN, Mark::Note, text),
        };
    }
    report.add(TOKEN, Mark::Fine, words);
}

fn organisation(live: &Live, loaded: Option<&Loaded>, report: &mut Report) -> Result<(), Failure> {
    let me = &live.me;
    let name = org::name(&live.reader(), &me.org).map_err(live::failure)?;
    let named = name
        .clone()
        .unwrap_or_else(|| "its name is unknown".to_owned());
    let text = format!("{named}, {} at {}", me.org, live.url);
    let declared = loaded
        .and_then(|it| it.config.org.as_ref())
        .map(|it| &it.value);
    match declared.and_then(|org| org.id.as_ref()) {
        Some(id) if !org::same_org(&id.value, &me.org) => report.advise(
            ORGANISATION,
            Mark::Error(Exit::Error),
            format!("{text}; org.id is {}", id.value),
            "use a token of the right organisation, or correct org.id in the YAML",
        ),
        Some(_) => report.add(ORGANISATION, Mark::Fine, format!("{text}, as in org.id")),
        None => report.add(ORGANISATION, Mark::Note, text),
    }
    let differs = declared.is_some_and(|org| name.is_some_and(|name| name != org.name.value));
    if differs && declared.is_some_and(|org| org.id.is_none()) {
        report.advise(
            ORGANISATION,
            Mark::Error(Exit::Error),
            "the files have another name, and no org.id: it may be the wrong organisation",
            format!("if it is the right one, set org.id to {}", me.org),
        );
    }
    Ok(())
}
