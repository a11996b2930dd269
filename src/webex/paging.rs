//! Lists in pages: four dialects (webex-api.md 1.5), and whether everything came back.
//!
//! Entries come once, whatever the paging does. Where Webex says how many there are, at least that many must have come. Nothing is
//! dropped: an entry that cannot be distinguished from others ends the walk, and so does a page on which nothing is new, for else a
//! server could go on endlessly.

use rustc_hash::FxHashSet;
use serde_json::Value;

use super::call::Answer;
use super::error::Error;
use super::link;

/// How a list is paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// Not at all.
    None,
    /// `Link: <…>; rel="next"`.
    Link,
    /// SCIM: `startIndex` from 1, `count`, `totalResults`.
    Scim,
    /// `offset` from 0, `max`.
    Offset,
}

/// Lists are cut at a multiple of this: 100 devices have been seen where 1000 were asked for.
const ROUND: usize = 100;

/// How many pages without an entry are followed to the next one.
const EMPTY_PAGES: usize = 20;

/// How often a list is read whose entries are not as many as Webex says.
const PASSES: usize = 3;

/// More entries than any organisation has: a server that hands out more does not come to an end.
const MOST: usize = 10_000_000;

/// Gets one page.
pub type Get<'a> = &'a dyn Fn(&str) -> Result<Answer, Error>;

/// A list that is being read.
pub struct Walk<'a> {
    /// Gets a page.
    pub get: Get<'a>,
    /// The list, with the size of its pages in the query where one is wanted.
    pub path: &'a str,
    /// The member of a page that holds the entries.
    pub key: &'a str,
    seen: FxHashSet<String>,
    /// Whether every entry has to have an id, or a unique number or extension.
    strict: bool,
}

/// What a page had.
struct Page {
    rows: usize,
    /// Those that no page before had.
    new: usize,
}

impl<'a> Walk<'a> {
    /// Begins to read a list.
    pub fn new(get: Get<'a>, path: &'a str, key: &'a str) -> Walk<'a> {
        Walk {
            get,
            path,
            key,
            seen: FxHashSet::default(),
            strict: true,
        }
    }

    /// Entries without an id are entries too.
    pub fn lenient(mut self) -> Walk<'a> {
        self.strict = false;
        self
    }

    /// Hands over every entry.
    pub fn run(&mut self, paging: Paging, sink: &mut dyn FnMut(Value)) -> Result<(), Error> {
        match paging {
            Paging::None => {
                let page = (self.get)(self.path)?.body;
                self.take(page, sink).map(drop)
            }
            Paging::Link => self.links(sink),
            Paging::Scim => self.scim(sink),
            Paging::Offset => self.offset(sink),
        }
    }

    fn links(&mut self, sink: &mut dyn FnMut(Value)) -> Result<(), Error> {
        let mut followed = FxHashSet::default();
        let mut path = self.path.to_owned();
        let mut total = None;
        let mut empty = 0;
        loop {
            let answer = (self.get)(&path)?;
            // The list of numbers says so where it is asked for details.
            total = answer.body["count"]["total"].as_u64().or(total);
            let page = self.take(answer.body, sink)?;
            let Some(link) = next_link(&answer.headers) else {
                self.beyond(&path, &page, sink)?;
                break;
            };
            match page.rows {
                0 => empty += 1,
                _ => {
                    empty = 0;
                    self.go_on(&page)?;
                }
            }
            if empty > EMPTY_PAGES {
                return Err(self.malformed("its pages are empty and do not end"));
            }
            path = link::resolve(self.path, &link);
            if !followed.insert(path.clone()) {
                return Err(self.malformed("its pages form a cycle"));
            }
        }
        self.prove(total)
    }

