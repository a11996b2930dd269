//! Attaching an existing organisation to an enterprise (BWKS-027 to BWKS-049).
//!
//! Webex decides by the address of the first subscriber: if it is that of a person in an organisation, that one is attached, else a
//! new one comes into being, which cannot be undone. So nothing is sent unless the snapshot says that the address is there.

use super::Customers;
use crate::config::Declared;
use crate::config::model::{Attach, Enterprise};
use crate::finding::{
    BROADWORKS_ATTACH_ADDRESS, BROADWORKS_ATTACH_APPROVAL, BROADWORKS_ATTACH_ELSEWHERE,
    BROADWORKS_ATTACH_SILENT, BROADWORKS_TEMPLATE_FIRST, Finding,
};
use crate::kinds::Context;
use crate::snapshot::broadworks::Customer;
use crate::snapshot::{Domain, ids};

/// With as many people an organisation has to approve that it is attached.
const MANY: u64 = 100;

/// Whether the first subscriber may be sent, and what has to be said.
pub enum Step {
    /// It may.
    Send(Finding),
    /// It may not.
    Wait(Finding),
}

/// An organisation that is to be attached.
pub struct Attaching<'a> {
    context: &'a Context<'a>,
    home: &'a str,
    entry: &'a Declared<Enterprise>,
    attach: &'a Attach,
}

/// The organisation that an enterprise is to be attached to, if the files say so.
pub fn attaching<'a>(context: &'a Context<'a>, home: &'a str) -> Option<Attaching<'a>> {
    let entry = context.config.enterprises.get(home)?;
    let attach = &entry.value.attach.as_ref()?.value;
    Some(Attaching {
        context,
        home,
        entry,
        attach,
    })
}

/// Why nobody is added to an enterprise: it belongs to another organisation than the files attach it to.
pub fn elsewhere(context: &Context<'_>, customers: &Customers<'_>, home: &str) -> Option<Finding> {
    let seen = customers.enterprise(home)?;
    attaching(context, home)?.elsewhere(seen.org_id.as_deref())
}

