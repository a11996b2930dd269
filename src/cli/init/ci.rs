//! The workflows of a new directory: for which forge, where they are, and what is filled in.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::super::output::Failure;
use super::starter::with;
use crate::config::write::scalar;
use crate::git::Repo;

const GITHUB: [(&str, &str); 3] = [
    (
        ".github/workflows/trunkline-plan.yml",
        include_str!("github/trunkline-plan.yml"),
    ),
    (
        ".github/workflows/trunkline-apply.yml",
        include_str!("github/trunkline-apply.yml"),
    ),
    (
        ".github/workflows/trunkline-drift.yml",
        include_str!("github/trunkline-drift.yml"),
    ),
];

/// The branch in them that is applied.
const MAIN: &str = "    branches: [main]";

/// The example is the pipeline: it is tested unchanged.
const GITLAB: &str = include_str!("../../../examples/gitlab-ci.yml");

/// The CI system of the workflows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Ci {
    /// GitHub Actions workflows
    Github,
    /// A GitLab pipeline
    Gitlab,
    /// No workflows
    None,
}

/// What the workflows run: a commit of trunkline for their scripts, and the program of a release.
#[derive(Debug, Clone, clap::Args)]
pub struct Runs {
    /// Where the workflows come from: a copy of trunkline on GitHub, and the full hash of a commit
    #[arg(long, value_name = "OWNER/REPO@COMMIT", value_parser = Home::parse)]
    trunkline: Option<Home>,
    /// The checksum of this version's program for Linux on x86-64, from SHA256SUMS of its release [default: that of the running
    /// program, if it is the static one]
    #[arg(long, value_name = "HEX", value_parser = checksum)]
    sha256: Option<String>,
}

/// A repository and a commit.
#[derive(Debug, Clone)]
struct Home {
    repository: String,
    commit: String,
}

impl Home {
    fn parse(text: &str) -> Result<Home, String> {
        let form = "write OWNER/REPO@COMMIT, with the 40 digits of the commit";
        let (repository, commit) = text.split_once('@').ok_or(form)?;
        let name = |it: &str| {
            let good = |it: char| it.is_ascii_alphanumeric() || "._-".contains(it);
            // They are part of a URL, where two dots lead elsewhere.
            !matches!(it, "" | "." | "..") && it.chars().all(good)
        };
        let commit = commit.to_ascii_lowercase();
        let named = repository
            .split_once('/')
            .is_some_and(|(owner, repo)| name(owner) && name(repo));
        match named && is_hex(&commit, 40) {
            true => Ok(Home {
                repository: repository.to_owned(),
                commit,
            }),
            false => Err(form.to_owned()),
        }
    }
}

/// Some tools write the digits in upper case.
fn checksum(text: &str) -> Result<String, String> {
    let text = text.to_ascii_lowercase();
    match is_hex(&text, 64) {
        true => Ok(text),
        false => Err("a SHA-256 checksum has 64 digits, 0-9 and a-f".to_owned()),
    }
}

fn is_hex(text: &str, length: usize) -> bool {
    let hex = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    text.len() == length && text.bytes().all(hex)
}

impl Runs {
    /// Refuses what has no effect with these workflows.
    pub fn check(&self, ci: Ci) -> Result<(), Failure> {
        let given = [
            ("--trunkline", self.trunkline.is_some()),
            ("--sha256", self.sha256.is_some()),
        ];
        let given = given.iter().find(|(_, given)| *given);
        let (why, help) = match ci {
            Ci::Github => return Ok(()),
            Ci::Gitlab => (
                "GitLab runs an image",
                "leave it out, and put the image of a release with its digest into `.gitlab-ci.yml`; or use --ci github",
            ),
            Ci::None => (
                "no workflows are written",
                "leave it out, or use --ci github",
            ),
        };
        match given {
            None => Ok(()),
            Some((option, _)) => {
                let message = format!("{option} is for workflows of GitHub, and here {why}");
                Err(Failure::new(message).help(help))
            }
        }
    }

    /// A workflow with what is known filled in; the comments in it say what to replace by yourself.
    fn fill(&self, text: &str) -> String {
        let mut text = text.replace(
            "\"VERSION\"",
            concat!("\"", env!("CARGO_PKG_VERSION"), "\""),
        );
        if let Some(Home { repository, commit }) = &self.trunkline {
            text = text.replace("OWNER/trunkline/.github", &format!("{repository}/.github"));
            text = text.replace("yml@COMMIT", &format!("yml@{commit}"));
        }
        if let Some(sum) = self.sha256.clone().or_else(own_checksum) {
            text = text.replace("sha256: \"SHA256\"", &format!("sha256: \"{sum}\""));
        }
        text
    }
}

