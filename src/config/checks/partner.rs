//! Checks of what a service provider sets up in Partner Hub: clusters, customer templates, and who reaches a subscriber.
//!
//! Owns the form of their values. References between them are checked in `broadworks`.

use super::Checker;
use crate::canonical::is_address;
use crate::config::merge::Spot;
use crate::config::model::BroadworksCluster;
use crate::config::secrets;
use crate::config::yaml::At;
use crate::finding::*;

/// How an interface of version 2 ends.
const VERSION: &str = "/v2.0/";

/// The interfaces of a cluster: name, address, and whether it ends with the version.
fn interfaces_of(cluster: &BroadworksCluster) -> [(&'static str, Option<&At<String>>, bool); 5] {
    [
        ("xsiActionsUrl", cluster.xsi_actions_url.as_ref(), true),
        ("xsiEventsUrl", cluster.xsi_events_url.as_ref(), true),
        ("dasUrl", cluster.das_url.as_ref(), false),
        ("xspUrl", cluster.xsp_url.as_ref(), false),
        ("authUrl", cluster.auth_url.as_ref(), true),
    ]
}

/// Addresses of interfaces that Webex cannot reach, or that lack the version at their end (BWKS-137, BWKS-138).
pub(super) fn interfaces(checker: &mut Checker) {
    let config = checker.config;
    for (name, cluster) in &config.clusters {
        for (field, at, versioned) in interfaces_of(&cluster.value) {
            let Some(at) = at else { continue };
            if let Some((message, help)) = fault(&at.value, versioned) {
                let finding = Finding::error(INVALID_VALUE, format!("`{field}` {message}"))
                    .help(help)
                    .about(format!("broadworksCluster/{name}"));
                checker.report(cluster.spot(at), finding);
            }
        }
    }
}

/// What is wrong with the address of an interface, and what to do.
fn fault(url: &str, versioned: bool) -> Option<(String, String)> {
    const EXAMPLE: &str =
        "write it as `https://host/path/`, with a port after the host if it is not 443";
    let wrong = |why: &str| Some((why.to_owned(), EXAMPLE.to_owned()));
    let Some(rest) = ["https://", "http://"]
        .iter()
        .find_map(|it| url.strip_prefix(it))
    else {
        return wrong("is not an address: it begins with neither `https://` nor `http://`");
    };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        let message = "has a name or a password in it, which does not belong into an address";
        return Some((
            message.to_owned(),
            "write the address without what comes before `@`".to_owned(),
        ));
    }
    if url.contains(|char: char| char.is_whitespace() || "?#\\\"<>".contains(char)) {
        return wrong("has a blank or another character in it that no interface has");
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if host.is_empty() {
        return wrong("names no host");
    }
    let is_port =
        |text: &str| text.parse::<u16>().is_ok_and(|it| it > 0) && !text.starts_with(['+', '0']);
    if let Some(port) = port.filter(|port| !is_port(port)) {
        let message = format!("has the port `{port}`, which is not a number from 1 to 65535");
        return Some((
            message,
            "correct the port, or omit it with its colon".to_owned(),
        ));
    }
    if versioned && !path.ends_with(VERSION) {
        let whole = url.trim_end_matches('/');
        let whole = whole.strip_suffix("/v2.0").unwrap_or(whole);
        let message = format!("does not end with `{VERSION}`, so Webex cannot validate it");
        return Some((
            message,
            format!("write `{whole}{VERSION}`, if that is where the interface is"),
        ));
    }
    None
}

/// Passwords in a file (BWKS-095). The message does not repeat them.
pub(super) fn secrets(checker: &mut Checker) {
    let config = checker.config;
    for (name, template) in &config.customer_templates {
        let Some(account) = &template.value.provisioning_account else {
            continue;
        };
        let reference = &account.value.password_ref;
        if !secrets::is_reference(&reference.value) {
            let message = "`passwordRef` is not a reference; if it is the password, everyone who can read the repository knows it now";
            let finding = Finding::error(SECRET_IN_FILE, message)
                .help(secrets::HELP)
                .about(format!("broadworksCustomerTemplate/{name}"));
            checker.report(template.spot(reference), finding);
        }
    }
}

/// Addresses of partner administrators that are none: the mail to a customer's administrators shows this one (BWKS-035).
pub(super) fn administrators(checker: &mut Checker) {
    let config = checker.config;
    for (name, template) in &config.customer_templates {
        let address = template.value.partner_admin_email.as_ref();
        if let Some(at) = address.filter(|at| !is_address(&at.value)) {
            let message = format!("`{at}` is not an e-mail address");
            let finding = Finding::error(INVALID_VALUE, message)
                .help("write the address of the partner administrator whom customers approve as external administrator")
                .about(format!("broadworksCustomerTemplate/{name}"));
            checker.report(template.spot(at), finding);
        }
    }
}

/// Subscribers and workspaces that would have neither a number nor an extension: Webex refuses to remove the last one.
pub(super) fn lines(checker: &mut Checker) {
    let config = checker.config;
    let subscribers = config.subscribers.iter().map(|(key, entry)| {
        let said = &entry.value;
        let line = (said.primary_phone_number.as_ref(), said.extension.as_ref());
        ("broadworksSubscriber", key, entry.key.file, line)
    });
    let places = config.broadworks_workspaces.iter().map(|(key, entry)| {
        let said = &entry.value;
        let line = (said.primary_phone_number.as_ref(), said.extension.as_ref());
        ("broadworksWorkspace", key, entry.key.file, line)
    });
    for (kind, key, file, line) in subscribers.chain(places) {
        let (Some(number), Some(extension)) = line else {
            continue;
        };
        if number.value.trim().is_empty() && extension.value.trim().is_empty() {
            let message = "the number and the extension are both empty, and Webex requires one";
            let finding = Finding::error(INVALID_VALUE, message)
                .help("set `primaryPhoneNumber` or `extension` to the value in BroadWorks, or omit both fields to leave them unchanged")
                .about(format!("{kind}/{key}"));
            let last = number.pos.max(extension.pos);
            checker.report(Spot { file, pos: last }, finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{findings, found, subjects};
    use super::*;

    #[test]
    fn interfaces_end_with_their_version_and_have_a_port_that_is_one() {
        let text = "\
broadworks:
  clusters:
    a:
      xsiActionsUrl: https://xsp.sp.example:8443/com.broadsoft.xsi-actions/v2.0/
      xsiEventsUrl: https://xsp.sp.example/com.broadsoft.xsi-events/v2.0
      authUrl: https://xsp.sp.example/authService
      dasUrl: https://das.sp.example:0/das
      xspUrl: https://xsp.sp.example
    b:
      xsiActionsUrl: xsp.sp.example/v2.0/
      xsiEventsUrl: https://joe:hunter2@xsp.sp.example/v2.0/
      dasUrl: https://:443/das
      xspUrl: https://[2001:db8::1]:8443/xsp
      authUrl: \"https://xsp.sp.example/auth /v2.0/\"
";
        let wrong: Vec<u32> = found(text).into_iter().map(|(_, line)| line).collect();
        assert_eq!(wrong, [5, 6, 7, 10, 11, 12, 14]);
        let all = findings(&[text]);
        let help = all[0].help.as_deref().unwrap();
        assert!(
            help.contains("`https://xsp.sp.example/com.broadsoft.xsi-events/v2.0/`"),
            "{help}"
        );
        assert!(all.iter().all(|it| !it.message.contains("hunter2")));
        for (url, versioned) in [
            ("https://a:65536/v2.0/", true),
            ("https://a:+80/", false),
            ("ftp://a/", false),
        ] {
            assert!(fault(url, versioned).is_some(), "{url}");
        }
        for url in ["http://a/v2.0/", "https://a:1/x/v2.0/"] {
            assert_eq!(fault(url, true), None, "{url}");
        }
    }

    #[test]
    fn a_password_is_never_in_a_file_and_never_in_a_message() {
        let text = "\
broadworks:
  clusters: {c: {}}
  customerTemplates:
    t: {cluster: c, provisioningAccount: {name: a, passwordRef: hunter2}}
    u: {cluster: c, provisioningAccount: {name: a, passwordRef: env/BW_PASSWORD}}
    v: {cluster: c, provisioningAccount: {name: a, passwordRef: file//run/secrets/bw}}
";
        assert_eq!(found(text), [("secret-in-file", 4)]);
        let all = findings(&[text]);
        assert!(!format!("{:?}", all[0]).contains("hunter2"));
    }

    #[test]
    fn names_differ_in_more_than_case() {
        let text = "\
broadworks:
  clusters: {East: {}, east: {}}
  customerTemplates:
    gold: {cluster: east}
    Gold: {cluster: east, partnerAdminEmail: pa.sp.example}
    silver: {cluster: East, partnerAdminEmail: pa@sp.example}
    \" \": {cluster: East}
";
        let expected = [
            ("duplicate-value", 2),
            ("duplicate-value", 5),
            ("invalid-value", 5),
            ("invalid-value", 7),
        ];
        assert_eq!(found(text), expected);
        let of: Vec<String> = subjects(&[text]).into_iter().map(|it| it.2).collect();
        assert_eq!(of[1], "broadworksCustomerTemplate/Gold");
    }

    #[test]
    fn a_number_or_an_extension_stays() {
        let text = "\
broadworks:
  clusters: {c: {}}
  customerTemplates: {t: {cluster: c}}
  enterprises: {SP+one: {template: t}}
  subscribers:
    a: {enterprise: SP+one, package: basic, primaryPhoneNumber: \"\", extension: \"\"}
    b: {enterprise: SP+one, package: basic, primaryPhoneNumber: \"\", extension: \"12\"}
    c: {enterprise: SP+one, package: basic, extension: \"\"}
  workspaces:
    d: {enterprise: SP+one, primaryPhoneNumber: \"\", extension: \" \"}
";
        // A blank is no extension either.
        let blank = ("calling-extension-format", 10);
        assert_eq!(
            found(text),
            [("invalid-value", 6), blank, ("invalid-value", 10)]
        );
    }
}
