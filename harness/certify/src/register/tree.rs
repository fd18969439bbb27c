//! The tree over the entries, in tiles of 256 hashes and bundles of 256 entries (C2SP tlog-tiles).

use super::note::Head;
use super::shelf::{FILE_MAX, Shelf, ShelfError};
use std::collections::{BTreeMap, HashMap};
use thiserror::Error;
use tlog_tiles::{Hash, HashReader, Tile, TileHashReader, TileReader, stored_hash_count, stored_hashes, tree_hash};

/// Two to this power hashes are in a tile.
const HEIGHT: u8 = 8;
/// Bytes of a hash.
const HASH_BYTES: usize = 32;
/// What stands before the width of a half-filled file.
const PARTIAL: &str = ".p/";
/// As many entries are in a bundle.
pub const BUNDLE: u64 = 1 << HEIGHT;

/// Why a tree cannot be read or grown.
#[derive(Debug, Error)]
pub enum TreeError {
    /// A file.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// A tile is not there.
    #[error("{0} is missing")]
    Missing(String),
    /// Tiles and checkpoint do not belong together.
    #[error("the tiles do not give the root that the checkpoint states: {0}")]
    Tiles(String),
    /// A bundle is not what its name says.
    #[error("{0} is no bundle of entries")]
    Bundle(String),
}

/// Path of a tile, as C2SP tlog-tiles has it: without the height, which is always 8 there.
pub fn tile_path(tile: &Tile) -> String {
    let own = tile.path();
    own.strip_prefix("tile/8/").map_or_else(|| own.clone(), |rest| format!("tile/{rest}"))
}

/// Path of the bundle with the entries from `256 × number` on, when there are `width` of them.
pub fn bundle_path(number: u64, width: u64) -> String {
    let own = Tile::new(HEIGHT, 0, number, u32::try_from(width).unwrap_or(u32::MAX), false);
    tile_path(&own).replacen("tile/0/", "tile/entries/", 1)
}

/// Tiles and bundles that a tree of `size` has, with their paths.
pub fn tiles(size: u64) -> Vec<Tile> {
    Tile::new_tiles(HEIGHT, 0, size)
}

/// The bundles of a tree: number and width.
pub fn bundles(size: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..size.div_ceil(BUNDLE)).map(move |number| (number, BUNDLE.min(size - number * BUNDLE)))
}

/// Entries in a bundle: each behind its length in two bytes.
pub fn write_bundle<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Vec<u8> {
    let mut bundle = Vec::new();
    for entry in entries {
        // An entry is made by `Entry::to_bytes`, which sees to the limit of two bytes.
        bundle.extend_from_slice(&u16::try_from(entry.len()).unwrap_or(u16::MAX).to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    bundle
}

/// The entries of a bundle; `None` when it is cut short.
pub fn read_bundle(mut bundle: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry.to_owned());
        bundle = rest;
    }
    bundle.is_empty().then_some(entries)
}

/// All hashes of a tree that was computed from its entries.
#[derive(Default)]
pub struct Computed {
    hashes: Vec<Hash>,
    size: u64,
}

impl Computed {
    /// The tree of some entries.
    ///
    /// # Errors
    /// [`TreeError::Tiles`]: never, for hashes that are there.
    pub fn of<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Result<Self, TreeError> {
        let mut tree = Self::default();
        for entry in entries {
            let new = stored_hashes(tree.size, entry, &tree).map_err(|e| TreeError::Tiles(e.to_string()))?;
            tree.hashes.extend(new);
            tree.size += 1;
        }
        Ok(tree)
    }

    /// Its size and root as they were when it had `size` entries.
    ///
    /// # Errors
    /// [`TreeError::Tiles`] when it has fewer.
    pub fn head_at(&self, size: u64) -> Result<Head, TreeError> {
        if size > self.size {
            return Err(TreeError::Tiles(format!("there are {} entries, not {size}", self.size)));
        }
        let hash = tree_hash(size, self).map_err(|e| TreeError::Tiles(e.to_string()))?;
        Ok(Head { size, hash: hash.0 })
    }

    /// What a tile must hold; `None` when the tree has not so much.
    pub fn tile(&self, tile: &Tile) -> Option<Vec<u8>> {
        let last = (tile.level_index() << HEIGHT) + u64::from(tile.width());
        let level = u32::from(tile.level()) * u32::from(HEIGHT);
        let has = self.size.checked_shr(level).unwrap_or_default();
        if last > has { None } else { tile.read_data(self).ok() }
    }
}

