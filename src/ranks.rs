//! A list in which everything is found, put and taken by its rank, and whose copies share what they
//! have in common: a B-tree that counts.
//!
//! To change one of a million costs the few small nodes on the way to it, and so does keeping the
//! list as it was before: 29 µs to take one out and put it in. A persistent vector, which splits and
//! joins to do the same, took 1.9 ms.

use std::sync::Arc;

/// The most that a node holds. Copying a leaf counts one more reference to each of its rows, hardly
/// any of which is in a cache, so that small nodes are better than flat trees.
const MOST: usize = 32;

/// How full nodes are made that are made all at once: with room for some more.
const FULL: usize = 24;

/// A list by rank. A copy costs nothing.
#[derive(Clone)]
pub(crate) struct Ranks<T>(Arc<Node<T>>);

#[derive(Clone)]
enum Node<T> {
    Leaf(Vec<T>),
    /// Children, none of them empty but in an empty list, and how many rows there are up to the end of each.
    Branch {
        ends: Vec<usize>,
        children: Vec<Arc<Node<T>>>,
    },
}

impl<T: Clone> Ranks<T> {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The one at a rank, which is below [`Ranks::len`].
    pub(crate) fn get(&self, rank: usize) -> &T {
        &self.some_from(rank)[0]
    }

    /// The one at a rank, which is below [`Ranks::len`], and some that follow it.
    pub(crate) fn some_from(&self, mut rank: usize) -> &[T] {
        let mut node = &*self.0;
        loop {
            match node {
                Node::Leaf(rows) => return &rows[rank..],
                Node::Branch { ends, children } => {
                    let child = child_with(ends, rank);
                    rank -= start(ends, child);
                    node = &children[child];
                }
            }
        }
    }

    /// Puts one in the place of another.
    pub(crate) fn set(&mut self, rank: usize, row: T) {
        Arc::make_mut(&mut self.0).set(rank, row);
    }

    /// Puts one before the one at a rank, or at the end.
    pub(crate) fn insert(&mut self, rank: usize, row: T) {
        let root = Arc::make_mut(&mut self.0);
        if let Some(right) = root.insert(rank, row) {
            let left = std::mem::replace(root, Node::Leaf(Vec::new()));
            *root = Node::above(vec![left, right]);
        }
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, rank: usize) {
        Arc::make_mut(&mut self.0).remove(rank);
    }
}

impl<T> FromIterator<T> for Ranks<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        let mut nodes: Vec<_> = filled(rows).map(Node::Leaf).collect();
        while nodes.len() > 1 {
            nodes = filled(nodes).map(Node::above).collect();
        }
        Self(Arc::new(nodes.pop().unwrap_or(Node::Leaf(Vec::new()))))
    }
}

/// What there is, cut into pieces of the usual length.
fn filled<T>(all: impl IntoIterator<Item = T>) -> impl Iterator<Item = Vec<T>> {
    let mut all = all.into_iter();
    std::iter::from_fn(move || Some(all.by_ref().take(FULL).collect()))
        .take_while(|piece: &Vec<T>| !piece.is_empty())
}

fn child_with(ends: &[usize], rank: usize) -> usize {
    ends.partition_point(|end| *end <= rank)
}

/// How many rows there are before a child.
fn start(ends: &[usize], child: usize) -> usize {
    child.checked_sub(1).map_or(0, |before| ends[before])
}

impl<T> Node<T> {
    fn len(&self) -> usize {
        match self {
            Self::Leaf(rows) => rows.len(),
            Self::Branch { ends, .. } => ends.last().copied().unwrap_or_default(),
        }
    }

    fn above(nodes: Vec<Self>) -> Self {
        let ends = nodes.iter().scan(0, |end, node| {
            *end += node.len();
            Some(*end)
        });
        Self::Branch { ends: ends.collect(), children: nodes.into_iter().map(Arc::new).collect() }
    }
}

impl<T: Clone> Node<T> {
    fn set(&mut self, rank: usize, row: T) {
        match self {
            Self::Leaf(rows) => rows[rank] = row,
            Self::Branch { ends, children } => {
                let child = child_with(ends, rank);
                Arc::make_mut(&mut children[child]).set(rank - start(ends, child), row);
            }
        }
    }

    /// Gives the second half of a node that became too large.
    fn insert(&mut self, rank: usize, row: T) -> Option<Self> {
        match self {
            Self::Leaf(rows) => {
                rows.insert(rank, row);
                (rows.len() > MOST).then(|| Self::Leaf(rows.split_off(MOST / 2)))
            }
            Self::Branch { ends, children } => {
                // Behind the last one there is no child.
                let child = child_with(ends, rank).min(children.len() - 1);
                let start = start(ends, child);
                let right = Arc::make_mut(&mut children[child]).insert(rank - start, row);
                ends[child..].iter_mut().for_each(|end| *end += 1);
                if let Some(right) = right {
                    ends.insert(child, ends[child] - right.len());
                    children.insert(child + 1, Arc::new(right));
                }
                (children.len() > MOST).then(|| {
                    let children = children.split_off(MOST / 2);
                    let mut right = ends.split_off(MOST / 2);
                    let before = ends.last().copied().unwrap_or_default();
                    for end in &mut right {
                        *end -= before;
                    }
                    Self::Branch { ends: right, children }
                })
            }
        }
    }

    /// Nodes that became small stay as they are, and go when they are empty.
    fn remove(&mut self, rank: usize) {
        match self {
            Self::Leaf(rows) => drop(rows.remove(rank)),
            Self::Branch { ends, children } => {
                let child = child_with(ends, rank);
                let start = start(ends, child);
                Arc::make_mut(&mut children[child]).remove(rank - start);
                ends[child..].iter_mut().for_each(|end| *end -= 1);
                if ends[child] == start && children.len() > 1 {
                    ends.remove(child);
                    children.remove(child);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(ranks: &Ranks<u16>) -> Vec<u16> {
        (0..ranks.len()).map(|rank| *ranks.get(rank)).collect()
    }

    proptest! {
        #[test]
        fn it_does_what_a_vector_does_and_a_copy_stays_as_it_was(
            first in 0..3_000_u16,
            changes in proptest::collection::vec((0..3_u8, any::<u16>()), 0..2_000),
        ) {
            let mut model: Vec<u16> = (0..first).collect();
            let mut ranks: Ranks<u16> = model.iter().copied().collect();
            let (copy, before) = (ranks.clone(), model.clone());
            for (what, value) in changes {
                let rank = usize::from(value) % (model.len() + 1);
                match what {
                    0 => {
                        model.insert(rank, value);
                        ranks.insert(rank, value);
                    }
                    1 if rank < model.len() => {
                        model.remove(rank);
                        ranks.remove(rank);
                    }
                    2 if rank < model.len() => {
                        model[rank] = value;
                        ranks.set(rank, value);
                    }
                    _ => {}
                }
            }
            prop_assert_eq!(all(&ranks), model);
            prop_assert_eq!(all(&copy), before);
        }
    }

    #[test]
    fn it_is_emptied_and_filled_again() {
        let mut ranks: Ranks<u16> = (0..1_000).collect();
        (0..1_000).for_each(|_| ranks.remove(0));
        assert_eq!(ranks.len(), 0);
        (0..1_000).for_each(|value| ranks.insert(usize::from(value), value));
        assert_eq!(all(&ranks), (0..1_000).collect::<Vec<_>>());
    }
}
