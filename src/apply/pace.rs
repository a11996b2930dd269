//! How fast the requests of an apply go: as in the last one, or as fast as is allowed.

use std::io::BufReader;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::progress::{Line, lines};
use crate::disk;
use crate::webex::Limits;

/// Of fewer requests, the rate is mostly waiting.
const ENOUGH: u64 = 100;

/// A lower rate is no rate of an apply, in requests a second.
const SLOWEST: f64 = 0.1;

/// What a run took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// How many requests it sent.
    pub requests: u64,
    /// In how many milliseconds.
    pub milliseconds: u64,
}

/// Requests in a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pace {
    /// As many as the last run sent, all its waiting included.
    Seen(f64),
    /// As many as are sent at most.
    Most(f64),
}

impl Pace {
    /// That of the last run of a journal, if it wrote to this target and says enough. A journal that cannot be read says nothing.
    pub fn of(journal: &Path, target: &str) -> Pace {
        let most = Limits::default().per_second;
        match seen(journal, target) {
            Some(took) if took.requests >= ENOUGH && took.milliseconds > 0 => {
                let rate = took.requests as f64 * 1000.0 / took.milliseconds as f64;
                Pace::Seen(rate.clamp(SLOWEST, most))
            }
            _ => Pace::Most(most),
        }
    }

    /// How many seconds this number of requests takes.
    pub(super) fn seconds(self, requests: usize) -> f64 {
        let (Pace::Seen(rate) | Pace::Most(rate)) = self;
        requests as f64 / rate
    }
}

/// What the last run of a journal took, if it ended by itself.
fn seen(journal: &Path, target: &str) -> Option<Took> {
    let file = disk::open(journal).ok()?;
    let (mut here, mut last) = (false, None);
    let each = |line| match line {
        Line::Run { target: of, .. } => (here, last) = (of == target, None),
        Line::Finish { took, .. } => last = took.filter(|_| here),
        _ => {}
    };
    lines(journal, BufReader::new(file), each).ok()?;
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://webexapis.com/v1";

    fn journal(lines: &[&str]) -> Pace {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("journal.jsonl");
        std::fs::write(&path, lines.join("\n")).unwrap();
        Pace::of(&path, URL)
    }

    fn run(target: &str) -> String {
        format!(
            r#"{{"record":"run","formatVersion":1,"plan":"P","org":"O","target":"{target}","at":"2026-11-20T08:00:00Z"}}"#
        )
    }

    fn finish(requests: u64) -> String {
        format!(
            r#"{{"record":"finish","whole":true,"digest":null,"took":{{"requests":{requests},"milliseconds":50000}}}}"#
        )
    }

    #[test]
    fn odd_figures_give_a_rate_that_can_be() {
        let finish = |took: &str| {
            format!(r#"{{"record":"finish","whole":true,"digest":null,"took":{took}}}"#)
        };
        let here = run(URL);
        let slow = finish(r#"{"requests":100,"milliseconds":18446744073709551615}"#);
        let fast = finish(r#"{"requests":18446744073709551615,"milliseconds":1}"#);
        assert_eq!(journal(&[&here, &slow]), Pace::Seen(0.1));
        assert_eq!(journal(&[&here, &fast]), Pace::Seen(100.0));
        for took in [
            r#"{"requests":-1,"milliseconds":5}"#,
            "{}",
            r#""soon""#,
            "1e30",
        ] {
            assert_eq!(
                journal(&[&here, &finish(took)]),
                Pace::Most(100.0),
                "{took}"
            );
        }
    }

    #[test]
    fn the_last_run_tells_unless_it_is_another_s_or_short() {
        let most = Pace::Most(100.0);
        let (here, there) = (run(URL), run("http://127.0.0.1:8080/v1"));
        assert_eq!(journal(&[&here, &finish(400)]), Pace::Seen(8.0));
        assert_eq!(journal(&[&there, &finish(400)]), most);
        assert_eq!(journal(&[&here, &finish(99)]), most);
        // It was interrupted, or is of an older version.
        assert_eq!(journal(&[&here, &finish(400), &here]), most);
        let old = r#"{"record":"finish","whole":true,"digest":null}"#;
        assert_eq!(journal(&[&here, old]), most);
        assert_eq!(journal(&["nonsense\n"]), most);
        assert_eq!(Pace::of(Path::new("none/journal.jsonl"), URL), most);
    }
}
