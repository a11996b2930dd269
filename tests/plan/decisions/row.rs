//! One row of the table, read from its cells.

use trunkline::finding::Code;

use super::words::{Item, NUMBERS, items};

/// A setting of templates, or a fact about the person and the organisation.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// `existingUsers: true`, in the template of one group or in all.
    Existing(Option<String>),
    /// `retainLicenses: false`, with the above.
    RetainOff(Option<String>),
    TransitionOff,
    NotInTheBaseline,
    Inactive,
    DomainNotVerified,
    /// The last digits of the directory's number.
    WorkPhone(String),
    NoWorkPhone,
    /// A number that Bob has.
    Taken(String),
    /// So many units of what the word (with its subscription) says.
    Left {
        of: &'static str,
        new: bool,
        units: i64,
    },
    Suspended,
    Replaced,
    SiteAdmin,
    WithoutAttendees,
    Distribution(String),
    WebexGo,
    /// As `guardrails.forbid` names it.
    Forbidden(String),
}

impl Fact {
    fn read(text: &str) -> Result<Fact, String> {
        let fixed = match text {
            "transition off" => Fact::TransitionOff,
            "not in the baseline" => Fact::NotInTheBaseline,
            "inactive" => Fact::Inactive,
            "domain not verified" => Fact::DomainNotVerified,
            "no work phone" => Fact::NoWorkPhone,
            "old suspended" => Fact::Suspended,
            "old replacedBy new" => Fact::Replaced,
            "site admin of acme" => Fact::SiteAdmin,
            "acme without attendees" => Fact::WithoutAttendees,
            "Webex Go" => Fact::WebexGo,
            _ => return Fact::read_with_name(text),
        };
        Ok(fixed)
    }

    fn read_with_name(text: &str) -> Result<Fact, String> {
        let group = |rest: &str| match rest {
            "" => Ok(None),
            rest => rest
                .strip_prefix(' ')
                .and_then(group_name)
                .map(Some)
                .ok_or(()),
        };
        let strip = |prefix: &str| text.strip_prefix(prefix);
        let fact = if let Some(Ok(name)) = strip("existing").map(group) {
            Fact::Existing(name)
        } else if let Some(Ok(name)) = strip("retain off").map(group) {
            Fact::RetainOff(name)
        } else if let Some(phone) = strip("work phone ") {
            Fact::WorkPhone(digits(phone)?)
        } else if let Some(phone) = text.strip_suffix(" taken") {
            Fact::Taken(digits(phone)?)
        } else if let Some(name) = text
            .strip_suffix(" is a distribution group")
            .and_then(group_name)
        {
            Fact::Distribution(name)
        } else if let Some(what) = strip("forbidden: ") {
            let word = Item::read(what)?.word;
            Fact::Forbidden(format!("{}/{}", word.service, word.value))
        } else if let Some((what, left)) = text.split_once(": ") {
            let item = Item::read(what)?;
            let units = left
                .strip_suffix(" left")
                .and_then(|units| units.parse().ok());
            Fact::Left {
                of: item.word.word,
                new: item.new,
                units: units
                    .ok_or_else(|| format!("`{text}` should be such as `{what}: 5 left`"))?,
            }
        } else {
            return Err(format!(
                "`{text}` is no setting and no fact that the table knows"
            ));
        };
        Ok(fact)
    }
}

/// The last two digits of a number that the location has.
fn digits(text: &str) -> Result<String, String> {
    match NUMBERS.contains(&text) {
        true => Ok(text.to_owned()),
        false => Err(format!("`{text}` is no number: {}", NUMBERS.join(", "))),
    }
}

/// What stands under `users` for Ana.
#[derive(Debug, Default)]
pub struct Override {
    pub add: Vec<Item>,
    pub remove: Vec<Item>,
    pub deleted: bool,
}

/// A row. Lists of what is held are in order.
#[derive(Debug)]
pub struct Row {
    pub number: u32,
    /// The organisation's template, in mode organization.
    pub org_template: Option<Vec<Item>>,
    /// The templates of groups, in mode group.
    pub group_templates: Vec<(String, Vec<Item>)>,
    /// Whether groups carry the templates.
    pub by_group: bool,
    pub groups_before: Vec<String>,
    pub groups_after: Vec<String>,
    /// Whether the plan creates Ana.
    pub created: bool,
    pub holds: Vec<Item>,
    pub facts: Vec<Fact>,
    pub over: Override,
    /// What is held, as the cell says it.
    pub before: String,
    pub ends: String,
    pub risk: String,
    /// Such as `error calling-loss`, in order.
    pub findings: Vec<String>,
    /// Whether there is a subscription `new` beside `old`.
    pub two_subscriptions: bool,
}

const RISKS: [&str; 5] = [
    "none",
    "additive",
    "reversible",
    "disruptive",
    "irreversible",
];

impl Row {
    /// Reads a line of the table.
    pub fn read(line: &str) -> Result<Row, String> {
        let cells: Vec<&str> = line
            .trim()
            .trim_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        let number: u32 = cells[0]
            .parse()
            .map_err(|_| format!("no row number: {line}"))?;
        Row::of(number, &cells).map_err(|wrong| format!("row {number}: {wrong}"))
    }

