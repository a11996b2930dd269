//! The formats that each command may print, and what else a caller may choose.
//!
//! Owns the words of `--format` and `--detail`. Must not know how any of them is made.

/// The formats of a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum PlanFormat {
    /// Plain text, for a terminal or a log
    #[default]
    Text,
    /// For a comment on a pull request, or the summary of a CI run
    Markdown,
    /// The plan file itself
    Json,
    /// For spreadsheets, a row for each field
    Csv,
    /// For a browser: one offline file with filters
    Html,
    /// For policy tools that read Terraform's plans: the shape of `terraform show -json`
    Tfplan,
    /// Its findings as SARIF 2.1.0, for code scanning
    Sarif,
    /// Its findings as annotations of a GitHub workflow
    Github,
}

/// The formats of findings without a plan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum FindingsFormat {
    /// Plain text
    #[default]
    Text,
    /// For a comment on a pull request, or the summary of a CI run
    Markdown,
    /// For scripts
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
}

/// The formats of what a run found or did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum RunFormat {
    /// Plain text
    #[default]
    Text,
    /// For scripts
    Json,
    /// For the summary of a CI run, or an issue
    Markdown,
    /// One file for a browser
    Html,
}

/// The formats of an explanation or a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ObjectFormat {
    /// Plain text
    #[default]
    Text,
    /// For scripts
    Json,
}

/// The formats of a table of objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum TableFormat {
    /// Plain text
    #[default]
    Text,
    /// For scripts
    Json,
    /// For spreadsheets
    Csv,
}

/// The formats of a report about people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportFormat {
    /// Plain text
    Text,
    /// For scripts
    Json,
    /// For spreadsheets
    Csv,
}

impl PlanFormat {
    /// The same format for a report, if it has one.
    pub fn of_report(self) -> Option<ReportFormat> {
        match self {
            PlanFormat::Text => Some(ReportFormat::Text),
            PlanFormat::Json => Some(ReportFormat::Json),
            PlanFormat::Csv => Some(ReportFormat::Csv),
            PlanFormat::Markdown
            | PlanFormat::Html
            | PlanFormat::Tfplan
            | PlanFormat::Sarif
            | PlanFormat::Github => None,
        }
    }
}

// Without a plan, the findings are printed instead: in the same format if it supports findings, else as text.

impl From<PlanFormat> for FindingsFormat {
    fn from(format: PlanFormat) -> FindingsFormat {
        match format {
            PlanFormat::Markdown => FindingsFormat::Markdown,
            PlanFormat::Json => FindingsFormat::Json,
            PlanFormat::Sarif => FindingsFormat::Sarif,
            PlanFormat::Github => FindingsFormat::Github,
            PlanFormat::Text | PlanFormat::Csv | PlanFormat::Html | PlanFormat::Tfplan => {
                FindingsFormat::Text
            }
        }
    }
}

impl From<RunFormat> for FindingsFormat {
    fn from(format: RunFormat) -> FindingsFormat {
        match format {
            RunFormat::Text | RunFormat::Html => FindingsFormat::Text,
            RunFormat::Json => FindingsFormat::Json,
            RunFormat::Markdown => FindingsFormat::Markdown,
        }
    }
}

impl From<ObjectFormat> for FindingsFormat {
    fn from(format: ObjectFormat) -> FindingsFormat {
        match format {
            ObjectFormat::Text => FindingsFormat::Text,
            ObjectFormat::Json => FindingsFormat::Json,
        }
    }
}

/// How much a plan shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Detail {
    /// Equal changes are folded and long values cut
    #[default]
    Short,
    /// Every object, every value
    Full,
    /// The requests in the order in which they are sent, and what each waits for
    Order,
}

/// What a caller may choose in addition to the format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// ANSI colours, and drawing characters beyond ASCII.
    pub color: bool,
    /// How much to show.
    pub detail: Detail,
    /// The width at which lines are broken. 100 wherever there is no terminal, so that all logs look the same.
    pub width: usize,
    /// Whether that is the width of a terminal, where every line has to fit. In a log, sentences stay whole.
    pub terminal: bool,
    /// How long Markdown may be, in bytes.
    pub max_bytes: usize,
    /// Where the configuration is in its repository, with `/`; empty at the top of it, and without one.
    pub directory: String,
    /// The commands that follow a report of drift.
    pub next: Next,
    /// What an apply takes, in words: with the order of the requests.
    pub cost: Option<String>,
}

/// What can be done about drift: commands with the arguments of the one that found it, as a shell takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Restores the state in the files.
    pub apply: String,
    /// Adopts the live state into the files; files of a git revision cannot be written.
    pub adopt: Option<String>,
}

impl Default for Next {
    fn default() -> Next {
        Next {
            apply: "trunkline apply".to_owned(),
            adopt: Some("trunkline drift --adopt".to_owned()),
        }
    }
}

impl Options {
    /// The path of a file of the configuration within the repository.
    pub(super) fn in_repository(&self, file: &str) -> String {
        match self.directory.as_str() {
            "" => file.to_owned(),
            directory => format!("{directory}/{file}"),
        }
    }
}

/// What fits into a comment on GitHub, whose limit is 65,536, and on GitLab.
pub const COMMENT: usize = 60_000;

impl Default for Options {
    fn default() -> Options {
        Options {
            color: false,
            detail: Detail::Short,
            width: 100,
            terminal: false,
            max_bytes: COMMENT,
            directory: String::new(),
            next: Next::default(),
            cost: None,
        }
    }
}
