//! Columns of services (webex-api.md 12.1): `<service> [<subscription>]`, `<site> - <service> [<subscription>]`, with `(Suspended)` where it is.

use super::table::bare;
use crate::snapshot::License;

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Where it is.
    pub column: usize,
    /// The licence's name, as the API has it.
    pub name: String,
    /// The subscription.
    pub subscription: Option<String>,
    /// The meeting site.
    pub site: Option<String>,
    /// Whether it is the account of an attendee and no licence.
    pub attendee: bool,
    /// Whether the service is suspended.
    pub suspended: bool,
}

/// Names in exports, and those of the same licences in the API. Compared without regard to case.
const NAMES: &[(&str, &str)] = &[
    (
        "Webex Calling VAR Professional",
        "Webex Calling - Professional",
    ),
    ("Webex Calling VAR Basic", "Webex Calling - Standard"),
    ("Webex Calling VAR Standard", "Webex Calling - Standard"),
    (
        "Webex Calling SP Enterprise",
        "Webex Calling - Professional",
    ),
    (
        "Customer Experience Essentials",
        "Customer Experience - Essential",
    ),
    ("Webex Teams", "Advanced Messaging"),
    ("Webex Team Meeting", "Advanced Space Meetings"),
    ("WebEx Enterprise Edition", "Webex Meetings Suite"),
    (
        "Webex Contact Center Premium Agent",
        "Contact Center Premium Agent",
    ),
    (
        "Webex Contact Center Standard Agent",
        "Contact center Standard Agent",
    ),
    (
        "Hybrid Calendar Service (Exchange)",
        "Hybrid - Exchange Calendar",
    ),
    (
        "Hybrid Calendar Service (Google)",
        "Hybrid - Google Calendar",
    ),
    ("Hybrid Message Service", "Hybrid - Message"),
    ("Spark Message", "Advanced Messaging"),
    ("Meeting 25 Party", "Meeting 25 Party"),
    ("WebEx Meeting Center", "Meeting - Webex Meeting Center"),
    // Names that the API itself uses.
    (
        "Webex Calling - Professional",
        "Webex Calling - Professional",
    ),
    ("Webex Calling - Standard", "Webex Calling - Standard"),
    ("Webex Calling - Workspaces", "Webex Calling - Workspaces"),
    (
        "Webex Calling - Hot desk only",
        "Webex Calling - Hot desk only",
    ),
    ("Webex Meetings Suite", "Webex Meetings Suite"),
    ("Advanced Messaging", "Advanced Messaging"),
    ("Advanced Space Meetings", "Advanced Space Meetings"),
    ("Basic Messaging", "Basic Messaging"),
    ("Basic Space Meetings", "Basic Space Meetings"),
    (
        "Call on Webex (1:1 call, non-PSTN)",
        "Call on Webex (1:1 call, non-PSTN)",
    ),
];

/// Columns of TRUE and FALSE that are no licence: settings of hybrid services and of the call behaviour.
const SETTINGS: &[&str] = &[
    "callbehavior",
    "callingbehavior",
    "callingbehaviorucmanagerprofile",
    "callserviceaware",
    "callserviceconnect",
    "contactmigrationrequired",
    "enterprisecontentmanagement",
    "hybridcallserviceresourcegroup",
    "hybridcalendarserviceresourcegroup",
    "jabbercalling",
    "jabberwithwebexteams",
    "ucmanagerprofile",
    "upgradeprofile",
];

const SUSPENDED: &str = "(suspended)";

/// The columns that are services. `named` are those that the user has given the name of a licence.
pub fn of(headers: &[String], named: impl Fn(usize) -> bool) -> Vec<Service> {
    let columns = headers.iter().enumerate();
    columns
        .filter_map(|(column, header)| read(column, header, named(column)))
        .collect()
}

/// The licence that a text names: by its name, or by its column in an export.
pub fn named(text: &str) -> Option<Service> {
    read(0, text, true).filter(|it| !it.attendee)
}

/// Whether a column of TRUE and FALSE is known to be no licence.
pub fn is_setting(header: &str) -> bool {
    SETTINGS.contains(&bare(header).as_str())
}

