//! Webex Go: what a person has, and accounts with mobile operators.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Instant;
use crate::config::yaml::{At, Entries};

/// Webex Go: accounts with mobile operators.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WebexGo {
    /// Accounts with mobile operators, by name.
    pub operator_accounts: Entries<OperatorAccount>,
    /// Whether the organisation suppresses e-mail, so that someone hands activation codes over. No request tells it.
    /// Absent: unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail_suppressed: Option<At<bool>>,
}

/// An account with a mobile operator. The API tells nothing of it, so its state is what you write here.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorAccount {
    /// The operator, as Control Hub lists it.
    pub operator: At<String>,
    /// The account id that the operator gave. It can never be changed once it is confirmed, and no output shows it.
    pub account_id: At<String>,
    /// The account id once more, against typing errors: Control Hub asks for it twice.
    pub confirm_account_id: At<String>,
    /// The id of the operator (a UUID) that orders of numbers name. Cisco or the operator tells it; no request does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier_id: Option<At<String>>,
    /// The subscription that pays for its numbers. Required to order numbers where several have Webex Go licences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<At<String>>,
    /// The location of its numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<At<String>>,
    /// What Control Hub shows after Confirm. Absent: the account is not confirmed there yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<At<Authorization>>,
    /// When it was confirmed in Control Hub, such as `2026-11-19T09:30:00Z`: a request may be pending for 48 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<At<Instant>>,
    /// How many mobile numbers you want whose digits you do not know: a support case provisions them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_numbers: Option<At<u32>>,
}

/// What an operator says to the request to authorise an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Authorization {
    /// The operator has not answered yet.
    Pending,
    /// Numbers can be ordered.
    Authorized,
    /// The operator has refused.
    Failed,
}

/// Webex Go for one person.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserWebexGo {
    /// Whose mobile contract it is, or `none`: a Webex Go device that is there is removed.
    pub mode: At<WebexGoMode>,
    /// The subscription that pays for it. Required where several have Webex Go licences.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subscription: Option<At<String>>,
    /// With `byod`: the number to choose for a person without a phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_number: Option<At<String>>,
}

/// Whose mobile contract Webex Go uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum WebexGoMode {
    /// The person's own phone, with an eSIM.
    Byod,
    /// A mobile operator's: its number becomes the person's phone number.
    MobileOperator,
    /// No Webex Go: a device that is there is removed.
    None,
}
