//! Results to stdout, everything else to stderr; a reader that stops reading is not an error.

use std::fmt::Display;
use std::fs::File;
use std::io::{BufRead, BufWriter, ErrorKind, IsTerminal, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use jiff::SignedDuration;
use tempfile::{Builder, NamedTempFile, PersistError};

use super::{Exit, pager};
use crate::config::Loaded;
use crate::disk;
use crate::finding::{Finding, Severity};
use crate::plan::Plan;
use crate::render::{self, COMMENT, Detail, FindingsFormat, Options, PlanFormat, escape};

/// What stops a command, with what to do about it.
#[derive(Debug)]
pub struct Failure {
    message: String,
    details: Vec<String>,
    help: Option<String>,
    exit: Exit,
}

impl Failure {
    /// A failure with this message.
    pub fn new(message: impl Display) -> Failure {
        Failure {
            message: disk::in_words(message.to_string()),
            details: Vec::new(),
            help: None,
            exit: Exit::Error,
        }
    }

    /// Adds a line for each of several causes.
    pub fn details(mut self, details: Vec<String>) -> Failure {
        self.details = details;
        self
    }

    /// Says what to do.
    pub fn help(mut self, help: impl Into<String>) -> Failure {
        self.help = Some(help.into());
        self
    }

    /// Says what to do, where that is known.
    pub fn help_if(mut self, help: Option<impl Into<String>>) -> Failure {
        self.help = help.map(Into::into).or(self.help);
        self
    }

    /// Ends with this exit code.
    pub fn exit(mut self, exit: Exit) -> Failure {
        self.exit = exit;
        self
    }

    /// The message, what to do, and the exit code, for a command that goes on.
    pub fn parts(self) -> (String, Option<String>, Exit) {
        (self.message, self.help, self.exit)
    }

    /// Prints the failure; gives the exit code.
    pub fn report(self) -> Exit {
        let mut text = format!("error: {}\n", escape(&self.message));
        for line in &self.details {
            text += &format!("  {}\n", escape(line));
        }
        if let Some(help) = &self.help {
            text += &format!("  help: {help}\n");
        }
        // Nothing can be done if even stderr is gone.
        let _ = std::io::stderr().write_all(text.as_bytes());
        self.exit
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&escape(&self.message))
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Failure {
        Failure::new(error)
    }
}

/// Prints a result.
pub fn print(text: &str) -> Result<(), Failure> {
    write(&mut std::io::stdout().lock(), text)
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set, CLICOLOR is 0 or TERM is `dumb`; elsewhere if CLICOLOR_FORCE is set
    Auto,
    /// On every stream
    Always,
    /// On none
    Never,
}

/// What the global options say; set once, before a command runs.
static COLOR: AtomicU8 = AtomicU8::new(0);
static QUIET: AtomicBool = AtomicBool::new(false);
static VERBOSE: AtomicBool = AtomicBool::new(false);

/// Sets the options for all output of this run.
pub fn settle(color: Option<Color>, quiet: bool, verbose: bool) {
    let color = match color {
        None | Some(Color::Auto) => 0,
        Some(Color::Always) => 1,
        Some(Color::Never) => 2,
    };
    COLOR.store(color, Ordering::Relaxed);
    QUIET.store(quiet, Ordering::Relaxed);
    VERBOSE.store(verbose, Ordering::Relaxed);
}

/// Whether each request is printed.
pub fn is_verbose() -> bool {
    VERBOSE.load(Ordering::Relaxed)
}

/// Whether a stream gets colours.
fn colors(terminal: bool) -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    match COLOR.load(Ordering::Relaxed) {
        1 => true,
        2 => false,
        _ if set("NO_COLOR").is_some() => false,
        _ if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
        _ if set("CLICOLOR").is_some_and(|value| value == "0") => false,
        _ => terminal && set("TERM").is_none_or(|term| term != "dumb"),
    }
}

/// Prints the progress of a command and what it wrote, unless --quiet is given.
pub fn aside(text: &str) -> Result<(), Failure> {
    match QUIET.load(Ordering::Relaxed) {
        true => Ok(()),
        false => note(text),
    }
}

/// Whether progress is shown: on a terminal, unless --quiet is given, or --verbose, whose lines it would tear.
pub fn shows_progress() -> bool {
    std::io::stderr().is_terminal() && !QUIET.load(Ordering::Relaxed) && !is_verbose()
}

/// Prints what is not the result.
pub fn note(text: &str) -> Result<(), Failure> {
    write(&mut std::io::stderr().lock(), text)
}

/// Prints a plan. A text that may be paged is made as a whole; everything else is written as it is made.
pub fn print_plan(plan: &Plan, format: PlanFormat, options: &Options) -> Result<(), Failure> {
    if format == PlanFormat::Text && pager::is_possible() {
        return pager::show(&render::plan(plan, format, options)?);
    }
    let mut to = BufWriter::new(std::io::stdout().lock());
    heard(render::write(plan, format, options, &mut to).and_then(|()| to.flush()))
}