impl HashReader for Computed {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let one = |&index: &u64| usize::try_from(index).ok().and_then(|index| self.hashes.get(index).copied());
        indexes.iter().map(|index| one(index).ok_or(tlog_tiles::Error::IndexesNotInTree)).collect()
    }
}

/// The tiles of a shelf.
pub struct Shelved<'s>(pub &'s dyn Shelf);

impl TileReader for Shelved<'_> {
    fn height(&self) -> u8 {
        HEIGHT
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &Tile| {
            let path = tile_path(tile);
            let missing = |why: String| tlog_tiles::Error::InvalidInput(format!("{path}: {why}"));
            let bytes = self.0.get(&path).map_err(|e| missing(e.to_string()))?;
            bytes.ok_or_else(|| missing("it is missing".to_owned()))
        };
        tiles.iter().map(read).collect()
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// A tree that grows: what is there is read from its tiles, what is new is here.
struct Growing<'s> {
    old: Option<TileHashReader<'s>>,
    stored: u64,
    new: HashMap<u64, Hash>,
}

impl HashReader for Growing<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        let old: Vec<u64> = indexes.iter().copied().filter(|&index| index < self.stored).collect();
        let mut found = match &self.old {
            Some(reader) if !old.is_empty() => reader.read_hashes(&old)?,
            _ => Vec::new(),
        }
        .into_iter();
        let one = |&index: &u64| {
            let hash = if index < self.stored { found.next() } else { self.new.get(&index).copied() };
            hash.ok_or(tlog_tiles::Error::IndexesNotInTree)
        };
        indexes.iter().map(one).collect()
    }
}

/// Adds entries behind those that are there: writes bundles and tiles, and says which files of the smaller tree they
/// replace. Nothing of it counts before a checkpoint says so, so a growth that was cut short does no harm.
///
/// # Errors
/// [`TreeError`], also when the tiles that are there do not give the root `old`.
pub fn grow(shelf: &mut dyn Shelf, old: Head, entries: &[Vec<u8>]) -> Result<(Head, Vec<String>), TreeError> {
    let wrong = |e: tlog_tiles::Error| TreeError::Tiles(e.to_string());
    let size = old.size + entries.len() as u64;
    let (head, files) = {
        let shelved = Shelved(&*shelf);
        let reader = (old.size > 0).then(|| TileHashReader::new(old.size, Hash(old.hash), &shelved));
        let mut growing = Growing { old: reader, stored: stored_hash_count(old.size), new: HashMap::new() };
        for (number, entry) in (old.size..).zip(entries) {
            let first = stored_hash_count(number);
            let hashes = stored_hashes(number, entry, &growing).map_err(wrong)?;
            growing.new.extend((first..).zip(hashes));
        }
        let head = Head { size, hash: tree_hash(size, &growing).map_err(wrong)?.0 };
        let new = Tile::new_tiles(HEIGHT, old.size, size);
        let data: Result<Vec<_>, _> = new.iter().map(|t| Ok((tile_path(t), t.read_data(&growing)?))).collect();
        (head, data.map_err(wrong)?)
    };
    let mut rest = entries;
    for number in old.size / BUNDLE..size.div_ceil(BUNDLE) {
        let there = old.size.saturating_sub(number * BUNDLE);
        let mut bundle = if there == 0 { Vec::new() } else { bundle_of(shelf, number, there)? };
        let (now, later) = rest.split_at(rest.len().min((BUNDLE - there) as usize));
        bundle.extend_from_slice(&write_bundle(now.iter().map(Vec::as_slice)));
        shelf.put(&bundle_path(number, there + now.len() as u64), &bundle)?;
        rest = later;
    }
    for (path, bytes) in &files {
        shelf.put(path, bytes)?;
    }
    Ok((head, replaced(old.size, size)))
}

/// A bundle's bytes.
///
/// # Errors
/// [`TreeError`].
pub fn bundle_of(shelf: &dyn Shelf, number: u64, width: u64) -> Result<Vec<u8>, TreeError> {
    let path = bundle_path(number, width);
    debug_assert!(width <= BUNDLE && FILE_MAX > 0);
    shelf.get(&path)?.ok_or(TreeError::Missing(path))
}

