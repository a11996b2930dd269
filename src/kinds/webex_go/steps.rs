//! The clicks in Control Hub that add a device (GO-008..GO-011, GO-014).

use super::needs::Needs;
use super::plan::Person;

/// How the device of an own phone is added. The page of the person serves every country.
pub fn add(person: &Person<'_>, needs: &Needs<'_>) -> String {
    let mut help = String::new();
    if person.begins() {
        help += "apply this plan first; then ";
    }
    help += &format!(
        "in Control Hub choose Users, {}, Devices, the three dots, Add Webex Go device",
        person.email
    );
    match needs.subscription {
        Some(subscription) => help += &format!("; as Subscription ID choose {subscription}"),
        None => {
            help += "; the list of licences has no Webex Go, so it is unknown which subscription has a licence: where \
                     Control Hub asks for the Subscription ID, choose the one of your contract";
        }
    }
    if let Some(number) = needs.choose {
        help += &format!("; as Phone Number choose {number}");
    }
    help += &format!("; save. {}", code(person));
    help += ". Take a new snapshot: this hold ends when it has the device";
    help
}

/// How the activation code reaches the person.
fn code(person: &Person<'_>) -> String {
    let suppressed = person.context.config.mail_suppressed.as_ref();
    let email = person.email;
    match suppressed.map(|it| it.value) {
        Some(true) => format!(
            "Control Hub shows the activation code: hand the code over to {email}, as the organisation suppresses e-mail"
        ),
        Some(false) => {
            format!("The activation code goes to {email} by e-mail and is valid for 90 days")
        }
        None => format!(
            "The activation code goes to {email} by e-mail and is valid for 90 days; where the organisation suppresses e-mail, \
             Control Hub shows it: hand the code over"
        ),
    }
}
