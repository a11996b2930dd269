//! What a workflow takes from elsewhere, and whether it can change: actions, images, files of other projects.
//!
//! Owns what the keys of GitHub and GitLab mean. Must not know where files are.

use std::collections::BTreeSet;

use crate::config::yaml::{Outline, Part};

/// Whose workflow it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forge {
    /// GitHub Actions.
    Github,
    /// A GitLab pipeline.
    Gitlab,
}

/// What a workflow takes from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    /// The line, from 1.
    pub line: usize,
    /// What it is.
    pub what: String,
    /// Which one.
    pub version: Version,
}

/// Which one of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// A full commit or a digest: it cannot change.
    Pinned(String),
    /// A word that `init` leaves to be replaced.
    Placeholder,
    /// A branch or a tag, which others can move.
    Movable(String),
    /// None at all.
    Absent,
    /// It depends on something that is not in the file.
    Open,
    /// A file of the same repository.
    Local,
}

/// A workflow of trunkline that is called, with its inputs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release {
    /// The line of the call.
    pub line: usize,
    /// The release that it runs, with its line.
    pub version: Option<(usize, String)>,
    /// The checksum of its program, with its line.
    pub sha256: Option<(usize, String)>,
}

/// All that a workflow says of it, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// What it takes.
    pub taken: BTreeSet<Taken>,
    /// The releases of trunkline that it runs.
    pub releases: BTreeSet<Release>,
    /// Whether anything in it that counts names trunkline.
    pub ours: bool,
    /// The branches whose pushes start it on GitHub, each with its line; nothing where it does not say.
    pub branches: Vec<(usize, String)>,
}

/// Keys of a job below which names and values are the user's own.
const FREE: [&str; 11] = [
    "env",
    "inputs",
    "matrix",
    "outputs",
    "run",
    "script",
    "before_script",
    "after_script",
    "secrets",
    "variables",
    "with",
];

/// Reads all documents of a workflow.
pub fn read(forge: Forge, documents: &[impl AsRef<Outline>]) -> Found {
    let mut reader = Reader {
        forge,
        found: Found::default(),
    };
    for document in documents {
        let document = document.as_ref();
        reader.found.ours |= names_trunkline(document);
        reader.document(document);
    }
    reader.found
}

/// Whether a key or a value names trunkline; comments are none, those of scripts neither.
fn names_trunkline(part: &Outline) -> bool {
    let named = |text: &str| {
        let mut lines = text.lines().filter(|it| !it.trim_start().starts_with('#'));
        lines.any(|line| line.to_lowercase().contains("trunkline"))
    };
    match &part.part {
        Part::Text(text) => named(text),
        Part::List(items) => items.iter().any(|it| names_trunkline(it)),
        Part::Map(entries) => {
            let mut entries = entries.iter();
            entries.any(|(key, value)| named(key) || names_trunkline(value))
        }
    }
}

/// Whether an action, a workflow or an image is one of trunkline.
pub fn is_ours(what: &str) -> bool {
    let what = what.to_lowercase();
    let ours = ["plan.yml", "apply.yml", "drift.yml"];
    what.contains("trunkline")
        || what
            .split_once("/.github/workflows/")
            .is_some_and(|(_, file)| ours.contains(&file))
}

struct Reader {
    forge: Forge,
    found: Found,
}

impl Reader {
    /// The names of jobs are free: one may be called `image`.
    fn document(&mut self, document: &Outline) {
        for (key, value) in document.entries() {
            match (self.forge, key.as_str()) {
                (Forge::Github, "jobs") => {
                    let jobs = value.entries().iter();
                    jobs.for_each(|(_, job)| self.walk(job));
                }
                (Forge::Github, "on") => {
                    let branches = value.get("push").and_then(|push| push.get("branches"));
                    let names: Vec<&Outline> =
                        branches.map_or_else(Vec::new, |it| match &it.part {
                            Part::List(items) => items.iter().map(|item| &**item).collect(),
                            Part::Text(_) | Part::Map(_) => vec![it],
                        });
                    let named = |it: &Outline| Some((it.line, it.text()?.to_owned()));
                    self.found
                        .branches
                        .extend(names.into_iter().filter_map(named));
                }
                (Forge::Github, _) => {}
                (Forge::Gitlab, "include" | "image" | "services") => self.entry(key, value),
                (Forge::Gitlab, "variables" | "before_script" | "after_script" | "spec") => {}
                (Forge::Gitlab, _) => self.walk(value),
            }
        }
    }

