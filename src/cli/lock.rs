//! The lock of `apply`: where it is, and by which name it knows what is written to.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::output::Failure;
use crate::apply::{Lock, Target};
use crate::plan::Plan;

/// One apply of an organisation at a time on this machine.
///
/// # Errors
///
/// If another one runs, or that is unknown.
pub fn take(target: &str, state: &Path, plan: &Plan, now: Timestamp) -> Result<Lock, Failure> {
    let host = std::env::var("HOSTNAME").unwrap_or_else(|_| "this machine".to_owned());
    let holder = format!(
        "on {host}, on {target}, since {}",
        now.strftime("%Y-%m-%d %H:%M:%SZ")
    );
    let key = format!(
        "{} {}",
        crate::webex::ids::plain(&plan.org.id),
        canonical(target)
    );
    match Lock::take(state, &own_directories(), &key, &holder)? {
        Ok(lock) => Ok(lock),
        Err(held) => Err(Failure::new(held).help("wait until it ends")),
    }
}

/// Directories that are the user's own. A different TMPDIR does not bypass them.
fn own_directories() -> Vec<PathBuf> {
    let home = std::env::home_dir().map(|home| home.join(".cache"));
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let usable = [home, runtime].into_iter().flatten();
    let usable = usable.filter(|it| it.is_absolute());
    usable
        .map(|it| it.join("trunkline").join("locks"))
        .collect()
}

/// What is written to, by one name: a file without links. Webex has one name, whatever its URL; only a simulator has its own
/// address.
fn canonical(target: &str) -> String {
    match Target::of(target) {
        Target::Webex => String::new(),
        Target::Simulator => crate::webex::loopback(target)
            .map_or_else(String::new, |port| format!("loopback:{port}")),
        Target::File => file(target),
    }
}

fn file(target: &str) -> String {
    let path = fs_err::canonicalize(target);
    path.map_or_else(|_| target.to_owned(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::canonical;

    #[test]
    fn one_organisation_has_one_key() {
        let one = canonical("http://127.0.0.1:8443/v1");
        for other in [
            "http://localhost:8443/v1/",
            "http://[::1]:8443/v1",
            "http://127.0.0.2:8443/v1",
            "http://[::ffff:127.0.0.1]:8443/v1",
        ] {
            assert_eq!(canonical(other), one, "{other}");
        }
        assert_ne!(canonical("http://127.0.0.1:8444/v1"), one);
        let webex = canonical("https://webexapis.com/v1");
        assert_eq!(canonical("https://proxy.acme.com:8443/v1"), webex);
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("snapshot.json");
        std::fs::write(&file, "{}").unwrap();
        let long = directory.path().join(".").join("snapshot.json");
        let of = |path: &std::path::Path| canonical(&path.display().to_string());
        assert_eq!(of(&file), of(&long));
        assert_ne!(of(&file), webex);
    }
}
