//! The findings of a restore: what cannot be restored, what needs manual work, what blocks it.

use serde_json::Value;

use super::{Case, desired};
use crate::config::model::RemovePath;
use crate::finding::{
    Code, Finding, Place, RESTORE_BY_HAND, RESTORE_KEPT, RESTORE_LOST, RESTORE_NO_CALLING,
    RESTORE_OTHER_SUBSCRIPTION, RESTORE_UNDONE, RESTORE_UNREAD,
};
use crate::plan::FindingLine;
use crate::webex::settings::HolderKind;

/// All findings, for a plan with or without this many settings.
pub fn all(
    case: &Case<'_>,
    desired: &desired::Desired,
    calls: bool,
    settings: usize,
) -> Vec<FindingLine> {
    let mut said = Said {
        case,
        findings: Vec::new(),
    };
    if !calls && settings > 0 {
        said.no_calling(settings);
    }
    said.lost();
    said.manual();
    said.unread();
    for (held, choice) in &desired.licenses {
        if let (Some(why), Some(subscription)) = (&choice.because, &choice.subscription) {
            said.info(
                RESTORE_OTHER_SUBSCRIPTION,
                format!("{} comes from {subscription}: {why}", held.license),
            );
        }
    }
    for (then, now) in &desired.kept {
        said.info(
            RESTORE_KEPT,
            format!("{} is kept; the backup has {}", now.license, then.license),
        );
    }
    said.kept();
    said.undone();
    said.findings.into_iter().map(FindingLine::from).collect()
}

struct Said<'a> {
    case: &'a Case<'a>,
    findings: Vec<Finding>,
}