/// What a half-filled file of a smaller tree holds, by the fuller one that is in its place; `None` when its path is of none.
pub fn beginning(path: &str, fuller: &BTreeMap<String, Option<Vec<u8>>>) -> Option<Vec<u8>> {
    let (base, width) = path.split_once(PARTIAL)?;
    let width: usize = width.parse().ok().filter(|number: &usize| *number > 0 && number.to_string() == width)?;
    let partial = format!("{base}{PARTIAL}");
    let in_its_place = |found: &&String| *found == base || found.starts_with(&partial);
    let there = fuller.range(base.to_owned()..).take_while(|(found, _)| in_its_place(found));
    let content = there.filter_map(|(_, content)| content.as_ref()).max_by_key(|content| content.len())?;
    if path.starts_with("tile/entries/") {
        let entries = read_bundle(content)?;
        (width < entries.len()).then(|| write_bundle(entries.iter().take(width).map(Vec::as_slice)))
    } else {
        content.get(..width * HASH_BYTES).filter(|beginning| beginning.len() < content.len()).map(<[u8]>::to_vec)
    }
}

/// The half-filled files of a smaller tree, which a larger one has fuller.
fn replaced(old: u64, size: u64) -> Vec<String> {
    let partial = tiles(old).into_iter().filter(|tile| u64::from(tile.width()) < BUNDLE).map(|tile| tile_path(&tile));
    let bundle = (!old.is_multiple_of(BUNDLE)).then(|| bundle_path(old / BUNDLE, old % BUNDLE));
    let still: Vec<String> = tiles(size).iter().map(tile_path).collect();
    if old == size { Vec::new() } else { partial.filter(|path| !still.contains(path)).chain(bundle).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::shelf::InMemory;
    use super::*;
    use proptest::prelude::*;

    fn entries(from: u64, to: u64) -> Vec<Vec<u8>> {
        (from..to).map(|number| format!("entry {number}").into_bytes()).collect()
    }

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(tile_path(&Tile::new(8, 0, 1_234_067, 256, false)), "tile/0/x001/x234/067");
        assert_eq!(tile_path(&Tile::new(8, 1, 0, 5, false)), "tile/1/000.p/5");
        assert_eq!(
            (bundle_path(0, 256), bundle_path(1, 3)),
            ("tile/entries/000".into(), "tile/entries/001.p/3".into())
        );
    }

    #[test]
    fn a_bundle_that_is_cut_short_is_none() {
        let bundle = write_bundle([b"one".as_slice(), b"", b"three"]);
        assert_eq!(read_bundle(&bundle), Some(vec![b"one".to_vec(), Vec::new(), b"three".to_vec()]));
        assert_eq!(read_bundle(&bundle[..bundle.len() - 1]), None);
        assert_eq!(read_bundle(&[0]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        /// However it grew, the tree has the root that its entries have, and each tile holds what belongs there.
        #[test]
        fn it_grows_to_the_same_tree_in_any_steps(steps in prop::collection::vec(1u64..400, 1..5)) {
            let mut shelf = InMemory::default();
            let mut head = Head { size: 0, hash: tlog_tiles::EMPTY_HASH.0 };
            for step in steps {
                let (grown, old) = grow(&mut shelf, head, &entries(head.size, head.size + step)).unwrap();
                for path in old {
                    shelf.remove(&path).unwrap();
                }
                head = grown;
            }
            let all = entries(0, head.size);
            let computed = Computed::of(all.iter().map(Vec::as_slice)).unwrap();
            prop_assert_eq!(computed.head_at(head.size).unwrap(), head);
            let mut paths: Vec<String> = Vec::new();
            for tile in tiles(head.size) {
                prop_assert_eq!(shelf.get(&tile_path(&tile)).unwrap(), computed.tile(&tile));
                paths.push(tile_path(&tile));
            }
            for (number, width) in bundles(head.size) {
                let bundle = read_bundle(&bundle_of(&shelf, number, width).unwrap()).unwrap();
                prop_assert_eq!(bundle.len() as u64, width);
                prop_assert_eq!(&bundle[0], &all[(number * BUNDLE) as usize]);
                paths.push(bundle_path(number, width));
            }
            paths.sort();
            prop_assert_eq!(shelf.list().unwrap(), paths);
        }
    }
}
