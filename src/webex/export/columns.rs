//! What columns of people are called in public, and the names that a user gives to columns with unknown names.

use std::cell::RefCell;

/// Headers of people, without blanks and punctuation, in lower case (webex-api.md 12.1). Spellings differ between exports.
pub mod people {
    /// The address. What an export of users has and nothing else.
    pub const EMAIL: &[&str] = &[
        "useridemailrequired",
        "useridemail",
        "emailrequired",
        "email",
        "useremail",
        "emailaddress",
    ];
    /// The display name.
    pub const DISPLAY_NAME: &[&str] = &["displayname"];
    /// The first name.
    pub const FIRST_NAME: &[&str] = &["firstname"];
    /// The last name.
    pub const LAST_NAME: &[&str] = &["lastname"];
    /// The state.
    pub const STATUS: &[&str] = &["userstatus", "userstatusro", "status", "statusro"];
    /// The extension.
    pub const EXTENSION: &[&str] = &["extension"];
    /// The number.
    pub const PHONE: &[&str] = &["phonenumber"];
    /// The location.
    pub const LOCATION: &[&str] = &["location", "locationname"];
}

/// What a user says of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing: its header says it.
    Header,
    /// It has another name, of an attribute or of a licence.
    Named,
    /// It has nothing to do with this.
    Ignored,
}

/// New names of columns: `HEADER=NAME`, or `HEADER=-` for one that is to be ignored.
#[derive(Debug, Default)]
pub struct Renames {
    pairs: Vec<(String, String)>,
    used: RefCell<Vec<String>>,
}

impl Renames {
    /// Reads the pairs. `Err` is one that is not a pair, or names a header again.
    pub fn new(pairs: &[String]) -> Result<Renames, String> {
        let read = |pair: &String| {
            let (header, name) = pair.rsplit_once('=')?;
            let (header, name) = (header.trim(), name.trim());
            let both = !header.is_empty() && !name.is_empty();
            both.then(|| (header.to_owned(), name.to_owned()))
        };
        let pairs = pairs
            .iter()
            .map(|pair| read(pair).ok_or_else(|| pair.clone()))
            .collect::<Result<_, _>>()?;
        let pairs: Vec<(String, String)> = pairs;
        let mut headers = pairs.iter().enumerate();
        let twice = headers.find(|(at, pair)| pairs[..*at].iter().any(|it| it.0 == pair.0));
        if let Some((_, (header, name))) = twice {
            return Err(format!("{header}={name}"));
        }
        Ok(Renames {
            pairs,
            used: RefCell::default(),
        })
    }

    /// The name of a column, and what the user says of it.
    pub fn of(&self, header: &str) -> (String, Meaning) {
        let Some((known, name)) = self.pairs.iter().find(|it| it.0 == header) else {
            return (header.to_owned(), Meaning::Header);
        };
        self.used.borrow_mut().push(known.clone());
        match name.as_str() {
            "-" => (header.to_owned(), Meaning::Ignored),
            name => (name.to_owned(), Meaning::Named),
        }
    }

    /// A column that was renamed and that no file has.
    pub fn unused(&self) -> Option<String> {
        let used = self.used.borrow();
        let mut pairs = self.pairs.iter();
        let unused = pairs.find(|(header, _)| !used.contains(header))?;
        Some(unused.0.clone())
    }
}