    fn walk(&mut self, at: &Outline) {
        match &at.part {
            Part::Text(_) => {}
            Part::List(items) => items.iter().for_each(|item| self.walk(item)),
            Part::Map(entries) => {
                self.called(at);
                for (key, value) in entries {
                    self.entry(key, value);
                }
            }
        }
    }

    fn entry(&mut self, key: &str, value: &Outline) {
        match key {
            "uses" if self.forge == Forge::Github => self.add(value, uses),
            "include" if self.forge == Forge::Gitlab => match &value.part {
                Part::List(items) => items.iter().for_each(|item| self.include(item)),
                Part::Text(_) | Part::Map(_) => self.include(value),
            },
            "image" => self.image(value),
            "container" => match &value.part {
                Part::Map(_) => self.walk(value),
                Part::Text(_) | Part::List(_) => self.add(value, image),
            },
            "services" => match &value.part {
                Part::List(items) => items.iter().for_each(|item| self.image(item)),
                Part::Map(services) => services.iter().for_each(|(_, it)| match it.text() {
                    Some(_) => self.image(it),
                    None => self.walk(it),
                }),
                Part::Text(_) => self.image(value),
            },
            key if FREE.contains(&key) => {}
            _ => self.walk(value),
        }
    }

    /// GitLab has the name of an image in a mapping, too.
    fn image(&mut self, value: &Outline) {
        match value.get("name") {
            Some(name) => self.add(name, image),
            None => self.add(value, image),
        }
    }

    /// Adds a single value; any other is one that is not in the file as it is.
    fn add(&mut self, value: &Outline, split: fn(&str) -> (&str, Version)) {
        let (what, version) = match value.text() {
            Some("") => return,
            Some(text) if text.contains('$') && !text.starts_with("$/") => (text, Version::Open),
            Some(text) => split(text),
            None => ("a reference to another part", Version::Open),
        };
        self.found.taken.insert(Taken {
            line: value.line,
            what: what.to_owned(),
            version,
        });
    }

    /// A file that a pipeline includes; templates are those of the GitLab that runs it.
    fn include(&mut self, at: &Outline) {
        let mut add = |what: &str, version| {
            self.found.taken.insert(Taken {
                line: at.line,
                what: what.to_owned(),
                version,
            });
        };
        let text = |key| at.get(key).map(|it| it.text().unwrap_or_default());
        if let Some(plain) = at.text() {
            match plain.contains("://") {
                true => add(plain, Version::Absent),
                false => add(plain, Version::Local),
            }
        } else if let Some(project) = text("project") {
            let version = match text("ref") {
                None | Some("") => Version::Absent,
                Some(revision) if revision.contains('$') => Version::Open,
                Some(revision) => fixed(revision, is_commit(revision)),
            };
            add(project, version);
        } else if let Some(remote) = text("remote") {
            // The checksum of the file, which GitLab compares.
            let version = match text("integrity") {
                Some(sum) if is_integrity(sum) => Version::Pinned(sum.to_owned()),
                _ => Version::Absent,
            };
            add(remote, version);
        } else if let Some(component) = text("component") {
            let (what, version) = component.rsplit_once('@').unwrap_or((component, ""));
            let version = match version {
                "" => Version::Absent,
                version => fixed(version, is_commit(version)),
            };
            add(what, version);
        } else if let Some(local) = text("local") {
            add(local, Version::Local);
        } else if at.get("template").is_none() && at.get("artifact").is_none() {
            add("a file", Version::Open);
        }
    }

