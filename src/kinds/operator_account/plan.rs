//! What is said of operator accounts: the confirmation that cannot be undone, and the states with their clocks (GO-024..GO-037).

use super::KIND;
use crate::change::{
    Address, ChangeAction, Draft, DraftChange, DraftField, FieldAction, Risk, Turn, nothing, text,
};
use crate::config::model::{Authorization, OperatorAccount};
use crate::config::yaml::At;
use crate::config::{Config, Declared};
use crate::finding::{
    Finding, MOBILE_NUMBERS_SUPPORT_CASE, NOT_DELETED, OPERATOR_ACCOUNT_FAILED,
    OPERATOR_ACCOUNT_IMMUTABLE, OPERATOR_ACCOUNT_MANUAL, OPERATOR_ACCOUNT_OVERDUE,
    OPERATOR_ACCOUNT_PENDING, Severity,
};
use crate::kinds::Context;
use crate::licensing::Reason;

/// What replaces the id of an account in every output.
pub const MASKED: &str = "(hidden)";

/// How many hours an operator may take to answer.
const HOURS: i64 = 48;

pub fn plan(context: &Context<'_>, draft: &mut Draft) {
    for (name, declared) in &context.config.operator_accounts {
        let account = Account {
            context,
            name,
            declared,
        };
        account.say_immutable(draft);
        account.state(draft);
        account.unknown_numbers(draft);
    }
    let Some(base) = context.base else { return };
    for name in base.operator_accounts.keys() {
        if !context.config.operator_accounts.contains_key(name) {
            let message = "the files no longer have the account; the Webex API cannot remove it";
            let finding = Finding::info(NOT_DELETED, message);
            draft
                .findings
                .push(finding.about(Address::new(KIND.name, name)));
        }
    }
}

struct Account<'a> {
    context: &'a Context<'a>,
    name: &'a str,
    declared: &'a Declared<OperatorAccount>,
}

