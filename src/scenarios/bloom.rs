/// A set of texts in a few words, two bits for each: it may seem to hold a text that it doesn't, and
/// never the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bloom<const WORDS: usize>([u64; WORDS]);

/// A text, or several in a row, as a number.
#[derive(Clone, Copy)]
pub(super) struct Hash(u64);

/// So much of a text counts: a long cookie is not gone through for each request.
const COUNTED: usize = 64;

impl<const WORDS: usize> Bloom<WORDS> {
    /// Every text.
    pub(super) const ALL: Self = Self([u64::MAX; WORDS]);

    /// No text.
    pub(super) const NONE: Self = Self([0; WORDS]);

    /// The one text.
    pub(super) fn of(text: Hash) -> Self {
        let [.., a, b, c, d] = text.0.to_le_bytes();
        let mut set = [0; WORDS];
        set[usize::from(a) % WORDS] |= 1 << (b & 63);
        set[usize::from(c) % WORDS] |= 1 << (d & 63);
        Self(set)
    }

    /// Whether all texts of another set seem to be in this one.
    #[inline]
    pub(super) fn covers(&self, other: &Self) -> bool {
        // A plain loop is unrolled in every build, and a hundred rules ask this of one request.
        let mut lacking = 0;
        for word in 0..WORDS {
            lacking |= other.0[word] & !self.0[word];
        }
        lacking == 0
    }

    /// The texts that are in one of the two.
    pub(super) fn or(self, other: Self) -> Self {
        Self(std::array::from_fn(|it| self.0[it] | other.0[it]))
    }

    /// At least the texts that are in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(std::array::from_fn(|it| self.0[it] & other.0[it]))
    }
}

impl Hash {
    pub(super) fn of(text: &str) -> Self {
        Self(0).and(text)
    }

    /// This, and then another text. Who makes texts collide on purpose costs time alone.
    pub(super) fn and(self, text: &str) -> Self {
        let (words, rest) = text.as_bytes()[..text.len().min(COUNTED)].as_chunks();
        let hash = words.iter().fold(self.0, |hash, word| stirred(hash, u64::from_le_bytes(*word)));
        Self(stirred(hash, rest.iter().fold(1, |rest, byte| rest << 8 | u64::from(*byte))))
    }
}

fn stirred(hash: u64, more: u64) -> u64 {
    let product = (hash ^ more ^ 0x9e37_79b9_7f4a_7c15).wrapping_mul(0xff51_afd7_ed55_8ccd);
    product ^ product >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_in_every_set_that_it_was_put_into() {
        let texts: Vec<_> = (0..20).map(|it| format!("text{it}")).collect();
        let all = texts.iter().fold(Bloom::<2>::NONE, |all, it| all.or(Bloom::of(Hash::of(it))));
        assert!(texts.iter().all(|it| all.covers(&Bloom::of(Hash::of(it)))));
        assert!(Bloom::ALL.covers(&all) && all.covers(&Bloom::NONE) && !Bloom::NONE.covers(&all));
        assert_eq!(all.and(Bloom::of(Hash::of("text7"))), Bloom::of(Hash::of("text7")));
    }

    #[test]
    fn texts_that_differ_in_their_last_byte_are_told_apart() {
        let text = |it: u32| Bloom::<2>::of(Hash::of("x-tenant").and(&format!("customer-{it}")));
        let mistaken = (1..1_000).filter(|&it| text(0).covers(&text(it))).count();
        assert!(mistaken < 5, "{mistaken} of 1,000");
    }
}
