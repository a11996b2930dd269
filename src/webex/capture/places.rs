//! Locations with their way to the public network, meeting sites, and what BroadWorks has.

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::features::Features;
use super::{Basis, Run, pool, text};
use crate::snapshot::{Broadworks, Device, License, Location, Number, Site, User, Workspace};
use crate::webex::error::Error;
use crate::webex::{broadworks, ids, observed};

/// Everything that has a place.
#[derive(Debug, Default)]
pub struct Places {
    pub locations: Option<Vec<Location>>,
    pub numbers: Option<Vec<Number>>,
    pub workspaces: Option<Vec<Workspace>>,
    pub devices: Option<Vec<Device>>,
    pub broadworks: Option<Value>,
    pub features: Features,
}

/// Locations and BroadWorks; the rest comes when owners are known.
pub fn read(run: &Run<'_>, basis: &Basis) -> Places {
    let (locations, broadworks) = std::thread::scope(|scope| {
        let broadworks = scope.spawn(|| provisioned(run));
        (locations(run, basis), pool::join(broadworks))
    });
    Places {
        locations,
        broadworks: match broadworks {
            Ok(found) => found,
            Err(error) => run.keep("broadworks", Err(error)),
        },
        ..Places::default()
    }
}

fn locations(run: &Run<'_>, basis: &Basis) -> Option<Vec<Location>> {
    let (all, calling) = (basis.locations.as_ref()?, basis.calling.as_ref()?);
    let read = pool::map(calling, |location| connection(run, location));
    let mut whole = true;
    let mut by_id = FxHashMap::default();
    for (calling, connection) in calling.iter().zip(read) {
        let name = text(calling, "name").unwrap_or_default();
        match run.keep(&format!("the PSTN connection of {name}"), connection) {
            Some(connection) => {
                let id = ids::plain(text(calling, "id").unwrap_or_default());
                by_id.insert(id, (calling, connection));
            }
            None => whole = false,
        }
    }
    let locations = all.iter().map(|raw| {
        let found = by_id.get(&ids::plain(text(raw, "id").unwrap_or_default()));
        let calling = found.map(|(calling, _)| *calling);
        let connection = found.and_then(|(_, connection)| connection.as_ref());
        observed::location(raw, calling, connection)
    });
    let locations: Result<Vec<Location>, Error> = locations.collect();
    run.keep("locations", locations).filter(|_| whole)
}

/// How a location reaches the public network; a location without any is no error.
fn connection(run: &Run<'_>, location: &Value) -> Result<Option<Value>, Error> {
    let id = text(location, "id").unwrap_or_default();
    let path = format!("/telephony/pstn/locations/{id}/connection");
    let found = run.reader.find(&path)?;
    // Only 404 says that there is none: numbers of some connections must not be ordered by request.
    match found
        .as_ref()
        .is_some_and(|it| observed::pstn(it).is_none())
    {
        true => Err(Error::Malformed {
            call: format!("GET {path}"),
            why: "it names no connection".to_owned(),
        }),
        false => Ok(found),
    }
}

/// The meeting sites that licences name. A site on which a person has an attendee account has attendee accounts.
pub fn sites(licenses: &[License], users: &[User]) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    let attendees = users.iter().flat_map(|user| &*user.attendee_sites);
    let hosts = licenses
        .iter()
        .filter_map(|license| Some((license.site_url.as_deref()?, false)));
    for (url, attendees) in hosts.chain(attendees.map(|site| (&**site, true))) {
        match sites.iter_mut().find(|site| site.url == url) {
            Some(site) => site.attendee_account_enabled |= attendees,
            None => sites.push(Site {
                url: url.to_owned(),
                attendee_account_enabled: attendees,
            }),
        }
    }
    sites
}

/// Enterprises and subscribers, as the file has them; `None` for an organisation that is no service provider.
fn provisioned(run: &Run<'_>) -> Result<Option<Value>, Error> {
    let none = |error: &Error| [400, 401, 403, 404].iter().any(|status| error.is(*status));
    let enterprises = match broadworks::enterprises(run.reader) {
        Err(error) if none(&error) => return Ok(None),
        enterprises => enterprises?,
    };
    let subscribers = broadworks::subscribers(run.reader)?;
    let customers = match broadworks::organizations(run.reader, &run.me.org) {
        // Who may not list organisations does not know which there are.
        Err(error) if none(&error) => Vec::new(),
        customers => customers?,
    };
    let found = Broadworks {
        organizations: (!customers.is_empty()).then_some(customers),
        enterprises: Some(enterprises.iter().map(broadworks::enterprise).collect()),
        subscribers: Some(subscribers.iter().map(broadworks::subscriber).collect()),
        ..Broadworks::default()
    };
    Ok(Some(json!(found)))
}
