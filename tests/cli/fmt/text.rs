//! Random YAML as untidy as people and programs may write it, made from a tape of numbers: every choice reads one, 0 being
//! the plainest, so that a failing text shrinks.

use std::fmt::Write as _;

/// A text, and what was put into it.
#[derive(Debug, Clone, Default)]
pub struct Made {
    pub text: String,
    /// Every comment.
    pub comments: Vec<String>,
    /// Comments right above an entry in its column, and its key.
    pub above: Vec<(String, String)>,
    /// Comments at the end of the line of an entry, and its key.
    pub beside: Vec<(String, String)>,
}

/// Makes a text.
pub fn make(tape: &[u16]) -> Made {
    let mut pen = Pen {
        tape,
        at: 0,
        made: Made::default(),
        names: 0,
        body: false,
    };
    if pen.one_in(8) {
        pen.push("\u{feff}");
    }
    let documents = 1 + pen.roll(8) / 6;
    for index in 0..documents {
        if index > 0 || pen.one_in(4) {
            pen.comments(0);
            pen.push("---");
            pen.end_line(None);
        }
        match pen.roll(12) {
            11 => pen.list(0, 3, false),
            10 => {
                pen.flow(0, 2, true);
                pen.push("\n");
            }
            _ => pen.map(0, 3, false, true),
        }
    }
    pen.comments(0);
    let mut made = pen.made;
    match tape.last().map_or(0, |last| last % 6) {
        5 => made.text = made.text.replace('\n', "\r\n"),
        4 => made.text = made.text.replacen('\n', "\r\n", 3),
        3 if made.text.trim_end().len() + 1 == made.text.len() => {
            made.text.truncate(made.text.len() - 1)
        }
        _ => {}
    }
    made
}

const SECTIONS: [&str; 9] = [
    "users",
    "version",
    "org",
    "templates",
    "groups",
    "locations",
    "numbers",
    "workspaces",
    "acknowledgements",
];
const FIELDS: [&str; 12] = [
    "extension",
    "displayName",
    "location",
    "licenses",
    "roles",
    "state",
    "template",
    "members",
    "existingUsers",
    "type",
    "numbers",
    "reason",
];
const TEXTS: [&str; 34] = [
    "Dallas",
    "no",
    "1003",
    "+12145550101",
    "2021-03-01",
    "a: b",
    "a #b",
    "#x",
    "it's",
    "say \"hi\"",
    "",
    " lead",
    "trail ",
    "multi\nline",
    "multi\n\n  line\n",
    "\n",
    "ünï 東京 😀",
    "-",
    "- a",
    "[x",
    "{y}",
    "~",
    "true",
    "Null",
    "True",
    "tab\tin",
    "back\\slash",
    "\u{85}\u{feff}",
    "left the company, HR-123",
    "1e3",
    "0x1F",
    "  two\n three\n\n\n",
    "end:",
    "a text that is long enough to be wrapped by nobody but whoever thinks that a hundred and twenty characters are all that fit",
];
const LETTERS: [char; 40] = [
    'a', 'b', 'z', 'A', '0', '1', '9', ' ', ' ', ':', '#', '-', '\'', '"', '\\', '{', '}', '[',
    ']', ',', '&', '*', '!', '|', '>', '%', '@', '`', '?', '~', '.', '+', '_', '/', 'é', '😀',
    '\t', '\n', '=', '<',
];

struct Pen<'t> {
    tape: &'t [u16],
    at: usize,
    made: Made,
    names: usize,
    /// Whether what was written last is a text on lines of its own: a comment below it must not be a part of it.
    body: bool,
}

