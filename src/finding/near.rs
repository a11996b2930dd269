//! The known name that is nearest to an unknown one, at a bounded cost: 20,000 unknown names among 20,000 known ones take
//! seconds, since a file must not keep a machine busy.

/// Among more names than this only those are looked at that differ in one place.
const MANY: usize = 500;
/// How long that place may be.
const PLACE: usize = 3;

/// How many names are looked at for all suggestions of one kind: about half a second.
const LOOKS: usize = 20_000_000;

/// How much may still be spent on suggestions: where a hundred thousand addresses are unknown, the first ones have a
/// suggestion, and the rest would not be read.
#[derive(Debug)]
pub struct Suggestions {
    left: usize,
}

impl Default for Suggestions {
    fn default() -> Suggestions {
        Suggestions { left: LOOKS }
    }
}

impl Suggestions {
    /// What `find` finds among this number of names, if the search is not too long in total.
    pub fn among<T>(&mut self, names: usize, find: impl FnOnce() -> Option<T>) -> Option<T> {
        self.left = self.left.checked_sub(names)?;
        find()
    }
}

/// The name of `known` that is nearest to `name`, if it is as near as `cutoff`, from 0 to 1.
pub fn nearest<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    cutoff: f32,
) -> Option<&'a str> {
    let known: Vec<&str> = known.into_iter().collect();
    if known.len() > MANY {
        let near = known
            .iter()
            .filter_map(|other| Some((one_place(name, other, cutoff)?, *other)));
        return near.min().map(|(_, other)| other);
    }
    let bytes = count(name);
    let near: Vec<&str> = known
        .into_iter()
        .filter(|other| may_be_near(name, &bytes, other, cutoff))
        .collect();
    similar::get_close_matches(name, &near, 1, cutoff)
        .first()
        .copied()
}

/// How long the one place is in which two names differ; `None` where it is too long for them to be near.
fn one_place(one: &str, other: &str, cutoff: f32) -> Option<usize> {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let short = one.len().min(other.len());
    if one.len().max(other.len()) - short > PLACE {
        return None;
    }
    let same = |(a, b): &(&u8, &u8)| a == b;
    let before = one.iter().zip(other).take_while(same).count();
    let after = one.iter().rev().zip(other.iter().rev());
    let after = after.take(short - before).take_while(same).count();
    let alike = before + after;
    let place = one.len().max(other.len()) - alike;
    (place <= PLACE && ratio(alike, one.len() + other.len()) >= cutoff).then_some(place)
}

fn ratio(alike: usize, both: usize) -> f32 {
    2.0 * alike as f32 / both.max(1) as f32
}

/// How often each byte occurs. Bytes share places, so that two texts seem to have more in common than they have, never less.
fn count(text: &str) -> [u32; 64] {
    let mut counts = [0; 64];
    for byte in text.bytes() {
        counts[usize::from(byte & 63)] += 1;
    }
    counts
}

/// False where what two names have in common, in whatever order, is too little.
fn may_be_near(one: &str, bytes: &[u32; 64], other: &str, cutoff: f32) -> bool {
    // Beyond ASCII letters are counted, not bytes.
    if !one.is_ascii() || !other.is_ascii() {
        return true;
    }
    let both = one.len() + other.len();
    if ratio(one.len().min(other.len()), both) < cutoff {
        return false;
    }
    let mut left = *bytes;
    let mut common = 0;
    for byte in other.bytes() {
        let left = &mut left[usize::from(byte & 63)];
        if *left > 0 {
            *left -= 1;
            common += 1;
        }
    }
    ratio(common, both) >= cutoff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions_end_where_they_would_cost_too_much() {
        let mut suggestions = Suggestions::default();
        let made = (0..100_000).filter_map(|at| suggestions.among(100_000, || Some(at)));
        assert!(made.eq(0..200));
    }

    #[test]
    fn what_is_left_out_could_not_have_been_near() {
        let mut random = fastrand::Rng::with_seed(3);
        let word = |random: &mut fastrand::Rng| -> String {
            (0..random.usize(1..9))
                .map(|_| random.choice(['a', 'b', 'c', 'A', 'é']).unwrap())
                .collect()
        };
        for _ in 0..2000 {
            let name = word(&mut random);
            let known: Vec<String> = (0..20).map(|_| word(&mut random)).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let all = similar::get_close_matches(name.as_str(), &known, 1, 0.7);
            assert_eq!(nearest(&name, known, 0.7), all.first().copied(), "{name}");
        }
    }

    #[test]
    fn among_many_a_slip_in_one_place_is_found() {
        let many: Vec<String> = (0..2000).map(|at| format!("template-{at:05}")).collect();
        let known = || many.iter().map(String::as_str);
        for (wrong, right) in [
            ("template-0070", "template-00070"),
            ("temlpate-01999", "template-01999"),
            ("Template-00003", "template-00003"),
        ] {
            let found = nearest(wrong, known(), 0.7);
            let place = |name| one_place(wrong, name, 0.7);
            assert!(
                found.is_some_and(|found| place(found) <= place(right)),
                "{wrong}: {found:?}"
            );
        }
        assert_eq!(nearest("something else", known(), 0.7), None);
        assert_eq!(nearest("", known(), 0.7), None);
    }

    #[test]
    fn twenty_thousand_among_twenty_thousand_take_seconds() {
        let many: Vec<String> = (0..20_000).map(|at| format!("name-{at:05}")).collect();
        let began = std::time::Instant::now();
        for at in 0..50 {
            nearest(
                &format!("nmae-{:05}", at * 400),
                many.iter().map(String::as_str),
                0.7,
            );
        }
        // A second, without optimisation. The limit is for machines that have other things to do.
        assert!(began.elapsed().as_secs() < 300, "{:?}", began.elapsed());
    }
}
