//! Seats: the licence pools that a plan touches, before, at their peak, and after.

use std::collections::BTreeSet;

use super::model::PoolLine;
use super::order::Order;
use crate::change::DraftChange;
use crate::licensing::catalogue::LicenseIx;
use crate::snapshot::Snapshot;

/// One line per touched pool, in order of licence, site and subscription. A licence without subscription has no
/// pool, and of one whose units are unknown there is nothing to say.
pub fn lines(changes: &[DraftChange], order: &Order, snapshot: &Snapshot) -> Vec<PoolLine> {
    let fields = changes.iter().flat_map(|change| &change.fields);
    let touched: BTreeSet<LicenseIx> = fields
        .flat_map(|field| field.lost().chain(field.takes))
        .collect();
    let mut lines: Vec<PoolLine> = touched
        .into_iter()
        .filter_map(|license| {
            let pool = &snapshot.licenses()[license as usize];
            if pool.units_unknown() {
                return None;
            }
            Some(PoolLine {
                license: pool.name.clone(),
                subscription: pool.subscription_id.clone()?,
                site: pool.site_url.clone(),
                total: pool.total(),
                before: pool.consumed(),
                peak: order.peak[license as usize],
                after: order.after[license as usize],
            })
        })
        .collect();
    lines.sort_by(|a, b| {
        (&a.license, &a.site, &a.subscription).cmp(&(&b.license, &b.site, &b.subscription))
    });
    lines
}
