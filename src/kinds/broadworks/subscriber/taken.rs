//! Numbers and extensions that somebody else has and keeps.

use super::all;
use super::plan::{DeclaredSubscriber, Subscribers};
use crate::change::Draft;
use crate::config::model;
use crate::config::yaml::At;
use crate::finding::{CALLING_EXTENSION_IN_USE, CALLING_NUMBER_IN_USE, Finding};
use crate::phone::read_back;
use crate::snapshot::broadworks::Subscriber;

/// What is compared: as the files have it, and as the snapshot has it.
type Of = (
    fn(&model::Subscriber) -> Option<&At<String>>,
    fn(&Subscriber) -> Option<&str>,
);

const NUMBER: Of = (
    |entry| entry.primary_phone_number.as_ref(),
    |seen| seen.primary_phone_number.as_deref(),
);
const EXTENSION: Of = (
    |entry| entry.extension.as_ref(),
    |seen| seen.extension.as_deref(),
);

impl Subscribers<'_> {
    /// Whether a number that the subscriber is to have is that of somebody else; of an extension it is only said, since groups
    /// of an enterprise can have extensions of their own.
    pub(super) fn is_taken(
        &self,
        user_id: &str,
        entry: &DeclaredSubscriber,
        draft: &mut Draft,
    ) -> bool {
        if let Some((at, owner)) = self.number_of_another(user_id, entry) {
            let message = format!("the number {at} belongs to {owner}");
            let finding = Finding::error(CALLING_NUMBER_IN_USE, message)
                .help("write what BroadWorks has, or free the number first");
            self.say(draft, finding, user_id, entry.spot(at));
            return true;
        }
        if let Some((at, owner)) =
            self.another(user_id, entry, EXTENSION, Some(&entry.value.enterprise))
        {
            let message = format!("the extension {at} belongs to {owner} of the same enterprise");
            let place = self.context.config.place(entry.spot(at));
            draft.findings.push(
                Finding::warning(CALLING_EXTENSION_IN_USE, message)
                    .about(super::removal::address(user_id))
                    .help("write what BroadWorks has; two have one extension only in different groups of the enterprise")
                    .at(place),
            );
        }
        false
    }

    fn number_of_another<'e>(
        &self,
        user_id: &str,
        entry: &'e DeclaredSubscriber,
    ) -> Option<(&'e At<String>, String)> {
        let of_webex = || {
            let at = self.new_value(user_id, entry, NUMBER)?;
            let owner = self.inventory.number(&at.value)?.owner?;
            Some((at, self.inventory.owner_name(owner)))
        };
        self.another(user_id, entry, NUMBER, None).or_else(of_webex)
    }

    /// The value that the subscriber is to have and does not have yet.
    fn new_value<'e>(
        &self,
        user_id: &str,
        entry: &'e DeclaredSubscriber,
        (wanted, seen): Of,
    ) -> Option<&'e At<String>> {
        let at = wanted(&entry.value).filter(|at| !at.value.is_empty())?;
        let own = self.customers.subscribers(user_id).iter();
        let mut own = own.filter_map(|own| seen(own));
        let held = own.any(|it| same(it, &at.value));
        (!held).then_some(at)
    }

    /// Another subscriber who has it and keeps it.
    fn another<'e>(
        &self,
        user_id: &str,
        entry: &'e DeclaredSubscriber,
        of: Of,
        within: Option<&At<String>>,
    ) -> Option<(&'e At<String>, String)> {
        let at = self.new_value(user_id, entry, of)?;
        let (wanted, seen) = of;
        let keeps = |other: &&Subscriber| {
            let declared = self.context.config.subscribers.get(&other.user_id);
            let declared = declared.and_then(|it| wanted(&it.value));
            let here = within.is_none_or(|home| home.value.eq_ignore_ascii_case(&other.enterprise));
            here && !other.user_id.eq_ignore_ascii_case(user_id)
                && seen(other).is_some_and(|it| same(it, &at.value))
                && !self.going.contains(other.user_id.as_str())
                && declared.is_none_or(|it| same(&it.value, &at.value))
        };
        let other = all(self.context.snapshot).iter().find(keeps)?;
        Some((at, super::removal::address(&other.user_id).to_string()))
    }
}

/// Whether two texts are one number or extension.
fn same(a: &str, b: &str) -> bool {
    let end = |text: &'_ str| text.bytes().rev().find(u8::is_ascii_digit);
    let form = |text: &str| read_back(text).unwrap_or_else(|| text.to_owned());
    a == b || end(a) == end(b) && form(a) == form(b)
}