    /// The release that a call of trunkline runs.
    fn called(&mut self, at: &Outline) {
        let uses = at.get("uses").and_then(|it| Some((it.line, it.text()?)));
        let Some((line, _)) = uses.filter(|(_, what)| is_ours(uses_of(what))) else {
            return;
        };
        let input = |key| {
            let value = at.get("with")?.get(key)?;
            Some((value.line, value.text().unwrap_or_default().to_owned()))
        };
        self.found.releases.insert(Release {
            line,
            version: input("version").filter(|(_, version)| !version.is_empty()),
            sha256: input("sha256"),
        });
    }
}

fn uses_of(text: &str) -> &str {
    text.rsplit_once('@').map_or(text, |(what, _)| what)
}

fn uses(text: &str) -> (&str, Version) {
    if text.starts_with("./") || text.starts_with("$/") {
        return (text, Version::Local);
    }
    if let Some(image) = text.strip_prefix("docker://") {
        return self::image(image);
    }
    match text.rsplit_once('@') {
        None => (text, placeholder(text).unwrap_or(Version::Absent)),
        Some((what, version)) => {
            let fixed = fixed(version, is_commit(version));
            (what, placeholder(what).unwrap_or(fixed))
        }
    }
}

fn image(text: &str) -> (&str, Version) {
    let (what, version) = match text.rsplit_once('@') {
        Some((what, digest)) => {
            let hex = digest.strip_prefix("sha256:");
            (what, fixed(digest, hex.is_some_and(|it| is_hex(it, 64))))
        }
        // A colon before a slash is that of a port.
        None => match text.rsplit_once(':') {
            Some((what, tag)) if !tag.contains('/') => (what, fixed(tag, false)),
            _ => (text, Version::Absent),
        },
    };
    (what, placeholder(what).unwrap_or(version))
}

/// The words that `init` leaves.
fn placeholder(text: &str) -> Option<Version> {
    let left = |word: &str| ["OWNER", "COMMIT", "DIGEST"].contains(&word);
    text.split(['/', ':'])
        .any(left)
        .then_some(Version::Placeholder)
}

fn fixed(version: &str, fixed: bool) -> Version {
    match fixed {
        true => Version::Pinned(version.to_owned()),
        false => placeholder(version).unwrap_or_else(|| Version::Movable(version.to_owned())),
    }
}

/// Whether it is `sha256-` and a digest in Base64: 32 bytes.
fn is_integrity(text: &str) -> bool {
    let base64 = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'+' | b'/');
    let digest = text
        .strip_prefix("sha256-")
        .and_then(|it| it.strip_suffix('='));
    digest.is_some_and(|it| it.len() == 43 && it.bytes().all(base64))
}

fn is_commit(text: &str) -> bool {
    is_hex(text, 40)
}

