//! Billing reports: one a month, complete after a while, in a file on a server that takes no token.

use std::time::Duration;

use http::Request;
use serde_json::{Value, json};
use trunkline::sim::{Options, Reply, Simulator};

use crate::client::{get, send, small};

const REPORTS: &str = "/broadworks/billing/reports";

fn simulator() -> Simulator {
    let mut file = small();
    file["broadworks"] = json!({
        "enterprises": [{"spEnterpriseId": "SP+one", "template": "t"}],
        "subscribers": [
            {"userId": "1@x", "enterprise": "SP+one", "package": "premium", "status": "provisioned"},
            {"userId": "2@x", "enterprise": "SP+one", "package": "basic", "status": "error"}
        ]
    });
    Simulator::new(file, &Options::default())
}

fn fetch(simulator: &Simulator, url: &str, token: bool) -> (u16, String) {
    let mut request = Request::builder().uri(url);
    if token {
        request = request.header("authorization", "Bearer any");
    }
    match simulator.answer(request.body(Vec::new()).unwrap()) {
        Reply::Response(response) => {
            let status = response.status().as_u16();
            (status, String::from_utf8(response.into_body()).unwrap())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_month_has_one_report_until_it_is_deleted() {
    let simulator = simulator();
    let order = |period: &str| {
        send(
            &simulator,
            "POST",
            REPORTS,
            json!({"billingPeriod": period}),
        )
    };
    let made = order("2026-01");
    let one = format!("{REPORTS}/{}", made.body["id"].as_str().unwrap());
    assert_eq!(get(&simulator, &one)["status"], "IN_PROGRESS");
    assert_eq!(order("2026-01").status, 409);
    assert_eq!(order("2025-12").status, 200, "another month");
    assert_eq!(send(&simulator, "DELETE", &one, Value::Null).status, 204);
    assert_eq!(order("2026-01").status, 200);
}

#[test]
fn the_file_has_who_is_billed_and_takes_no_token() {
    let simulator = simulator();
    let made = send(
        &simulator,
        "POST",
        REPORTS,
        json!({"billingPeriod": "2026-01"}),
    )
    .body;
    simulator.advance(Duration::from_secs(6));
    let report = get(
        &simulator,
        &format!("{REPORTS}/{}", made["id"].as_str().unwrap()),
    );
    assert_eq!(report["status"], "COMPLETED");
    let url = report["tempDownloadURL"].as_str().unwrap();
    let (status, text) = fetch(&simulator, url, false);
    assert_eq!(status, 200);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines.len(),
        2,
        "one who was never provisioned is not billed: {text}"
    );
    assert!(lines[0].starts_with("resellerName,billingId,spEnterpriseId,"));
    assert!(
        lines[1].contains(",SP+one,No,1@x,")
            && lines[1].ends_with(",2026-01-01,2026-01-31,Premium,1.0000")
    );
    assert_eq!(fetch(&simulator, url, true).0, 403);
    assert_eq!(
        fetch(&simulator, url.split('?').next().unwrap(), false).0,
        403
    );
}
