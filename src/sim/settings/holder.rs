//! Who has settings: people and workspaces with Calling, and what the settings return of them.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::world::Owner as Who;

/// What a holder is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A person.
    Person,
    /// A workspace.
    Workspace,
}

impl Kind {
    /// The word of the telephony API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Person => "PEOPLE",
            Self::Workspace => "PLACE",
        }
    }
}

/// A person or workspace with Calling, as far as settings return it.
#[derive(Debug, Clone)]
pub struct SettingsHolder {
    /// Where it is in the organisation.
    pub who: Who,
    /// The public id.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// The first name; of a workspace, its whole name.
    pub first_name: String,
    /// The last name; of a workspace, a dot.
    pub last_name: String,
    /// The display name.
    pub display_name: String,
    /// The e-mail address.
    pub email: Option<String>,
    /// The number, E.164.
    pub number: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// Whether the licence is Professional.
    pub professional: bool,
    /// Where it is.
    pub place: HolderLocation,
}

/// A location, as far as settings return it.
#[derive(Debug, Clone, Default)]
pub struct HolderLocation {
    /// Where it is in the organisation.
    pub slot: Option<u32>,
    /// The public id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The main number.
    pub number: Option<String>,
    /// The prefix of extensions when dialled from elsewhere.
    pub routing_prefix: Option<String>,
    /// The time zone.
    pub time_zone: String,
    /// The language of announcements.
    pub language: String,
}

impl SettingsHolder {
    /// The routing prefix and the extension, as dialled from elsewhere.
    pub fn esn(&self) -> Option<String> {
        let extension = self.extension.as_deref()?;
        let prefix = self.place.routing_prefix.as_deref().unwrap_or_default();
        Some(format!("{prefix}{extension}"))
    }

    /// What a list of others returns of it, in one of the styles of the table.
    pub fn told(&self, style: &str) -> Value {
        let place = json!({"id": self.place.id, "name": self.place.name});
        match style {
            "line" => self.line(place),
            "assistant" | "executive" => {
                let mut told = self.names();
                put(&mut told, "directNumber", self.number.as_deref());
                put(&mut told, "extension", self.extension.as_deref());
                told.insert("location".to_owned(), place);
                Value::Object(told)
            }
            "monitored" => {
                let mut told = self.member();
                told.insert("location".to_owned(), json!(self.place.name));
                told.insert("locationId".to_owned(), json!(self.place.id));
                json!({"member": told})
            }
            "agent" => Value::Object(self.member()),
            _ => {
                let mut told = self.member();
                told.insert("location".to_owned(), place);
                Value::Object(told)
            }
        }
    }

    fn names(&self) -> Map<String, Value> {
        let mut told = Map::new();
        put(&mut told, "id", Some(&self.id));
        put(&mut told, "firstName", Some(&self.first_name));
        put(&mut told, "lastName", Some(&self.last_name));
        told
    }

    fn member(&self) -> Map<String, Value> {
        let mut told = self.names();
        put(&mut told, "displayName", Some(&self.display_name));
        put(&mut told, "type", Some(self.kind.word()));
        put(&mut told, "email", self.email.as_deref());
        let mut number = Map::new();
        put(&mut number, "external", self.number.as_deref());
        self.dialled(&mut number);
        number.insert("primary".to_owned(), json!(true));
        told.insert("numbers".to_owned(), json!([number]));
        told
    }

    fn line(&self, place: Value) -> Value {
        let mut told = self.names();
        put(&mut told, "phoneNumber", self.number.as_deref());
        self.dialled(&mut told);
        put(&mut told, "memberType", Some(self.kind.word()));
        told.insert("location".to_owned(), place);
        Value::Object(told)
    }

    fn dialled(&self, told: &mut Map<String, Value>) {
        put(told, "extension", self.extension.as_deref());
        put(told, "routingPrefix", self.place.routing_prefix.as_deref());
        put(told, "esn", self.esn().as_deref());
    }
}

/// Puts a text where there is one.
pub fn put(into: &mut Map<String, Value>, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        into.insert(name.to_owned(), Value::from(text));
    }
}