impl Attaching<'_> {
    /// What becomes of the first subscriber, who has this address.
    pub fn first(&self, email: &str) -> Step {
        let organization = &self.attach.organization.value;
        let seen = self.seen();
        let wait = |message: String, help: String| {
            Step::Wait(self.at(Finding::error(BROADWORKS_ATTACH_ADDRESS, message).help(help)))
        };
        let people = seen.and_then(|it| it.people.as_ref());
        let Some(people) = people else {
            let message = format!(
                "the snapshot does not say who is in the organisation {organization}; if {email} is not, Webex creates a new organisation"
            );
            let help = "ask the customer, and add the address under `people` of the organisation in `broadworks.organizations` of the file for `--facts`";
            return wait(message, help.to_owned());
        };
        if !people.iter().any(|it| it.eq_ignore_ascii_case(email)) {
            let message = format!(
                "nobody in the organisation {organization} has the address {email}, so Webex would create a new organisation"
            );
            let near = crate::finding::did_you_mean(email, people.iter().map(String::as_str));
            let otherwise = "name a subscriber in `attach.firstUser` whose address is there, or correct the address";
            let help = near.map_or_else(
                || otherwise.to_owned(),
                |near| format!("{near} If not, {otherwise}"),
            );
            return wait(message, help);
        }
        let wanted = &self.attach.organization.value;
        if let Some(other) = others(self.context, email).find(|id| !same(id, wanted)) {
            let message = format!(
                "{email} is also a person in the organisation {other}, so it is unknown which organisation Webex would attach"
            );
            return wait(
                message,
                "ask the customer, and correct the file for `--facts`".to_owned(),
            );
        }
        if let Some(finding) = self.refuses_existing() {
            return Step::Wait(finding);
        }
        let reasons = reasons(seen);
        if seen.is_some_and(|it| it.access == Some(true)) {
            let message = format!(
                "{} is attached to the organisation {organization}, which has approved it",
                self.home
            );
            return Step::Send(self.at(Finding::info(BROADWORKS_ATTACH_APPROVAL, message)));
        }
        match (reasons.is_empty(), self.asks()) {
            (true, _) => Step::Send(self.silent()),
            (false, true) => {
                let hold = self.approval(
                    &reasons,
                    "The first attempt is sent now: Webex refuses it with error 2017, and sends an e-mail to at most five administrators",
                );
                Step::Send(hold)
            }
            (false, false) => Step::Wait(self.approval(
                &reasons,
                "Until then nothing is sent, and no subscriber of the enterprise is added",
            )),
        }
    }

    /// Why Webex attaches nothing: the customer template is not switched on for existing organisations (BWKS-033).
    fn refuses_existing(&self) -> Option<Finding> {
        let template = &self.entry.value.template.value;
        let all = self.context.snapshot.broadworks.as_ref()?;
        let mut templates = all.customer_templates.iter().flatten();
        let seen = templates.find(|it| it.name == *template)?;
        let off = seen.provision_existing_orgs == Some(false);
        let message = format!(
            "the recorded settings of customer template `{template}` do not provision existing organisations, so nothing is sent"
        );
        let help = "in Partner Hub, turn on Provision existing organizations for the template; then set `provisionExistingOrgs: true` under \
                    `broadworks.customerTemplates` in the file for `--facts`, and take a new snapshot";
        off.then(|| self.at(Finding::error(BROADWORKS_TEMPLATE_FIRST, message).help(help)))
    }

    /// What is wrong where the enterprise is there already: it has to be of this organisation.
    fn elsewhere(&self, org: Option<&str>) -> Option<Finding> {
        let wanted = &self.attach.organization.value;
        let home = self.home;
        let message = match org {
            Some(org) if same(org, wanted) => return None,
            Some(org) => format!(
                "{home} belongs to organisation {org}, but the files attach it to {wanted}; no subscriber is added until they agree"
            ),
            None => format!(
                "the snapshot does not say to which organisation {home} belongs, but the files attach it to {wanted}; no subscriber is added until they agree"
            ),
        };
        let help = org.map_or_else(
            || "take a new snapshot, or correct `attach.organization`".to_owned(),
            |org| format!("write `organization: {org}` under `attach`; or detach the enterprise first with `detach: {{reason: …}}`"),
        );
        let finding = Finding::error(BROADWORKS_ATTACH_ELSEWHERE, message).help(help);
        Some(self.at(finding))
    }

    /// What Webex refused for want of an approval (BWKS-034).
    pub fn refused(&self) -> Finding {
        let approved = self.seen().is_some_and(|it| it.access == Some(true));
        match approved {
            true => {
                let message = "Webex refused the first attempt (error 2017), and the organisation has approved it since";
                let finding = Finding::hold(BROADWORKS_ATTACH_APPROVAL, message);
                self.at(finding.help("choose Retry in Partner Hub (Settings, BroadWorks Calling, View templates, User status)"))
            }
            false => self.approval(&reasons(self.seen()), "Webex refused the first attempt (error 2017), and sent an e-mail to at most five administrators"),
        }
    }

    /// Whether a first attempt is wanted that is refused.
    fn asks(&self) -> bool {
        self.attach
            .request_approval
            .as_ref()
            .is_some_and(|at| at.value)
    }

    fn seen(&self) -> Option<&Customer> {
        let all = self.context.snapshot.broadworks.as_ref()?;
        all.organization(&self.attach.organization.value)
    }

    /// The hold that asks for an approval.
    fn approval(&self, reasons: &[String], now: &str) -> Finding {
        let template = self
            .context
            .config
            .customer_templates
            .get(&self.entry.value.template.value);
        let address = template.and_then(|it| it.value.partner_admin_email.as_ref());
        let address = address.map_or("the partner administrator of the customer template", |at| {
            &at.value
        });
        let message = format!(
            "organisation {} must approve the attachment of {}, because {}. {now}",
            self.attach.organization.value,
            self.home,
            and(reasons)
        );
        let mut help = format!(
            "1. the customer's administrator adds {address} as external administrator with full rights (Control Hub of the \
             customer: Users, Administrators, External administrators), then every other partner administrator; 2. take a new \
             snapshot"
        );
        if !self.asks() {
            help += ". To have Webex ask by e-mail, write `attach.requestApproval: true`";
        }
        self.at(Finding::hold(BROADWORKS_ATTACH_APPROVAL, message).help(help))
    }

    fn silent(&self) -> Finding {
        let message = format!(
            "{} is attached to the organisation {} at once, and nobody there is notified",
            self.home, self.attach.organization.value
        );
        let finding = Finding::warning(BROADWORKS_ATTACH_SILENT, message);
        self.at(
            finding.help("tell the customer first; the next snapshot shows whether it succeeded")
        )
    }

    fn at(&self, finding: Finding) -> Finding {
        let spot = self.entry.spot(&self.attach.organization);
        finding.at(self.context.config.place(spot))
    }
}

