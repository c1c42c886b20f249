use crate::dialects;

/// A set of operations, as one word: what most rules are told apart by costs one instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operations(u64);

/// The bit of requests that no operation answers.
const NOBODY: u32 = 63;

impl Operations {
    /// Every request, also those that no operation answers.
    pub(super) const ALL: Self = Self(u64::MAX);

    /// No request.
    pub(super) const NONE: Self = Self(0);

    /// The operations whose name, with the vendor's, is wanted.
    pub(super) fn those(is_wanted: impl Fn(&'static str) -> bool) -> Self {
        let names = dialects::ALL.iter().flat_map(|vendor| vendor.operations).map(|it| it.name);
        Self(
            names
                .zip(0..NOBODY)
                .filter(|(name, _)| is_wanted(name))
                .fold(0, |set, (_, bit)| set | 1 << bit),
        )
    }

    /// The one operation, by the indices of vendor and operation.
    pub(super) fn one(vendor: Option<usize>, operation: Option<usize>) -> Self {
        let bit = vendor.zip(operation).map(|(vendor, operation)| {
            let before = dialects::ALL[..vendor].iter().map(|it| it.operations.len());
            before.sum::<usize>() + operation
        });
        Self(1 << bit.unwrap_or(NOBODY as usize))
    }

    /// The set as its word, for an atomic.
    pub(super) fn bits(self) -> u64 {
        self.0
    }

    /// The set of such a word.
    pub(super) fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Whether an operation is in both.
    #[inline]
    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The operations that are in both.
    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The operations that are in one of the two.
    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is no operation in it.
    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_has_a_bit_of_its_own() {
        for (vendor, it) in dialects::ALL.iter().enumerate() {
            for (index, operation) in it.operations.iter().enumerate() {
                let one = Operations::one(Some(vendor), Some(index));
                assert_eq!(one, Operations::those(|name| name == operation.name));
                assert!(one.meets(Operations::ALL));
            }
        }
        let nobody = Operations::one(Some(0), None);
        assert!(!nobody.meets(Operations::those(|_| true)));
        assert!(nobody.meets(Operations::ALL));
    }
}
