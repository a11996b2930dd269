//! Units in use while requests are sent, and which request returns which unit to which.

use std::collections::VecDeque;

use rustc_hash::FxHashSet;

use crate::change::DraftField;
use crate::licensing::catalogue::LicenseIx;
use crate::snapshot::License;

/// The licence pools of an organisation.
pub struct Pools<'a> {
    licenses: &'a [License],
    overage: &'a FxHashSet<&'a str>,
    used: Vec<i64>,
    peak: Vec<i64>,
    /// By licence: units that are free without a return; below zero if the pool is over its total.
    spare: Vec<i64>,
    /// By licence: requests that returned a unit which has not been taken yet.
    given: Vec<VecDeque<usize>>,
    /// By licence: requests that brought a pool back to its total; anyone who takes a unit needs them all.
    cured: Vec<Vec<usize>>,
}

impl<'a> Pools<'a> {
    /// The pools as the snapshot has them.
    pub fn new(licenses: &'a [License], overage: &'a FxHashSet<&'a str>) -> Pools<'a> {
        let used: Vec<i64> = licenses.iter().map(|license| license.consumed()).collect();
        Pools {
            licenses,
            overage,
            peak: used.clone(),
            spare: licenses
                .iter()
                .map(|license| license.total() - license.consumed())
                .collect(),
            given: vec![VecDeque::new(); licenses.len()],
            cured: vec![Vec::new(); licenses.len()],
            used,
        }
    }

    /// Whether units of this licence never run out.
    fn endless(&self, license: LicenseIx) -> bool {
        let pool = &self.licenses[license as usize];
        pool.subscription_id.is_none() || self.overage.contains(pool.name.as_str())
    }

    /// Whether there is a unit left.
    pub fn has_room(&self, license: LicenseIx) -> bool {
        let total = self.licenses[license as usize].total();
        self.endless(license) || self.used[license as usize] < total
    }

    /// The first licence of which these fields, in one request, take more than is left.
    pub fn lacking(&self, fields: &[&DraftField]) -> Option<LicenseIx> {
        fields
            .iter()
            .filter_map(|field| field.takes)
            .find(|&license| {
                let net = net(fields, license);
                let total = self.licenses[license as usize].total();
                net > 0 && !self.endless(license) && self.used[license as usize] + net > total
            })
    }

    /// Sends these fields in the request with this id; gives the requests whose units it takes.
    pub fn run(&mut self, fields: &[&DraftField], id: usize) -> Vec<usize> {
        let mut from = Vec::new();
        let mut licenses: Vec<LicenseIx> = fields.iter().flat_map(|it| super::units(it)).collect();
        licenses.sort_unstable();
        licenses.dedup();
        for license in licenses {
            let net = net(fields, license);
            let at = license as usize;
            self.used[at] += net;
            self.peak[at] = self.peak[at].max(self.used[at]);
            if self.endless(license) {
                continue;
            }
            for _ in net..0 {
                if self.spare[at] < 0 {
                    self.spare[at] += 1;
                    self.cured[at].push(id);
                } else {
                    self.given[at].push_back(id);
                }
            }
            if net > 0 {
                from.extend(&self.cured[at]);
            }
            for _ in 0..net {
                match self.spare[at] > 0 {
                    true => self.spare[at] -= 1,
                    false => from.extend(self.given[at].pop_front()),
                }
            }
        }
        from
    }

    /// By licence: the most units in use on the way, and those in the end.
    pub fn totals(self) -> (Vec<i64>, Vec<i64>) {
        (self.peak, self.used)
    }
}

/// How many units of a licence these fields take more than they give back.
fn net(fields: &[&DraftField], license: LicenseIx) -> i64 {
    let takes = fields.iter().filter(|field| field.takes == Some(license));
    let gives = fields.iter().flat_map(|field| &field.gives);
    takes.count() as i64 - gives.filter(|&&given| given == license).count() as i64
}
