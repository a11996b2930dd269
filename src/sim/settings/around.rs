//! What a setting needs of the organisation: whose it is, and what is returned of others.

use serde_json::{Value, json};

use super::super::call::{Answer, Call};
use super::super::products::Product;
use super::super::world::{Feature, Owner as Who, World};
use super::super::{errors, ids};
use super::ecbn;
use super::shape::Facts;
use super::table;
use super::{HolderLocation, Kind, SettingsHolder};

/// The holder that a path names, if it may have the setting.
///
/// # Errors
/// No one of this kind has the id; there is no Calling; the setting needs a Professional licence.
pub fn entitled(
    call: &mut Call<'_>,
    kind: Kind,
    id: &str,
    professional: bool,
) -> Result<SettingsHolder, Answer> {
    let word = match kind {
        Kind::Person => "person",
        Kind::Workspace => "workspace",
    };
    let who = match kind {
        Kind::Person => call.world.people.find(id).map(Who::Person),
        Kind::Workspace => call.world.places.find(id).map(Who::Workspace),
    };
    let who = who.ok_or_else(|| errors::not_found(word))?;
    let Some(holder) = holder(call.world, who) else {
        let text = format!("{word} is not found in Webex Calling: {id}");
        return Err(errors::telephony(
            call.rules.settings_absent_status,
            4003,
            4003,
            &text,
        ));
    };
    if professional && !holder.professional {
        let text = "the feature needs a Webex Calling Professional licence";
        let (status, code, text) = match (call.rules.settings_standard_status, kind) {
            (Some(status), _) => (status, 25008, text),
            (None, Kind::Person) => (403, 25008, text),
            (None, Kind::Workspace) => (405, 25409, "Invalid Professional Place"),
        };
        return Err(errors::telephony(status, code, code, text));
    }
    call.about(
        if kind == Kind::Person {
            "PERSON"
        } else {
            "PLACE"
        },
        &holder.id,
        &holder.display_name,
    );
    Ok(holder)
}

/// A person or workspace with Calling.
pub fn holder(world: &World, who: Who) -> Option<SettingsHolder> {
    let professional = |licenses: &[u32]| {
        let mut products = licenses.iter().map(|slot| world.product(*slot));
        products.any(|product| product == Product::Professional)
    };
    let mut holder = match who {
        Who::Person(slot) => {
            let person = world.people.get(slot)?;
            let calling = person
                .licenses
                .iter()
                .any(|it| world.product(*it).is_calling());
            calling.then_some(())?;
            let (first, last) = person
                .display_name
                .split_once(' ')
                .unwrap_or((&person.display_name, ""));
            SettingsHolder {
                who,
                id: person.id.clone(),
                kind: Kind::Person,
                first_name: person
                    .first_name
                    .clone()
                    .unwrap_or_else(|| first.to_owned()),
                last_name: person.last_name.clone().unwrap_or_else(|| last.to_owned()),
                display_name: person.display_name.clone(),
                email: Some(person.email.clone()),
                number: person.number.clone(),
                extension: person.extension.clone(),
                professional: professional(&person.licenses),
                place: HolderLocation::default(),
            }
        }
        Who::Workspace(slot) => {
            let place = world.places.get(slot)?;
            (place.calling == "webexCalling").then_some(())?;
            SettingsHolder {
                who,
                id: place.id.clone(),
                kind: Kind::Workspace,
                first_name: place.name.clone(),
                last_name: ".".to_owned(),
                display_name: place.name.clone(),
                email: None,
                number: place.number.clone(),
                extension: place.extension.clone(),
                professional: professional(&place.licenses),
                place: HolderLocation::default(),
            }
        }
        Who::Feature(_) => return None,
    };
    holder.place = place(world, who);
    Some(holder)
}

fn place(world: &World, who: Who) -> HolderLocation {
    let slot = world.location_of(who);
    let Some((slot, location)) = slot.and_then(|slot| Some((slot, world.locations.get(slot)?)))
    else {
        return HolderLocation::default();
    };
    let calling = location.calling.as_ref();
    let text = |name: &str| calling.and_then(|it| it.attributes.get(name)?.as_str());
    HolderLocation {
        slot: Some(slot),
        id: location.id.clone(),
        name: location.name.clone(),
        number: calling.and_then(|it| it.main_number.clone()),
        routing_prefix: text("routingPrefix").map(str::to_owned),
        time_zone: location.time_zone.clone(),
        language: text("announcementLanguage").unwrap_or("en_us").to_owned(),
    }
}

/// A queue, a hunt group or another feature, as lists return it.
pub fn feature(world: &World, feature: &Feature, who: Who) -> Option<Value> {
    let kind = match feature.kind.as_str() {
        "huntGroup" => "HUNT_GROUP",
        "callQueue" => "CALL_QUEUE",
        "autoAttendant" => "AUTO_ATTENDANT",
        _ => return None,
    };
    let mut told = json!({"id": feature.id, "name": feature.name, "type": kind});
    let number = world
        .numbers
        .iter()
        .find(|(_, number)| number.owner == Some(who));
    if let Some((number, _)) = number {
        told["phoneNumber"] = json!(number);
    }
    Some(told)
}