impl Said<'_> {
    fn info(&mut self, code: Code, message: String) {
        let help = match code {
            RESTORE_BY_HAND => Some("if it is still needed, restore it manually in Control Hub"),
            RESTORE_KEPT => Some(
                "a restore does not replace current values; to return to the value of the backup, set it in the files and apply",
            ),
            _ => None,
        };
        let finding = Finding::info(code, message).about(&*self.case.address);
        self.findings.push(match help {
            Some(help) => finding.help(help),
            None => finding,
        });
    }

    fn no_calling(&mut self, settings: usize) {
        let what = match settings {
            1 => "1 setting is".to_owned(),
            more => format!("{more} settings are"),
        };
        let message = format!("{what} not restored: the person or workspace has no Calling");
        let help = "resolve the findings that keep Calling away, and restore again";
        self.findings.push(
            Finding::error(RESTORE_NO_CALLING, message)
                .about(&*self.case.address)
                .help(help),
        );
    }

    /// What cannot be restored; all of it still exists if Calling was never lost.
    fn lost(&mut self) {
        let (case, then) = (self.case, &self.case.bundle.subject);
        let lost = case.now.as_ref().is_none_or(|now| !desired::calls(now));
        let Some(holder) = HolderKind::of(&then.kind).filter(|_| lost && desired::calls(then))
        else {
            return;
        };
        let settings = &case.bundle.settings;
        let value = |name: &str, pointer: &str| settings.get(name)?.pointer(pointer);
        let is = |name: &str, pointer: &str| value(name, pointer) == Some(&Value::Bool(true));
        let greetings = is("voicemail", "/sendBusyCalls/greetingUploaded")
            || is("voicemail", "/sendUnansweredCalls/greetingUploaded");
        let announcement = value("intercept", "/incoming/announcements/greeting");
        let announcement = announcement.and_then(Value::as_str) == Some("CUSTOM");
        let unread = case.bundle.unread.iter().any(|it| it.what == "voicemail");
        let mailbox = unread || is("voicemail", "/enabled");
        let never = holder.never().iter().filter(|it| match it.about {
            Some("voicemail") => mailbox,
            Some("greetings") => mailbox && greetings,
            Some("announcements") => announcement,
            Some("devices") => !then.devices.is_empty(),
            _ => true,
        });
        let never: Vec<&str> = never.map(|it| it.words).collect();
        self.info(
            RESTORE_LOST,
            format!("cannot be restored: {}", never.join(", ")),
        );
        let filters = value("executiveCallFiltering", "/criteria").and_then(Value::as_array);
        if filters.is_some_and(|filters| !filters.is_empty()) {
            self.info(
                RESTORE_LOST,
                "which filters of executive call filtering were on; restored filters get the default of Webex"
                    .to_owned(),
            );
        }
    }

    fn manual(&mut self) {
        let (bundle, now) = (self.case.bundle, self.case.now.clone().unwrap_or_default());
        let then = &bundle.subject;
        let missing = |then: &[String], now: &[String]| {
            let missing: Vec<String> = then
                .iter()
                .filter(|it| !now.contains(it))
                .cloned()
                .collect();
            missing.join(", ")
        };
        let groups = missing(&then.groups, &now.groups);
        if !groups.is_empty() {
            self.info(
                RESTORE_BY_HAND,
                format!("the backup has these groups, of which the person is no longer a member: {groups}"),
            );
        }
        let roles = missing(&then.roles, &now.roles);
        if !roles.is_empty() {
            self.info(
                RESTORE_BY_HAND,
                format!("the backup has these roles, which the person no longer has: {roles}"),
            );
        }
        for feature in &bundle.memberships {
            let place = feature.location.as_ref();
            let place = place.map_or_else(String::new, |place| format!(" in {place}"));
            let (kind, name) = (&feature.feature, &feature.name);
            let role = feature.role.as_deref();
            let role = in_words(role);
            self.info(
                RESTORE_BY_HAND,
                format!("was {role} the {kind} {name}{place}; check whether this is still so"),
            );
        }
        if !bundle.memberships_not_told.is_empty() {
            let what = bundle.memberships_not_told.join(", ");
            self.info(
                RESTORE_BY_HAND,
                format!("membership in these is unknown, because Webex did not allow reading them: {what}"),
            );
        }
        let there = |mac: &Option<String>, id: &str| {
            let mut devices = now.devices.iter();
            devices.any(|it| it.id == id || mac.is_some() && it.mac == *mac)
        };
        for device in then.devices.iter().filter(|it| !there(&it.mac, &it.id)) {
            let mac = device.mac.as_ref();
            let mac = mac.map_or_else(String::new, |mac| format!(" ({mac})"));
            self.info(
                RESTORE_BY_HAND,
                format!("the device {}{mac} has to be activated again", device.label),
            );
        }
    }

    fn unread(&mut self) {
        for unread in &self.case.bundle.unread {
            let message = format!("the backup lacks {}: {}", unread.what, unread.why);
            let finding = Finding::warning(RESTORE_UNREAD, message).about(&*self.case.address);
            let help = "check it in Control Hub, and set it manually if needed";
            self.findings.push(finding.help(help));
        }
    }

    /// A subject with Calling keeps number, extension and location.
    fn kept(&mut self) {
        let then = &self.case.bundle.subject;
        let Some(now) = self.case.now.as_ref().filter(|now| desired::calls(now)) else {
            return;
        };
        let parts = [
            ("number", &then.phone_number, &now.phone_number),
            ("extension", &then.extension, &now.extension),
            ("location", &then.location, &now.location),
        ];
        let given = self.case.missing();
        for (name, then, now) in parts {
            let given = given
                .iter()
                .any(|(_, it)| now.is_none() && then.as_deref() == Some(*it));
            if let Some(then) = then.as_ref().filter(|_| then != now && !given) {
                let kept = match now {
                    Some(now) => format!("the {name} {now} is kept"),
                    None => format!("the {name} remains empty"),
                };
                self.info(RESTORE_KEPT, format!("{kept}; the backup has {then}"));
            }
        }
    }

    fn undone(&mut self) {
        if let Some((what, place)) = undoing(self.case) {
            let message = format!("the files still say `{what}`, which undoes this restore");
            self.findings.push(
                Finding::warning(RESTORE_UNDONE, message)
                    .about(&*self.case.address)
                    .help("remove it from the files in the same change")
                    .at(place),
            );
        }
    }
}

/// Where the files ask for the loss.
fn undoing(case: &Case<'_>) -> Option<(&'static str, Place)> {
    let then = &case.bundle.subject;
    if HolderKind::of(&then.kind) != Some(HolderKind::Person) {
        return None;
    }
    let declared = case.config.users.get(case.key())?;
    let place = |spot| case.config.place(spot);
    if let Some(state) = declared
        .value
        .state
        .as_ref()
        .filter(|_| declared.value.is_absent())
    {
        return Some(("state: absent", place(declared.spot(state))));
    }
    let licenses = declared.value.licenses.as_ref()?;
    let mut removed = licenses.remove.iter().flat_map(|list| &list.value);
    if let Some(at) = removed.find(|at| at.value == RemovePath::Calling) {
        return Some(("remove: [calling]", place(declared.spot(at))));
    }
    let only = licenses.only.as_ref()?;
    let without = only.value.calling.is_none() && desired::calls(then);
    without.then(|| ("only: …", place(declared.spot(only))))
}

/// What somebody was in a feature.
fn in_words(role: Option<&str>) -> String {
    match role {
        None => "in".to_owned(),
        Some("key") => "the target of a menu key of".to_owned(),
        Some(role) if role.starts_with(['a', 'e', 'i', 'o', 'u']) => format!("an {role} of"),
        Some(role) => format!("a {role} of"),
    }
}
