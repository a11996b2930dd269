//! Finding codes: names that only the snapshot can confirm; licences, subscriptions and seats.

use crate::finding::{Code, CodePage};

codes! {
    // Names that only the snapshot can confirm

    LOCATION_UNKNOWN = "location-unknown", Error, false,
        "A location is named that does not exist.",
        "An error of the plan (exit 4): neither the snapshot nor `locations` has a location with this name, so what depends on it \
         is left out of the plan. Names are exact, upper and lower case included. Correct the name, add the location under \
         `locations`, or capture a newer snapshot. In `guardrails.protect`, a name that nothing has is a warning: it \
         protects nothing.";

    SUBSCRIPTION_UNKNOWN = "subscription-unknown", Error, false,
        "A subscription is named that the organisation does not have.",
        "An error of the plan (exit 4): the snapshot has no subscription with this id, so nothing can be granted from it or moved \
         to it. Correct the id as Control Hub shows it. If the subscription is new, capture a newer snapshot.";

    SITE_UNKNOWN = "site-unknown", Error, false,
        "A meeting site is named that the organisation does not have.",
        "An error of the plan (exit 4): the snapshot has no Webex site with this address, so no one can be host or attendee there. \
         Write the site as Control Hub shows it, without `https://`.\n\
         \n    templates:\
         \n      sales:\
         \n        licenses:\
         \n          meetings: {acme.webex.com: host}";

    LICENSE_UNKNOWN = "license-unknown", Error, false,
        "A licence is asked for that the organisation does not have.",
        "An error of the plan (exit 4): the word or name matches no licence of the snapshot, so the grant is left out. `trunkline \
         licenses` prints which words mean which licences. Correct the entry, or capture a newer snapshot if the licence was \
         bought since.";

    LICENSE_AMBIGUOUS = "license-ambiguous", Error, false,
        "A licence word matches more than one product.",
        "An error of the plan (exit 4): the organisation has two different products that this word could mean, and the wrong one \
         costs a seat. The message lists them. A person who holds one of them already has what the word means: only a grant needs the \
         choice. Write the entry long, with the exact name of the licence.\n\
         \n    licenses:\
         \n      meetings:\
         \n        acme.webex.com: {role: host, license: Exact licence name}";

    USER_UNKNOWN = "user-unknown", Error, false,
        "The files name a person who does not exist.",
        "An error of the plan (exit 4): the snapshot has no person with this e-mail address. A mistyped address must not create a \
         person, so only an entry with a `displayName` does that. Correct the address, or add a `displayName` under `users` if the \
         person is new. In `guardrails.protect`, an address that nobody has is a warning: it protects no one.\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        displayName: Ana Silva";

    USER_RENAMED = "user-renamed", Warning, false,
        "The files name a person by an old address.",
        "A warning: the applied snapshot has a person with this address, and the person with this id has another address now. The \
         files are read everywhere as if they named the new one: overrides, members of groups, acknowledgements, protection. Write \
         the new address instead of the old one; `drift --adopt` does that. It is an error (exit 4), and the lines do nothing, \
         where it is unclear who is meant: both addresses are under `users`, or the old address now belongs to another person.";

    USER_GONE = "user-gone", Warning, false,
        "The files name a person who is no longer in the organisation.",
        "A warning: the applied snapshot has a person with this address, and no one has the id of that person now. The lines do \
         nothing, and the person is not created again, although the entry has a `displayName`: they may have been deleted on \
         purpose. Remove the lines; `drift --adopt` does that. To create the person again, add `state: present` to the \
         `displayName`. Where another person has the address now, the lines are taken to mean that person, but `state: absent` \
         does not delete them, and acknowledgements for this address cover nothing before the next apply.";

    GROUP_UNKNOWN = "group-unknown", Error, false,
        "A group is named that does not exist in Webex.",
        "An error of the plan (exit 4): with `source: directory` the group has to come from the directory, so trunkline does not \
         create it. Its template and members do nothing until then. Correct the name, have the directory synchronise the group, or \
         remove `source: directory` to have it created in Webex. In `guardrails.protect`, a name that nothing has is a \
         warning: it protects nothing.";

    // Licences

    APPLIED_SNAPSHOT_MISSING = "applied-snapshot-missing", Info, false,
        "It is unknown who is new, because nothing has been applied yet.",
        "An info: the applied snapshot says what the organisation looked like after the last apply. Without it only people whom \
         the plan itself creates or adds to a group count as new: a person who came from a directory, Site Administration or the \
         API gets nothing from a template without `existingUsers: true`. Changes of groups in a directory, renamed people and \
         people who left are not detected either. `apply` writes the snapshot to `.trunkline/applied.json.zst` beside the files, \
         and `plan`, `apply`, `drift` and `explain` read it there. Before the first apply, you can name any earlier snapshot with \
         `--applied`.";

    APPLIED_SNAPSHOT_NEWER = "applied-snapshot-newer", Warning, false,
        "The snapshot is older than the applied snapshot.",
        "A warning: what happened between the two would be read backwards: people who joined would count as gone, and those who left a \
         group as newcomers. The applied snapshot is ignored, as if nothing had been applied yet (see `applied-snapshot-missing`). Take \
         a new snapshot with `trunkline snapshot`, or plan with `--live`. If the snapshot is new, compare the clocks of the computers \
         that wrote the two.";

    EXISTING_USERS_NOT_IN_SCOPE = "existing-users-not-in-scope", Info, false,
        "A template leaves out people who were already there.",
        "An info: without `existingUsers: true` a template counts only for newcomers, and this many people would get licences if \
         it counted for them too. Nothing is wrong if that is what you want. If not, set `existingUsers: true` and read the plan \
         and its seats before you apply it.";

    MEMBERSHIP_WAITS = "membership-waits", Info, false,
        "A change of groups waits until the person's licences can be changed.",
        "An info: a change of groups is one event, and a licence that comes with it is blocked or held. So all of it waits: the \
         joins, the leaves, and the removals that follow from them, also where a directory has changed the groups already. Nothing \
         is removed in exchange for something that is not given. Fix what blocks the licence; the next plan then carries out all \
         of it. It is an info too if only a removal is held: the person then stays in the group until it is done, since no \
         later plan would contain the removal. All of it also waits while it is unknown who is in a group: its list has an unknown \
         member, who may be anyone whom the list does not name, or the group could not be read, or shares its name with another. The message \
         names the group.";

    CALLING_TYPE_CONFLICT = "calling-type-conflict", Error, false,
        "Two templates grant the same person different kinds of Calling.",
        "An error of the plan (exit 4): a person has one Calling licence, and trunkline does not guess which of the two is meant. \
         The Calling grant is left out. Name one of them in an override, or make the templates agree.\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        licenses:\
         \n          add: {calling: professional}";

    CALLING_DOWNGRADE_UNSUPPORTED = "calling-downgrade-unsupported", Error, false,
        "Webex does not change Calling Professional to Standard.",
        "An error of the plan (exit 4): an override asks for Standard and the person holds Professional. Nothing is changed. The \
         only way has two steps: remove Calling and apply that, then grant Standard and apply again. The first step permanently \
         destroys the voicemail, number assignment and calling settings of the person and needs an acknowledgement of \
         `calling-loss`. Unless the seat is worth that, name `professional` in the override.";

    HOST_POOL_SHORT = "host-pool-short", Warning, false,
        "A person becomes an attendee because no host licence is left.",
        "A warning: the templates grant host on this site, but its host licences are used up, so the person gets or keeps an \
         attendee account. An attendee can join meetings on the site but not host them. Buy host licences or free some, and plan \
         again.";

    ATTENDEE_SITE_ADMIN = "attendee-site-admin", Error, false,
        "A site administrator cannot be an attendee of that site.",
        "An error of the plan (exit 4): Webex refuses an attendee account to a person who administers the site, so the entry is \
         left out. Make the person a host, or remove the administrator rights on that site first. The finding also appears if no \
         host licence is left and an attendee account would have been the alternative.";

    ATTENDEE_FEATURE_OFF = "attendee-feature-off", Error, false,
        "The site has no attendee accounts.",
        "An error of the plan (exit 4): attendee accounts are not enabled for this Webex site, so no one can get one there. Ask \
         Cisco TAC to enable the feature, or make the person a host. The finding also appears if no host licence is left and an \
         attendee account would have been the alternative.";

    PIN_CONFLICT = "pin-conflict", Error, false,
        "Two templates pin the same licence to different subscriptions.",
        "An error of the plan (exit 4): one unit is taken from one subscription, and trunkline does not choose between two that \
         are both asked for. The licence is left out for the people who have both templates. Make the templates agree, or name the \
         subscription in an override, which beats them.\n\
         \n    users:\
         \n      ana@acme.com:\
         \n        licenses:\
         \n          add: {calling: {tier: professional, subscription: Sub-2024}}";

    SUBSCRIPTION_KIND_MISMATCH = "subscription-kind-mismatch", Error, false,
        "The subscription to move to does not have the same product.",
        "An error of the plan (exit 4): a move without loss is possible only to a licence of the same product, for example \
         Professional to Professional. A workspace needs a workspace licence there. Nothing is removed, so the person or workspace \
         keeps its licence. Name a subscription that has the product, or have it added to this one.";

    SUBSCRIPTION_INACTIVE = "subscription-inactive", Error, false,
        "The chosen subscription is not active.",
        "An error of the plan (exit 4): the subscription is suspended or cancelled and accepts no one new. The grant or move is \
         left out, and no removal is sent. Name an active subscription, or correct its `status` under `subscriptions` if that is \
         out of date.";

    SUBSCRIPTION_DIFFERS = "subscription-differs", Warning, false,
        "A subscription is described differently in the file and in the snapshot.",
        "A warning: the age or status in `subscriptions` is not the one that was captured, and the file wins. It decides which \
         subscription gives and which one may be touched. Check in Control Hub which of the two is right, and correct the file if \
         it is out of date.";

    SUBSCRIPTION_AGE_UNKNOWN = "subscription-age-unknown", Error, false,
        "It is unknown which subscription is the oldest.",
        "An error of the plan (exit 4): new licences come from the oldest active subscription that has some left. More than one \
         could give here, and the age of one is missing. Look up the date in Control Hub and write it down, or name a subscription \
         at the entry.\n\
         \n    subscriptions:\
         \n      Sub-2021: {createdAt: 2021-03-01}";

    SUSPENDED_MANUAL_CONTROL_HUB = "suspended-manual-control-hub", Hold, false,
        "A licence of a suspended or cancelled subscription must be changed manually.",
        "A hold: this needs manual work and does not change the exit code. trunkline sends nothing about such a licence, because \
         an automatic change there can fail or lose the configuration of the user. Make the change in Control Hub, as the help of \
         the finding describes: for a move, clear the old subscription and select the new one in one edit, since two edits lose \
         the Calling data. Then capture a new snapshot. Do not wait until the subscription ends, since Calling data is lost with \
         it. A removal of Calling that waits is in the plan with its losses, and needs its acknowledgement (`calling-loss`, exit \
         4): doing it in Control Hub destroys the same data.";

    HELD_TWICE = "held-twice", Warning, false,
        "A person holds the same licence from two subscriptions.",
        "A warning: one unit would do, and Cisco bills two. Where `replacedBy` says that one subscription replaces the other, the \
         old licence is removed in one request that names both, and nothing is lost. If not, say which one stays: write \
         `replacedBy` under `subscriptions`, or clear one of the two in Control Hub and capture a new snapshot. An error (exit 4) \
         where Calling is to be removed from someone who holds it in several licences, such as Professional and Standard: the removal \
         of one would leave the other, so none is removed.";

    POOL_EXHAUSTED = "pool-exhausted", Error, false,
        "No licence is left for this grant or move.",
        "An error of the plan (exit 4): every unit of the subscriptions that could serve is in use, so this field is left out and \
         the rest is planned. For a move no removal is sent: the person keeps the licence. The message says how many are short. \
         Buy or free that many, or list the licence in `guardrails.allowOverage` if your contract lets you go over.";

    SUBSCRIPTION_STILL_CONSUMED = "subscription-still-consumed", Warning, false,
        "A subscription ends while people or workspaces still have Calling from it.",
        "A warning: the subscription is suspended or cancelled, and no `replacedBy` says where its Calling licences go. When Cisco \
         processes the end of it, these people and workspaces lose Calling with everything that belongs to it. Licences of such a \
         subscription can be changed only manually: in Control Hub, open each of them and clear the old subscription and choose \
         the new one in the same edit. Write `replacedBy` beside `status` to see each of them in the plan, with the way. Some do \
         not move with `replacedBy`, so they are counted too, and the help says why: people whom only a directory can delete \
         (`state: absent`: let the directory delete them), people with a BroadWorks subscription, workspaces of one name, and people who \
         could not be read.";

    MOVE_SOURCE_MISMATCH = "move-source-mismatch", Error, false,
        "There is no licence that could move to the chosen subscription.",
        "An error of the plan (exit 4): `subscription` of a workspace moves the licences that it has, and this one has none that \
         belongs to a subscription. Correct the name of the workspace, or remove `subscription`. A workspace that should get \
         Calling needs `licenses: {calling: workspace}`.";

    NEW_USER_UNLICENSED = "new-user-unlicensed", Warning, false,
        "A person is created without any licence.",
        "A warning: no template that reaches this new person gives anything, and no override does. The person can sign in, and has \
         only what is free for everyone. Add the person to a group that has a template, or add licences under `users`.";

    PENDING_ACTIVATION = "pending-activation", Info, false,
        "Licences wait for the first sign-in.",
        "An info: the person has not signed in yet, and the domain of the address is not verified. Webex keeps the licences for \
         the person and activates them at the first sign-in; they are not given again, and they are no difference for `drift`. \
         Verify the domain in Control Hub to have them active at once.";

    TEMPLATE_NOT_AUTOMATIC = "template-not-automatic", Info, false,
        "Control Hub itself would not give this person the template.",
        "An info: Control Hub's automatic assignment skips people who are created with licences of their own. trunkline follows \
         the files: a person who is created with an override under `add` gets the template too. Write `only` if the template is \
         not intended.";

    OVERRIDE_HEAVY = "override-heavy", Info, false,
        "Many people have the same licences as overrides.",
        "An info: these people are given the same licences one by one. A template says it once, also for those who come later: \
         write one under `templates`, name it in `org.template` or in a group, and keep `users` for exceptions.";

    RETAIN_OFF_WITHOUT_CALLING = "retain-off-without-calling", Warning, false,
        "A template removes everything that it does not give, and it does not give Calling.",
        "A warning: with `existingUsers: true` and `retainLicenses: false` the people whom this template reaches keep only what \
         some template of theirs gives. Anyone who has Calling from elsewhere loses it permanently, with voicemail settings, \
         number and calling services. This matters even if no one has Calling today: anyone who gets it manually tomorrow loses it \
         at the next apply. Add `calling` to the template, or write `retainLicenses: true`. Keep it only if no one in its reach \
         may ever have Calling.";

    AD_GROUP_KIND_UNKNOWN = "ad-group-kind-unknown", Warning, false,
        "It is unknown whether a directory group is a security group.",
        "A warning: automatic assignment works for groups with a policy (security groups) and is not supported for distribution \
         groups, and neither the snapshot nor the file says which this one is. The template still counts. Look the group up in the \
         directory, and write `kind: security` or `kind: distribution` under `groups`.";
}
