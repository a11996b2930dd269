//! The state of a subscriber: what Webex's word for its state means, whose turn it is, and where.

use crate::finding::{
    BROADWORKS_CONSENT, BROADWORKS_PROVISIONING, BROADWORKS_SUBSCRIBER_FAILED,
    BROADWORKS_SUBSCRIBER_INPUT, Finding,
};
use crate::snapshot::broadworks::{Subscriber, Waited};

/// How many minutes Webex usually takes at most.
const USUALLY: i64 = 60;

/// What a state means for a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is provisioned: it can be changed.
    Provisioned,
    /// The last attempt failed: a change starts another one.
    Failed,
    /// Webex works on it.
    Working,
    /// The person has to do something.
    Person,
    /// A word that this trunkline does not know.
    Unknown,
}

impl State {
    /// What the state of a subscriber means.
    pub fn of(seen: &Subscriber) -> State {
        match seen.status.as_deref().unwrap_or_default() {
            "provisioned" => State::Provisioned,
            "error" => State::Failed,
            "provisioning" | "updating" => State::Working,
            "pending_email_input" | "pending_email_validation" | "pending_user_migration" => {
                State::Person
            }
            _ => State::Unknown,
        }
    }

    /// Whether Webex takes a change now.
    pub fn takes_changes(self) -> bool {
        matches!(self, State::Provisioned | State::Failed)
    }
}

/// Webex's code for an organisation that has not approved (BWKS-034).
const NOT_APPROVED: u64 = 2017;

/// Whether Webex could not attach the organisation, because nobody in it has approved that.
pub fn is_for_want_of_approval(seen: &Subscriber) -> bool {
    State::of(seen) == State::Failed && seen.errors.iter().any(|it| it.code == Some(NOT_APPROVED))
}

/// A time of Webex as the head of a plan writes it: `2026-11-20 07:41Z`. What has another form stays as it is.
fn minute(time: &str) -> String {
    match (time.split_at_checked(16), time.ends_with('Z')) {
        (Some((minute, _)), true) => format!("{}Z", minute.replacen('T', " ", 1)),
        _ => time.to_owned(),
    }
}

/// Since when and for how long, as far as it is known.
fn since(seen: &Subscriber, waited: Option<Waited>) -> String {
    match (seen.status_since.as_deref().map(minute), waited) {
        (Some(time), Some(waited)) => format!("since {time} ({waited})"),
        (Some(time), None) => format!("since {time}"),
        (None, _) => "since when is unknown".to_owned(),
    }
}

/// What is to be done while Webex works.
fn patience(waited: Option<Waited>) -> &'static str {
    match waited.is_some_and(|it| it.is_over(USUALLY)) {
        false => "no action is needed; take a new snapshot later",
        true => {
            "this usually takes minutes: look at it in Partner Hub (User status), check that Webex reaches BroadWorks, and open a case"
        }
    }
}

/// What has to be said of the state of a subscriber; nothing of one that is provisioned.
pub fn said(seen: &Subscriber, captured_at: &str) -> Option<Finding> {
    let word = seen.status.as_deref().unwrap_or("nothing");
    let waited = seen.status_since.as_deref();
    let waited = waited.and_then(|since| Waited::between(since, captured_at));
    let (since, failure) = (since(seen, waited), seen.failure());
    let name = seen.name();
    let person = seen.email.as_deref().or(name.as_deref());
    let person = person.unwrap_or("the person");
    let home = &seen.enterprise;
    let finding = match word {
        "provisioned" => return None,
        "provisioning" => Finding::hold(
            BROADWORKS_PROVISIONING,
            format!("Webex is provisioning it in {home}, {since}"),
        )
        .help(patience(waited)),
        "updating" => Finding::hold(
            BROADWORKS_PROVISIONING,
            format!("Webex is working on its last change, {since}"),
        )
        .help(patience(waited)),
        "pending_email_input" => Finding::hold(
            BROADWORKS_SUBSCRIBER_INPUT,
            format!("{person} has to enter an address in the activation portal, {since}"),
        )
        .help("send the person the activation link of the customer template (Partner Hub, Settings, BroadWorks Calling, View template)"),
        "pending_email_validation" => Finding::hold(
            BROADWORKS_SUBSCRIBER_INPUT,
            format!("{person} has to open the mail from Webex and choose Join now, {since}"),
        )
        .help("ask the person to look for the e-mail, including in the spam folder"),
        "pending_user_migration" => Finding::hold(
            BROADWORKS_CONSENT,
            format!("{person} has another Webex account and has to delete it, {since}"),
        )
        .help(format!(
            "the person opens the mail from Webex, chooses Activate account, signs in and deletes the old account; what is in it is lost; \
             `trunkline broadworks consent-mail {} --live` has Webex send the mail again",
            seen.user_id
        )),
        "error" => Finding::warning(
            BROADWORKS_SUBSCRIBER_FAILED,
            match failure {
                Some(text) => format!("Webex could not provision it, {since}: {text}"),
                None => format!("Webex could not provision it, {since}, and does not say why"),
            },
        )
        .help("correct the cause, then choose Retry in Partner Hub (User status), or remove the subscriber and add it again"),
        other => Finding::hold(
            BROADWORKS_PROVISIONING,
            format!("its state is `{other}`, which this trunkline does not know, {since}"),
        )
        .help("look at it in Partner Hub (User status); nothing is planned for it"),
    };
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-11-20T08:00:00Z";

    fn seen(status: &str) -> Subscriber {
        Subscriber {
            status: Some(status.to_owned()),
            enterprise: "SP+one".to_owned(),
            ..Subscriber::default()
        }
    }

    #[test]
    fn only_a_subscriber_at_rest_takes_changes() {
        let at_rest = |word| State::of(&seen(word)).takes_changes();
        assert!(at_rest("provisioned") && at_rest("error"));
        for word in [
            "provisioning",
            "updating",
            "pending_email_input",
            "pending_email_validation",
            "pending_user_migration",
            "new_word",
            "",
        ] {
            assert!(!at_rest(word), "{word}");
            assert!(said(&seen(word), NOW).is_some(), "{word}");
        }
    }

    #[test]
    fn what_takes_too_long_is_someones_turn() {
        let mut slow = seen("provisioning");
        slow.status_since = Some("2026-11-20T07:30:00Z".to_owned());
        let help = |seen: &Subscriber| said(seen, NOW).and_then(|it| it.help).unwrap_or_default();
        assert!(help(&slow).starts_with("no action is needed"));
        slow.status_since = Some("2026-11-20T06:30:00Z".to_owned());
        assert!(help(&slow).contains("open a case"));
    }

    #[test]
    fn a_failure_is_told_in_the_words_of_webex() {
        let mut failed = seen("error");
        let message = said(&failed, NOW).map(|it| it.message).unwrap_or_default();
        assert!(message.contains("does not say why"), "{message}");
        failed.errors = vec![crate::snapshot::broadworks::Failure {
            code: Some(10022),
            description: "The BroadWorks UserID is already associated".to_owned(),
        }];
        let message = said(&failed, NOW).map(|it| it.message).unwrap_or_default();
        assert!(
            message.ends_with("The BroadWorks UserID is already associated [10022]"),
            "{message}"
        );
    }
}