/// The organisation around a holder.
pub struct Around<'a> {
    world: &'a World,
    holder: &'a SettingsHolder,
}

impl<'a> Around<'a> {
    /// Around this one.
    pub fn new(world: &'a World, holder: &'a SettingsHolder) -> Self {
        Self { world, holder }
    }

    fn written(&self, setting: &str) -> &Value {
        super::written(self.world, self.holder.who, setting)
    }

    /// An id of an application of the holder, for as long as the application is switched on.
    fn application(&self, name: &str) -> Option<Value> {
        let on = self.written("applications")[format!("{name}ClientEnabled")] != false;
        on.then(|| {
            json!(ids::public(
                "APPLICATION",
                &ids::uuid(&format!("{name} of {}", self.holder.id))
            ))
        })
    }

    /// Devices and applications that can be answered at.
    fn endpoints(&self) -> Value {
        let devices = self.world.devices_of(self.holder.who);
        let devices = devices.into_iter().filter_map(|slot| {
            let device = self.world.devices.get(slot)?;
            let product = device.product.as_deref().unwrap_or("Phone");
            Some(json!({"id": device.id, "type": "DEVICE", "name": product}))
        });
        let desktop = self.application("desktop").map(
            |id| json!({"id": id, "type": "APPLICATION", "name": "Webex Desktop Application"}),
        );
        devices.chain(desktop).collect()
    }

    fn assistant_opted_in(&self, other: &SettingsHolder) -> bool {
        let executives = super::written(self.world, other.who, "executiveAssistantSettings");
        let executives = executives["executives"].as_array().into_iter().flatten();
        let own = ids::decoded(&self.holder.id);
        let mut mine =
            executives.filter(|it| ids::decoded(it["id"].as_str().unwrap_or_default()) == own);
        mine.next().is_none_or(|it| it["optInEnabled"] != false)
    }
}

impl Facts for Around<'_> {
    fn fact(&self, name: &str) -> Option<Value> {
        let holder = self.holder;
        let text = |text: &Option<String>| text.as_ref().map(|text| json!(text));
        match name {
            "firstName" => Some(json!(holder.first_name)),
            "lastName" => Some(json!(holder.last_name)),
            "displayName" => Some(json!(holder.display_name)),
            "number" => text(&holder.number),
            "extension" => text(&holder.extension),
            "location" => Some(json!(holder.place.name)),
            "locationNumber" => text(&holder.place.number),
            "timeZone" => Some(json!(holder.place.time_zone)),
            "language" => Some(json!(holder.place.language)),
            "voicemail" => match holder.who {
                Who::Person(slot) => self
                    .world
                    .people
                    .get(slot)
                    .map(|person| json!(person.voicemail)),
                _ => Some(json!(true)),
            },
            "recordingGroup" => Some(json!(format!(
                "L{}",
                ids::dice(&holder.place.id, 90_000) + 10_000
            ))),
            "recordingIdentifier" => {
                let uuid = ids::uuid(&holder.id);
                Some(json!(format!(
                    "{}@recording.example.com",
                    uuid.get(..8).unwrap_or(&uuid)
                )))
            }
            "interceptFile" => (self.written(name) == true).then(|| json!("announcement.wav")),
            "busyGreeting" | "unansweredGreeting" => Some(json!(self.written(name) == true)),
            "endpoints" => Some(self.endpoints()),
            "browserClient" | "desktopClient" | "tabletClient" | "mobileClient" => {
                self.application(name.trim_end_matches("Client"))
            }
            "ecbnDirect" | "ecbnLocation" | "ecbnMember" | "ecbnDefault" => {
                ecbn::fact(self.world, holder, name)
            }
            _ => None,
        }
    }

    fn link(&self, style: &str, id: &str) -> Option<Value> {
        if matches!(style, "feature" | "moded") {
            let slot = self.world.features.find(id)?;
            let told = feature(
                self.world,
                self.world.features.get(slot)?,
                Who::Feature(slot),
            )?;
            return Some(if style == "moded" { moded(told) } else { told });
        }
        let person = self.world.people.find(id).map(Who::Person);
        let who = person.or_else(|| self.world.places.find(id).map(Who::Workspace))?;
        let other = holder(self.world, who)?;
        let mut told = other.told(style);
        if style == "assistant" {
            told["optInEnabled"] = json!(self.assistant_opted_in(&other));
        }
        Some(told)
    }
}

/// A feature is managed by modes: none is in effect here.
fn moded(mut told: Value) -> Value {
    told["modeBasedForwardingEnabled"] = json!(false);
    told["exceptionType"] = json!("MANUAL_SWITCH_BACK");
    told
}

/// The names of settings that a licence brings, for `GET …/services`.
pub fn services(holder: &SettingsHolder) -> Vec<&'static str> {
    let settings = table::settings().filter(|setting| {
        setting.paths().any(|(kind, _)| kind == holder.kind)
            && (holder.professional || !setting.professional.contains(&holder.kind))
    });
    settings.map(|setting| setting.name.as_str()).collect()
}
