//! The models that can be added, and how.

use serde_json::{Value, json};

use super::super::call::{Answer, Call, Done};

/// How a device comes into service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onboarding {
    /// Only by its hardware address.
    Mac,
    /// By its hardware address, or by a code that is typed in.
    MacOrCode,
    /// By a code that the carrier's side takes.
    Code,
    /// Outside of Webex.
    None,
}

/// A model.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    /// As requests name it.
    pub name: &'static str,
    /// As people call it.
    pub display_name: &'static str,
    /// `MPP`, `ATA`, `GENERIC_SIP`, `ESIM`, `DESK_PHONE`.
    pub kind: &'static str,
    /// How it comes into service.
    pub onboarding: Onboarding,
    /// How many lines it has.
    pub lines: u32,
}

const fn model(
    name: &'static str,
    display_name: &'static str,
    kind: &'static str,
    onboarding: Onboarding,
    lines: u32,
) -> Model {
    Model {
        name,
        display_name,
        kind,
        onboarding,
        lines,
    }
}

/// The models.
pub const MODELS: &[Model] = &[
    model(
        "DMS Cisco 6821",
        "Cisco 6821",
        "MPP",
        Onboarding::MacOrCode,
        2,
    ),
    model(
        "DMS Cisco 6841",
        "Cisco 6841",
        "MPP",
        Onboarding::MacOrCode,
        4,
    ),
    model(
        "DMS Cisco 7841",
        "Cisco 7841",
        "MPP",
        Onboarding::MacOrCode,
        4,
    ),
    model(
        "DMS Cisco 8811",
        "Cisco 8811",
        "MPP",
        Onboarding::MacOrCode,
        10,
    ),
    model(
        "DMS Cisco 8845",
        "Cisco 8845",
        "MPP",
        Onboarding::MacOrCode,
        10,
    ),
    model(
        "DMS Cisco 8851",
        "Cisco 8851",
        "MPP",
        Onboarding::MacOrCode,
        10,
    ),
    model(
        "DMS Cisco 8865",
        "Cisco 8865",
        "MPP",
        Onboarding::MacOrCode,
        10,
    ),
    model(
        "DMS Cisco 8875",
        "Cisco 8875",
        "DESK_PHONE",
        Onboarding::MacOrCode,
        10,
    ),
    model(
        "DMS Cisco 9861",
        "Cisco 9861",
        "MPP",
        Onboarding::MacOrCode,
        16,
    ),
    model("DMS Cisco 191", "Cisco ATA 191", "ATA", Onboarding::Mac, 2),
    model("DMS Cisco 192", "Cisco ATA 192", "ATA", Onboarding::Mac, 2),
    model(
        "Generic IPPhone Customer Managed",
        "Customer Managed Device",
        "GENERIC_SIP",
        Onboarding::None,
        1,
    ),
    model("Webex Go", "Webex Go", "ESIM", Onboarding::Code, 1),
];

/// A model by its name, or by what people call it.
pub fn find(name: &str) -> Option<&'static Model> {
    MODELS
        .iter()
        .find(|model| model.name == name || model.display_name == name)
}

/// GET of all.
pub fn list(call: &mut Call<'_>) -> Done {
    let wanted = call.query("type").filter(|it| !it.is_empty());
    let (wanted, not) = match wanted.and_then(|it| it.strip_prefix("not:")) {
        Some(kind) => (Some(kind), true),
        None => (wanted, false),
    };
    let fits = |model: &&Model| wanted.is_none_or(|kind| (model.kind == kind) != not);
    let devices: Vec<Value> = MODELS.iter().filter(fits).map(show).collect();
    Answer::ok(
        json!({"upgradeChannelList": ["STABLE", "STABLE_DELAY", "PREVIEW"], "devices": devices}),
    )
}

fn show(model: &Model) -> Value {
    let methods: &[&str] = match model.onboarding {
        Onboarding::Mac => &["MAC_ADDRESS"],
        Onboarding::MacOrCode => &["MAC_ADDRESS", "ACTIVATION_CODE"],
        Onboarding::Code => &["ACTIVATION_CODE"],
        Onboarding::None => &["NONE"],
    };
    let managed = model.kind != "GENERIC_SIP";
    let phone = matches!(model.kind, "MPP" | "DESK_PHONE");
    let holders: &[&str] = match model.kind {
        "ESIM" => &["PEOPLE"],
        _ => &["PEOPLE", "PLACE"],
    };
    json!({
        "model": model.name,
        "displayName": model.display_name,
        "type": model.kind,
        "manufacturer": if managed { "CISCO" } else { "THIRD_PARTY" },
        "managedBy": if managed { "CISCO" } else { "CUSTOMER" },
        "supportedFor": holders,
        "onboardingMethod": methods,
        "allowConfigureLayoutEnabled": phone,
        "numberOfLinePorts": model.lines,
        "kemSupportEnabled": false,
        "upgradeChannelEnabled": phone,
        "touchScreenPhone": model.kind == "DESK_PHONE",
        "allowHotelingHostEnabled": phone,
        "supportsApplyChangesEnabled": managed,
    })
}
