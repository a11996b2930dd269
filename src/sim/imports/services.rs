//! Columns of services: their headers, and what their cells ask for.

use crate::sim::table::Slot;
use crate::sim::world::{License, World};

/// The names of licences that differ in these files (webex-api.md 12.1).
const NAMES: &[(&str, &str)] = &[
    (
        "Webex Calling - Professional",
        "Webex Calling VAR Professional",
    ),
    ("Webex Calling - Standard", "Webex Calling VAR Basic"),
    (
        "Customer Experience - Essential",
        "Customer Experience Essentials",
    ),
    ("Advanced Messaging", "Webex Teams"),
    ("Advanced Space Meetings", "Webex Team Meeting"),
    ("Webex Meetings Suite", "WebEx Enterprise Edition"),
    ("Meeting - Webex Meeting Center", "WebEx Meeting Center"),
    (
        "Contact Center Premium Agent",
        "Webex Contact Center Premium Agent",
    ),
    (
        "Contact center Standard Agent",
        "Webex Contact Center Standard Agent",
    ),
    (
        "Hybrid - Exchange Calendar",
        "Hybrid Calendar Service (Exchange)",
    ),
    (
        "Hybrid - Google Calendar",
        "Hybrid Calendar Service (Google)",
    ),
    ("Hybrid - Message", "Hybrid Message Service"),
];

/// A service of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Service {
    /// A licence.
    License(Slot),
    /// The account of an attendee on this site.
    Attendee(String),
}

/// All columns, with whether they are suspended.
pub fn columns(world: &World, fits: impl Fn(&License) -> bool) -> Vec<(String, Service, bool)> {
    let licenses = world.licenses.iter();
    let licenses = licenses.filter(|(_, license)| license.listed && fits(license));
    let mut columns: Vec<_> = licenses
        .map(|(slot, license)| {
            let stopped = world.stopped(license);
            (header(license, stopped), Service::License(slot), stopped)
        })
        .collect();
    let sites = world.sites.iter().filter(|site| site.attendees);
    columns.extend(sites.map(|site| {
        let header = format!("{} - Attendee account", site.url);
        (header, Service::Attendee(site.url.clone()), false)
    }));
    columns
}

fn header(license: &License, stopped: bool) -> String {
    let name = license.name.as_str();
    let known = NAMES.iter().find(|(api, _)| *api == name);
    let name = known.map_or(name, |(_, exported)| exported);
    let site = license.site.as_deref().map(|site| format!("{site} - "));
    let suspended = if stopped { " (Suspended)" } else { "" };
    let subscription = license.subscription.as_deref();
    let subscription = subscription
        .map(|it| format!(" [{it}]"))
        .unwrap_or_default();
    format!(
        "{}{name}{suspended}{subscription}",
        site.unwrap_or_default()
    )
}

/// What a cell asks for; nothing where it is empty.
pub fn asks(cell: &str) -> Result<Option<bool>, String> {
    match cell {
        "TRUE" => Ok(Some(true)),
        "FALSE" => Ok(Some(false)),
        "" => Ok(None),
        other => Err(format!("`{other}` is neither TRUE nor FALSE")),
    }
}