impl Pen<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        let number = self.tape.get(self.at).copied().unwrap_or(0);
        self.at += 1;
        usize::from(number) % sides
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == sides - 1
    }

    fn push(&mut self, text: &str) {
        self.made.text += text;
    }

    fn pad(&mut self, columns: usize) {
        self.made.text.extend(std::iter::repeat_n(' ', columns));
    }

    fn column(&self) -> usize {
        let text = &self.made.text;
        let start = text.rfind('\n').map_or(0, |at| at + 1);
        text[start..].trim_start_matches('\u{feff}').chars().count()
    }

    fn name(&mut self) -> usize {
        self.names += 1;
        self.names
    }

    fn comment(&mut self) -> String {
        let number = self.name();
        let mark = ["# ", "#", "#\t", "#  - x: "][self.roll(4)];
        let comment = format!(
            "{mark}c{number};{}",
            ["", " é # 'x", " key: [", "  two"][self.roll(4)]
        );
        self.made.comments.push(comment.clone());
        comment
    }

    /// Blank lines and comments on lines of their own; gives those that end up right above what follows in this column.
    fn comments(&mut self, indent: usize) -> Vec<String> {
        let mut above = Vec::new();
        loop {
            for _ in 0..self.roll(8).saturating_sub(5) {
                let spaces = self.roll(3);
                self.pad(if self.body { 0 } else { spaces });
                self.push("\n");
            }
            if !self.one_in(5) {
                return above;
            }
            let odd = !self.body && self.one_in(5);
            let column = if odd { self.roll(9) } else { indent };
            let comment = self.comment();
            self.pad(column);
            self.push(&comment);
            let tail = ["", " ", "\t"][self.roll(3)];
            self.push(tail);
            self.push("\n");
            // In the first column, two spaces make it a line that was put out, which may belong to what is above.
            let put_out = column == 0 && comment.starts_with("#  ");
            match column == indent && !put_out {
                true => above.push(comment),
                false => above.clear(),
            }
        }
    }

    /// Ends a line, perhaps with a comment.
    fn end_line(&mut self, key: Option<&str>) {
        self.end_line_with(key, true);
    }

    /// `more` if the comment may go on below.
    fn end_line_with(&mut self, key: Option<&str>, more: bool) {
        if self.one_in(4) {
            let spaces = 1 + self.roll(6);
            let comment = self.comment();
            self.pad(spaces);
            let column = self.column();
            self.push(&comment);
            if let Some(key) = key {
                self.made.beside.push((comment, key.to_owned()));
            }
            if more && self.one_in(6) {
                let more = self.comment();
                self.push("\n");
                self.pad(column);
                self.push(&more);
            }
        } else if self.one_in(6) {
            self.push("  ");
        }
        self.push("\n");
        self.body = false;
    }

    fn map(&mut self, indent: usize, depth: usize, begun: bool, top: bool) {
        let count = 1 + self.roll(4);
        let (first, step) = (self.roll(12), [1, 5, 7][self.roll(3)]);
        for index in 0..count {
            let key = match depth {
                3 if top && count <= 4 => {
                    SECTIONS[(first + index * step) % SECTIONS.len()].to_owned()
                }
                1 => FIELDS[(first + index * step) % FIELDS.len()].to_owned(),
                _ => format!("k{}", self.name()),
            };
            if index > 0 || !begun {
                let above = self.comments(indent);
                // The first comments of a file may be about all of it.
                if !(top && index == 0) {
                    self.made
                        .above
                        .extend(above.into_iter().map(|comment| (comment, key.clone())));
                }
                self.pad(indent);
            }
            let shown = match self.roll(8) {
                7 => format!("'{key}'"),
                6 => format!("\"{key}\""),
                _ => key.clone(),
            };
            if self.one_in(24) {
                self.push("? ");
                self.push(&shown);
                self.push("\n");
                self.pad(indent);
            } else {
                self.push(&shown);
            }
            self.push(":");
            self.value(indent, depth, Some(&key));
        }
    }

    /// What follows a colon.
    fn value(&mut self, indent: usize, depth: usize, key: Option<&str>) {
        let choice = if depth == 0 { 0 } else { self.roll(8) };
        match choice {
            3 | 4 => {
                self.end_line(None);
                let inner = indent + 1 + self.roll(5);
                self.map(inner, depth - 1, false, false);
            }
            5 => {
                self.end_line(None);
                let inner = indent + self.roll(5);
                self.list(inner, depth - 1, false);
            }
            6 => {
                self.push(" ");
                let long = self.one_in(2);
                self.flow(indent, depth - 1, long);
                self.end_line(None);
            }
            7 => self.end_line(key),
            _ => {
                if self.one_in(10) {
                    self.end_line(None);
                    self.pad(indent + 1);
                } else {
                    self.push(" ");
                }
                self.scalar(indent, false, key);
            }
        }
    }

    fn list(&mut self, indent: usize, depth: usize, begun: bool) {
        for index in 0..=self.roll(3) {
            if index > 0 || !begun {
                self.comments(indent);
                self.pad(indent);
            }
            self.push("-");
            let space = 1 + self.roll(4) / 3;
            let inner = indent + 1 + space;
            match if depth == 0 { 0 } else { self.roll(8) } {
                3 | 4 => {
                    self.pad(space);
                    self.map(inner, depth - 1, true, false);
                }
                5 => {
                    self.pad(space);
                    self.list(inner, depth - 1, true);
                }
                6 => {
                    self.end_line(None);
                    let inner = indent + 1 + self.roll(4);
                    self.map(inner, depth - 1, false, false);
                }
                7 => {
                    self.pad(space);
                    let long = self.one_in(2);
                    self.flow(indent, depth - 1, long);
                    self.end_line(None);
                }
                _ => {
                    self.pad(space);
                    self.scalar(indent, false, None);
                }
            }
        }
    }

    /// Brackets; `long` if they may take several lines.
    fn flow(&mut self, indent: usize, depth: usize, long: bool) {
        let map = self.one_in(2);
        self.push(if map { "{" } else { "[" });
        let count = self.roll(4);
        for index in 0..count {
            self.flow_space(indent, long);
            if map || self.one_in(6) {
                let key = match (map, depth) {
                    (true, 1) => FIELDS[index * 5 % FIELDS.len()].to_owned(),
                    _ => format!("k{}", self.name()),
                };
                self.push(&key);
                self.push(": ");
            }
            match if depth == 0 { 0 } else { self.roll(6) } {
                5 => self.flow(indent, depth - 1, long),
                _ => self.scalar(indent, true, None),
            }
            if index + 1 < count || self.one_in(4) {
                self.push(",");
                if !long {
                    self.push(" ");
                }
            }
        }
        self.flow_space(indent, long);
        self.push(if map { "}" } else { "]" });
    }

    fn flow_space(&mut self, indent: usize, long: bool) {
        if !long || !self.one_in(2) {
            let spaces = self.roll(3);
            return self.pad(spaces);
        }
        self.end_line(None);
        while self.one_in(4) {
            let comment = self.comment();
            self.pad(indent + 1);
            self.push(&comment);
            self.push("\n");
        }
        let spaces = indent + 1 + self.roll(4);
        self.pad(spaces);
    }

    /// A value in one of the styles that can hold it, and the end of its line unless it stands in brackets.
    fn scalar(&mut self, indent: usize, flow: bool, key: Option<&str>) {
        let text: String = match self.roll(4) {
            3 => (0..self.roll(9))
                .map(|_| LETTERS[self.roll(LETTERS.len())])
                .collect(),
            _ => TEXTS[self.roll(TEXTS.len())].to_owned(),
        };
        let printable = !text.chars().any(|c| c.is_control() || c == '\u{feff}');
        let style = self.roll(6);
        let from = self.made.text.len();
        match style {
            0 | 1 if is_plain(&text, flow) => self.fold(&text, indent, flow),
            2 if printable => {
                self.push("'");
                self.fold(&text.replace('\'', "''"), indent, flow);
                self.push("'");
            }
            3 | 4 if !flow && is_body(&text) => return self.body(&text, indent, style == 3),
            _ => {
                let escaped = self.escaped(&text);
                self.push("\"");
                self.fold(&escaped, indent, flow);
                self.push("\"");
            }
        }
        if !flow {
            let short = !self.made.text[from..].contains('\n');
            self.end_line(key.filter(|_| short));
        }
    }

    /// Text whose single spaces may become line ends.
    fn fold(&mut self, text: &str, indent: usize, flow: bool) {
        if flow || !self.one_in(6) {
            return self.push(text);
        }
        let mut words = text.split(' ').peekable();
        while let Some(word) = words.next() {
            self.push(word);
            let Some(next) = words.peek() else { return };
            let solid =
                |word: &str| !word.is_empty() && !word.ends_with('\\') && !word.starts_with('#');
            if solid(word) && solid(next) && self.one_in(2) {
                let end = [" \n", "\n"][self.roll(2)];
                self.push(end);
                let spaces = indent + 1 + self.roll(3);
                self.pad(spaces);
            } else {
                self.push(" ");
            }
        }
    }

    fn escaped(&mut self, text: &str) -> String {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '"' | '\\' => out.extend(['\\', c]),
                '\n' => out += "\\n",
                '\t' if self.one_in(2) => out += "\\t",
                '\t' => out.push(c),
                c if c.is_control() || c == '\u{feff}' || self.one_in(12) => {
                    write!(out, "\\U{:08X}", c as u32).unwrap()
                }
                c => out.push(c),
            }
        }
        out
    }

    /// A text on lines of its own.
    fn body(&mut self, text: &str, indent: usize, literal: bool) {
        let inner = 1 + self.roll(4);
        let ends = text.len() - text.trim_end_matches('\n').len();
        self.push(if literal { "|" } else { ">" });
        let first = text
            .lines()
            .find(|line| !line.trim().is_empty())
            .unwrap_or_default();
        if first.starts_with(' ') || self.one_in(5) {
            self.push(&inner.to_string());
        }
        let chomp = match ends {
            0 => "-",
            1 => "",
            _ => "+",
        };
        self.push(chomp);
        self.end_line_with(None, false);
        for line in text.trim_end_matches('\n').split('\n') {
            if !line.is_empty() {
                self.pad(indent + inner);
            }
            self.push(line);
            self.push("\n");
        }
        for _ in 1..ends {
            self.push("\n");
        }
        self.body = true;
    }
}

fn is_plain(text: &str, flow: bool) -> bool {
    let fine = |c: char| {
        c.is_alphanumeric() || " ._/@+-()'é😀~".contains(c) || (!flow && ",[]{}".contains(c))
    };
    let begins = text.starts_with(|c: char| c.is_alphanumeric() || "+~".contains(c));
    begins && !text.ends_with(' ') && text.chars().all(fine)
}

fn is_body(text: &str) -> bool {
    let printable = |c: char| c == '\n' || (!c.is_control() && c != '\u{feff}');
    !text.trim().is_empty()
        && !text.starts_with('\n')
        && text.chars().all(printable)
        && text
            .lines()
            .all(|line| line.is_empty() || !line.trim().is_empty())
}