    /// A page without a link that is full, or ends at a round number, may be a list that was cut: what comes behind it is asked for
    /// by its place. A list that ends there has nothing new to say, or does not know such places.
    fn beyond(
        &mut self,
        last: &str,
        page: &Page,
        sink: &mut dyn FnMut(Value),
    ) -> Result<(), Error> {
        let Some(max) = parameter(last, "max").filter(|&max| max > 1) else {
            return Ok(());
        };
        let mut page = Page { ..*page };
        let cut =
            |page: &Page| page.rows >= max || page.rows > 0 && page.rows.is_multiple_of(ROUND);
        while cut(&page) && page.new > 0 {
            let path = with(self.path, &[("start", self.seen.len())]);
            page = match (self.get)(&path) {
                Ok(answer) => self.take(answer.body, sink)?,
                Err(error) if error.is(400) || error.is(404) => return Ok(()),
                Err(error) => return Err(error),
            };
        }
        Ok(())
    }

    fn scim(&mut self, sink: &mut dyn FnMut(Value)) -> Result<(), Error> {
        let wanted = parameter(self.path, "count").unwrap_or(100);
        let mut total = None;
        for pass in 0..PASSES {
            // Where rows are lost between pages, other pages have other borders.
            let count = (wanted - pass * wanted / 7).max(1);
            let mut start = 1;
            loop {
                let path = with(self.path, &[("count", count), ("startIndex", start)]);
                let page = (self.get)(&path)?.body;
                let said = [&page["totalResults"], &page["memberSize"]];
                total = said.into_iter().find_map(Value::as_u64).or(total);
                let page = self.take(page, sink)?;
                start += page.rows;
                if page.rows == 0 || total.is_some_and(|total| start as u64 > total) {
                    break;
                }
                // A later pass sees most entries again, and ends by the total; unless that is not true.
                if total.is_none() {
                    self.go_on(&page)?;
                }
                if start > 2 * self.seen.len() + wanted || start > MOST {
                    break;
                }
            }
            if self.prove(total).is_ok() {
                break;
            }
        }
        self.prove(total)
    }

    fn offset(&mut self, sink: &mut dyn FnMut(Value)) -> Result<(), Error> {
        let max = parameter(self.path, "max").unwrap_or(200);
        let mut offset = 0;
        loop {
            let path = with(self.path, &[("max", max), ("offset", offset)]);
            let page = self.take((self.get)(&path)?.body, sink)?;
            offset += page.rows;
            if page.rows == 0 || page.rows < max {
                return Ok(());
            }
            self.go_on(&page)?;
        }
    }

    /// Hands over what is new on a page.
    fn take(&mut self, mut page: Value, sink: &mut dyn FnMut(Value)) -> Result<Page, Error> {
        let rows = match page.get_mut(self.key).map(Value::take) {
            Some(Value::Array(rows)) => rows,
            Some(Value::Null) | None if is_empty(&page) => Vec::new(),
            _ => return Err(self.malformed(&format!("there is no list {}", self.key))),
        };
        let count = rows.len();
        let mut new = 0;
        for (at, row) in rows.into_iter().enumerate() {
            let id = match identity(self.key, &row) {
                Some(id) => id,
                None if !self.strict && row.is_object() => row.to_string(),
                None => {
                    let why = format!("entry {} of a page cannot be read: it has no id", at + 1);
                    return Err(self.malformed(&why));
                }
            };
            if self.seen.insert(id) {
                new += 1;
                sink(row);
            }
        }
        Ok(Page { rows: count, new })
    }

    /// Whether there is a reason to ask for the page after this one.
    fn go_on(&self, page: &Page) -> Result<(), Error> {
        if page.new == 0 {
            return Err(self.malformed("a page contains nothing new"));
        }
        if self.seen.len() > MOST {
            return Err(self.malformed(&format!("there are more than {MOST} entries")));
        }
        Ok(())
    }

    fn malformed(&self, why: &str) -> Error {
        Error::Malformed {
            call: format!("GET {}", self.path),
            why: why.to_owned(),
        }
    }

    fn prove(&self, total: Option<u64>) -> Result<(), Error> {
        match total {
            Some(total) if total > self.seen.len() as u64 => Err(Error::Incomplete {
                what: self.path.to_owned(),
                got: self.seen.len(),
                total: usize::try_from(total).unwrap_or(usize::MAX),
            }),
            _ => Ok(()),
        }
    }
}