fn read(column: usize, header: &str, named: bool) -> Option<Service> {
    let at = header.to_ascii_lowercase().find(SUSPENDED);
    let suspended = at.is_some();
    let header = at.map_or_else(
        || header.to_owned(),
        |at| format!("{} {}", &header[..at], &header[at + SUSPENDED.len()..]),
    );
    let header = header.trim();
    let (rest, subscription) = match header.strip_suffix(']').and_then(|it| it.rsplit_once('[')) {
        Some((rest, inside)) => (rest.trim(), Some(inside.trim())),
        None => (header, None),
    };
    let (site, name) = match rest.split_once(" - ") {
        Some((site, name)) if is_site(site) => (Some(site.trim()), name.trim()),
        _ => (None, rest),
    };
    // `Attendee account [acme.webex.com]` names the site where others name the subscription.
    let inside = subscription.filter(|it| is_site(it));
    let (site, subscription) = match inside {
        Some(site) => (Some(site), None),
        None => (site, subscription),
    };
    let known = NAMES
        .iter()
        .find(|(exported, _)| exported.eq_ignore_ascii_case(name));
    let attendee = name.to_lowercase().contains("attendee");
    // A column with neither a subscription nor a site is a service only where its name is known.
    let told = named || known.is_some() || subscription.is_some() || site.is_some();
    if name.is_empty() || !told {
        return None;
    }
    Some(Service {
        column,
        name: known.map_or(name, |(_, name)| name).to_owned(),
        subscription: subscription.map(str::to_owned),
        site: site.map(str::to_owned),
        attendee,
        suspended,
    })
}

fn is_site(text: &str) -> bool {
    let text = text.trim();
    text.contains('.') && !text.contains(' ')
}

/// What an export calls a licence: the first name of the table, else the one that the API has.
pub fn exported(name: &str) -> &str {
    let known = NAMES.iter().find(|(_, known)| *known == name);
    known.map_or(name, |(exported, _)| exported)
}

/// Whether a name is that of a licence.
pub fn is_licence(name: &str) -> bool {
    NAMES.iter().any(|(_, known)| *known == name)
}

impl Service {
    /// The licence, as far as a column says it: no unit is known to be bought.
    pub fn license(&self) -> License {
        let parts = [
            Some(&self.name),
            self.subscription.as_ref(),
            self.site.as_ref(),
        ];
        let parts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        License {
            id: format!("csv:{}", parts.join("/")),
            name: self.name.clone(),
            subscription_id: self.subscription.clone(),
            site_url: self.site.clone(),
            total_units: Some(0),
            consumed_units: Some(0),
        }
    }

    /// Whether it is the same service, wherever its column is.
    pub fn is_same(&self, other: &Service) -> bool {
        (&self.name, &self.subscription, &self.site, self.attendee)
            == (
                &other.name,
                &other.subscription,
                &other.site,
                other.attendee,
            )
    }

    /// Whether it is Calling for people.
    pub fn is_calling(&self) -> bool {
        let names = ["Webex Calling - Professional", "Webex Calling - Standard"];
        names.contains(&self.name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_services() {
        let headers = [
            "Location",
            "Webex Calling VAR Professional [Sub121331]",
            "acme.webex.com - WebEx Enterprise Edition [Sub121331]",
            "Webex Teams (Suspended) [Sub9]",
            "acme.webex.com - Attendee account",
            "Hybrid Message Service",
            "Attendee account [b.webex.com]",
            "webex calling - professional",
            "b.webex.com - WebEx Meeting Center",
            "Webex Calling VAR Basic [ acme-west ]",
            "Cloud PBX",
            "Jabber Calling",
        ];
        let read = of(&headers.map(str::to_owned), |column| column == 10);
        let shown: Vec<String> = read
            .iter()
            .map(|it| {
                let site = it.site.as_deref().unwrap_or("-");
                let subscription = it.subscription.as_deref().unwrap_or("-");
                let marks = (it.attendee, it.suspended);
                format!("{} {} {subscription} {site} {marks:?}", it.column, it.name)
            })
            .collect();
        assert_eq!(
            shown,
            [
                "1 Webex Calling - Professional Sub121331 - (false, false)",
                "2 Webex Meetings Suite Sub121331 acme.webex.com (false, false)",
                "3 Advanced Messaging Sub9 - (false, true)",
                "4 Attendee account - acme.webex.com (true, false)",
                "5 Hybrid - Message - - (false, false)",
                "6 Attendee account - b.webex.com (true, false)",
                "7 Webex Calling - Professional - - (false, false)",
                "8 Meeting - Webex Meeting Center - b.webex.com (false, false)",
                "9 Webex Calling - Standard acme-west - (false, false)",
                "10 Cloud PBX - - (false, false)",
            ]
        );
    }
}
