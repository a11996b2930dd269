//! A text in sections of blocks that always fits: what does not fit is omitted as a whole, from the end, and counted.
//!
//! Owns the limit. Must not know what the blocks say.

use crate::render::verdict::count;

/// A document under construction.
#[derive(Debug, Default)]
pub(super) struct Document {
    /// What is always there: it has to be short.
    pub(super) head: String,
    pub(super) sections: Vec<Section>,
}

/// Blocks with something before and after them. Without a block it is omitted.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) open: String,
    pub(super) blocks: Vec<Block>,
    pub(super) close: String,
    /// What its blocks count, one and many.
    pub(super) what: (&'static str, &'static str),
    /// The limit of the document, if it is known: what is certainly beyond it is only counted.
    limit: usize,
    /// The length of the blocks.
    length: usize,
    /// How many are beyond the limit.
    beyond: usize,
}

/// A block that is shown completely or not at all.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) text: String,
    /// How many it represents.
    pub(super) stands_for: usize,
    /// When it is left out.
    pub(super) rank: Rank,
}

/// When a block is left out: the blocks of the last rank first. Within a section, ranks are in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// What somebody has lost already.
    Lost,
    /// What cannot be undone.
    Vital,
    /// The rest.
    Usual,
}

impl Rank {
    const ALL: [Rank; 3] = [Rank::Lost, Rank::Vital, Rank::Usual];
}

impl Section {
    pub(super) fn new(open: String, close: &str, what: (&'static str, &'static str)) -> Section {
        Section {
            open,
            blocks: Vec::new(),
            close: close.to_owned(),
            what,
            limit: usize::MAX,
            length: 0,
            beyond: 0,
        }
    }

    /// For a document with this limit.
    pub(super) fn within(self, limit: usize) -> Section {
        Section { limit, ..self }
    }

    pub(super) fn push(&mut self, text: String) {
        self.add(1, Rank::Usual, || text);
    }

    /// Adds a block that represents this number; it is made only if it may fit.
    pub(super) fn add(&mut self, stands_for: usize, rank: Rank, text: impl FnOnce() -> String) {
        if self.length > self.limit {
            self.beyond += stands_for;
            return;
        }
        let text = text();
        self.length += text.len();
        self.blocks.push(Block {
            text,
            stands_for,
            rank,
        });
    }

    /// What the blocks take of what somebody has lost already.
    pub(super) fn lost(&self) -> usize {
        let lost = self.blocks.iter().filter(|it| it.rank == Rank::Lost);
        lost.map(|block| block.text.len()).sum()
    }

    fn length(&self) -> usize {
        match self.blocks.is_empty() {
            true => 0,
            false => self.open.len() + self.length + self.close.len(),
        }
    }
}

/// Room for the sentence that counts what is left out.
pub(super) const NOTICE: usize = 512;

impl Document {
    /// The text, never longer than this many bytes. `whole` says where the rest can be read.
    pub(super) fn fit(self, limit: usize, whole: &str) -> String {
        let length = self.head.len() + self.sections.iter().map(Section::length).sum::<usize>();
        let everything = length <= limit;
        let mut room = match everything {
            true => usize::MAX,
            false => limit.saturating_sub(self.head.len() + NOTICE),
        };
        // How many blocks of each section are kept.
        let mut standing = vec![0; self.sections.len()];
        let sections = || self.sections.iter().zip(0..);
        let in_turn = Rank::ALL.into_iter();
        let in_turn = in_turn.flat_map(|rank| sections().map(move |(it, at)| (it, at, rank)));
        'fill: for (section, at, rank) in in_turn {
            for block in section.blocks.iter().filter(|block| block.rank == rank) {
                let Some(standing) = standing.get_mut(at) else {
                    continue;
                };
                let frame = match *standing {
                    0 => section.open.len() + section.close.len(),
                    _ => 0,
                };
                let needed = block.text.len() + frame;
                if needed > room {
                    break 'fill;
                }
                room -= needed;
                *standing += 1;
            }
        }

