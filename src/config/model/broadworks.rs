//! Webex for BroadWorks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Instant, UserState};
use crate::config::yaml::{At, Entries};

/// Webex for BroadWorks, for service providers.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Broadworks {
    /// BroadWorks clusters, by name.
    pub clusters: Entries<BroadworksCluster>,
    /// Customer templates, by name.
    pub customer_templates: Entries<CustomerTemplate>,
    /// Enterprises, by service provider and enterprise id.
    pub enterprises: Entries<Enterprise>,
    /// Subscribers, by BroadWorks user id.
    pub subscribers: Entries<Subscriber>,
    /// Workspaces, by BroadWorks user id.
    pub workspaces: Entries<BroadworksWorkspace>,
}

/// A BroadWorks cluster.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BroadworksCluster {
    /// The Xsi actions interface; ends with `/v2.0/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xsi_actions_url: Option<At<String>>,
    /// The Xsi events interface; ends with `/v2.0/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xsi_events_url: Option<At<String>>,
    /// The device activation service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub das_url: Option<At<String>>,
    /// The XSP.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub xsp_url: Option<At<String>>,
    /// The authentication service; ends with `/v2.0/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auth_url: Option<At<String>>,
    /// Whether the cluster is synchronised with the network server (NST sync).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nst_sync: Option<At<bool>>,
}

/// A customer template.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomerTemplate {
    /// The cluster of its customers.
    pub cluster: At<String>,
    /// The provisioning id that Partner Hub shows for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_id: Option<At<String>>,
    /// The account that BroadWorks provisions with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_account: Option<At<ProvisioningAccount>>,
    /// Whether existing organisations may be provisioned. Default: true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provision_existing_orgs: Option<At<bool>>,
    /// The partner administrator who is notified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner_admin_email: Option<At<String>>,
    /// Whether the sign-in page knows the address already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill_email: Option<At<bool>>,
    /// Whether free calls between Webex users are off for new users. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disable_free_calling: Option<At<bool>>,
}

/// The account that BroadWorks provisions with.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProvisioningAccount {
    /// Its name.
    pub name: At<String>,
    /// Where the password is kept, `env/NAME` or `file/PATH`, such as `env/BROADWORKS_PASSWORD`; never the password.
    #[schemars(extend("pattern" = "^(env/[A-Za-z_][A-Za-z0-9_]*|file/[A-Za-z0-9/._-]*[A-Za-z0-9._-])$"))]
    pub password_ref: At<String>,
}

/// An enterprise of a service provider.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Enterprise {
    /// Its customer template.
    pub template: At<String>,
    /// What its organisation is called, unless it is attached to one that was there before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<At<String>>,
    /// The BroadWorks user id of the subscriber who goes first, makes the organisation and becomes its administrator. Default:
    /// the first by user id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_subscriber: Option<At<String>>,
    /// An existing organisation that is attached instead of a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attach: Option<At<Attach>>,
    /// Takes Webex for BroadWorks away from the organisation, step by step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detach: Option<At<Detach>>,
    /// Whether only the partner may change settings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted_by_partner: Option<At<bool>>,
    /// Whether people are synchronised from BroadWorks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_dir_sync: Option<At<bool>>,
}

/// An existing organisation that an enterprise is attached to.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Attach {
    /// The id of the organisation.
    pub organization: At<String>,
    /// The BroadWorks user id of the subscriber who goes first. The address has to be that of a person in the organisation, or Webex
    /// makes a new one.
    pub first_user: At<String>,
    /// Whether a first attempt is sent that Webex refuses: it then asks administrators of the organisation by mail. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_approval: Option<At<bool>>,
}

/// Why and how far an enterprise is detached.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Detach {
    /// Why; the plan shows it.
    pub reason: At<String>,
    /// Whether the organisation is deleted as well, with everyone in it. Default: false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_organization: Option<At<bool>>,
}

/// A subscriber.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Subscriber {
    /// The enterprise.
    pub enterprise: At<String>,
    /// The e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<At<String>>,
    /// The given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<At<String>>,
    /// The family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<At<String>>,
    /// The package.
    pub package: At<BroadworksPackage>,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_phone_number: Option<At<String>>,
    /// The extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<At<String>>,
    /// `absent` removes the subscriber.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<At<UserState>>,
    /// Provisions the subscriber again, once, so that a changed customer template reaches the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reprovision: Option<At<Reprovision>>,
}

/// Who is provisioned again, and why. It is done when the snapshot shows a later time.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reprovision {
    /// A subscriber who was provisioned before this time is removed and added again, such as `2026-11-19T09:30:00Z`.
    pub created_before: At<Instant>,
    /// Why; the plan shows it.
    pub reason: At<String>,
}

/// What a subscriber gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BroadworksPackage {
    /// Calls on a computer or phone only.
    Softphone,
    /// Messages and calls, without a meeting site of its own.
    Basic,
    /// With the meeting site of Standard.
    Standard,
    /// With the meeting site of Premium.
    Premium,
}

impl BroadworksPackage {
    /// The word of YAML and of the API.
    pub fn word(self) -> &'static str {
        match self {
            BroadworksPackage::Softphone => "softphone",
            BroadworksPackage::Basic => "basic",
            BroadworksPackage::Standard => "standard",
            BroadworksPackage::Premium => "premium",
        }
    }
}

/// A workspace of BroadWorks.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BroadworksWorkspace {
    /// The enterprise.
    pub enterprise: At<String>,
    /// The display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<At<String>>,
    /// The phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_phone_number: Option<At<String>>,
    /// The extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<At<String>>,
}
