//! What each command needs a scope for, and what happens without it.

/// Commands that send the same requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Reading the organisation.
    Read,
    /// Reading who changed what.
    Audit,
    /// Carrying out a plan.
    Apply,
    /// Billing of Webex for BroadWorks.
    Billing,
    /// The mail that asks for consent, sent again.
    Consent,
}

impl Task {
    /// Every task, in the order in which they are listed.
    pub const ALL: [Task; 5] = [
        Task::Read,
        Task::Audit,
        Task::Apply,
        Task::Billing,
        Task::Consent,
    ];

    /// The commands.
    pub fn commands(self) -> &'static str {
        match self {
            Task::Read => "snapshot, plan, drift, restore and apply with --live",
            Task::Audit => "drift --live",
            Task::Apply => "apply --live",
            Task::Billing => "broadworks billing --live",
            Task::Consent => "broadworks consent-mail --live",
        }
    }
}

/// What happens without a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// The command fails: the snapshot is incomplete, and nothing may be planned from it.
    Fails,
    /// The requests of such changes fail; others do not.
    Changes(&'static str),
    /// The command runs, and says that this is missing.
    Lacks(&'static str),
}

/// That a task needs a scope.
#[derive(Debug)]
pub struct Need {
    /// The task.
    pub task: Task,
    /// The scope.
    pub scope: &'static str,
    /// What for.
    pub what: &'static str,
    /// What happens otherwise.
    pub without: Without,
}

const fn read(scope: &'static str, what: &'static str) -> Need {
    Need {
        task: Task::Read,
        scope,
        what,
        without: Without::Fails,
    }
}

const fn lacks(task: Task, scope: &'static str, what: &'static str, lost: &'static str) -> Need {
    Need {
        task,
        scope,
        what,
        without: Without::Lacks(lost),
    }
}

const fn write(scope: &'static str, what: &'static str, changes: &'static str) -> Need {
    Need {
        task: Task::Apply,
        scope,
        what,
        without: Without::Changes(changes),
    }
}

/// Every need, by task.
pub const NEEDS: [Need; 26] = [
    read(
        "spark-admin:licenses_read",
        "licences, subscriptions and sites",
    ),
    read(
        "spark-admin:people_read",
        "people with their licences, location, number and voicemail",
    ),
    read("identity:groups_read", "groups and their members"),
    read("spark-admin:roles_read", "the names of administrator roles"),
    read(
        "spark-admin:locations_read",
        "locations; the scope to read people allows it too",
    ),
    read(
        "spark-admin:telephony_config_read",
        "numbers, Calling of locations, calling features, settings for backups",
    ),
    read(
        "spark-admin:telephony_pstn_read",
        "the PSTN connection of each location with Calling",
    ),
    read("spark-admin:workspaces_read", "workspaces"),
    read("spark-admin:devices_read", "devices"),
    lacks(
        Task::Read,
        "identity:people_read",
        "who comes from a directory, and the work phone there",
        "no one counts as owned by a directory, unless --facts says so",
    ),
    lacks(
        Task::Read,
        "spark-admin:organizations_read",
        "the name of the organisation",
        "its name is unknown; the files need org.id",
    ),
    lacks(
        Task::Read,
        "spark-admin:broadworks_enterprises_read",
        "service providers: enterprises",
        "the organisation counts as no service provider",
    ),
    lacks(
        Task::Read,
        "spark-admin:broadworks_subscribers_read",
        "service providers: subscribers",
        "the snapshot of a service provider is incomplete",
    ),
    lacks(
        Task::Audit,
        "audit:events_read",
        "who changed what in Control Hub",
        "drift does not say who made a change",
    ),
    write(
        "spark-admin:people_write",
        "people and their licences, moves to another location",
        "changes of people",
    ),
    write(
        "identity:groups_rw",
        "groups and their members, moves to another location",
        "changes of groups, and people who move to another location",
    ),
    write(
        "spark-admin:locations_write",
        "locations",
        "changes of locations",
    ),
    write(
        "spark-admin:telephony_config_write",
        "numbers, Calling of locations, call queues, moves to another location, settings that are restored",
        "changes of numbers, of Calling and of call queues",
    ),
    write(
        "spark-admin:workspaces_write",
        "workspaces",
        "changes of workspaces",
    ),
    write(
        "spark-admin:devices_write",
        "devices of Webex Go",
        "removals of Webex Go",
    ),
    write(
        "spark-admin:broadworks_subscribers_write",
        "service providers: subscribers",
        "changes of subscribers",
    ),
    write(
        "spark-admin:broadworks_enterprises_write",
        "service providers: directory synchronisation of enterprises",
        "changes of enterprises",
    ),
    Need {
        task: Task::Billing,
        scope: "spark-admin:broadworks_billing_reports_read",
        what: "the billing report",
        without: Without::Fails,
    },
    lacks(
        Task::Billing,
        "spark-admin:broadworks_billing_reports_write",
        "having a report made",
        "only a report that exists already can be read",
    ),
    Need {
        task: Task::Consent,
        scope: "spark-admin:broadworks_subscribers_read",
        what: "whether Webex waits for the person",
        without: Without::Fails,
    },
    Need {
        task: Task::Consent,
        scope: "spark-admin:broadworks_subscribers_write",
        what: "sending the mail",
        without: Without::Fails,
    },
];
