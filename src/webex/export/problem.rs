//! Everything that is wrong in the files of an export, with file, line and column.

use std::fmt;

/// How many are listed.
const LISTED: usize = 20;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was named.
    pub file: String,
    /// The line, where it is about one.
    pub line: Option<u64>,
    /// The header of the column, where it is about one.
    pub column: Option<String>,
    /// What is wrong, and what to do.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// All of them; none is the only good result.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Adds one.
    pub fn add(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// `Err` with all of them, if there are any.
    pub fn none(self) -> Result<(), Problems> {
        match self.0.is_empty() {
            true => Ok(()),
            false => Err(self),
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [one] => write!(f, "{one}"),
            all => write!(f, "{} problems in the files of the export", all.len()),
        }
    }
}

impl Problems {
    /// A line for each, where there are several; a long list is cut.
    pub fn lines(&self) -> Vec<String> {
        if self.0.len() < 2 {
            return Vec::new();
        }
        let listed = self.0.iter().take(LISTED).map(ToString::to_string);
        let more = self.0.len().saturating_sub(LISTED);
        let more = (more > 0).then(|| format!("and {more} more"));
        listed.chain(more).collect()
    }
}
