//! Whether a plan may be applied to this organisation, from these files.

use std::path::Path;

use super::{Args, Places, caution, show};
use crate::apply::{self, Refused};
use crate::cli::connection::Connection;
use crate::cli::output::{self, Failure, note};
use crate::cli::{Exit, applied, cost, permitted};
use crate::config::Loaded;
use crate::finding::ORG_MISMATCH;
use crate::plan::{self, Plan};
use crate::webex::{Names, ids};

/// Why the rest of a resumed plan is not sent.
pub const REFUSED: &str = "the plan is refused: only what the interrupted run owes was restored";

/// Refuses a plan that may not be applied. Nothing gates what an interrupted run owes: where that is resumed, the refusal is returned, to be
/// reported once it has been given back.
pub fn judge(
    args: &Args,
    places: &Places,
    applied: Option<&Path>,
    loaded: &Loaded,
    plan: &Plan,
    org: &str,
) -> Result<Option<Failure>, Failure> {
    let refused = match admitted(args, applied, loaded, plan, org) {
        Ok(()) => return Ok(None),
        Err(failure) => failure,
    };
    let here = ids::plain(&plan.org.id) == ids::plain(org);
    match args.resume && here && places.owes(args)? {
        true => Ok(Some(refused)),
        false => Err(refused),
    }
}

/// Refuses a plan that may not be applied to this organisation, or not from these files.
fn admitted(
    args: &Args,
    applied: Option<&Path>,
    loaded: &Loaded,
    plan: &Plan,
    org: &str,
) -> Result<(), Failure> {
    let other = plan
        .findings
        .iter()
        .find(|it| it.code == ORG_MISMATCH.as_str());
    if let Some(other) = other.filter(|_| args.live.live) {
        let message = format!("refused with --live: {}", other.message);
        let id = &plan.org.id;
        let help = match id.as_str() {
            "" => "add `org.id` to the files, and make a new plan".to_owned(),
            id => format!(
                "if this is the right organisation, add `id: {id}` to `org` and make a new plan; if not, use its own token and snapshot"
            ),
        };
        return Err(Failure::new(message).help(help));
    }
    let had = applied::check(applied, plan)?;
    let losses = plan::acknowledged(plan, &loaded.config, &had);
    match apply::admit(plan, &loaded.config.digest(), losses, org, args.partial) {
        Ok(()) => Ok(()),
        Err(Refused::Contradicted(why)) => {
            let help = "make a new plan, and have it reviewed";
            Err(Failure::new(why).help(help))
        }
        Err(Refused::Blocked(why)) => {
            show(plan)?;
            Err(Failure::new(format!("the plan is blocked: {why}")).exit(Exit::Blocked))
        }
        Err(why @ Refused::Errors(_)) => {
            show(plan)?;
            let help = match plan.is_empty() {
                true => "fix what the errors name, and make a new plan",
                false => {
                    "fix what the errors name, and make a new plan; or apply the rest with --partial"
                }
            };
            let failure = Failure::new(why).help(help);
            Err(failure.exit(Exit::Blocked))
        }
        Err(Refused::Stale(why)) => {
            let help = "make a new plan, and have it reviewed";
            Err(Failure::new(why).help(help).exit(Exit::Stale))
        }
    }
}

/// Makes sure that the token may do it, says what it takes, and asks whether to do it, unless that was said.
pub fn agreed(
    args: &Args,
    places: &Places,
    plan: &Plan,
    connection: &Connection,
    names: &Names,
) -> Result<bool, Failure> {
    permitted::check(plan, connection, names)?;
    if !args.yes {
        show(plan)?;
    }
    let journal = cost::journal(&places.state);
    cost::say(plan, caution(args), connection, &journal, !args.no_capture)?;
    let agreed = args.yes || output::confirmed(plan, &connection.target)?;
    if !agreed {
        note("Cancelled: nothing was changed.\n")?;
    }
    Ok(agreed)
}
