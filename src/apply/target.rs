//! What a run writes to, by the name that its journal has.

use crate::webex::loopback;

/// What a run writes to. What one owes, no other can pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The live organisation.
    Webex,
    /// A simulator on this machine instead of Webex.
    Simulator,
    /// A snapshot file.
    File,
}

impl Target {
    /// By a base URL or the path of a file.
    pub fn of(name: &str) -> Target {
        let is_url = name.starts_with("http://") || name.starts_with("https://");
        match (is_url, loopback(name)) {
            (false, _) => Target::File,
            (true, Some(_)) => Target::Simulator,
            (true, None) => Target::Webex,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn names_say_what_is_written_to() {
        for (name, target) in [
            ("https://webexapis.com/v1", Target::Webex),
            ("https://proxy.acme.com:8443/v1", Target::Webex),
            ("http://127.0.0.1:8443/v1", Target::Simulator),
            ("http://localhost/v1", Target::Simulator),
            ("snapshot.json", Target::File),
            ("/srv/https/snapshot.json.zst", Target::File),
        ] {
            assert_eq!(Target::of(name), target, "{name}");
        }
    }
}
