//! The sections whose entries are objects with addresses, one row each: what every other list of kinds is made of.

use super::claims::{Caller, Members, People, said, said_or_null};
use super::merge::{Config, Declared, Section as Entries, Spot};
use super::yaml::At;
use crate::finding::{
    CALLING_NUMBER_UNKNOWN, Code, GROUP_UNKNOWN, LOCATION_UNKNOWN, USER_UNKNOWN, WORKSPACE_UNKNOWN,
};

/// A section of the configuration whose entries are objects.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// The first part of the addresses of its objects, such as `location`.
    pub kind: &'static str,
    /// Its place in a document, such as `locations`.
    pub name: &'static str,
    /// Whether its keys are the same in either case, as e-mail addresses and user ids of BroadWorks are.
    pub caseless: bool,
    /// What is said of a name that has to be there, and that neither files nor snapshot have.
    pub unknown: Option<Code>,
    /// Whether it declares anything.
    pub declares: fn(&Config) -> bool,
    /// How its entries give their former names, if they can.
    pub names: Option<Names>,
    /// Where it names locations.
    pub locations: fn(&Config) -> Named<'_>,
    /// Its entries that can claim a number or an extension.
    pub callers: fn(&Config) -> Vec<Caller<'_>>,
    /// Its lists that name people.
    pub people: fn(&Config) -> Vec<People<'_>>,
    /// That list of one entry, to be changed.
    pub people_of: for<'c> fn(&'c mut Config, &str) -> Option<&'c mut Members>,
}

/// Places that name something.
pub type Named<'c> = Vec<(Spot, &'c At<String>)>;

/// The names of a section whose objects can get another name.
#[derive(Debug, Clone, Copy)]
pub struct Names {
    /// The place of the entry of this name, if there is one.
    pub place: fn(&Config, &str) -> Option<Spot>,
    /// The entries with a former name.
    pub former: fn(&Config) -> Vec<Former>,
}

/// An entry with a former name.
#[derive(Debug)]
pub struct Former {
    /// Its name before.
    pub old: String,
    /// Its name now.
    pub now: String,
    /// The place that says so.
    pub spot: Spot,
}

/// People.
pub const USER: Section = Section {
    caseless: true,
    unknown: Some(USER_UNKNOWN),
    locations: |config| places(config.users.values(), |it| it.location.as_ref()),
    callers: |config| {
        let users = config.users.iter().map(|(key, user)| Caller {
            kind: "user",
            key,
            phone: said_or_null(user, &user.value.phone_number),
            extension: said(user, user.value.extension.as_ref()),
            location: user.value.location.as_ref().map(|at| at.value.as_str()),
            absent: user.value.is_absent(),
            auto: true,
        });
        users.collect()
    },
    ..section("user", "users", |config| !config.users.is_empty())
};
/// Groups.
pub const GROUP: Section = Section {
    unknown: Some(GROUP_UNKNOWN),
    names: Some(Names {
        place: |config, name| Some(config.groups.get(name)?.key),
        former: |config| former(&config.groups, |it| it.formerly.as_ref()),
    }),
    people: |config| {
        let groups = config.groups.iter().filter_map(|(key, group)| {
            Some(People {
                kind: "group",
                noun: "group",
                key,
                field: "members",
                list: group.value.members.as_ref()?,
                entry: group.key,
                places: false,
            })
        });
        groups.collect()
    },
    people_of: |config, key| Some(&mut config.groups.get_mut(key)?.value.members),
    ..section("group", "groups", |config| !config.groups.is_empty())
};
/// Locations.
pub const LOCATION: Section = Section {
    unknown: Some(LOCATION_UNKNOWN),
    names: Some(Names {
        place: |config, name| Some(config.locations.get(name)?.key),
        former: |config| former(&config.locations, |it| it.formerly.as_ref()),
    }),
    ..section("location", "locations", |config| {
        !config.locations.is_empty()
    })
};
/// Blocks of phone numbers.
pub const NUMBER: Section = Section {
    unknown: Some(CALLING_NUMBER_UNKNOWN),
    locations: |config| places(config.numbers.iter(), |it| Some(&it.location)),
    ..section("number", "numbers", |config| !config.numbers.is_empty())
};
/// Workspaces.
pub const WORKSPACE: Section = Section {
    unknown: Some(WORKSPACE_UNKNOWN),
    names: Some(Names {
        place: |config, name| Some(config.workspaces.get(name)?.key),
        former: |config| former(&config.workspaces, |it| it.formerly.as_ref()),
    }),
    locations: |config| places(config.workspaces.values(), |it| it.location.as_ref()),
    callers: |config| {
        let places = config.workspaces.iter().map(|(key, place)| Caller {
            kind: "workspace",
            key,
            phone: said_or_null(place, &place.value.phone_number),
            extension: said(place, place.value.extension.as_ref()),
            location: place.value.location.as_ref().map(|at| at.value.as_str()),
            absent: false,
            auto: true,
        });
        places.collect()
    },
    ..section("workspace", "workspaces", |config| {
        !config.workspaces.is_empty()
    })
};
/// Call queues.
pub const CALL_QUEUE: Section = Section {
    names: Some(Names {
        place: |config, name| Some(config.call_queues.get(name)?.key),
        former: |config| former(&config.call_queues, |it| it.formerly.as_ref()),
    }),
    locations: |config| places(config.call_queues.values(), |it| it.location.as_ref()),
    callers: |config| {
        let queues = config.call_queues.iter().map(|(key, queue)| Caller {
            kind: "callQueue",
            key,
            phone: said(queue, queue.value.phone_number.as_ref()),
            extension: said(queue, queue.value.extension.as_ref()),
            location: queue.value.location.as_ref().map(|at| at.value.as_str()),
            absent: false,
            auto: false,
        });
        queues.collect()
    },
    people: |config| {
        let queues = config.call_queues.iter().filter_map(|(key, queue)| {
            Some(People {
                kind: "callQueue",
                noun: "call queue",
                key,
                field: "agents",
                list: queue.value.agents.as_ref()?,
                entry: queue.key,
                places: true,
            })
        });
        queues.collect()
    },
    people_of: |config, key| Some(&mut config.call_queues.get_mut(key)?.value.agents),
    ..section("callQueue", "callQueues", |config| {
        !config.call_queues.is_empty()
    })
};
/// Webex Go devices, which are declared with the people who have them.
pub const WEBEX_GO_DEVICE: Section = Section {
    caseless: true,
    ..section("webexGoDevice", "webexGo", |config| {
        let mut users = config.users.values();
        users.any(|user| user.value.webex_go.is_some())
    })
};
/// Accounts with mobile operators.
pub const OPERATOR_ACCOUNT: Section = Section {
    locations: |config| places(config.operator_accounts.values(), |it| it.location.as_ref()),
    ..section("operatorAccount", "webexGo.operatorAccounts", |config| {
        !config.operator_accounts.is_empty()
    })
};
/// BroadWorks subscribers.
pub const BROADWORKS_SUBSCRIBER: Section = Section {
    caseless: true,
    ..section("broadworksSubscriber", "broadworks.subscribers", |config| {
        !config.subscribers.is_empty()
    })
};
/// BroadWorks enterprises.
pub const BROADWORKS_ENTERPRISE: Section =
    section("broadworksEnterprise", "broadworks.enterprises", |config| {
        !config.enterprises.is_empty()
    });