    fn of(number: u32, cells: &[&str]) -> Result<Row, String> {
        let &[
            _,
            event,
            templates,
            groups,
            holds,
            facts,
            over,
            ends,
            risk,
            findings,
            _,
        ] = cells
        else {
            return Err(format!("{} cells in place of 11", cells.len()));
        };
        if event.is_empty() {
            return Err("it does not say what happens".to_owned());
        }
        if !RISKS.contains(&risk) {
            return Err(format!("`{risk}` is no risk: {}", RISKS.join(", ")));
        }
        let (groups_before, groups_after) = match groups.split_once(" -> ") {
            Some((before, after)) => (group_list(before)?, group_list(after)?),
            None => (group_list(groups)?, group_list(groups)?),
        };
        let mut row = Row {
            number,
            org_template: None,
            group_templates: Vec::new(),
            by_group: !groups.is_empty(),
            groups_before,
            groups_after,
            created: holds == "created",
            holds: items(holds)?,
            facts: list(facts).map(Fact::read).collect::<Result<_, _>>()?,
            over: read_override(over)?,
            before: in_order(holds),
            ends: match ends {
                "gone" => "gone".to_owned(),
                ends => {
                    items(ends)?;
                    in_order(ends)
                }
            },
            risk: risk.to_owned(),
            findings: list(findings).map(read_finding).collect::<Result<_, _>>()?,
            two_subscriptions: cells[2..8]
                .iter()
                .any(|cell| cell.contains("(new)") || cell.contains("replacedBy new")),
        };
        row.findings.sort();
        row.read_templates(templates)?;
        row.check_template_names()?;
        Ok(row)
    }

    fn read_templates(&mut self, text: &str) -> Result<(), String> {
        for template in text.split("; ").filter(|text| *text != "none") {
            let (name, licenses) = template.split_once(": ").ok_or_else(|| {
                format!("the template `{template}` should be such as `A: messaging`")
            })?;
            let licenses = items(licenses)?;
            match group_name(name) {
                None if name == "org" && !self.by_group => self.org_template = Some(licenses),
                Some(name) if self.by_group => self.group_templates.push((name, licenses)),
                _ => return Err(format!("`{name}` cannot carry a template here")),
            }
        }
        Ok(())
    }

    /// A setting for one group names one that carries a template.
    fn check_template_names(&self) -> Result<(), String> {
        for fact in &self.facts {
            if let Fact::Existing(Some(name))
            | Fact::RetainOff(Some(name))
            | Fact::Distribution(name) = fact
                && !self.group_templates.iter().any(|(known, _)| known == name)
            {
                return Err(format!("`{name}` carries no template"));
            }
        }
        Ok(())
    }

    pub fn has(&self, fact: &Fact) -> bool {
        self.facts.contains(fact)
    }

    /// The codes of losses that have to be acknowledged.
    pub fn losses(&self) -> Vec<&str> {
        let codes = self
            .findings
            .iter()
            .filter_map(|finding| finding.split(' ').nth(1));
        codes
            .filter(|code| Code::find(code).is_some_and(|page| page.acknowledgeable))
            .collect()
    }
}

/// The parts of a list with commas.
fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(", ").filter(|part| !part.is_empty())
}

/// A list of what is held, in order, so that two can be compared.
pub fn in_order(text: &str) -> String {
    let mut items: Vec<&str> = match text {
        "nothing" | "created" => Vec::new(),
        text => list(text).collect(),
    };
    items.sort_unstable();
    match items.is_empty() {
        true => "nothing".to_owned(),
        false => items.join(", "),
    }
}

/// A group: one capital letter.
fn group_name(text: &str) -> Option<String> {
    let capital = text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    capital.then(|| text.to_owned())
}

fn group_list(text: &str) -> Result<Vec<String>, String> {
    let names = list(text).filter(|name| *name != "none");
    names
        .map(|name| group_name(name).ok_or_else(|| format!("`{name}` is no group")))
        .collect()
}

fn read_override(text: &str) -> Result<Override, String> {
    let mut over = Override::default();
    for part in text.split("; ").filter(|part| !part.is_empty()) {
        match part.split_once(' ') {
            None if part == "deleted" => over.deleted = true,
            Some(("add", licenses)) => over.add = items(licenses)?,
            Some(("remove", licenses)) => over.remove = items(licenses)?,
            _ => return Err(format!("`{part}` is no override that the table knows")),
        }
    }
    Ok(over)
}

fn read_finding(text: &str) -> Result<String, String> {
    let (severity, code) = text.split_once(' ').unwrap_or(("", text));
    if !["error", "hold", "warning", "info"].contains(&severity) {
        return Err(format!("`{text}` does not begin with a severity"));
    }
    match Code::find(code) {
        Some(_) => Ok(text.to_owned()),
        None => Err(format!("`{code}` is no finding code")),
    }
}
