//! A list in which everything is found, put and taken by its rank, and whose copies share what they
//! have in common: a rope, that is a B-tree of pieces that counts their rows.
//!
//! A list starts as one piece: the rows it is made of, which are never changed nor copied. To change
//! one of them cuts the piece in two and lays the new row between, as a piece of its own. So a
//! change costs the few small nodes on the way to it, how many nodes there are depends on the
//! changes and not on the rows, and the list as it was before stays.

use std::ops::Range;
use std::sync::Arc;

/// The most that a node holds.
const MOST: usize = 32;

/// A list by rank. A copy costs nothing.
#[derive(Clone)]
pub(crate) struct Ranks<T> {
    /// The rows that the list was made of.
    original: Arc<[T]>,
    root: Arc<Node<T>>,
}

/// Holds nothing that is empty, but in an empty list.
#[derive(Clone)]
enum Node<T> {
    Leaf(Vec<Piece<T>>),
    Branch(Vec<Child<T>>),
}

#[derive(Clone)]
enum Piece<T> {
    /// Some of the rows that the list was made of.
    Original(Range<usize>),
    /// A row that came later.
    Later(T),
}

#[derive(Clone)]
struct Child<T> {
    /// How many rows there are in the branch up to the end of this child.
    end: usize,
    node: Arc<Node<T>>,
}

impl<T: Clone> Ranks<T> {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.root.len()
    }

    /// The one at a rank, which is below [`Ranks::len`].
    pub(crate) fn get(&self, rank: usize) -> &T {
        let (pieces, rank) = self.find(rank);
        &pieces[0].rows(&self.original)[rank]
    }

    /// The one at a rank, which is below [`Ranks::len`], and some that follow it.
    pub(crate) fn some_from(&self, rank: usize) -> (&T, impl Iterator<Item = &T>) {
        let (pieces, rank) = self.find(rank);
        let rows = &pieces[0].rows(&self.original)[rank..];
        let others = pieces[1..].iter().flat_map(|piece| piece.rows(&self.original));
        (&rows[0], rows[1..].iter().chain(others))
    }

    /// The pieces of a leaf from the one that has a rank, and the rank in that.
    fn find(&self, mut rank: usize) -> (&[Piece<T>], usize) {
        let mut node = &*self.root;
        loop {
            match node {
                Node::Leaf(pieces) => {
                    let (piece, start) = piece_with(pieces, rank);
                    return (&pieces[piece..], rank - start);
                }
                Node::Branch(children) => {
                    let (child, start) = child_with(children, rank);
                    rank -= start;
                    node = &children[child].node;
                }
            }
        }
    }

    /// How many there are at the beginning of which something holds that holds of none after them.
    pub(crate) fn partition_point(&self, holds: impl Fn(&T) -> bool) -> usize {
        let mut node = &*self.root;
        let mut before = 0;
        loop {
            // The last of them is in the last part that begins with one.
            match node {
                Node::Leaf(pieces) => {
                    let begins = |piece: &Piece<T>| holds(&piece.rows(&self.original)[0]);
                    let Some(piece) = pieces.partition_point(begins).checked_sub(1) else {
                        return before;
                    };
                    let start: usize = pieces[..piece].iter().map(Piece::len).sum();
                    let rows = pieces[piece].rows(&self.original);
                    return before + start + rows.partition_point(holds);
                }
                Node::Branch(children) => {
                    let begins =
                        |child: &Child<T>| child.node.first(&self.original).is_some_and(&holds);
                    let child = children.partition_point(begins).saturating_sub(1);
                    before += start(children, child);
                    node = &children[child].node;
                }
            }
        }
    }

    /// Puts one in the place of another.
    pub(crate) fn set(&mut self, rank: usize, row: T) {
        self.splice(rank, 1, Some(row));
    }

    /// Puts one before the one at a rank, or at the end.
    pub(crate) fn insert(&mut self, rank: usize, row: T) {
        self.splice(rank, 0, Some(row));
    }

    /// Takes one out.
    pub(crate) fn remove(&mut self, rank: usize) {
        self.splice(rank, 1, None);
    }

    fn splice(&mut self, rank: usize, taken: usize, row: Option<T>) {
        let root = Arc::make_mut(&mut self.root);
        if let Some(right) = root.splice(rank, taken, row) {
            let left = std::mem::replace(root, Node::Leaf(Vec::new()));
            let (middle, end) = (left.len(), left.len() + right.len());
            let child = |end, node| Child { end, node: Arc::new(node) };
            *root = Node::Branch(vec![child(middle, left), child(end, right)]);
        }
    }
}

impl<T> FromIterator<T> for Ranks<T> {
    fn from_iter<I: IntoIterator<Item = T>>(rows: I) -> Self {
        let original: Arc<[T]> = rows.into_iter().collect();
        let piece = Some(Piece::Original(0..original.len())).filter(|piece| piece.len() > 0);
        Self { original, root: Arc::new(Node::Leaf(piece.into_iter().collect())) }
    }
}

/// The piece with a rank, and how many rows there are before it; behind the last one there is none.
fn piece_with<T>(pieces: &[Piece<T>], rank: usize) -> (usize, usize) {
    let mut start = 0;
    for (piece, len) in pieces.iter().map(Piece::len).enumerate() {
        if rank < start + len {
            return (piece, start);
        }
        start += len;
    }
    (pieces.len(), start)
}

/// The child with a rank, and how many rows there are before it; behind the last one it's the last.
fn child_with<T>(children: &[Child<T>], rank: usize) -> (usize, usize) {
    let child = children.partition_point(|child| child.end <= rank).min(children.len() - 1);
    (child, start(children, child))
}

