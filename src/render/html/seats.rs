//! Seats: how full each licence pool is before, at its peak and after, as bars and as numbers.
//!
//! Owns their layout.

use maud::{Markup, html};

use crate::render::style::escape;
use crate::render::verdict::count;
use crate::render::view::Seat;

/// More pools than this are folded away, those over their total never.
const OPEN: usize = 15;
/// The length of the longest bar.
const LENGTH: i64 = 1000;

/// All pools, those that go over their total first.
pub(super) fn seats(seats: &[Seat<'_>]) -> Markup {
    let (over, within): (Vec<&Seat<'_>>, Vec<&Seat<'_>>) =
        seats.iter().partition(|seat| seat.over.is_some());
    let open = over.len().max(OPEN);
    let order: Vec<&Seat<'_>> = over.iter().chain(&within).copied().collect();
    let (first, rest) = order.split_at(open.min(order.len()));
    html! {
        @if !seats.is_empty() {
            section #seats aria-labelledby="seats-title" {
                h2 #seats-title {
                    "Seats"
                    @if !over.is_empty() {
                        " " span.over { (over.len()) " over their total" }
                    }
                }
                (legend())
                (table(first))
                @if !rest.is_empty() {
                    details {
                        summary { (count(rest.len(), "more pool", "more pools")) }
                        (table(rest))
                    }
                }
            }
        }
    }
}

fn legend() -> Markup {
    html! {
        p.legend aria-hidden="true" {
            span.before { "before" }
            span.after { "after" }
            span.peak { "peak, where it is above both" }
            span.track { "total" }
        }
    }
}

fn table(seats: &[&Seat<'_>]) -> Markup {
    let over = seats.iter().any(|seat| seat.over.is_some());
    html! {
        div.wide {
            table.seats {
                caption.hidden { "Licence pools: units in use before, at the peak and after, of the total" }
                thead {
                    tr {
                        th scope="col" { "licence" }
                        th scope="col" { "subscription" }
                        th.bar scope="col" aria-hidden="true" {}
                        th.n scope="col" { "before" }
                        th.n scope="col" { "peak" }
                        th.n scope="col" { "after" }
                        th.n scope="col" { "of" }
                        @if over { th scope="col" { span.hidden { "over its total" } } }
                    }
                }
                tbody { @for seat in seats { (row(seat)) } }
            }
        }
    }
}

fn row(seat: &Seat<'_>) -> Markup {
    let pool = seat.pool;
    html! {
        tr.over[seat.over.is_some()] {
            th scope="row" { (seat.name) }
            td.subscription { code { (escape(&pool.subscription)) } }
            td.bar aria-hidden="true" { (bar(seat)) }
            td.n.before data-name="before" { (pool.before) }
            td.n data-name="peak" { (highest(seat)) }
            td.n.after data-name="after" { (pool.after) }
            td.n data-name="of" { (pool.total) }
            @if let Some(over) = seat.over { td.by { strong { "over by " (over) } } }
        }
    }
}

fn highest(seat: &Seat<'_>) -> i64 {
    let pool = seat.pool;
    pool.peak.max(pool.before).max(pool.after)
}

/// Two bars above each other: before and after. What is over the total is highlighted; the peak is a line where it is above
/// both. Drawn only with attributes: the page's policy allows no styles of elements.
fn bar(seat: &Seat<'_>) -> Markup {
    let pool = seat.pool;
    let longest = highest(seat).max(pool.total).max(1);
    let at = |units: i64| i128::from(units.max(0)) * i128::from(LENGTH) / i128::from(longest);
    let total = at(pool.total);
    let beyond = |units: i64| (at(units) - total).max(0);
    html! {
        svg viewBox={ "0 0 " (LENGTH) " 16" } preserveAspectRatio="none" focusable="false" {
            rect.track x="0" y="0" width=(total) height="16" {}
            rect.before x="0" y="2" width=(at(pool.before).min(total)) height="4" {}
            rect.over x=(total) y="2" width=(beyond(pool.before)) height="4" {}
            rect.after x="0" y="8" width=(at(pool.after).min(total)) height="6" {}
            rect.over x=(total) y="8" width=(beyond(pool.after)) height="6" {}
            @if seat.peak.is_some() {
                // At the very end half of the line would be cut off.
                @let peak = at(pool.peak).min(i128::from(LENGTH) - 4);
                line.peak.over[seat.over.is_some()] x1=(peak) x2=(peak) y1="0" y2="16" {}
            }
            @if total < i128::from(LENGTH) {
                line.total x1=(total) x2=(total) y1="0" y2="16" {}
            }
        }
    }
}
