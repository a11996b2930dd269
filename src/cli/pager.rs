//! The pager: a text that is longer than the terminal goes through `less`, or what the environment names instead, as git does.
//!
//! Owns when and how that is done. Never where a program reads: without a terminal, in CI, and with TERM=dumb all is printed.

use std::io::{IsTerminal, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use super::output::{Failure, print};

/// The pager of those who name none: texts of one screen are left alone, colours pass, the text stays on the screen.
const USUAL: &str = "less -FRX";

/// What a terminal that does not tell its size counts as: columns and lines.
const SIZE: (usize, usize) = (80, 24);

/// Whether --no-pager is given; set once, before a command runs.
static OFF: AtomicBool = AtomicBool::new(false);

/// Sets the option for all output of this run.
pub fn settle(off: bool) {
    OFF.store(off, Ordering::Relaxed);
}

/// Whether a long text would go through a pager. Where it would not, it need not be in memory as a whole.
pub fn is_possible() -> bool {
    command().is_some()
}

/// Prints a text for people, through a pager if it is longer than the terminal.
pub fn show(text: &str) -> Result<(), Failure> {
    let size = terminal_size::terminal_size_of(std::io::stdout());
    let size = size.map_or(SIZE, |(width, height)| {
        (usize::from(width.0), usize::from(height.0))
    });
    match command().filter(|_| is_longer(text, size)) {
        Some(command) if page(&command, text) => Ok(()),
        _ => print(text),
    }
}

/// The pager of this run, if texts are paged at all.
fn command() -> Option<String> {
    let people = !OFF.load(Ordering::Relaxed) && std::io::stdout().is_terminal();
    people.then(|| chosen(&|name| std::env::var(name).ok()))?
}

/// The pager that an environment asks for. An empty command and `cat` are none.
fn chosen(variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let in_ci = variable("CI").is_some_and(|value| !matches!(value.as_str(), "" | "false" | "0"));
    let is_dumb = match variable("TERM") {
        Some(terminal) => terminal == "dumb",
        // A console of Windows has no TERM.
        None => cfg!(unix),
    };
    if in_ci || is_dumb {
        return None;
    }
    let named = variable("TRUNKLINE_PAGER").or_else(|| variable("PAGER"));
    let command = named.unwrap_or_else(|| USUAL.to_owned()).trim().to_owned();
    (!command.is_empty() && command != "cat").then_some(command)
}

/// Whether a text takes more lines of the terminal than there are above the prompt.
fn is_longer(text: &str, (columns, lines): (usize, usize)) -> bool {
    let columns = columns.max(1);
    let taken = text
        .lines()
        .map(|line| shown(line).div_ceil(columns).max(1));
    taken.sum::<usize>() >= lines
}

/// How many characters of a line are shown: colours are not.
fn shown(line: &str) -> usize {
    let mut chars = line.chars();
    let mut shown = 0;
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => {
                let _ = chars.by_ref().find(char::is_ascii_alphabetic);
            }
            _ => shown += 1,
        }
    }
    shown
}

/// Shows a text in a pager and waits for its end. Gives `false` if it could not be started, so that nobody has seen the text.
fn page(command: &str, text: &str) -> bool {
    // Ctrl-C is the pager's: a text is searched, and the program that wrote it still waits. If a handler is there already,
    // it does not end the program either.
    let _ = ctrlc::set_handler(|| {});
    let Ok(mut pager) = start(command) else {
        return false;
    };
    if let Some(mut to) = pager.stdin.take() {
        // Whoever has read enough quits: the rest has no reader, which is no error.
        let _ = to.write_all(text.as_bytes());
    }
    // How a pager ends says nothing about the plan, except that a shell did not find it or may not run it.
    match pager.wait() {
        Ok(ended) => !matches!(ended.code(), Some(126 | 127)),
        Err(_) => true,
    }
}

fn start(command: &str) -> std::io::Result<Child> {
    let mut pager = if cfg!(unix) && command != USUAL {
        let mut shell = Command::new("sh");
        shell.args(["-c", command]);
        shell
    } else {
        let mut words = command.split_whitespace();
        let mut program = Command::new(words.next().unwrap_or_default());
        program.args(words);
        program
    };
    for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
        if std::env::var_os(name).is_none() {
            pager.env(name, value);
        }
    }
    pager.stdin(Stdio::piped()).spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<String> {
        let with_term = [&[("TERM", "xterm")], variables].concat();
        chosen(&|name| {
            let mut latest = with_term.iter().rev();
            let found = latest.find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_chooses() {
        assert_eq!(of(&[]).as_deref(), Some(USUAL));
        assert_eq!(of(&[("PAGER", "more")]).as_deref(), Some("more"));
        let both = [("PAGER", "more"), ("TRUNKLINE_PAGER", " less -S ")];
        assert_eq!(of(&both).as_deref(), Some("less -S"));
        assert_eq!(of(&[("CI", "false")]).as_deref(), Some(USUAL));
        for none in [
            &[("PAGER", "")][..],
            &[("PAGER", "cat")],
            &[("PAGER", "more"), ("TRUNKLINE_PAGER", "")],
            &[("PAGER", "more"), ("TRUNKLINE_PAGER", "cat")],
            &[("CI", "true")],
            &[("TERM", "dumb")],
        ] {
            assert_eq!(of(none), None, "{none:?}");
        }
    }

    #[test]
    fn what_fits_is_not_paged() {
        assert!(!is_longer("a\nb\n", (80, 3)));
        assert!(is_longer("a\n\nb\n", (80, 3)));
        let wide = "x".repeat(81);
        assert!(!is_longer(&wide, (81, 2)));
        assert!(is_longer(&wide, (80, 2)));
        let painted = format!("\u{1b}[1;31m{}\u{1b}[0m", "x".repeat(80));
        assert!(!is_longer(&painted, (80, 2)));
        assert!(!is_longer("", (0, 24)));
    }

    #[cfg(unix)]
    #[test]
    fn a_pager_that_is_not_there_has_shown_nothing() {
        assert!(!page("gone-7f3a 2>/dev/null", "text\n"));
        assert!(page("cat > /dev/null", "text\n"));
        // It quits at once, with a code of its own; the text is larger than the pipe.
        assert!(page("exit 3", &"text\n".repeat(100_000)));
    }
}
