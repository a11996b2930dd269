//! Webex for BroadWorks: subscribers and enterprises, with a service provider's token (webex-api.md 9).

use http::Method;
use serde_json::Value;

use super::access::Reader;
use super::call::{Call, query};
use super::error::Error;
use super::org::same_org;
use super::paging::Paging;
use crate::phone;
use crate::snapshot::broadworks::{Customer, DirectorySync, Enterprise, Failure, Subscriber};

const SUBSCRIBERS: &str = "/broadworks/subscribers";
const ENTERPRISES: &str = "/broadworks/enterprises";

/// Every enterprise; one page of up to 1000.
pub fn enterprises(reader: &Reader) -> Result<Vec<Value>, Error> {
    let path = query(ENTERPRISES, &[("max", Some("1000"))]);
    reader.list(&path, "items", Paging::Link)
}

/// Every subscriber.
pub fn subscribers(reader: &Reader) -> Result<Vec<Value>, Error> {
    let path = query(SUBSCRIBERS, &[("max", Some("100"))]);
    reader.list(&path, "items", Paging::Link)
}

/// The organisations that the token may administer, but for its own.
pub fn organizations(reader: &Reader, own: &str) -> Result<Vec<Customer>, Error> {
    let all = reader.list("/organizations", "items", Paging::None)?;
    let customers = all.iter().map(|raw| Customer {
        id: text(&raw["id"]).unwrap_or_default(),
        name: text(&raw["displayName"]),
        access: Some(true),
        ..Customer::default()
    });
    Ok(customers.filter(|it| !same_org(&it.id, own)).collect())
}

/// Asks Webex whether someone could be provisioned; gives its refusal in words.
pub fn precheck(reader: &Reader, body: Value) -> Result<Option<String>, Error> {
    let question = Call::new(Method::POST, format!("{SUBSCRIBERS}/validate")).with(body);
    match reader.ask(&question) {
        Ok(_) => Ok(None),
        Err(Error::Refused(refusal)) if refusal.status == 400 => Ok(Some(refusal.to_string())),
        Err(error) => Err(error),
    }
}

/// The subscribers with a BroadWorks user id: at most one, but for failures of Webex.
pub fn with_user_id(reader: &Reader, user_id: &str) -> Result<Vec<Value>, Error> {
    let path = query(SUBSCRIBERS, &[("userId", Some(user_id))]);
    let mut all = reader.list(&path, "items", Paging::Link)?;
    all.retain(|raw| raw["userId"] == user_id);
    Ok(all)
}

/// The subscribers with this address, in lower case.
pub fn with_email(reader: &Reader, email: &str) -> Result<Vec<Value>, Error> {
    let path = query(SUBSCRIBERS, &[("email", Some(email))]);
    let mut all = reader.list(&path, "items", Paging::Link)?;
    all.retain(|raw| subscriber(raw).email.as_deref() == Some(email));
    Ok(all)
}

/// The enterprise of this name.
pub fn with_name(reader: &Reader, name: &str) -> Result<Option<Value>, Error> {
    let path = query(ENTERPRISES, &[("spEnterpriseId", Some(name))]);
    let all = reader.list(&path, "items", Paging::Link)?;
    Ok(all.into_iter().find(|raw| raw["spEnterpriseId"] == name))
}

/// An enterprise as a snapshot has it.
pub fn enterprise(raw: &Value) -> Enterprise {
    let sync = &raw["broadworksDirectorySync"];
    let status = &sync["directorySyncStatus"];
    Enterprise {
        sp_enterprise_id: text(&raw["spEnterpriseId"]).unwrap_or_default(),
        org_id: text(&raw["orgId"]),
        provisioning_id: text(&raw["provisioningId"]),
        enable_dir_sync: sync["enableDirSync"].as_bool(),
        directory_sync: status.is_object().then(|| DirectorySync {
            status: text(&status["syncStatus"]),
            last_success: text(&status["lastSuccessfulSyncTime"]),
            users: status["totalExternalUsersInCI"].as_u64(),
            tracking_id: text(&status["lastSyncTrackingId"]),
            errors: failures(&status["errors"]),
        }),
        ..Enterprise::default()
    }
}

/// A subscriber as a snapshot has it.
pub fn subscriber(raw: &Value) -> Subscriber {
    let number = text(&raw["primaryPhoneNumber"]);
    let canonical = number.as_deref().and_then(phone::read_back);
    let mut subscriber = Subscriber {
        id: text(&raw["id"]).unwrap_or_default(),
        user_id: text(&raw["userId"]).unwrap_or_default(),
        enterprise: text(&raw["spEnterpriseId"]).unwrap_or_default(),
        first_name: text(&raw["firstName"]),
        last_name: text(&raw["lastName"]),
        email: text(&raw["email"]),
        primary_phone_number: canonical.or(number),
        extension: text(&raw["extension"]),
        package: text(&raw["package"]),
        status: text(&raw["status"]),
        status_since: text(&raw["lastStatusChange"]),
        errors: failures(&raw["errors"]),
        provisioning_id: text(&raw["provisioningId"]),
        created: text(&raw["created"]),
    };
    subscriber.normalize();
    subscriber
}

/// Failures, with codes that are numbers or texts.
fn failures(errors: &Value) -> Vec<Failure> {
    let errors = errors.as_array().into_iter().flatten();
    let failures = errors.map(|error| Failure {
        code: error["errorCode"]
            .as_u64()
            .or_else(|| error["errorCode"].as_str()?.parse().ok()),
        description: text(&error["description"]).unwrap_or_else(|| "without a text".to_owned()),
    });
    failures.collect()
}

fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn failures_have_codes_of_either_form() {
        let raw = json!({"userId": "a@sp", "primaryPhoneNumber": "+1-408-555-0132", "extension": "", "status": "error",
            "errors": [{"errorCode": 10022, "description": "taken"}, {"errorCode": "6003"}]});
        let seen = subscriber(&raw);
        assert_eq!(seen.primary_phone_number.as_deref(), Some("+14085550132"));
        assert_eq!(seen.extension, None);
        assert_eq!(
            seen.failure().as_deref(),
            Some("taken [10022]; without a text [6003]")
        );
    }

    #[test]
    fn what_a_synchronisation_does_not_say_is_unknown() {
        let seen = enterprise(&json!({"spEnterpriseId": "SP+one"}));
        assert_eq!(seen.enable_dir_sync, None);
        assert_eq!(seen.directory_sync, None);
        let sync = json!({"enableDirSync": true, "directorySyncStatus": {"syncStatus": "COMPLETE", "totalExternalUsersInCI": 400}});
        let seen =
            enterprise(&json!({"spEnterpriseId": "SP+one", "broadworksDirectorySync": sync}));
        assert_eq!(seen.enable_dir_sync, Some(true));
        assert_eq!(seen.directory_sync.and_then(|it| it.users), Some(400));
    }
}
