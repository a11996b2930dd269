//! How a request is carried out without the API: as a row of a file that Control Hub imports, or by clicks (webex-api.md 12).

/// A file that Control Hub takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sheet {
    /// The CSV file of users.
    People,
    /// The CSV file of workspaces.
    Workspaces,
    /// A list of numbers, to be pasted into the dialog that adds them.
    Numbers,
}

/// How a request is carried out without the API.
#[derive(Debug, Clone, Copy)]
pub struct Manual {
    /// The file that has a row of it.
    pub sheet: Option<Sheet>,
    /// The paths of the fields that a row can carry; one that ends in `/` includes all below it.
    pub imports: &'static [&'static str],
    /// Where to click for what no file carries; empty where no page of Control Hub is known.
    pub clicks: &'static str,
}

/// Nothing is known.
pub const UNKNOWN: Manual = Manual {
    sheet: None,
    imports: &[],
    clicks: "",
};

impl Manual {
    /// Whether a row can carry the field with this path.
    pub fn carries(&self, path: &str) -> bool {
        self.imports.iter().any(|known| match known.ends_with('/') {
            true => path.len() > known.len() && path.starts_with(known),
            false => path == *known,
        })
    }
}