impl Account<'_> {
    /// The id of a confirmed account never changes. What an earlier revision has, and what the rules of the plan were read from,
    /// are looked at.
    fn say_immutable(&self, draft: &mut Draft) {
        let id = &self.declared.value.account_id.value;
        let other = |earlier: &&Config| {
            let account = earlier.operator_accounts.get(self.name);
            account.is_some_and(|it| {
                it.value.authorization.is_some() && it.value.account_id.value != *id
            })
        };
        let policy = self.context.world.facts().policy;
        let mut earlier = self.context.base.into_iter().chain([policy]);
        if earlier.any(|it| other(&it)) {
            let message =
                "the account is confirmed with another account id, which cannot be changed";
            let help = "restore the account id, and declare a second account with the other one";
            self.say(
                Finding::error(OPERATOR_ACCOUNT_IMMUTABLE, message).help(help),
                draft,
            );
        }
    }

    fn state(&self, draft: &mut Draft) {
        let account = &self.declared.value;
        let Some(state) = &account.authorization else {
            return self.confirm(draft);
        };
        let operator = &account.operator.value;
        let finding = match state.value {
            Authorization::Authorized => return,
            Authorization::Failed => {
                let message = format!("{operator} has refused to authorise the account");
                let help = format!(
                    "contact {operator}; where the account id was wrong, declare a second account"
                );
                Finding::error(OPERATOR_ACCOUNT_FAILED, message).help(help)
            }
            Authorization::Pending => self.pending(),
        };
        self.say_at(finding, state, draft);
    }

    /// Confirming the id cannot be undone: it is a change that a person makes, and that is acknowledged before.
    fn confirm(&self, draft: &mut Draft) {
        let OperatorAccount {
            operator,
            account_id,
            ..
        } = &self.declared.value;
        let spot = self.declared.spot(account_id);
        let lost = format!(
            "the chance to correct the account id, which {} does not change later",
            operator.value
        );
        let mut field = DraftField::new(
            "accountId",
            FieldAction::Add,
            Risk::Irreversible,
            nothing(),
            text(MASKED),
        )
        .because(Reason {
            spot: Some(spot),
            because: vec![format!("{}/{}", KIND.section, self.name)],
        })
        .losing(OPERATOR_ACCOUNT_IMMUTABLE, vec![lost]);
        field.held = Some(OPERATOR_ACCOUNT_MANUAL);
        draft.changes.push(DraftChange {
            kind: KIND.name,
            key: self.name.to_owned(),
            action: ChangeAction::Create,
            fields: vec![field],
            preimage: None,
            turn: Turn::Take,
            depends_on: Vec::new(),
            requests: Vec::new(),
        });
        let location = self.declared.value.location.as_ref();
        let location = location.map_or("the location of the people", |at| at.value.as_str());
        let message = "confirm the account in Control Hub; the Webex API cannot do it";
        let help = format!(
            "1. make sure that the account's contact can receive {operator}'s authorisation request; 2. in Control Hub: Services, \
             Calling, Numbers, Manage, Add numbers, {location}, Mobile number, {operator}; 3. enter `accountId` twice, choose \
             Next, then Confirm; 4. write `authorization: pending` and `confirmedAt` here",
            operator = operator.value
        );
        self.say(
            Finding::hold(OPERATOR_ACCOUNT_MANUAL, message).help(help),
            draft,
        );
    }

    /// It waits for the operator: since when the files say, how long the capture of the snapshot does.
    fn pending(&self) -> Finding {
        let account = &self.declared.value;
        let operator = &account.operator.value;
        let since = account.confirmed_at.as_ref().map(|at| at.value.0);
        let waited = since.and_then(|since| self.context.snapshot.since(since));
        let look = "look in Control Hub (Services, Calling, Numbers) and write what it shows as `authorization`";
        match (waited, since) {
            (Some(waited), Some(since)) if waited.over_hours(HOURS) => {
                let hours = waited.hours();
                let message = format!(
                    "{operator} has not authorised the account for {hours} hours, since {since}; up to {HOURS} are usual"
                );
                let help = format!(
                    "{look}; if it is still pending, contact {operator}: its contact may have received no request"
                );
                Finding::warning(OPERATOR_ACCOUNT_OVERDUE, message).help(help)
            }
            (Some(waited), Some(since)) => {
                let hours = waited.hours();
                let message = format!(
                    "{operator} has {HOURS} hours to authorise the account; {hours} have passed since {since}"
                );
                Finding::hold(OPERATOR_ACCOUNT_PENDING, message).help(look)
            }
            _ => {
                let message =
                    format!("{operator} has not authorised the account yet; since when is unknown");
                let help = format!("write when it was confirmed as `confirmedAt`; {look}");
                Finding::hold(OPERATOR_ACCOUNT_PENDING, message).help(help)
            }
        }
    }

    /// Numbers whose digits no one knows are provisioned by Cisco.
    fn unknown_numbers(&self, draft: &mut Draft) {
        let account = &self.declared.value;
        let Some(count) = account.unknown_numbers.as_ref().filter(|at| at.value > 0) else {
            return;
        };
        let authorized = account.authorization.as_ref().map(|at| at.value);
        let when = match authorized {
            Some(Authorization::Authorized) => "in Control Hub",
            _ => "when the account is authorised, in Control Hub",
        };
        let message = format!(
            "{} mobile numbers are to be provisioned by a support case",
            count.value
        );
        let help = format!(
            "{when} choose Services, Calling, Numbers, Manage, Add numbers, Mobile number, {}, Open support case; list the \
             numbers under `numbers` when a snapshot has them, and remove `unknownNumbers`",
            account.operator.value
        );
        self.say_at(
            Finding::hold(MOBILE_NUMBERS_SUPPORT_CASE, message).help(help),
            count,
            draft,
        );
    }

    /// At the name of the account, whose line may also have the id: it is hidden where lines are shown.
    fn say(&self, finding: Finding, draft: &mut Draft) {
        self.say_where(
            finding.at(self.context.config.place(self.declared.key)),
            draft,
        );
    }

    fn say_at<T>(&self, finding: Finding, at: &At<T>, draft: &mut Draft) {
        let place = self.context.config.place(self.declared.spot(at));
        self.say_where(finding.at(place), draft);
    }

    fn say_where(&self, finding: Finding, draft: &mut Draft) {
        draft.blocked += usize::from(matches!(finding.severity, Severity::Error | Severity::Hold));
        draft
            .findings
            .push(finding.about(Address::new(KIND.name, self.name)));
    }
}