/// BroadWorks clusters.
pub const BROADWORKS_CLUSTER: Section =
    section("broadworksCluster", "broadworks.clusters", |config| {
        !config.clusters.is_empty()
    });
/// BroadWorks customer templates.
pub const BROADWORKS_CUSTOMER_TEMPLATE: Section = section(
    "broadworksCustomerTemplate",
    "broadworks.customerTemplates",
    |config| !config.customer_templates.is_empty(),
);
/// BroadWorks workspaces.
pub const BROADWORKS_WORKSPACE: Section =
    section("broadworksWorkspace", "broadworks.workspaces", |config| {
        !config.broadworks_workspaces.is_empty()
    });

/// Every section of objects, in the order in which messages list the kinds.
pub static SECTIONS: [Section; 13] = [
    USER,
    GROUP,
    LOCATION,
    NUMBER,
    WORKSPACE,
    CALL_QUEUE,
    WEBEX_GO_DEVICE,
    OPERATOR_ACCOUNT,
    BROADWORKS_SUBSCRIBER,
    BROADWORKS_ENTERPRISE,
    BROADWORKS_CLUSTER,
    BROADWORKS_CUSTOMER_TEMPLATE,
    BROADWORKS_WORKSPACE,
];

/// The kinds of addresses.
pub fn kinds() -> Vec<&'static str> {
    SECTIONS.iter().map(|section| section.kind).collect()
}

/// A section that names no location and no people, claims no numbers, and whose objects keep their names.
const fn section(kind: &'static str, name: &'static str, declares: fn(&Config) -> bool) -> Section {
    Section {
        kind,
        name,
        caseless: false,
        unknown: None,
        declares,
        names: None,
        locations: |_| Vec::new(),
        callers: |_| Vec::new(),
        people: |_| Vec::new(),
        people_of: |_, _| None,
    }
}

/// The places of one field of entries.
fn places<'c, T: 'c>(
    entries: impl Iterator<Item = &'c Declared<T>>,
    of: impl for<'t> Fn(&'t T) -> Option<&'t At<String>>,
) -> Named<'c> {
    let places = entries.filter_map(|entry| {
        let at = of(&entry.value)?;
        Some((entry.spot(at), at))
    });
    places.collect()
}

/// The entries of a section with a former name.
fn former<T>(entries: &Entries<T>, of: impl Fn(&T) -> Option<&At<String>>) -> Vec<Former> {
    let entries = entries.iter().filter_map(|(now, entry)| {
        let old = of(&entry.value)?;
        Some(Former {
            old: old.value.clone(),
            now: now.clone(),
            spot: entry.spot(old),
        })
    });
    entries.collect()
}