fn write(to: &mut impl Write, text: &str) -> Result<(), Failure> {
    heard(to.write_all(text.as_bytes()).and_then(|()| to.flush()))
}

fn heard(written: std::io::Result<()>) -> Result<(), Failure> {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Adds a text to a file, which is made if it is not there.
pub fn append(path: &Path, text: &str) -> Result<(), Failure> {
    let mut open = fs_err::OpenOptions::new();
    let mut file = open.create(true).append(true).open(path)?;
    Ok(file.write_all(text.as_bytes())?)
}

/// Writes a file at once or not at all. Only its owner can read it: plans and reports name people and their numbers.
pub fn save(path: &Path, text: &str) -> Result<(), Failure> {
    put(path, &bytes(text.as_bytes()), Builder::new(), |file| {
        file.persist(path)
    })
}

/// Checks before a run that a file can be written after it: its directory is there and takes files, and the path is no directory.
pub fn check_place(path: &Path) -> Result<(), Failure> {
    let directory = directory_of(path)?;
    let tried = match std::fs::metadata(path) {
        // A pipe or a terminal is only opened when it is written.
        Ok(there) if !there.is_file() => return Ok(()),
        Ok(_) => File::options().append(true).open(path).map(drop),
        Err(_) => NamedTempFile::new_in(directory).map(drop),
    };
    tried.map_err(|error| unwritable(path, error))
}

/// The directory of a file that is to be written; what is wrong with the path, with what to do about it.
fn directory_of(path: &Path) -> Result<&Path, Failure> {
    let cannot = |why: &str| Failure::new(format!("cannot write {}: {why}", path.display()));
    if path.is_dir() {
        return Err(cannot("it is a directory").help("name a file, not a directory"));
    }
    let directory = path.parent().filter(|it| !it.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    if !directory.exists() {
        let why = format!("the directory `{}` does not exist", directory.display());
        return Err(cannot(&why).help("create it, or name another file"));
    }
    Ok(directory)
}

/// Why a file cannot be written whose path is right.
pub fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    let error = disk::of_named(error);
    Failure::new(format!("cannot write {}: {error}", path.display()))
        .help("name another file, or correct the permissions")
}

/// Saves a plan, as [`save`] does.
pub fn save_plan(path: &Path, plan: &Plan) -> Result<(), Failure> {
    let write = |file: &mut File| {
        let mut to = BufWriter::new(file);
        render::write(plan, PlanFormat::Json, &Options::default(), &mut to)?;
        to.flush()
    };
    put(path, &write, Builder::new(), |file| file.persist(path))
}

/// Writes what is there as a whole.
fn bytes(bytes: &[u8]) -> impl Fn(&mut File) -> std::io::Result<()> {
    |file| file.write_all(bytes)
}

/// Writes a file that belongs into git, at once or not at all.
pub fn share(path: &Path, text: &str) -> Result<(), Failure> {
    let write = bytes(text.as_bytes());
    put(path, &write, shared(), |file| file.persist(path))
}

/// Replaces an existing file at once or not at all. Its permissions stay, and a symbolic link still leads to it.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let path = fs_err::canonicalize(path)?;
    let permissions = fs_err::metadata(&path)?.permissions();
    put(
        &path,
        &self::bytes(bytes),
        Builder::new(),
        |file| match file.as_file().set_permissions(permissions) {
            Ok(()) => file.persist(&path),
            Err(error) => Err(PersistError { error, file }),
        },
    )
}

/// Writes a new file that belongs into git, at once or not at all.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let write = self::bytes(bytes);
    put(path, &write, shared(), |file| file.persist_noclobber(path))
}

/// Files with the permissions of any new file; temporary ones are only for their owner.
fn shared() -> Builder<'static, 'static> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "there is nothing to set"))]
    let mut builder = Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

fn put(
    path: &Path,
    write: &dyn Fn(&mut File) -> std::io::Result<()>,
    temporary: Builder<'_, '_>,
    persist: impl FnOnce(NamedTempFile) -> Result<File, PersistError>,
) -> Result<(), Failure> {
    let directory = directory_of(path)?;
    let failed = |error| unwritable(path, error);
    let mut file = temporary.tempfile_in(directory).map_err(failed)?;
    write(file.as_file_mut()).map_err(failed)?;
    persist(file).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Refuses a directory that is a file or a link: what names people is written where the command line says, not where a link leads.
pub fn refuse_other(directory: &Path) -> Result<(), Failure> {
    // With a slash at its end, a link is followed.
    let plain: std::path::PathBuf = directory.components().collect();
    match fs_err::symlink_metadata(&plain) {
        Ok(found) if found.is_symlink() => {
            let message = format!(
                "{} is a symbolic link, and nothing is written through one",
                plain.display()
            );
            Err(Failure::new(message)
                .help("name the directory that it leads to, or remove the link"))
        }
        Ok(found) if found.is_file() => {
            let message = format!("`{}` is not a directory", plain.display());
            Err(Failure::new(message).help("name a directory; there is a file of this name"))
        }
        _ => Ok(()),
    }
}

/// Asks on a terminal whether to apply a plan.
pub fn confirmed(plan: &Plan, target: &str) -> Result<bool, Failure> {
    agreed(&question(plan, target))
}

/// Asks on a terminal.
pub fn agreed(question: &str) -> Result<bool, Failure> {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return Err(
            Failure::new("cannot ask for confirmation without a terminal")
                .help("use --yes to skip the confirmation prompt"),
        );
    }
    note(&format!("\n{question}\nOnly `yes` is accepted: "))?;
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    Ok(line.trim() == "yes")
}

