//! The dialects of paging (webex-api.md 1.5): Link headers with a cursor or a start, SCIM's `startIndex`, offsets.
//! Next links are absolute, by the host that the client came to.

use serde_json::{Map, Value, json};

use super::call::{Answer, Asked, Call};
use super::ids;

/// A page of a list that is walked by cursor: where it begins, and how long it may be.
#[derive(Debug, Clone, Copy)]
pub struct Cursor {
    /// The first slot.
    pub from: u32,
    /// Entries at most.
    pub max: usize,
}

/// Where a page by cursor begins: `cursor` of the query, and `max` of it within the limit.
pub fn cursor(call: &Call<'_>, limit_name: &str, default: usize, most: usize) -> Cursor {
    let max = call.number(limit_name).filter(|max| *max > 0);
    let name = if limit_name == "limit" {
        "next"
    } else {
        "cursor"
    };
    let from = call.query(name).and_then(ids::read_cursor);
    let from = from.and_then(|text| text.strip_prefix("after:")?.parse().ok());
    Cursor {
        from: from.unwrap_or(0),
        max: max.unwrap_or(default).min(most),
    }
}

/// A page by cursor: entries from the iterator, which yields each with its slot; a Link header where more follow.
pub fn by_cursor<'i, T: 'i>(
    call: &Call<'_>,
    at: Cursor,
    limit_name: &str,
    mut entries: impl Iterator<Item = (u32, T)>,
    mut show: impl FnMut(T) -> Value,
) -> (Vec<Value>, Option<String>) {
    let mut page = Vec::new();
    let mut last = at.from;
    for (slot, entry) in entries.by_ref().take(at.max) {
        page.push(show(entry));
        last = slot;
    }
    let full = page.len() == at.max;
    let more = entries.next().is_some() || (full && call.rules.empty_last_page);
    let name = if limit_name == "limit" {
        "next"
    } else {
        "cursor"
    };
    let next = (full && more).then(|| {
        let cursor = ids::cursor(&format!("after:{}", last + 1));
        link(call.asked, &[(name, &cursor)])
    });
    (page, next)
}

/// A page by `start` and `max`, with a Link header where more follow.
pub fn by_start<T>(
    call: &Call<'_>,
    default: usize,
    most: usize,
    entries: impl Iterator<Item = T>,
    mut show: impl FnMut(T) -> Value,
) -> (Vec<Value>, Option<String>) {
    let start = call.number("start").unwrap_or(0);
    let max = call.number("max").filter(|max| *max > 0);
    let max = max.unwrap_or(default).min(most);
    let mut rest = entries.skip(start);
    let page: Vec<Value> = rest.by_ref().take(max).map(&mut show).collect();
    let full = page.len() == max;
    let more = rest.next().is_some() || (full && call.rules.empty_last_page);
    let next = (full && more).then(|| {
        let start = (start + max).to_string();
        link(call.asked, &[("start", &start), ("max", &max.to_string())])
    });
    (page, next)
}

/// The part of a SCIM list that was asked for, with its counters.
#[derive(Debug)]
pub struct ScimPage<T> {
    /// The entries.
    pub entries: Vec<T>,
    /// Where it begins, from 1.
    pub start: usize,
    /// Of how many.
    pub total: usize,
}

/// A page by `startIndex` and `count`. The defect that Webex once had (pages that repeat the row before them and lose
/// their last) is a switch.
pub fn scim<T: Clone>(
    call: &Call<'_>,
    default: usize,
    most: usize,
    entries: impl Iterator<Item = T>,
) -> ScimPage<T> {
    let start = call.number("startIndex").unwrap_or(1).max(1);
    let count = call.number("count").unwrap_or(default).min(most);
    let mut total = 0;
    let first = match call.rules.group_paging_defect && start > 1 {
        true => start - 1,
        false => start,
    };
    let mut page = Vec::new();
    for entry in entries {
        total += 1;
        if total >= first && page.len() < count {
            page.push(entry);
        }
    }
    ScimPage {
        entries: page,
        start,
        total,
    }
}

/// A page by `offset` and `max`.
pub fn by_offset<T>(
    call: &Call<'_>,
    default: usize,
    most: usize,
    entries: impl Iterator<Item = T>,
) -> (Vec<T>, Option<String>) {
    let offset = call.number("offset").unwrap_or(0);
    let max = call.number("max").filter(|max| *max > 0);
    let max = max.unwrap_or(default).min(most);
    let mut rest = entries.skip(offset);
    let page: Vec<T> = rest.by_ref().take(max).collect();
    let more = rest.next().is_some();
    let next = more.then(|| link(call.asked, &[("offset", &(offset + max).to_string())]));
    (page, next)
}

/// A list as answer, with its Link header.
pub fn list(key: &str, page: Vec<Value>, next: Option<String>) -> Answer {
    let mut body = Map::new();
    body.insert(key.to_owned(), Value::Array(page));
    linked(Answer::json(200, Value::Object(body)), next)
}

/// Adds the Link header.
pub fn linked(answer: Answer, next: Option<String>) -> Answer {
    match next {
        Some(next) => answer.header("link", format!("<{next}>; rel=\"next\"")),
        None => answer,
    }
}

/// The address of the page after a page of groups or members, for who asked for pages by `count`.
pub fn scim_next(call: &Call<'_>, page: &ScimPage<Value>) -> Option<String> {
    let next = page.start + page.entries.len();
    let more = call.query("count").is_some() && !page.entries.is_empty() && next <= page.total;
    more.then(|| link(call.asked, &[("startIndex", &next.to_string())]))
}

/// A list of the SCIM dialect.
pub fn scim_list(key: &str, page: &ScimPage<Value>) -> Value {
    json!({
        "totalResults": page.total,
        "startIndex": page.start,
        "itemsPerPage": page.entries.len(),
        key: page.entries,
    })
}

/// The address of the request with some members of the query replaced.
fn link(asked: &Asked, with: &[(&str, &str)]) -> String {
    let path = asked.target.split('?').next().unwrap_or_default();
    let kept = asked
        .query
        .iter()
        .filter(|(name, _)| with.iter().all(|(other, _)| other != name))
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let query: Vec<String> = kept
        .chain(with.iter().copied())
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    format!("{}{path}?{}", asked.origin, query.join("&"))
}

/// Percent-encodes what a query may not hold.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// Takes the percent-encoding away.
pub fn decode(text: &str, plus_is_blank: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let coded = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (byte, coded) {
            (b'%', Some(value)) => {
                out.push(value);
                at += 3;
                continue;
            }
            (b'+', _) if plus_is_blank => out.push(b' '),
            _ => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoding_and_back() {
        let text = "displayName eq \"Sales & Care\"";
        assert_eq!(decode(&encode(text), true), text);
        assert_eq!(decode("a+b%2B", true), "a b+");
        assert_eq!(decode("+1%20", false), "+1 ");
    }
}
