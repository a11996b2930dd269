//! The table of settings: which there are, where, who has them, and the shape of each (`table.json`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value;

use super::holder::Kind;

/// A setting: one document that is read and written as a whole.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Setting {
    /// What the store knows it by.
    pub name: String,
    /// Paths for people.
    #[serde(default)]
    pub person: Vec<String>,
    /// Paths for workspaces.
    #[serde(default)]
    pub workspace: Vec<String>,
    /// Who has it with a Professional licence alone.
    #[serde(default)]
    pub professional: Vec<Kind>,
    /// The document, in the notation of [`super::shape`].
    pub body: Value,
    /// The shape of the criteria below it, where it has such.
    #[serde(default)]
    pub criteria: Option<Value>,
    /// Which members of a criterion the document itself tells.
    #[serde(default)]
    pub summary: Vec<String>,
    /// What a PUT for a person answers where it is not 204.
    #[serde(default)]
    pub put_status: Option<u16>,
}

impl Setting {
    /// All paths, with the kind of holder.
    pub fn paths(&self) -> impl Iterator<Item = (Kind, &str)> {
        let people = self.person.iter().map(|path| (Kind::Person, path.as_str()));
        let places = self.workspace.iter();
        people.chain(places.map(|path| (Kind::Workspace, path.as_str())))
    }
}

/// All settings. A test holds that the table can be read; an empty one would answer 404 to everything.
pub static SETTINGS: LazyLock<Vec<Setting>> =
    LazyLock::new(|| serde_json::from_str(include_str!("table.json")).unwrap_or_default());

/// Settings by path, the holder's id as `{}`.
static BY_PATH: LazyLock<BTreeMap<String, (Kind, usize)>> = LazyLock::new(|| {
    let mut found = BTreeMap::new();
    for (index, setting) in SETTINGS.iter().enumerate() {
        for (kind, path) in setting.paths() {
            found.insert(template(path), (kind, index));
        }
    }
    found
});

/// The setting at a path of a request, and whose it is.
pub fn at(path: &str) -> Option<(Kind, &'static Setting)> {
    let (kind, index) = BY_PATH.get(&template(path))?;
    Some((*kind, SETTINGS.get(*index)?))
}

/// The setting whose criteria stand at a path.
pub fn criteria_at(path: &str) -> Option<(Kind, &'static Setting)> {
    let (parent, _) = path.rsplit_once("/criteria")?;
    at(parent).filter(|(_, setting)| setting.criteria.is_some())
}

/// A path with `{}` for the holder: what follows `people` or `workspaces`. The lines of one application are those of all.
fn template(path: &str) -> String {
    let mut out = Vec::new();
    let mut holder = false;
    for segment in path.trim_end_matches('/').split('/') {
        out.push(if holder { "{}" } else { segment });
        holder = !holder && matches!(segment, "people" | "workspaces");
    }
    if let [.., "applications", _, "members"] = out.as_slice() {
        out.remove(out.len() - 2);
    }
    out.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read_and_no_path_stands_twice() {
        let table: Vec<Setting> = serde_json::from_str(include_str!("table.json")).unwrap();
        let paths: Vec<String> = table
            .iter()
            .flat_map(|setting| setting.paths().map(|(_, path)| template(path)))
            .collect();
        assert_eq!(paths.len(), BY_PATH.len());
        let names: std::collections::BTreeSet<_> = table.iter().map(|row| &row.name).collect();
        assert_eq!(names.len(), table.len());
    }

    #[test]
    fn a_setting_is_found_by_the_path_of_a_request() {
        let (kind, setting) = at("/people/Y2lz/features/bargeIn").unwrap();
        assert_eq!((kind, setting.name.as_str()), (Kind::Person, "bargeIn"));
        let (kind, setting) = at("/telephony/config/workspaces/x/bargeIn").unwrap();
        assert_eq!((kind, setting.name.as_str()), (Kind::Workspace, "bargeIn"));
        let (_, setting) =
            criteria_at("/telephony/config/people/x/selectiveAccept/criteria/1").unwrap();
        assert_eq!(setting.name, "selectiveAccept");
        assert!(at("/people/x/features/nothing").is_none());
    }
}
