//! The paths that a Rust file names, as rustc resolves them: comments and texts are left out, groups of `use` taken apart,
//! `self` and chains of `super` followed.

use std::iter::Peekable;
use std::vec::IntoIter;

/// A path that a file names.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// From the root of the crate (`crate::…`), or as written.
    pub path: Vec<String>,
    /// From 1.
    pub line: usize,
    /// Whether only tests have it.
    pub test: bool,
}

/// A word, `::`, `..`, or one character of anything else.
type Token = (String, usize);

/// Every path of a file whose module is `module`, such as `["plan", "order"]`.
pub fn paths(text: &str, module: &[String]) -> Vec<Named> {
    let mut walk = Walk {
        tokens: tokens(text).into_iter().peekable(),
        modules: vec![module.to_vec()],
        braces: Vec::new(),
        found: Vec::new(),
    };
    walk.run();
    walk.found
}

struct Walk {
    tokens: Peekable<IntoIter<Token>>,
    /// The module of each open brace, outermost first.
    modules: Vec<Vec<String>>,
    /// For each open brace, whether tests alone are in it.
    braces: Vec<bool>,
    found: Vec<Named>,
}

impl Walk {
    fn run(&mut self) {
        let mut before = String::new();
        // `#[cfg(test)]` stands for what comes next, up to its end.
        let mut test = false;
        let mut module: Option<String> = None;
        while let Some((word, line)) = self.tokens.next() {
            let in_tests = test || self.braces.last().copied().unwrap_or(false);
            match word.as_str() {
                "#" if self.is_cfg_test() => test = true,
                "use" if !self.next_is("<") => self.tree(Vec::new(), line, in_tests),
                "mod" => module = self.tokens.peek().map(|(name, _)| name.clone()),
                "{" => {
                    let mut here = self.modules.last().cloned().unwrap_or_default();
                    here.extend(module.take());
                    self.modules.push(here);
                    self.braces.push(std::mem::take(&mut test) || in_tests);
                }
                "}" => {
                    self.modules.pop();
                    self.braces.pop();
                }
                ";" => (test, module) = (false, None),
                // A path from the root of all crates begins here.
                "::" if !is_word(&before) && before != ">" => {
                    before.clear();
                    continue;
                }
                _ if is_word(&word) && before != "::" && before != "." => {
                    let path = self.path(word.clone());
                    if path.len() > 1 {
                        self.add(path, line, in_tests);
                    }
                }
                _ => {}
            }
            before = word;
        }
    }

    /// Whether `[cfg(test)]` comes next; takes it if so.
    fn is_cfg_test(&mut self) -> bool {
        let mut ahead = self.tokens.clone();
        let is = ["[", "cfg", "(", "test", ")", "]"]
            .iter()
            .all(|want| ahead.next().is_some_and(|(word, _)| word == *want));
        if is {
            self.tokens = ahead;
        }
        is
    }

    fn next_is(&mut self, word: &str) -> bool {
        self.tokens.peek().is_some_and(|(next, _)| next == word)
    }

    /// The rest of a path that begins with `first`.
    fn path(&mut self, first: String) -> Vec<String> {
        let mut path = vec![first];
        while self.next_is("::") {
            self.tokens.next();
            match self.tokens.next_if(|(word, _)| is_word(word)) {
                Some((word, _)) => path.push(word),
                None => break,
            }
        }
        path
    }

    /// A tree of `use`, each leaf with all that is before it.
    fn tree(&mut self, mut path: Vec<String>, line: usize, test: bool) {
        while let Some((word, _)) = self.tokens.peek().cloned() {
            match word.as_str() {
                "{" => {
                    self.tokens.next();
                    while !self.next_is("}") && self.tokens.peek().is_some() {
                        let line = self.tokens.peek().map_or(line, |(_, line)| *line);
                        self.tree(path.clone(), line, test);
                        if self.next_is(",") {
                            self.tokens.next();
                        }
                    }
                    self.tokens.next();
                    return;
                }
                "as" => {
                    self.tokens.next();
                    self.tokens.next();
                }
                "::" => drop(self.tokens.next()),
                _ if word == "*" || is_word(&word) => {
                    self.tokens.next();
                    path.push(word);
                }
                _ => break,
            }
        }
        // `a::{self}` is `a`.
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        self.add(path, line, test);
    }