/// A page without its list: SCIM leaves an empty one out, and a group without members has none.
fn is_empty(page: &Value) -> bool {
    let said = [
        &page["totalResults"],
        &page["memberSize"],
        &page["itemsPerPage"],
    ];
    page.is_object() && said.into_iter().any(|said| said == 0)
}

/// What an entry is known by: its id, or in the list of numbers what it says.
fn identity(key: &str, row: &Value) -> Option<String> {
    if let Some(id) = row["id"].as_str().or(row["value"].as_str()) {
        return Some(id.to_owned());
    }
    if key != "phoneNumbers" {
        return None;
    }
    let number = row["phoneNumber"].as_str().unwrap_or_default();
    let extension = row["extension"].as_str().unwrap_or_default();
    if number.is_empty() && extension.is_empty() {
        return None;
    }
    // An extension appears once in a location, but one owner may have a second line with the same.
    let place = row["location"]["id"].as_str().unwrap_or_default();
    let owner = row["owner"]["id"].as_str().unwrap_or_default();
    Some(format!("{number}/{extension}/{place}/{owner}"))
}

/// The address of the next page: `<…>; rel="next"` among the links.
pub(super) fn next_link(headers: &http::HeaderMap) -> Option<String> {
    let links = headers.get_all(http::header::LINK);
    let links = links.iter().filter_map(|link| link.to_str().ok());
    // An address may have commas and semicolons in it.
    let mut each = links.flat_map(|link| link.split('<').skip(1));
    each.find_map(|link| {
        let (address, rest) = link.split_once('>')?;
        let mut parameters = rest.split([';', ',']).map(str::trim);
        let is_next = parameters.any(|it| matches!(it, "rel=\"next\"" | "rel=next"));
        is_next.then(|| address.to_owned())
    })
}

fn parameter(path: &str, name: &str) -> Option<usize> {
    let (_, query) = path.split_once('?')?;
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name);
    values.next()?.1.parse().ok()
}