        let mut out = self.head;
        let mut left_out: Vec<((&str, &str), usize)> = Vec::new();
        for (section, standing) in self.sections.iter().zip(standing) {
            let (shown, hidden) = section.blocks.split_at(standing.min(section.blocks.len()));
            if !shown.is_empty() {
                out.push_str(&section.open);
                shown.iter().for_each(|block| out.push_str(&block.text));
                out.push_str(&section.close);
            }
            let hidden: usize = hidden.iter().map(|block| block.stands_for).sum();
            let hidden = hidden + section.beyond;
            match left_out.iter_mut().find(|(what, _)| *what == section.what) {
                _ if hidden == 0 => {}
                Some((_, sum)) => *sum += hidden,
                None => left_out.push((section.what, hidden)),
            }
        }
        if !left_out.is_empty() {
            let parts = left_out.iter().map(|((one, many), n)| count(*n, one, many));
            let parts: Vec<String> = parts.collect();
            out.push_str(&format!(
                "**Left out, because of the limit on the length of this text: {}.** {whole}\n",
                parts.join(", ")
            ));
        }
        out.truncate(out.trim_end().len());
        out + "\n"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(blocks: usize, vital: usize) -> Document {
        let mut list = Section::new("\n### List\n\n".into(), "", ("line", "lines"));
        (0..blocks).for_each(|n| list.push(format!("- line {n}\n")));
        let mut lost = Section::new("\n### Lost\n\n".into(), "", ("loss", "losses"));
        (0..vital).for_each(|n| lost.add(1, Rank::Vital, || format!("- loss {n}\n")));
        Document {
            head: "# Head\n".into(),
            sections: vec![list, lost],
        }
    }

    #[test]
    fn what_fits_stands_whole() {
        let text = document(2, 1).fit(1_000, "See there.");
        assert_eq!(
            text,
            "# Head\n\n### List\n\n- line 0\n- line 1\n\n### Lost\n\n- loss 0\n"
        );
    }

    #[test]
    fn what_does_not_fit_goes_from_the_end_and_is_counted() {
        let text = document(1_000, 3).fit(1_000, "See there.");
        assert!(text.len() <= 1_000, "{}", text.len());
        assert!(text.contains("- loss 2\n"), "{text}");
        let lines = text.matches("- line ").count();
        let rest = 1_000 - lines;
        assert!(
            text.ends_with(&format!(
                "limit on the length of this text: {rest} lines.** See there.\n"
            )),
            "{text}"
        );
    }

    #[test]
    fn what_somebody_has_lost_is_the_last_to_go() {
        let mut document = document(1_000, 100);
        let mut errors = Section::new("\n### Errors\n\n".into(), "", ("error", "errors"));
        errors.add(1, Rank::Lost, || "- lost\n".to_owned());
        (0..100).for_each(|n| errors.push(format!("- error {n}\n")));
        document.sections.push(errors);
        let text = document.fit(1_000, "See there.");
        assert!(text.len() <= 1_000, "{}", text.len());
        assert!(
            text.contains("- lost\n") && text.contains("- loss 20\n"),
            "{text}"
        );
        assert!(!text.contains("- error"), "{text}");
        assert!(text.contains("100 errors"), "{text}");
    }

    #[test]
    fn what_cannot_fit_is_not_made() {
        let mut list = Section::new("### List\n".into(), "", ("line", "lines")).within(1_000);
        let mut made = 0;
        for n in 0..100_000 {
            list.add(2, Rank::Usual, || {
                made += 1;
                format!("- line {n}\n")
            });
        }
        assert!(made < 150, "{made}");
        let document = Document {
            head: String::new(),
            sections: vec![list],
        };
        let text = document.fit(1_000, "");
        let lines = text.matches("- line ").count();
        let rest = 200_000 - 2 * lines;
        assert!(text.contains(&format!(": {rest} lines.")), "{text}");
    }

    #[test]
    fn an_empty_section_leaves_no_trace() {
        assert_eq!(document(0, 0).fit(1_000, ""), "# Head\n");
    }
}