/// What a person is asked. How long it takes, no one knows before: Webex publishes no limits.
fn question(plan: &Plan, target: &str) -> String {
    let changes = match plan.changes.len() {
        1 => "this change".to_owned(),
        some => format!("these {some} changes"),
    };
    let without = match plan.is_blocked() {
        true => ", without what the errors leave out",
        false => "",
    };
    format!("Apply {changes} to {target}{without}?")
}

/// Says on a terminal how long an apply took, and where its traces are.
pub fn took(time: SignedDuration, state: &Path) -> Result<(), Failure> {
    if !shows_progress() {
        return Ok(());
    }
    let time = HumanDuration(time.try_into().unwrap_or_default());
    let state = state.display();
    note(&format!(
        "took {time}; journal and backups are in {state}\n"
    ))
}

/// The progress of a long run: a bar on a terminal, nothing elsewhere.
#[derive(Debug)]
pub struct Progress(ProgressBar);

impl Progress {
    /// Sets the number of steps.
    pub fn new(steps: usize, what: &'static str) -> Progress {
        let bar = match shows_progress() {
            true => ProgressBar::new(steps as u64),
            false => ProgressBar::hidden(),
        };
        // The template is a constant; a bar without it is still a bar.
        if let Ok(style) = ProgressStyle::with_template("  {bar:40} {pos} of {len} {msg}{left}") {
            bar.set_style(style.with_key("left", left));
        }
        bar.set_message(what);
        Progress(bar)
    }

    /// Removes the bar.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

impl crate::apply::Watch for Progress {
    fn settled(&self, done: usize, _: usize) {
        self.0.set_position(done as u64);
    }
}

/// How long it takes still: unknown before the first step.
pub fn left(state: &ProgressState, to: &mut dyn std::fmt::Write) {
    if state.pos() > 0 {
        // Without it a bar is still a bar.
        let _ = write!(to, ", {:#} left", HumanDuration(state.eta()));
    }
}

/// How long a text may be.
#[derive(Debug, clap::Args)]
pub struct LengthArgs {
    /// Maximum length of the Markdown; the rest is omitted and counted. GitHub step summaries allow 921600
    #[arg(long, value_name = "BYTES", default_value_t = COMMENT as u32,
        value_parser = clap::value_parser!(u32).range(SHORTEST..))]
    max_bytes: u32,
}

/// How much of a plan is printed.
#[derive(Debug, clap::Args)]
pub struct SummaryArgs {
    /// Print only counts, what cannot be undone and the guardrails: a text short enough for a message
    #[arg(long, conflicts_with_all = ["format", "detail", "max_bytes"])]
    pub summary: bool,
}

/// Shorter Markdown could not list what cannot be undone.
const SHORTEST: i64 = 10_000;

impl LengthArgs {
    /// These options, with this length.
    pub fn of(&self, options: Options) -> Options {
        Options {
            max_bytes: self.max_bytes as usize,
            ..options
        }
    }
}

/// How texts look on this stream.
pub fn options(stream: &(impl IsTerminal + AsHandle), detail: Detail) -> Options {
    let usual = Options::default();
    let terminal = stream.is_terminal();
    let width = terminal_size::terminal_size_of(stream).filter(|_| terminal);
    Options {
        color: colors(terminal),
        terminal,
        detail,
        width: width.map_or(usual.width, |(width, _)| {
            usize::from(width.0).max(NARROWEST)
        }),
        ..usual
    }
}

/// No page is narrower, whatever the terminal reports.
const NARROWEST: usize = 40;

#[cfg(unix)]
use std::os::fd::AsFd as AsHandle;
#[cfg(windows)]
use std::os::windows::io::AsHandle;

/// Whether any of these is an error.
pub fn any_error(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

/// Prints findings that are not part of a plan: to stdout where they are the result or not for people, else to stderr.
pub fn findings(
    findings: &[Finding],
    format: FindingsFormat,
    result: bool,
    loaded: &Loaded,
) -> Result<(), Failure> {
    let to_stdout = result || format != FindingsFormat::Text;
    let options = match to_stdout {
        true => options(&std::io::stdout(), Detail::Short),
        false => options(&std::io::stderr(), Detail::Short),
    };
    let options = Options {
        directory: loaded.origin.directory.clone(),
        ..options
    };
    let text = render::findings(findings, format, &options, &|file| loaded.text(file))?;
    if to_stdout { print(&text) } else { note(&text) }
}
