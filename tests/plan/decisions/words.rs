//! The words of the table for what a person holds, and their names in the files and in Webex.

/// One thing that can be held: its word in the table, its place and value in the files, its name in Webex.
#[derive(Debug)]
pub struct Word {
    pub word: &'static str,
    pub service: &'static str,
    pub site: Option<&'static str>,
    pub value: &'static str,
    /// None where it takes no licence.
    pub license: Option<&'static str>,
}

/// The numbers of Dallas, by their last two digits.
pub const NUMBERS: [&str; 3] = ["01", "02", "03"];

const ACME: Option<&str> = Some("acme.webex.com");
const EMEA: Option<&str> = Some("emea.webex.com");

pub const WORDS: &[Word] = &[
    word(
        "messaging",
        "messaging",
        None,
        "advanced",
        Some("Advanced Messaging"),
    ),
    word(
        "calling",
        "calling",
        None,
        "professional",
        Some("Webex Calling - Professional"),
    ),
    word(
        "calling standard",
        "calling",
        None,
        "standard",
        Some("Webex Calling - Standard"),
    ),
    word(
        "host@acme",
        "meetings",
        ACME,
        "host",
        Some("Webex Meetings Suite"),
    ),
    word(
        "host@emea",
        "meetings",
        EMEA,
        "host",
        Some("Webex Meetings Suite"),
    ),
    word("attendee@acme", "meetings", ACME, "attendee", None),
    word("attendee@emea", "meetings", EMEA, "attendee", None),
    word(
        "cc premium",
        "contactCenter",
        None,
        "premium",
        Some("Contact Center Premium Agent"),
    ),
    word(
        "cc standard",
        "contactCenter",
        None,
        "standard",
        Some("Contact center Standard Agent"),
    ),
];

const fn word(
    word: &'static str,
    service: &'static str,
    site: Option<&'static str>,
    value: &'static str,
    license: Option<&'static str>,
) -> Word {
    Word {
        word,
        service,
        site,
        value,
        license,
    }
}

impl Word {
    /// As `remove` and the paths of the plan name it, without `licenses/`.
    pub fn path(&self) -> String {
        match self.site {
            Some(site) => format!("{}/{site}", self.service),
            None => self.service.to_owned(),
        }
    }
}

/// One thing that is held, given or taken: `messaging`, `calling 02`, `calling x2002`, `host@acme (new)`.
#[derive(Debug, Clone)]
pub struct Item {
    pub word: &'static Word,
    /// Whether it comes from the subscription `new`.
    pub new: bool,
    /// For Calling: what follows the word, such as `02` or `x2002`.
    pub line: Option<String>,
}

impl Item {
    pub fn read(text: &str) -> Result<Item, String> {
        let (rest, new) = match text.strip_suffix(" (new)") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (rest, line) = match rest.rsplit_once(' ') {
            Some((rest, line)) if is_line(line) => (rest, Some(line.to_owned())),
            _ => (rest, None),
        };
        let word = WORDS
            .iter()
            .find(|word| word.word == rest)
            .filter(|word| line.is_none() || word.service == "calling")
            .ok_or_else(|| format!("`{text}` is no licence that the table knows"))?;
        Ok(Item { word, new, line })
    }

    pub fn subscription(&self) -> &'static str {
        if self.new { "new" } else { "old" }
    }

    /// The phone number that the item names.
    pub fn number(&self) -> Option<String> {
        let line = self.line.as_deref()?;
        (!line.starts_with('x')).then(|| number(line))
    }

    /// The extension that the item names.
    pub fn extension(&self) -> Option<&str> {
        self.line.as_deref()?.strip_prefix('x')
    }
}

/// Whether a word is a number (`02`) or an extension (`x2002`).
fn is_line(word: &str) -> bool {
    let digits = word.strip_prefix('x').unwrap_or(word);
    let enough = if word.starts_with('x') { 4 } else { 2 };
    digits.len() == enough && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The phone number for its last two digits.
pub fn number(digits: &str) -> String {
    format!("+121455501{digits}")
}

/// The items of a list; none where it is empty or says `nothing`.
pub fn items(text: &str) -> Result<Vec<Item>, String> {
    match text {
        "" | "nothing" | "created" => Ok(Vec::new()),
        list => list.split(", ").map(Item::read).collect(),
    }
}
