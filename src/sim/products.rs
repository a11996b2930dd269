//! Products by the code in a licence id, or by name (webex-api.md 2.2), and what distinguishes them for the rules.

use super::ids;

/// What a licence is, as far as the rules care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// Webex Calling Professional.
    Professional,
    /// Webex Calling Standard.
    Standard,
    /// Webex Calling for workspaces ("common area").
    CommonArea,
    /// Webex Calling only for hot desks.
    HotDesk,
    /// The attendant console.
    Attendant,
    /// Customer Experience Essentials, now Customer Assist.
    Essentials,
    /// Calls of route lists.
    RouteList,
    /// Paid messaging.
    Messaging,
    /// Free messaging, implicit.
    FreeMessaging,
    /// Paid meetings in spaces.
    SpaceMeetings,
    /// Free meetings in spaces, implicit.
    FreeMeetings,
    /// Calls between users of Webex, implicit.
    FreeCall,
    /// Screen share, implicit; it cannot be removed.
    ScreenShare,
    /// Meetings of a site.
    Meetings,
    /// Contact center, premium agent.
    PremiumAgent,
    /// Contact center, standard agent.
    StandardAgent,
    /// Jabber's Messenger, which cannot be managed.
    Messenger,
    /// A shared device.
    Device,
    /// Anything else.
    Other,
}

/// Code, names, product. The first name is that of licences made up here.
const TABLE: &[(&str, &[&str], Product)] = &[
    (
        "BCSTD",
        &[
            "Webex Calling - Professional",
            "Webex Calling",
            "Webex Suite",
            "Webex Voice",
        ],
        Product::Professional,
    ),
    (
        "BCBAS",
        &["Webex Calling - Standard", "Webex Calling - Basic"],
        Product::Standard,
    ),
    (
        "BCCA",
        &["Webex Calling - Workspaces", "Common Area Calling"],
        Product::CommonArea,
    ),
    (
        "BCHDO",
        &["Webex Calling - Hot desk only"],
        Product::HotDesk,
    ),
    (
        "BCATT",
        &["Webex Calling - Attendant Console"],
        Product::Attendant,
    ),
    (
        "BCCXE",
        &["Customer Experience - Essential", "Customer Assist"],
        Product::Essentials,
    ),
    (
        "BCRLC",
        &["Webex Calling - Route List Calls"],
        Product::RouteList,
    ),
    (
        "MS",
        &["Advanced Messaging", "Messaging"],
        Product::Messaging,
    ),
    ("FMS", &["Basic Messaging"], Product::FreeMessaging),
    ("CF", &["Advanced Space Meetings"], Product::SpaceMeetings),
    ("FTM", &["Basic Space Meetings"], Product::FreeMeetings),
    (
        "FTC",
        &["Call on Webex", "Call on Webex (1:1 call, non-PSTN)"],
        Product::FreeCall,
    ),
    ("FSS", &["Free screen share"], Product::ScreenShare),
    (
        "EE",
        &[
            "Webex Meetings Suite",
            "Meeting - Webex Enterprise Edition",
            "Webex Meetings",
        ],
        Product::Meetings,
    ),
    ("MC", &["Meeting - Webex Meeting Center"], Product::Meetings),
    (
        "CJPPRM",
        &["Contact Center Premium Agent"],
        Product::PremiumAgent,
    ),
    (
        "CJPSTD",
        &["Contact center Standard Agent"],
        Product::StandardAgent,
    ),
    (
        "MSGR",
        &["Messenger", "Webex Messenger"],
        Product::Messenger,
    ),
    ("SD", &["Webex Room Kit"], Product::Device),
    (
        "UCPREM",
        &["Unified Communication Manager (UCM)"],
        Product::Other,
    ),
    ("CE", &["Hybrid - Exchange Calendar"], Product::Other),
    ("CG", &["Hybrid - Google Calendar"], Product::Other),
    ("HM", &["Hybrid - Message"], Product::Other),
    ("RTT", &["Real-Time Translations"], Product::Other),
    ("SFDK", &["Salesforce Desktop Connector"], Product::Other),
];

impl Product {
    /// The product of a licence, by the code in its id, else by its name, else by its site.
    pub fn of(id: &str, name: &str, site: Option<&str>) -> Product {
        let decoded = ids::decoded(id);
        let code = ids::suffix(&decoded)
            .and_then(|suffix| suffix.split_once(':'))
            .and_then(|(_, rest)| rest.split('_').next());
        let by_code = TABLE.iter().find(|(known, ..)| Some(*known) == code);
        let by_name = || TABLE.iter().find(|(_, names, _)| names.contains(&name));
        match by_code.or_else(by_name) {
            Some((.., product)) => *product,
            None if site.is_some() => Product::Meetings,
            None => Product::Other,
        }
    }

    /// The code for the id of a licence with this name.
    pub fn code(name: &str) -> &'static str {
        let known = TABLE.iter().find(|(_, names, _)| names.contains(&name));
        known.map_or("OTHER", |(code, ..)| *code)
    }

    /// Whether a person with this is a Calling user.
    pub fn is_calling(self) -> bool {
        matches!(self, Product::Professional | Product::Standard)
    }

    /// Whether every person has it without asking.
    pub fn is_implicit(self) -> bool {
        matches!(
            self,
            Product::FreeMessaging
                | Product::FreeMeetings
                | Product::FreeCall
                | Product::ScreenShare
        )
    }

    /// Whether a workspace with this can call.
    pub fn is_for_workspaces(self) -> bool {
        matches!(
            self,
            Product::Professional | Product::CommonArea | Product::HotDesk
        )
    }

    /// Whether a person can have it.
    pub fn is_for_people(self) -> bool {
        !matches!(
            self,
            Product::CommonArea | Product::HotDesk | Product::RouteList | Product::Device
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_says_more_than_the_name() {
        let id = ids::public("LICENSE", "5b0c1e7a:BCSTD_18c4f7a2");
        assert_eq!(Product::of(&id, "Renamed", None), Product::Professional);
        assert_eq!(
            Product::of("L-1", "Webex Calling - Basic", None),
            Product::Standard
        );
        assert_eq!(
            Product::of("L-2", "Some Site", Some("acme.webex.com")),
            Product::Meetings
        );
        assert_eq!(
            Product::of("L-3", "Calling", None),
            Product::Other,
            "names are never matched in part"
        );
    }
}
