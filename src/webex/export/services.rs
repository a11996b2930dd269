//! Columns of services: `<service> [<subscription>]`, `<site> - <service> [<subscription>]`, with `(Suspended)` where it is.

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Where it stands.
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

/// Names in exports, and those of the same licences in the API.
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
];

const SUSPENDED: &str = "(Suspended)";

/// The columns that are services.
pub fn of(headers: &[String]) -> Vec<Service> {
    let columns = headers.iter().enumerate();
    columns
        .filter_map(|(column, header)| read(column, header))
        .collect()
}

fn read(column: usize, header: &str) -> Option<Service> {
    let suspended = header.contains(SUSPENDED);
    let header = header.replace(SUSPENDED, " ");
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
    let known = NAMES.iter().find(|(exported, _)| *exported == name);
    let attendee = name.to_lowercase().contains("attendee");
    // A column without a subscription is a service only where its name is known.
    if subscription.is_none() && known.is_none() && !(attendee && site.is_some()) {
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

impl Service {
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
        ];
        let read = of(&headers.map(str::to_owned));
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
            ]
        );
    }
}
