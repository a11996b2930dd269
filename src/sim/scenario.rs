//! What a scenario file and the control endpoint say: switches, faults, tokens, changes behind the client's back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::auth::{App, Grant};
use super::faults::Fault;
use super::state::template::Template;
use super::switches::Switches;

/// A scenario, or a part of one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Scenario {
    /// Switches that differ from now on.
    pub switches: Map<String, Value>,
    /// Faults that wait from now on.
    pub faults: Vec<Fault>,
    /// Forget the faults that wait.
    pub clear_faults: bool,
    /// Tokens by name.
    pub tokens: BTreeMap<String, Grant>,
    /// The only service app that can refresh.
    pub app: Option<App>,
    /// Give everyone with Calling settings that differ from the defaults.
    pub habits: bool,
    /// Licence templates of Control Hub from now on.
    pub templates: Option<Vec<Template>>,
    /// Have all templates carried out for everyone.
    pub carry_out_templates: bool,
    /// Seconds to move the clock by.
    pub advance: f64,
    /// Changes behind the client's back, in the words of snapshot files.
    pub changes: Vec<Change>,
}

/// Another administrator changes an object.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Change {
    /// The list of the snapshot file, such as `users`.
    pub section: String,
    /// The key: e-mail address, number, name or id.
    pub key: String,
    /// Members to set, in the words of snapshot files.
    #[serde(default)]
    pub set: Map<String, Value>,
    /// Whether the object goes.
    #[serde(default)]
    pub remove: bool,
}

/// Sets those switches that are named.
pub fn set_switches(
    switches: &mut Switches,
    named: Map<String, Value>,
) -> Result<(), serde_json::Error> {
    let mut all = match serde_json::to_value(&*switches)? {
        Value::Object(all) => all,
        _ => Map::new(),
    };
    all.extend(named);
    *switches = serde_json::from_value(Value::Object(all))?;
    Ok(())
}