/// Whether a text is this number of hexadecimal digits.
pub fn is_hex(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::yaml::outline;

    const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

    /// Each line with a letter for what it takes: pinned, movable, absent, open, local, or `init`'s words.
    fn judged(forge: Forge, text: &str) -> Vec<(usize, char)> {
        let found = read(forge, &outline(text).unwrap());
        let letter = |version: &Version| match version {
            Version::Pinned(_) => 'p',
            Version::Movable(_) => 'm',
            Version::Absent => 'a',
            Version::Open => 'o',
            Version::Local => 'l',
            Version::Placeholder => 'w',
        };
        let taken = found.taken.iter();
        taken.map(|it| (it.line, letter(&it.version))).collect()
    }

    #[test]
    fn what_github_workflows_take() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        let text = format!(
            "on: {{workflow_call: {{inputs: {{image: {{type: string}}}}}}}}\n\
             jobs:\n\
             \x20 a: {{uses: acme/x/.github/workflows/y.yml@{COMMIT}}}\n\
             \x20 b:\n\
             \x20   container: node:20\n\
             \x20   services: {{db: {{image: 'postgres@{digest}'}}}}\n\
             \x20   steps:\n\
             \x20     - 'uses': actions/checkout@v4 # {COMMIT}\n\
             \x20     - uses: ./local\n\
             \x20     - uses: docker://alpine\n\
             \x20     - uses: \"OWNER/trunkline@COMMIT\"\n\
             \x20     - {{uses: a/b@{digest}, with: {{image: any, uses: any}}}}\n\
             \x20     # uses: actions/checkout@v3\n\
             \x20     - run: |\n\
             \x20         image: no\n\
             \x20 c:\n\
             \x20   container:\n\
             \x20     image: registry.example.com:5000/x@sha256:0a0a\n\
             \x20 d: {{container: '${{{{ matrix.image }}}}', strategy: {{matrix: {{include: [{{image: x}}]}}}}}}\n\
             \x20 e: {{container: registry.example.com:5000/x}}\n\
             \x20 f: {{container: 'x:{COMMIT}'}}\n\
             \x20 image: {{steps: [{{uses: a/b@v1}}]}}\n\
             \x20 run: {{services: {{image: {{image: a}}}}}}\n"
        );
        assert_eq!(
            judged(Forge::Github, &text),
            [
                (3, 'p'),
                (5, 'm'),
                (6, 'p'),
                (8, 'm'),
                (9, 'l'),
                (10, 'a'),
                (11, 'w'),
                (12, 'm'),
                (18, 'm'),
                (19, 'o'),
                (20, 'a'),
                (21, 'm'),
                (22, 'm'),
                (23, 'a'),
            ]
        );
    }

    #[test]
    fn what_gitlab_pipelines_take() {
        let digest = format!("sha256:{}", "0a".repeat(32));
        let text = format!(
            "include:\n\
             \x20 - {{project: a/b, ref: main, file: x.yml}}\n\
             \x20 - {{project: a/b, ref: {COMMIT}, file: x.yml}}\n\
             \x20 - {{project: a/b, file: x.yml}}\n\
             \x20 - remote: https://example.com/x.yml\n\
             \x20 - {{remote: 'https://example.com/x.yml', integrity: 'sha256-{}='}}\n\
             \x20 - https://example.com/x.yml\n\
             \x20 - local: ci/x.yml\n\
             \x20 - {{component: 'example.com/a/b@1.0'}}\n\
             \x20 - {{template: Jobs/Build.gitlab-ci.yml}}\n\
             .base: &base {{name: 'alpine:3'}}\n\
             default: {{image: {{name: 'x@{digest}'}}}}\n\
             a: {{image: $IMAGE, variables: {{image: any}}}}\n\
             b:\n\
             \x20 image: *base\n\
             \x20 services: ['redis:7', {{name: redis}}]\n\
             c: {{image: !reference [.base, image], trigger: {{include: {{local: child.yml}}}}}}\n\
             run: {{image: x}}\n",
            "A".repeat(43)
        );
        assert_eq!(
            judged(Forge::Gitlab, &text),
            [
                (2, 'm'),
                (3, 'p'),
                (4, 'a'),
                (5, 'a'),
                (6, 'p'),
                (7, 'a'),
                (8, 'l'),
                (9, 'm'),
                (11, 'm'),
                (12, 'p'),
                (13, 'o'),
                (16, 'm'),
                (16, 'a'),
                (17, 'o'),
                (17, 'l'),
                (18, 'a'),
            ]
        );
    }

    #[test]
    fn comments_name_nothing() {
        let ours = |text: &str| read(Forge::Github, &outline(text).unwrap()).ours;
        assert!(!ours(
            "a: 1 # trunkline\njobs: {b: {run: \"# trunkline\"}}\n"
        ));
        assert!(ours("jobs: {b: {run: \"# no\\ntrunkline plan\"}}\n"));
    }
}