/// The checksum of the running program, if it is built like that of a release for Linux on x86-64.
fn own_checksum() -> Option<String> {
    let alike = cfg!(all(
        target_os = "linux",
        target_arch = "x86_64",
        target_env = "musl"
    ));
    let program = std::env::current_exe().ok().filter(|_| alike)?;
    let bytes = fs_err::read(program).ok()?;
    Some(format!("{:x}", Sha256::digest(bytes)))
}

/// The repository around a new directory.
#[derive(Debug)]
pub struct Around {
    /// Where workflows go: the top of the repository, or the directory itself if there is none.
    pub root: PathBuf,
    /// The directory as seen from there, with `/`; `.` for the top itself.
    pub inside: String,
    /// Whether there is one.
    pub repository: bool,
    /// The forge that its remotes name.
    pub told: Option<Ci>,
    /// The branch that is merged into, and applied.
    pub branch: Option<String>,
}

impl Around {
    /// Looks around `path`, which need not exist.
    pub fn of(path: &Path) -> Result<Around, Failure> {
        let Some(repo) = Repo::discover(path)?.filter(|repo| !repo.is_bare()) else {
            return Ok(Around {
                root: path.to_owned(),
                inside: ".".to_owned(),
                repository: false,
                told: None,
                branch: None,
            });
        };
        let inside = repo.relative(path)?;
        let Some(inside) = inside.to_str() else {
            let message = format!("the path {} is not UTF-8", path.display());
            return Err(Failure::new(message).help("give the directory another name"));
        };
        let inside = match inside {
            "" => ".".to_owned(),
            inside => inside.replace('\\', "/"),
        };
        let urls = repo.remotes()?;
        let speaks = |name: &str| urls.iter().any(|url| url.to_lowercase().contains(name));
        Ok(Around {
            root: repo.root().to_owned(),
            inside,
            repository: true,
            told: match (speaks("github"), speaks("gitlab")) {
                (_, true) => Some(Ci::Gitlab),
                (true, _) => Some(Ci::Github),
                _ => None,
            },
            branch: repo.main_branch()?,
        })
    }

    /// The workflows, each with its place below the root.
    pub fn workflows(&self, ci: Ci, runs: &Runs) -> Result<Vec<(&'static str, String)>, Failure> {
        Ok(match ci {
            Ci::None => Vec::new(),
            Ci::Github => {
                let files = GITHUB.into_iter();
                files
                    .map(|(name, text)| (name, self.fill(&runs.fill(text), "      path: ")))
                    .map(|(name, text)| (name, self.on_branch(&text)))
                    .collect()
            }
            Ci::Gitlab if self.inside == "." => return Err(self.among_the_files()),
            Ci::Gitlab => vec![(".gitlab-ci.yml", self.fill(GITLAB, "  TRUNKLINE_PATH: "))],
        })
    }

    /// A file whose name begins with a dot is configuration like any other.
    fn among_the_files(&self) -> Failure {
        let help = match self.repository {
            true => "choose a subdirectory, such as `trunkline init webex`",
            false => {
                "run `git init` first, then choose a subdirectory, such as `trunkline init webex`"
            }
        };
        let message = "the YAML files cannot be at the top of the repository: `.gitlab-ci.yml` must be there, and trunkline would read it as one of its files";
        Failure::new(message).help(help)
    }

    /// The place of a file below the root; relative where that is the current directory, as people would write it.
    pub fn below(&self, name: &str) -> PathBuf {
        let here = std::env::current_dir().and_then(fs_err::canonicalize);
        match here.is_ok_and(|here| here == self.root) {
            true => PathBuf::from(name),
            false => self.root.join(name),
        }
    }

    /// A workflow that runs for the branch that is applied.
    fn on_branch(&self, text: &str) -> String {
        let plain = |it: char| it.is_ascii_alphanumeric() || "._-/".contains(it);
        match self.branch.as_deref() {
            None | Some("main") => text.to_owned(),
            Some(branch) if branch.chars().all(plain) => {
                text.replace(MAIN, &format!("    branches: [{}]", scalar(branch)))
            }
            // JSON is YAML: a name may have a comma.
            Some(branch) => text.replace(
                MAIN,
                &format!("    branches: [{}]", serde_json::json!(branch)),
            ),
        }
    }

    /// The directory filled in where the line begins like this.
    fn fill(&self, text: &str, begins: &str) -> String {
        match self.inside.as_str() {
            "." => text.to_owned(),
            inside => with(text, begins, &format!("{begins}{}", scalar(inside))),
        }
    }
}
