//! The table of settings: which there are, where, who has them, and the shape of each (`table.json`).
//!
//! Owns the rows and how one is found by a path. A table with a mistake is an error that names it and its line; nothing is
//! answered then. Must not know how a setting is answered.

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
    person: Vec<String>,
    /// Paths for workspaces.
    #[serde(default)]
    workspace: Vec<String>,
    /// Who has it only with a Professional licence.
    #[serde(default)]
    pub professional: Vec<Kind>,
    /// The document, in the notation of [`super::shape`].
    pub body: Value,
    /// The shape of the criteria below it, where it has such.
    #[serde(default)]
    pub criteria: Option<Value>,
    /// Which members of a criterion the document itself returns.
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

/// All settings, and where each is.
#[derive(Debug)]
pub struct Table {
    settings: Vec<Setting>,
    /// By path, the holder's id as `{}`.
    by_path: BTreeMap<String, Document>,
}

/// Where a setting is for one kind of holder, `{}` instead of ids.
#[derive(Debug)]
pub struct Document {
    kind: Kind,
    setting: usize,
    /// Of the document.
    pub path: String,
    /// Of its criteria, where it has such.
    pub criteria: Option<String>,
    /// Of one of them.
    pub criterion: Option<String>,
}

static TABLE: LazyLock<Result<Table, String>> =
    LazyLock::new(|| Table::read(include_str!("table.json")));

/// The table.
///
/// # Errors
/// The file that is broken, the line, and the mistake.
pub fn table() -> Result<&'static Table, &'static str> {
    TABLE.as_ref().map_err(String::as_str)
}

/// All settings; of a broken table none, but then no request gets this far.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    TABLE.iter().flat_map(|table| &table.settings)
}

/// The setting at a path of a request, and whose it is.
pub fn at(path: &str) -> Option<(Kind, &'static Setting)> {
    let table = TABLE.as_ref().ok()?;
    let found = table.by_path.get(&template(path))?;
    Some((found.kind, table.settings.get(found.setting)?))
}

/// The setting whose criteria are at a path.
pub fn criteria_at(path: &str) -> Option<(Kind, &'static Setting)> {
    let (parent, _) = path.rsplit_once("/criteria")?;
    at(parent).filter(|(_, setting)| setting.criteria.is_some())
}

impl Table {
    fn read(text: &str) -> Result<Table, String> {
        let wrong =
            |line: usize, what: String| format!("src/sim/settings/table.json:{line}: {what}");
        let settings: Vec<Setting> =
            serde_json::from_str(text).map_err(|error| wrong(error.line(), error.to_string()))?;
        let mut by_path = BTreeMap::new();
        let mut names = Vec::new();
        for (index, setting) in settings.iter().enumerate() {
            let name = &setting.name;
            if names.contains(&name) {
                return Err(wrong(
                    last_line(text, name),
                    format!("`{name}` appears twice"),
                ));
            }
            names.push(name);
            if setting.paths().next().is_none() {
                return Err(wrong(
                    last_line(text, name),
                    format!("`{name}` has no path"),
                ));
            }
            for (kind, path) in setting.paths() {
                if !is_of(kind, path) {
                    let whose = match kind {
                        Kind::Person => "person",
                        Kind::Workspace => "workspace",
                    };
                    let what = format!("`{path}` is no path of a {whose}");
                    return Err(wrong(last_line(text, path), what));
                }
                let document = Document::new(kind, index, setting, path);
                if by_path.insert(template(path), document).is_some() {
                    return Err(wrong(
                        last_line(text, path),
                        format!("`{path}` appears twice"),
                    ));
                }
            }
        }
        match settings.is_empty() {
            true => Err(wrong(1, "there is no setting".to_owned())),
            false => Ok(Table { settings, by_path }),
        }
    }

    /// Where there is a setting.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.by_path.values()
    }
}

impl Document {
    fn new(kind: Kind, index: usize, setting: &Setting, path: &str) -> Document {
        let path = template(path);
        let below = |rest: &str| setting.criteria.as_ref().map(|_| format!("{path}{rest}"));
        Document {
            kind,
            setting: index,
            criteria: below("/criteria"),
            criterion: below("/criteria/{}"),
            path,
        }
    }
}

/// The last line that has this text in quotes, from 1.
fn last_line(text: &str, quoted: &str) -> usize {
    let at = text.rfind(&format!("\"{quoted}\"")).unwrap_or_default();
    text[..at].matches('\n').count() + 1
}

/// Whether a path leads to one holder of the kind.
fn is_of(kind: Kind, path: &str) -> bool {
    let segment = match kind {
        Kind::Person => "people",
        Kind::Workspace => "workspaces",
    };
    let heads = [
        format!("/{segment}/{{"),
        format!("/telephony/config/{segment}/{{"),
    ];
    let named = path.matches('{').count() == 1 && path.matches('}').count() == 1;
    named && heads.iter().any(|head| path.starts_with(head))
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
    fn the_table_can_be_read() {
        let table = table().unwrap();
        assert!(table.settings.len() > 40);
        assert_eq!(settings().count(), table.settings.len());
    }

    #[test]
    fn a_broken_table_is_an_error_that_names_the_line() {
        let row = |rest: &str| format!("{{\"name\": \"a\", \"body\": {{}}, {rest}}}");
        let good = row(r#""person": ["/people/{personId}/features/a"]"#);
        assert!(Table::read(&format!("[{good}]")).is_ok());
        for (text, line, what) in [
            (format!("[\n{good},\n{}]", row("")), 3, "trailing comma"),
            (format!("[\n{good}"), 2, "EOF"),
            ("[]".to_owned(), 1, "there is no setting"),
            (
                format!("[\n\n{}]", row(r#""peple": []"#)),
                3,
                "unknown field `peple`",
            ),
            (
                format!("[\n{}]", row(r#""person": []"#)),
                2,
                "`a` has no path",
            ),
            (format!("[{good},\n{good}]"), 2, "`a` appears twice"),
            (
                format!("[{good},\n\n{}]", good.replace("\"a\"", "\"b\"")),
                3,
                "`/people/{personId}/features/a` appears twice",
            ),
            (
                format!(
                    "[\n{}]",
                    row(r#""workspace": ["/people/{personId}/features/a"]"#)
                ),
                2,
                "`/people/{personId}/features/a` is no path of a workspace",
            ),
        ] {
            let error = Table::read(&text).unwrap_err();
            let place = format!("src/sim/settings/table.json:{line}: ");
            assert!(
                error.starts_with(&place) && error.contains(what),
                "{text}\n{error}"
            );
        }
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
