//! Mobile numbers and the Webex Go devices that come with them (webex-api.md 6.2, 8.2).

use std::time::Duration;

use crate::client::{direct, get, number, send, simulator};
use serde_json::{Value, json};
use trunkline::sim::Simulator;

const PLACE: &str = "/telephony/config/locations/loc-a/numbers";

fn numbers(count: usize) -> Vec<String> {
    (0..count)
        .map(|at| format!("+1214555{:04}", 7000 + at))
        .collect()
}

fn order(count: usize) -> Value {
    json!({
        "phoneNumbers": numbers(count), "numberType": "MOBILE", "subscriptionId": "Sub-2024",
        "carrierId": "123e4567-e89b-12d3-a456-426614174000",
    })
}

fn status(simulator: &Simulator, body: Value) -> u16 {
    send(simulator, "POST", PLACE, body).status
}

#[test]
fn orders_name_carrier_and_subscription_and_are_small() {
    let simulator = simulator();
    for missing in ["carrierId", "subscriptionId"] {
        let mut body = order(1);
        body.as_object_mut().unwrap().remove(missing);
        assert_eq!(status(&simulator, body), 400, "without {missing}");
    }
    assert_eq!(status(&simulator, order(21)), 400);
    assert_eq!(status(&simulator, order(20)), 201);
    let first = number(&simulator, "+12145557000");
    assert_eq!(
        (&first["type"], &first["state"]),
        (&json!("mobile"), &json!("inactive"))
    );
}

#[test]
fn what_the_operator_refuses_fails_the_order_and_shows_in_the_validation() {
    for late in [false, true] {
        let simulator = simulator();
        let refused = json!({"+12145557001": "not on the account"});
        direct(
            &simulator,
            json!({"switches": {"refusedMobiles": refused, "mobilesRefusedLate": late}}),
        );
        let path = "/telephony/config/actions/validateNumbers/invoke";
        let said = send(
            &simulator,
            "POST",
            path,
            json!({"phoneNumbers": numbers(3)}),
        )
        .body;
        assert_eq!(said["status"], if late { "OK" } else { "ERRORS" });
        let answer = send(&simulator, "POST", PLACE, order(3));
        assert_eq!(answer.status, 400);
        assert!(answer.body.to_string().contains("+12145557001"));
        // Nothing of the order is done.
        assert_eq!(number(&simulator, "+12145557000"), Value::Null);
        let mut rest = order(3);
        rest["phoneNumbers"] = json!(["+12145557000", "+12145557002"]);
        assert_eq!(status(&simulator, rest), 201);
    }
}

fn go_devices(simulator: &Simulator) -> usize {
    let devices = get(simulator, "/devices?type=webexgo&personId=ana");
    devices["items"].as_array().unwrap().len()
}

#[test]
fn the_device_of_a_mobile_number_appears_by_itself() {
    for (seconds, after) in [(json!(60), 1), (Value::Null, 0)] {
        let simulator = simulator();
        direct(
            &simulator,
            json!({"switches": {"mobileDeviceSeconds": seconds}}),
        );
        assert_eq!(status(&simulator, order(1)), 201);
        let mut ana = get(&simulator, "/people/ana?callingData=true");
        let home = ana["locationId"].clone();
        ana["phoneNumbers"] = json!([{"type": "work", "value": "+12145557000"}]);
        let path = "/people/ana?callingData=true";
        let answer = send(&simulator, "PUT", path, ana);
        assert_eq!(answer.status, 200, "{home}: {:?}", answer.body);
        assert_eq!(number(&simulator, "+12145557000")["state"], "active");
        simulator.advance(Duration::from_secs(59));
        assert_eq!(go_devices(&simulator), 0);
        simulator.advance(Duration::from_secs(2));
        assert_eq!(go_devices(&simulator), after);
        // It does not come a second time.
        simulator.advance(Duration::from_secs(600));
        assert_eq!(go_devices(&simulator), after);
    }
}