    fn add(&mut self, path: Vec<String>, line: usize, test: bool) {
        let here = self.modules.last().cloned().unwrap_or_default();
        let supers = path.iter().filter(|word| *word == "super").count();
        let path = match path[0].as_str() {
            "self" | "super" => {
                let own = here[..here.len().saturating_sub(supers)].iter();
                let rest = path.iter().filter(|it| *it != "super" && *it != "self");
                let root = "crate".to_owned();
                std::iter::once(&root)
                    .chain(own)
                    .chain(rest)
                    .cloned()
                    .collect()
            }
            _ => path,
        };
        self.found.push(Named { path, line, test });
    }
}

fn is_word(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The tokens of a file, without comments, texts, characters and lifetimes.
fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            _ if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if rest.starts_with("/*") => comment(rest),
            _ if raw_text(rest).is_some() => raw_text(rest).unwrap_or(1),
            '"' => text_length(rest, '"'),
            '\'' => character(rest),
            _ if first.is_alphanumeric() || first == '_' => {
                let end = |it: char| !it.is_alphanumeric() && it != '_';
                let length = rest.find(end).unwrap_or(rest.len());
                found.push((rest[..length].to_owned(), line));
                length
            }
            _ if rest.starts_with("::") || rest.starts_with("..") => {
                found.push((rest[..2].to_owned(), line));
                2
            }
            _ => {
                if !first.is_whitespace() {
                    found.push((first.to_string(), line));
                }
                first.len_utf8()
            }
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// The length of a block comment, with those inside it.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        match &text.as_bytes()[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

/// The length of a raw text such as `r#"…"#`, if one begins here.
fn raw_text(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let inside = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let begin = text.len() - inside.len();
    Some(
        inside
            .find(&end)
            .map_or(text.len(), |at| begin + at + end.len()),
    )
}

fn text_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, it) in text.char_indices().skip(1) {
        match it {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if it == quote => return at + it.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The length of a character, or of the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut after = text.chars().skip(1);
    match (after.next(), after.next()) {
        (Some('\\'), _) | (Some(_), Some('\'')) => text_length(text, '\''),
        _ => 1,
    }
}

#[test]
fn paths_are_found_wherever_they_are() {
    let text = r##"
use super::{self, draft::{Draft, Need as N}, super::kinds};
// use crate::comment::No;
/* use crate::comment::No; /* inside */ crate::comment::No */
fn one<'a>(it: &'a str) -> crate::finding::Code {
    let text = "crate::text::No \" {"; let raw = r#"crate::raw::No " {"#; let brace = '{';
    super::super::webex::send(self::inner(), std::fs::read(it), x.crate_::no)
}
pub(crate) use trunkline::git;
#[cfg(test)]
mod tests {
    use super::*;
    use super::super::super::render::{json, csv};
}
fn after() { ::ureq::get(..crate::sim::PORT) }
"##;
    let module = ["plan".to_owned(), "order".to_owned()];
    let found: Vec<String> = paths(text, &module)
        .iter()
        .map(|it| {
            format!(
                "{} {}{}",
                it.line,
                it.path.join("::"),
                if it.test { " test" } else { "" }
            )
        })
        .collect();
    let expected = [
        "2 crate::plan",
        "2 crate::plan::draft::Draft",
        "2 crate::plan::draft::Need",
        "2 crate::kinds",
        "5 crate::finding::Code",
        "7 crate::webex::send",
        "7 crate::plan::order::inner",
        "7 std::fs::read",
        "9 trunkline::git",
        "12 crate::plan::order::* test",
        "13 crate::render::json test",
        "13 crate::render::csv test",
        "15 ureq::get",
        "15 crate::sim::PORT",
    ];
    assert_eq!(found, expected);
}
