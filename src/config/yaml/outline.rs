//! A text of others, such as a workflow: what it has, with anchors and aliases, and on which line.
//!
//! Owns the plain tree of it. Must not know what any key means. It is all of the text or an error: what is not read could be
//! anything.

use std::collections::HashMap;
use std::rc::Rc;

use granit_parser::{Event, Parser};

/// How deep lists and mappings may be nested.
const DEEPEST: usize = 100;
/// The most values of a text, each counted wherever an alias repeats it.
const MOST: usize = 200_000;

/// A value and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub part: Part,
    /// How many values it has, with itself.
    size: usize,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A single value.
    Text(String),
    /// A list.
    List(Vec<Rc<Outline>>),
    /// The entries of a mapping, with keys that are there twice.
    Map(Vec<(String, Rc<Outline>)>),
}

impl Outline {
    /// A single value.
    pub fn text(&self) -> Option<&str> {
        match &self.part {
            Part::Text(text) => Some(text),
            Part::List(_) | Part::Map(_) => None,
        }
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self) -> &[(String, Rc<Outline>)] {
        match &self.part {
            Part::Map(entries) => entries,
            Part::Text(_) | Part::List(_) => &[],
        }
    }

    /// The value of a key; the last one counts.
    pub fn get(&self, key: &str) -> Option<&Outline> {
        let mut entries = self.entries().iter().rev();
        entries.find_map(|(name, value)| (name == key).then_some(&**value))
    }
}

/// All documents of a text; or why it cannot be read.
pub fn outline(text: &str) -> Result<Vec<Rc<Outline>>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser::new_from_str(text);
    let mut reader = Reader::default();
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(|error| error.to_string())?;
        reader.take(event, span.start.line())?;
    }
    Ok(reader.documents)
}

#[derive(Default)]
struct Reader {
    documents: Vec<Rc<Outline>>,
    open: Vec<Open>,
    /// By the number of the anchor.
    anchors: HashMap<usize, Rc<Outline>>,
    count: usize,
}

/// A list or mapping of which more comes.
struct Open {
    line: usize,
    anchor: usize,
    size: usize,
    part: Part,
    /// The key whose value is next.
    key: Option<String>,
}

impl Reader {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), String> {
        match event {
            Event::Scalar(value, _, anchor, _) => {
                let part = Part::Text(value.into_owned());
                self.finish(anchor, Outline::new(line, part, 1))
            }
            Event::SequenceStart(_, anchor, _) => self.begin(line, anchor, Part::List(Vec::new())),
            Event::MappingStart(_, anchor, _) => self.begin(line, anchor, Part::Map(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => {
                    let whole = Outline::new(open.line, open.part, open.size);
                    self.finish(open.anchor, whole)
                }
                None => Ok(()),
            },
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(value) => self.add(Rc::clone(value)),
                None => Err(format!("line {line}: an alias of what surrounds it")),
            },
            _ => Ok(()),
        }
    }

    fn begin(&mut self, line: usize, anchor: usize, part: Part) -> Result<(), String> {
        if self.open.len() >= DEEPEST {
            return Err(format!(
                "line {line}: lists and mappings are nested more than {DEEPEST} deep"
            ));
        }
        self.open.push(Open {
            line,
            anchor,
            size: 1,
            part,
            key: None,
        });
        Ok(())
    }

    fn finish(&mut self, anchor: usize, value: Outline) -> Result<(), String> {
        let value = Rc::new(value);
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&value));
        }
        self.add(value)
    }

    fn add(&mut self, value: Rc<Outline>) -> Result<(), String> {
        let line = value.line;
        let Some(open) = self.open.last_mut() else {
            self.documents.push(value);
            return Ok(());
        };
        self.count += value.size;
        open.size += value.size;
        if self.count > MOST {
            return Err(format!("it has more than {MOST} values"));
        }
        match (&mut open.part, open.key.take()) {
            (Part::List(items), _) => items.push(value),
            (Part::Map(entries), Some(key)) => entries.push((key, value)),
            (Part::Map(_), None) => match value.text() {
                Some(key) => open.key = Some(key.to_owned()),
                None => return Err(format!("line {line}: a key that is not plain text")),
            },
            (Part::Text(_), _) => {}
        }
        Ok(())
    }
}

impl Outline {
    fn new(line: usize, part: Part, size: usize) -> Outline {
        Outline { line, part, size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_tags_and_documents_are_read() {
        let text = "# image: no\nspec: {}\n---\n.base: &base\n  image: &image a:1\njob:\n  <<: *base\n  script: [!reference [.base, script]]\nother: {image: *image}\n";
        let documents = outline(text).unwrap();
        assert_eq!(documents.len(), 2);
        let [_, second] = &documents[..] else {
            panic!("{documents:?}")
        };
        let image = second.get("other").unwrap().get("image").unwrap();
        assert_eq!((image.text(), image.line), (Some("a:1"), 5));
        let merged = second.get("job").unwrap().get("<<").unwrap();
        assert_eq!(merged.get("image").unwrap().text(), Some("a:1"));
        assert_eq!(outline("# nothing\n"), Ok(Vec::new()));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for at in 1..9 {
            let of = format!("*a{}, ", at - 1).repeat(10);
            bomb += &format!("a{at}: &a{at} [{of}]\n");
        }
        let deep = "[".repeat(200) + &"]".repeat(200);
        for text in [
            "a: [",
            "a: *b\n",
            "a: &a [*a]\n",
            "a: 'x\n",
            "\tb: c: d\n",
            "? [a]\n: b\n",
            &bomb,
            &deep,
        ] {
            assert!(outline(text).is_err(), "{text}");
        }
    }
}
