//! Findings of the plan -> the licence that each is about.

use super::model::LicenseLine;
use crate::config::Config;
use crate::finding::Place;
use crate::licensing::Traced;
use crate::plan::model::FindingLine;

/// Which findings belong to which licence.
pub(super) struct Shares<'a> {
    traced: &'a [Traced],
    licenses: &'a [LicenseLine],
    /// What a template or an override says wrongly has the name as its subject, and is found by its place.
    places: Vec<Option<Place>>,
    of: Vec<Vec<FindingLine>>,
}

impl<'a> Shares<'a> {
    /// Licences that have no finding yet.
    pub fn new(config: &Config, traced: &'a [Traced], licenses: &'a [LicenseLine]) -> Shares<'a> {
        let spots = traced.iter().map(|traced| traced.spot);
        Shares {
            traced,
            licenses,
            places: spots
                .map(|spot| spot.map(|spot| config.place(spot)))
                .collect(),
            of: vec![Vec::new(); licenses.len()],
        }
    }

    /// The findings of each licence.
    pub fn finish(self) -> Vec<Vec<FindingLine>> {
        self.of
    }

    /// Gives each finding about the object to the licence that it fits best; what fits none is left.
    pub fn share(&mut self, findings: &[FindingLine]) -> Vec<FindingLine> {
        let mut rest = Vec::new();
        for finding in findings {
            let all = 0..self.licenses.len();
            let best = all.max_by_key(|&at| (self.fit(finding, at), usize::MAX - at));
            match best.filter(|&at| self.fit(finding, at) > 0) {
                Some(at) => self.of[at].push(finding.clone()),
                None => rest.push(finding.clone()),
            }
        }
        rest
    }

    /// How well a finding fits a licence: by its code, by its place, by the name in its message. 0: not at all.
    fn fit(&self, finding: &FindingLine, at: usize) -> u8 {
        let traced = &self.traced[at];
        let mut codes = traced.codes.iter();
        let code = codes.any(|code| code.as_str() == finding.code);
        let place = self.places[at].as_ref().is_some_and(|place| {
            (finding.file.as_deref(), finding.line, finding.column)
                == (Some(&*place.file), Some(place.line), Some(place.column))
        });
        let mut pools = self.licenses[at].pools.iter();
        let product = pools.any(|pool| finding.message.contains(&pool.license));
        let named = product || finding.message.contains(&traced.path);
        match (code, place) {
            (false, false) => 0,
            _ => 4 * u8::from(code) + 2 * u8::from(place) + u8::from(named),
        }
    }

    /// Adds what blocks a licence and is located where it comes from.
    pub fn add_blocking<'f>(&mut self, findings: impl Iterator<Item = &'f FindingLine> + Clone) {
        for (line, of) in self.licenses.iter().zip(&mut self.of) {
            let blocking = findings.clone().filter(|finding| keeps(line, finding));
            let near = |finding: &&FindingLine, exact: bool| {
                let mut sources = line.links.iter().filter_map(|link| link.source.as_ref());
                sources.any(|source| {
                    let line = (Some(source.file.as_str()), Some(source.line));
                    line == (finding.file.as_deref(), finding.line)
                        && (!exact || Some(source.column) == finding.column)
                })
            };
            // An unknown subscription is further along the line than what it is pinned to.
            let exact = blocking.clone().any(|finding| near(&finding, true));
            of.extend(blocking.filter(|finding| near(finding, exact)).cloned());
        }
    }

    /// One finding can keep several licences: those of a change of groups that waits.
    pub fn add_shared(&mut self, findings: &[FindingLine]) {
        for (line, of) in self.licenses.iter().zip(&mut self.of) {
            if !of.iter().any(|finding| keeps(line, finding)) {
                let shared = findings.iter().filter(|finding| keeps(line, finding));
                of.extend(shared.cloned());
            }
        }
    }
}

/// Whether a finding has the code that keeps a licence as it is.
fn keeps(line: &LicenseLine, finding: &FindingLine) -> bool {
    line.code.as_deref() == Some(&finding.code)
}
