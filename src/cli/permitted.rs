//! Whether the token may send what a plan says, before any of it is sent.

use super::connection::Connection;
use super::output::Failure;
use super::{Exit, live};
use crate::apply;
use crate::plan::Plan;
use crate::webex::Names;

/// Refuses a plan of which the token may not do a part: a run that ends halfway helps nobody.
pub fn check(plan: &Plan, connection: &Connection, names: &Names) -> Result<(), Failure> {
    let Some(me) = connection.me() else {
        return Ok(());
    };
    let denied = apply::denied(plan, names.reader(), me).map_err(live::failure)?;
    let Some(first) = denied.first() else {
        return Ok(());
    };
    let reasons: Vec<String> = denied
        .iter()
        .map(|it| format!("{}, because {}", it.words(), it.lack.why()))
        .collect();
    let message = format!(
        "nothing was sent: the token of {} may not make {}",
        me.name,
        reasons.join("; and ")
    );
    let help = format!(
        "{}; `--target` plans and applies the rest",
        first.lack.who()
    );
    Err(Failure::new(message).help(help).exit(Exit::Blocked))
}
