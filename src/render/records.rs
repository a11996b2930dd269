//! Rows that are too wide for a table: each as a block of lines, a column a line.

use super::Options;
use super::page::{Page, width};
use super::style::{Style, escape};

/// The rows under their columns. The first column is the head of its block; empty cells are left out.
pub(super) fn text(columns: &[&str], rows: &[Vec<String>], options: &Options) -> String {
    let mut page = Page::new(options, 64 * rows.len());
    let names = columns.iter().skip(1).map(|name| width(name)).max();
    let indent = 2 + names.unwrap_or(0) + 2;
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            page.end();
        }
        let mut cells = columns.iter().zip(row);
        if let Some((_, head)) = cells.next() {
            page.put(Style::Bold, escape(head));
            page.end();
        }
        for (name, cell) in cells.filter(|(_, cell)| !cell.is_empty()) {
            page.to(2, 0);
            page.put(Style::Dim, name);
            page.to(indent, 0);
            page.flow(Style::Plain, escape(cell), indent);
            page.end();
        }
    }
    page.out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_fits_the_terminal() {
        let options = Options {
            width: 40,
            terminal: true,
            ..Options::default()
        };
        let row = |name: &str, location: &str, licenses: &str| {
            [name, location, licenses].map(str::to_owned).to_vec()
        };
        let rows = [
            row(
                "ana@acme.com",
                "",
                "calling/professional (Sub-2021), messaging/advanced (Sub-2021)",
            ),
            row("bob@acme.com", "Dallas", ""),
        ];
        assert_eq!(
            text(&["email", "location", "licenses"], &rows, &options),
            "ana@acme.com\n  licenses  calling/professional\n            (Sub-2021),\n            messaging/advanced\n            (Sub-2021)\n\
             \nbob@acme.com\n  location  Dallas\n"
        );
    }
}