/// The path with these parameters, instead of those of the same names.
fn with(path: &str, parameters: &[(&str, usize)]) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = query.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !name.is_empty() && parameters.iter().all(|(other, _)| *other != name)
    });
    let mut pairs: Vec<String> = kept.map(str::to_owned).collect();
    pairs.extend(
        parameters
            .iter()
            .map(|(name, value)| format!("{name}={value}")),
    );
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};
    use serde_json::json;

    fn answer(body: Value, link: Option<&'static str>) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(link) = link {
            headers.insert("link", HeaderValue::from_static(link));
        }
        Answer {
            status: 200,
            headers,
            body,
            tracking_id: None,
        }
    }

    fn read(get: Get<'_>, path: &str, key: &str, paging: Paging) -> Result<Vec<Value>, Error> {
        let mut all = Vec::new();
        Walk::new(get, path, key).run(paging, &mut |row| all.push(row["id"].clone()))?;
        Ok(all)
    }

    #[test]
    fn links_are_followed_until_there_is_none_with_the_parameters_of_the_first_request() {
        let get = |path: &str| {
            Ok(match path {
                "/p?max=2" => answer(
                    json!({"items": [{"id": "a"}, {"id": "b"}]}),
                    Some("<https://h/v1/p?cursor=x%3D>; rel=\"next\""),
                ),
                "https://h/v1/p?cursor=x%3D&max=2" => answer(
                    json!({"items": [{"id": "b"}, {"id": "c"}]}),
                    Some("<https://h/v1/p?a>; rel=\"first\", <https://h/v1/p?e>;rel=\"next\""),
                ),
                "https://h/v1/p?e&max=2" => answer(
                    json!({"items": []}),
                    Some("</v1/p?f&max=null>; rel=\"next\""),
                ),
                "/p?f&max=2" => answer(json!({"items": [{"id": "d"}]}), None),
                other => panic!("{other}"),
            })
        };
        assert_eq!(
            read(&get, "/p?max=2", "items", Paging::Link).unwrap(),
            ["a", "b", "c", "d"]
        );
    }

    #[test]
    fn a_list_that_is_cut_at_a_full_page_or_a_round_number_is_read_on() {
        let get = |path: &str| {
            let start = parameter(path, "start").unwrap_or(0);
            let rows = (start..(start + 100).min(250)).map(|at| json!({"id": at.to_string()}));
            Ok(answer(json!({"items": rows.collect::<Vec<_>>()}), None))
        };
        for path in ["/workspaces?max=100", "/devices?max=1000"] {
            let found = read(&get, path, "items", Paging::Link).unwrap();
            assert_eq!(found.len(), 250, "{path}");
        }
        // A list that does not know such places answers with the same page again.
        let same = |_: &str| {
            let rows = (0..100).map(|at| json!({"id": at.to_string()}));
            Ok(answer(json!({"items": rows.collect::<Vec<_>>()}), None))
        };
        let found = read(&same, "/people?max=100", "items", Paging::Link).unwrap();
        assert_eq!(found.len(), 100);
    }

    #[test]
    fn empty_pages_without_an_end_are_an_error() {
        let count = std::cell::Cell::new(0);
        let get = |_: &str| {
            count.set(count.get() + 1);
            let link = format!("</v1/p?cursor={}>; rel=\"next\"", count.get());
            let mut answer = answer(json!({"items": []}), None);
            answer.headers.insert("link", link.parse().unwrap());
            Ok(answer)
        };
        let error = read(&get, "/p?max=2", "items", Paging::Link);
        assert!(matches!(error, Err(Error::Malformed { .. })));
        assert!(count.get() < 30);
    }

    #[test]
    fn a_ring_of_pages_and_a_page_without_a_list_are_errors() {
        let ring = |_: &str| {
            Ok(answer(
                json!({"items": [{"id": "a"}]}),
                Some("<https://h/p>; rel=\"next\""),
            ))
        };
        assert!(matches!(
            read(&ring, "/p", "items", Paging::Link),
            Err(Error::Malformed { .. })
        ));
        let other = |_: &str| Ok(answer(json!({"message": "hello"}), None));
        assert!(matches!(
            read(&other, "/p", "items", Paging::None),
            Err(Error::Malformed { .. })
        ));
        let none = |_: &str| Ok(answer(json!({"totalResults": 0}), None));
        assert!(
            read(&none, "/p", "Resources", Paging::Scim)
                .unwrap()
                .is_empty()
        );
    }

    /// Pages of a list of 250 that lose their first row and show the last twice, unless the page is the first.
    fn defective(path: &str) -> Result<Answer, Error> {
        let start = parameter(path, "startIndex").unwrap();
        let count = parameter(path, "count").unwrap();
        let from = if start == 1 { 1 } else { start + 1 };
        let mut rows: Vec<Value> = (from..(start + count).min(251))
            .map(|at| json!({"id": format!("g{at}")}))
            .collect();
        if start > 1 {
            rows.extend(rows.last().cloned());
        }
        Ok(answer(json!({"totalResults": 250, "groups": rows}), None))
    }

    #[test]
    fn rows_lost_between_pages_are_found_by_pages_with_other_borders() {
        let found = read(&defective, "/groups?count=100", "groups", Paging::Scim).unwrap();
        assert_eq!(found.len(), 250);
    }

    #[test]
    fn fewer_entries_than_there_are_is_an_error() {
        let get = |path: &str| {
            let rows = match parameter(path, "startIndex") {
                Some(1) => json!([{"id": "a"}, {"id": "a"}]),
                _ => json!([]),
            };
            Ok(answer(json!({"memberSize": 2, "members": rows}), None))
        };
        let error = read(&get, "/groups/1/members?count=500", "members", Paging::Scim);
        assert!(matches!(
            error,
            Err(Error::Incomplete {
                got: 1,
                total: 2,
                ..
            })
        ));
    }

    #[test]
    fn offsets_end_with_a_short_page() {
        let get = |path: &str| {
            let offset = parameter(path, "offset").unwrap();
            let rows = (offset..(offset + 200).min(450)).map(|at| json!({"id": at.to_string()}));
            Ok(answer(json!({"items": rows.collect::<Vec<_>>()}), None))
        };
        let found = read(&get, "/events?from=x&max=200", "items", Paging::Offset).unwrap();
        assert_eq!(found.len(), 450);
    }
}
