//! Whose turn it is where units are short: rule 8 of contract section 3, "round after round until a round settles none".
//!
//! Everyone who waits for the same thing finds the same answer until units change hands. So only the first in line is asked,
//! when units of its product have changed hands: the order is that of the rounds, without a look at those whose answer is
//! known. Must not know what a unit is.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::catalogue::ProductIx;
use super::subscriptions::SubIx;

/// What someone waits for. Equal ones find the same unit, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Line {
    /// The product.
    pub product: Option<ProductIx>,
    /// The only subscription that will do.
    pub only: Option<SubIx>,
    /// The subscription that comes first.
    pub first: Option<SubIx>,
}

/// Those who wait, by what they wait for.
#[derive(Debug, Default)]
pub struct Turns {
    waiting: BTreeMap<Line, BTreeSet<usize>>,
    lines: BTreeMap<ProductIx, Vec<Line>>,
    /// The first of a line who may be lucky: the round, the position, the line.
    next: BinaryHeap<Reverse<(usize, usize, Line)>>,
    /// Whose turn it is.
    now: (usize, usize),
}

impl Turns {
    /// Everyone who waits, by position.
    pub fn new(waiting: impl Iterator<Item = (usize, Line)>) -> Turns {
        let mut turns = Turns::default();
        for (at, line) in waiting {
            turns.waiting.entry(line).or_default().insert(at);
        }
        for (&line, positions) in &turns.waiting {
            if let Some(product) = line.product {
                turns.lines.entry(product).or_default().push(line);
            }
            let first = positions.first();
            turns.next.extend(first.map(|&at| Reverse((0, at, line))));
        }
        turns
    }

    /// Whose turn it is next, if anything may have changed for anyone.
    pub fn next(&mut self) -> Option<(usize, Line)> {
        while let Some(Reverse((round, at, line))) = self.next.pop() {
            if self.waiting.get(&line).is_some_and(|it| it.contains(&at)) {
                self.now = (round, at);
                return Some((at, line));
            }
        }
        None
    }

    /// Whose turn it was got something, or gets nothing for good: it is the turn of the next in line.
    pub fn leaves(&mut self, at: usize, line: Line) {
        if let Some(positions) = self.waiting.get_mut(&line) {
            positions.remove(&at);
        }
        self.wake(line);
    }

    /// Units of a product have changed hands.
    pub fn changed(&mut self, product: ProductIx) {
        for line in self.lines.get(&product).cloned().unwrap_or_default() {
            self.wake(line);
        }
    }

    /// Those who still wait, in order.
    pub fn left(self) -> Vec<usize> {
        let mut left: Vec<usize> = self.waiting.into_values().flatten().collect();
        left.sort_unstable();
        left
    }

    /// Asks the next in line: in this round who comes later, in the next one who came before.
    fn wake(&mut self, line: Line) {
        let Some(positions) = self.waiting.get(&line) else {
            return;
        };
        let (round, now) = self.now;
        let later = positions.range(now + 1..).next();
        let turn = later.map(|&at| (round, at));
        let turn = turn.or_else(|| positions.first().map(|&at| (round + 1, at)));
        self.next
            .extend(turn.map(|(round, at)| Reverse((round, at, line))));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Someone who has a unit of one subscription and wants one of another; in two products.
    type Move = (ProductIx, SubIx, SubIx);

    fn line(&(product, _, to): &Move) -> Line {
        Line {
            product: Some(product),
            only: Some(to),
            first: None,
        }
    }

    /// Free units by product and subscription.
    type Units = BTreeMap<(ProductIx, SubIx), u8>;

    fn step(units: &mut Units, &(product, from, to): &Move) -> bool {
        let free = units.entry((product, to)).or_default();
        if *free == 0 {
            return false;
        }
        *free -= 1;
        *units.entry((product, from)).or_default() += 1;
        true
    }

    /// The rule, word for word.
    fn rounds(mut units: Units, moves: &[Move]) -> (Vec<usize>, usize) {
        let (mut settled, mut tries) = (Vec::new(), 0);
        loop {
            let before = settled.len();
            for (at, it) in moves.iter().enumerate() {
                tries += 1;
                if !settled.contains(&at) && step(&mut units, it) {
                    settled.push(at);
                }
            }
            if settled.len() == before {
                return (settled, tries);
            }
        }
    }

    fn turns(mut units: Units, moves: &[Move]) -> (Vec<usize>, usize) {
        let (mut settled, mut tries) = (Vec::new(), 0);
        let mut turns = Turns::new(moves.iter().map(line).enumerate());
        while let Some((at, line)) = turns.next() {
            tries += 1;
            if step(&mut units, &moves[at]) {
                settled.push(at);
                turns.leaves(at, line);
                turns.changed(moves[at].0);
            }
        }
        let mut all = settled.clone();
        all.extend(turns.left());
        all.sort_unstable();
        assert!(all.into_iter().eq(0..moves.len()), "no one is forgotten");
        (settled, tries)
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_the_rounds(
            moves in prop::collection::vec((0..2 as ProductIx, 0..3 as SubIx, 0..3 as SubIx), 0..40),
            units in prop::collection::btree_map((0..2 as ProductIx, 0..3 as SubIx), 0..4u8, 0..6),
        ) {
            prop_assert_eq!(rounds(units.clone(), &moves).0, turns(units, &moves).0);
        }
    }

    #[test]
    fn a_swap_between_two_full_subscriptions_takes_one_try_each() {
        let there = std::iter::repeat_n((0, 0, 1), 1000);
        let moves: Vec<Move> = there.chain(std::iter::repeat_n((0, 1, 0), 1000)).collect();
        let (settled, tries) = turns(Units::from([((0, 1), 1)]), &moves);
        assert_eq!(settled.len(), 2000);
        assert!(tries < 3 * 2000, "{tries} tries");
    }
}