/// The organisations of customers that have a person with this address.
pub fn others<'a>(context: &Context<'a>, email: &str) -> impl Iterator<Item = &'a str> {
    let all = context.snapshot.broadworks.as_ref();
    let all = all.and_then(|it| it.organizations.as_ref());
    let with = all.into_iter().flatten().filter(move |it| {
        let mut people = it.people.iter().flatten();
        people.any(|person| person.eq_ignore_ascii_case(email))
    });
    with.map(|it| it.id.as_str())
}

/// Several reasons, in words.
fn and(reasons: &[String]) -> String {
    match reasons {
        [first @ .., last] if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => reasons.concat(),
    }
}

/// Whether two ids mean one organisation.
fn same(one: &str, other: &str) -> bool {
    one == other || ids::plain(one) == ids::plain(other)
}

/// Why an organisation has to approve that it is attached (BWKS-028); what is unknown counts.
fn reasons(seen: Option<&Customer>) -> Vec<String> {
    let mut reasons = Vec::new();
    let listed = seen.and_then(|it| it.people.as_ref());
    let listed = listed.map_or(0, |people| people.len() as u64);
    match seen.and_then(|it| it.users) {
        Some(users) if listed > users => reasons.push(format!(
            "it is unknown how many people it has: the snapshot lists {listed}, but gives a total of {users}"
        )),
        Some(users) if users >= MANY => reasons.push(format!("it has {users} people")),
        Some(_) => {}
        None => reasons.push("it is unknown how many people it has".to_owned()),
    }
    match seen.and_then(|it| it.domains.as_ref()) {
        None => reasons.push("its domains are unknown".to_owned()),
        Some(domains) => {
            reasons.extend(domains.iter().filter_map(asks));
        }
    }
    reasons
}

/// Why a domain asks for an approval, if it does.
fn asks(domain: &Domain) -> Option<String> {
    let name = &domain.name;
    match (domain.claimed, domain.verified) {
        (Some(true), _) => Some(format!("{name} is a claimed domain")),
        (_, Some(true)) => Some(format!("{name} is a verified domain")),
        (Some(false), Some(false)) => None,
        _ => Some(format!(
            "it is unknown whether {name} is a verified or claimed domain"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn approval_is_needed_for_many_people_for_domains_and_for_what_is_unknown() {
        let of = |users: Option<u64>, domains: Option<&[(Option<bool>, Option<bool>)]>| {
            let domains = domains.map(|all| {
                let all = all.iter().map(|(verified, claimed)| Domain {
                    name: "acme.com".to_owned(),
                    verified: *verified,
                    claimed: *claimed,
                });
                all.collect()
            });
            let seen = Customer {
                users,
                domains,
                ..Customer::default()
            };
            reasons(Some(&seen)).len()
        };
        let none: &[(Option<bool>, Option<bool>)] = &[];
        let (yes, no) = (Some(true), Some(false));
        assert_eq!(of(Some(99), Some(none)), 0);
        assert_eq!(of(Some(100), Some(none)), 1);
        assert_eq!(of(Some(5), Some(&[(no, no)])), 0);
        assert_eq!(of(Some(5), Some(&[(yes, no)])), 1);
        assert_eq!(of(Some(5), Some(&[(no, yes)])), 1);
        assert_eq!(of(Some(5), Some(&[(None, no)])), 1);
        assert_eq!(of(Some(5), Some(&[(no, None)])), 1);
        assert_eq!((of(None, Some(none)), of(Some(5), None)), (1, 1));
        assert_eq!(reasons(None).len(), 2);
        let more = Customer {
            users: Some(1),
            domains: Some(Vec::new()),
            people: Some(vec!["ana@x.example".to_owned(), "bo@x.example".to_owned()]),
            ..Customer::default()
        };
        assert_eq!(reasons(Some(&more)).len(), 1);
    }
}
