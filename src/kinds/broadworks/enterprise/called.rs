//! What the organisation of an enterprise is called: no list of Webex tells it and no request changes it. What differs from what was
//! recorded is a hold with the clicks; what was not recorded is unknown, and is said to be.

use super::KIND;
use super::restricted::{by_hand, say_untold};
use crate::change::Draft;
use crate::config::Spot;
use crate::kinds::Context;
use crate::kinds::broadworks::Customers;

/// Says which organisations have another name than the files give them, and of which nobody knows. One that was there before keeps its
/// own (BWKS-039).
pub fn say(context: &Context<'_>, customers: &Customers<'_>, draft: &mut Draft) {
    let mut untold: Vec<(&str, Spot)> = Vec::new();
    for (name, entry) in &context.config.enterprises {
        let model = &entry.value;
        let wanted = model.name.as_ref().filter(|_| model.attach.is_none());
        let (Some(wanted), Some(seen)) = (wanted, customers.enterprise(name)) else {
            continue;
        };
        let Some(now) = &seen.name else {
            untold.push((name, entry.spot(wanted)));
            continue;
        };
        let then = &wanted.value;
        if now == then {
            continue;
        }
        let message = format!("the organisation is called `{now}` and is to be called `{then}`");
        let help = format!(
            "sign in to Partner Hub (admin.webex.com) as partner administrator, open Customers, the organisation of {name}, and rename it in \
             its Control Hub; then write the name under `{}` in the file for `--facts`, and take a new snapshot. Or correct `name`",
            KIND.section
        );
        by_hand(context, (name, entry.spot(wanted)), (message, help), draft);
    }
    let what = ("what the organisation is called", "name");
    say_untold(context, what, &untold, draft);
}