/// How many rows there are before a child.
fn start<T>(children: &[Child<T>], child: usize) -> usize {
    child.checked_sub(1).map_or(0, |before| children[before].end)
}

impl<T> Piece<T> {
    fn len(&self) -> usize {
        match self {
            Self::Original(ranks) => ranks.len(),
            Self::Later(_) => 1,
        }
    }

    fn rows<'a>(&'a self, original: &'a [T]) -> &'a [T] {
        match self {
            Self::Original(ranks) => &original[ranks.clone()],
            Self::Later(row) => std::slice::from_ref(row),
        }
    }
}

impl<T> Node<T> {
    fn len(&self) -> usize {
        match self {
            Self::Leaf(pieces) => pieces.iter().map(Piece::len).sum(),
            Self::Branch(children) => start(children, children.len()),
        }
    }

    /// The first row.
    fn first<'a>(&'a self, original: &'a [T]) -> Option<&'a T> {
        match self {
            Self::Leaf(pieces) => pieces.first()?.rows(original).first(),
            Self::Branch(children) => children.first()?.node.first(original),
        }
    }
}

impl<T: Clone> Node<T> {
    /// Takes at most one row out and puts at most one in its place. Gives the second half of a node
    /// that became too large. Nodes that became small stay as they are, and go when they are empty.
    fn splice(&mut self, rank: usize, taken: usize, row: Option<T>) -> Option<Self> {
        match self {
            Self::Leaf(pieces) => {
                splice_pieces(pieces, rank, taken, row);
                (pieces.len() > MOST).then(|| Self::Leaf(pieces.split_off(MOST / 2)))
            }
            Self::Branch(children) => {
                splice_children(children, rank, taken, row);
                (children.len() > MOST).then(|| {
                    let mut right = children.split_off(MOST / 2);
                    let before = start(children, children.len());
                    for child in &mut right {
                        child.end -= before;
                    }
                    Self::Branch(right)
                })
            }
        }
    }
}

fn splice_pieces<T>(pieces: &mut Vec<Piece<T>>, rank: usize, taken: usize, row: Option<T>) {
    let (piece, start) = piece_with(pieces, rank);
    let rank = rank - start;
    let (replaced, left, right) = match pieces.get(piece) {
        Some(Piece::Original(ranks)) => {
            let middle = ranks.start + rank;
            (1, ranks.start..middle, middle + taken..ranks.end)
        }
        _ => (taken, 0..0, 0..0),
    };
    let original = |ranks: Range<usize>| (!ranks.is_empty()).then_some(Piece::Original(ranks));
    let new = [original(left), row.map(Piece::Later), original(right)];
    pieces.splice(piece..piece + replaced, new.into_iter().flatten());
}

fn splice_children<T: Clone>(
    children: &mut Vec<Child<T>>,
    rank: usize,
    taken: usize,
    row: Option<T>,
) {
    let (child, start) = child_with(children, rank);
    let put = usize::from(row.is_some());
    let node = Arc::make_mut(&mut children[child].node);
    let right = node.splice(rank - start, taken, row);
    let middle = start + node.len();
    for child in &mut children[child..] {
        child.end = child.end + put - taken;
    }
    if let Some(right) = right {
        let end = std::mem::replace(&mut children[child].end, middle);
        children.insert(child + 1, Child { end, node: Arc::new(right) });
    } else if middle == start && children.len() > 1 {
        children.remove(child);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(ranks: &Ranks<u16>) -> Vec<u16> {
        (0..ranks.len()).map(|rank| *ranks.get(rank)).collect()
    }

    /// The rows from a rank to the end, some at a time.
    fn from(ranks: &Ranks<u16>, start: usize) -> Vec<u16> {
        let mut rows = Vec::new();
        while start + rows.len() < ranks.len() {
            let (row, others) = ranks.some_from(start + rows.len());
            rows.push(*row);
            rows.extend(others);
        }
        rows
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
            prop_assert_eq!(all(&ranks), &*model);
            prop_assert_eq!(all(&copy), before);
            let start = model.len() / 3;
            prop_assert_eq!(from(&ranks, start), &model[start..]);
        }

        #[test]
        fn a_place_is_found_as_in_a_vector(
            mut model in proptest::collection::vec(0..500_u16, 0..1_000),
            changes in proptest::collection::vec((any::<bool>(), 0..500_u16), 0..1_000),
            wanted in 0..500_u16,
        ) {
            model.sort_unstable();
            let mut ranks: Ranks<u16> = model.iter().copied().collect();
            for (is_put, value) in changes {
                let rank = model.partition_point(|row| *row < value);
                if is_put {
                    model.insert(rank, value);
                    ranks.insert(rank, value);
                } else if rank < model.len() {
                    model.remove(rank);
                    ranks.remove(rank);
                }
            }
            let holds = |row: &u16| *row < wanted;
            prop_assert_eq!(ranks.partition_point(holds), model.partition_point(holds));
        }
    }

    #[test]
    fn changes_in_one_place_make_no_more_pieces_than_there_are_rows() {
        let mut ranks: Ranks<u16> = (0..1_000).collect();
        for value in 0..10_000 {
            ranks.insert(500, value);
            ranks.remove(500);
            ranks.set(usize::from(value % 4), value);
        }
        assert!(matches!(&*ranks.root, Node::Leaf(pieces) if pieces.len() == 6), "4 and 2 runs");
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
