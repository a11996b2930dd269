//! Whether the token may send what a plan says, before any of it is sent.

use super::connection::Connection;
use super::output::{Failure, note};
use super::{Exit, live};
use crate::apply;
use crate::plan::Plan;
use crate::render::escape;
use crate::webex::Names;

/// Refuses a plan of which the token may not do a part: a run that ends halfway helps nobody. What only seems so is said.
pub fn check(plan: &Plan, connection: &Connection, names: &Names) -> Result<(), Failure> {
    let Some(me) = connection.me() else {
        return Ok(());
    };
    let denied = apply::denied(plan, names.reader(), me).map_err(live::failure)?;
    let mut certain = Vec::new();
    for it in &denied {
        let text = format!("{}, because {}", it.words(), it.lack.why());
        match it.lack.is_certain() {
            true => certain.push((text, it.lack.who())),
            false => {
                let text = format!(
                    "warning: the token of {} seems not to be allowed {text}; Webex decides\n  help: {}\n",
                    me.name,
                    it.lack.who()
                );
                note(&escape(&text))?;
            }
        }
    }
    let Some((_, who)) = certain.first() else {
        return Ok(());
    };
    let reasons: Vec<&str> = certain.iter().map(|(text, _)| text.as_str()).collect();
    let message = format!(
        "nothing was sent: the token of {} may not make {}",
        me.name,
        reasons.join("; and ")
    );
    let help = format!("{who}; `--target` plans and applies the rest");
    Err(Failure::new(message).help(help).exit(Exit::Blocked))
}
