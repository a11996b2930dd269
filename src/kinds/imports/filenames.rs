//! Names of files for objects with names of any kind.
//!
//! Owns what the file systems of Linux, macOS and Windows, and git on them, take: no separators, no reserved names, none
//! that differ only in case.

use rustc_hash::FxHashSet;

/// The longest name, in bytes: file systems take 255, and paths have a limit of their own on Windows.
const LONGEST: usize = 80;

/// Names that Windows reserves, whatever follows the first dot; with a digit behind them too.
const RESERVED: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// Names so far.
#[derive(Debug, Default)]
pub struct FileNames(FxHashSet<String>);

impl FileNames {
    /// A name that resembles this one, and that no other file has.
    pub fn name(&mut self, text: &str) -> String {
        let plain = plain(text);
        let mut name = plain.clone();
        let mut count = 1;
        while !self.0.insert(name.to_lowercase()) {
            count += 1;
            name = format!("{plain}-{count}");
        }
        name
    }
}

/// Letters and digits of the name, a hyphen for whatever is between them.
fn plain(text: &str) -> String {
    let mut name = String::new();
    for part in text.split(|c: char| !c.is_alphanumeric() && c != '_') {
        for c in part.chars() {
            if name.len() + c.len_utf8() < LONGEST {
                name.push(c);
            }
        }
        if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_end_matches('-');
    let lower = name.to_lowercase();
    let stem = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    match name.is_empty() || RESERVED.contains(&stem) {
        true => format!("location-{name}").trim_end_matches('-').to_owned(),
        false => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_what_every_file_system_takes() {
        for (text, expected) in [
            ("Dallas", "Dallas"),
            ("New York, 5th floor", "New-York-5th-floor"),
            ("../../etc/passwd", "etc-passwd"),
            ("a\\b:c*d?\"<>|", "a-b-c-d"),
            (".hidden", "hidden"),
            ("東京 (2階)", "東京-2階"),
            ("con", "location-con"),
            ("LPT1", "location-LPT1"),
            ("Conrad", "Conrad"),
            ("!?", "location"),
            ("", "location"),
            ("trailing. ", "trailing"),
        ] {
            assert_eq!(FileNames::default().name(text), expected, "{text}");
        }
        let long = FileNames::default().name(&"é".repeat(500));
        assert!(long.len() <= LONGEST, "{}", long.len());
    }

    #[test]
    fn no_two_files_differ_only_in_case() {
        let mut names = FileNames::default();
        let given: Vec<String> = ["Dallas", "DALLAS", "dallas!", "Dallas-2"]
            .iter()
            .map(|name| names.name(name))
            .collect();
        assert_eq!(given, ["Dallas", "DALLAS-2", "dallas-3", "Dallas-2-2"]);
    }
}
