//! Texts that a record may have or not, in one piece of memory.

use super::json::Sent;

/// `N` texts by their places, most of them usually missing. They stand one behind the other, since
/// a piece of memory each would take more than the texts themselves.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Texts<const N: usize> {
    all: Box<str>,
    /// Where each ends. A missing one ends where it begins, as one does that is empty.
    ends: [u32; N],
    /// A bit for each that is there.
    present: u32,
}

impl<const N: usize> Default for Texts<N> {
    fn default() -> Self {
        Self { all: Box::default(), ends: [0; N], present: 0 }
    }
}

impl<const N: usize> From<[Option<&str>; N]> for Texts<N> {
    /// What comes after the first 4 GiB is left out.
    fn from(texts: [Option<&str>; N]) -> Self {
        let length = texts.iter().flatten().map(|text| text.len()).sum();
        let mut all = String::with_capacity(length);
        let mut present = 0;
        let mut ends = [0; N];
        for (place, (text, end)) in texts.into_iter().zip(&mut ends).enumerate() {
            *end = u32::try_from(all.len()).unwrap_or(u32::MAX);
            if let Some(text) = text
                && let Ok(new_end) = u32::try_from(all.len() + text.len())
            {
                all.push_str(text);
                present |= 1 << place;
                *end = new_end;
            }
        }
        Self { all: all.into(), ends, present }
    }
}

impl<const N: usize> Texts<N> {
    /// The text at a place, if there is one.
    pub(super) fn get(&self, place: usize) -> Option<&str> {
        if self.present & (1 << place) == 0 {
            return None;
        }
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        self.all.get(start as usize..self.ends[place] as usize)
    }

    /// Every place, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        (0..N).map(|place| self.get(place))
    }

    /// The texts once those were stored that were sent: what is absent leaves the old text, null
    /// clears it.
    pub(super) fn changed<'a>(&'a self, sent: impl Fn(usize) -> Sent<&'a str>) -> Self {
        std::array::from_fn(|place| match sent(place) {
            Sent::Absent => self.get(place),
            Sent::Null => None,
            Sent::Value(new) => Some(new),
        })
        .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn each_text_is_found_at_its_place_missing_or_empty_or_not(
            texts: [Option<String>; 4],
        ) {
            let texts = texts.each_ref().map(Option::as_deref);
            proptest::prop_assert!(Texts::from(texts).iter().eq(texts));
        }
    }

    #[test]
    fn what_is_sent_is_stored_and_what_is_absent_stays() {
        let texts = Texts::from([Some("one"), Some("two"), Some("three"), None]);
        let sent = [Sent::Absent, Sent::Null, Sent::Value("drei"), Sent::Value("vier")];
        let changed = texts.changed(|place| sent[place]);
        assert!(changed.iter().eq([Some("one"), None, Some("drei"), Some("vier")]));
    }
}
