//! The seats of each licence, before and after.

use crate::render::page::{Page, width};
use crate::render::style::{Style, escape};
use crate::render::view::Seat;

/// Where the columns are, and how wide the numbers are.
struct Columns {
    subscription: usize,
    numbers: usize,
    /// Digits of the units before the plan and of those that there are.
    total: usize,
    after: usize,
}

impl Columns {
    fn of(seats: &[Seat<'_>]) -> Columns {
        let most = |of: &dyn Fn(&Seat<'_>) -> usize| seats.iter().map(of).max().unwrap_or(0);
        let digits = |number: i64| number.to_string().len();
        let subscription = 8 + most(&|seat| width(&seat.name)) + 2;
        let longest = most(&|seat| width(&escape(&seat.pool.subscription)));
        Columns {
            subscription,
            numbers: subscription + longest + 2,
            total: most(&|seat| digits(seat.pool.before).max(digits(seat.pool.total))),
            after: most(&|seat| digits(seat.pool.after)),
        }
    }
}

/// One line for each pool.
pub(super) fn list(page: &mut Page, seats: &[Seat<'_>]) {
    let columns = Columns::of(seats);
    for (at, seat) in seats.iter().enumerate() {
        if at == 0 {
            page.end();
            page.put(Style::Bold, "Seats");
        }
        line(page, seat, &columns);
    }
}

fn line(page: &mut Page, seat: &Seat<'_>, columns: &Columns) {
    let Columns { total, after, .. } = *columns;
    page.to(8, 0);
    page.put(Style::Plain, &seat.name);
    page.to(columns.subscription, 2);
    page.put(Style::Plain, escape(&seat.pool.subscription));
    page.to(columns.numbers, 2);
    let pool = seat.pool;
    let mut numbers = format!(
        "{:>total$} -> {:>after$} of {}",
        pool.before, pool.after, pool.total
    );
    if let Some(peak) = seat.peak {
        numbers += &format!(" (peak {peak})");
    }
    let over = seat.over.map(|over| format!("  over by {over}"));
    let wide = width(&numbers) + over.as_deref().map_or(0, width);
    if !page.fits(0, wide) {
        page.end();
        page.to(10, 0);
    }
    page.put(Style::Plain, numbers);
    if let Some(over) = over {
        page.put(Style::Alarm, over);
    }
    page.end();
}
