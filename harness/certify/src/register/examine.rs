//! Examining a register: every file, every entry, every certificate, and what somebody saw of it before.

use super::entry::{Entry, Issuer};
use super::note::{self, Head};
use super::rules::{self, State};
use super::shelf::{Shelf, ShelfError};
use super::tree::{self, Computed};
use super::{CHECKPOINT, ENTRIES_MAX, KEY, certificate_path, digest};
use crate::certificate::Certificate;
use crate::standing::{Dispute, Equivalent, Override, Standing, Supersession, Withdrawal};
use std::collections::BTreeMap;
use thiserror::Error;

/// Something in a register is not what was written, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct Broken(String);

impl Broken {
    pub(super) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl From<ShelfError> for Broken {
    fn from(error: ShelfError) -> Self {
        Self(error.to_string())
    }
}

/// Reads a signed certificate.
pub trait Reads {
    /// What the file states, when at least `signatures` of the issuers signed it.
    ///
    /// # Errors
    /// Why it does not hold, in one sentence.
    fn certificate(&self, file: &[u8], issuers: &[Issuer], signatures: u32) -> Result<Certificate, String>;
}

/// What whoever examines has from elsewhere.
#[derive(Clone, Copy)]
pub struct Trusted<'t> {
    /// The verifier key of the register.
    pub key: &'t str,
    /// A checkpoint of the register that was seen before.
    pub seen: Option<&'t [u8]>,
    /// How certificates are read.
    pub reads: &'t dyn Reads,
}

/// A register that holds.
#[derive(Debug)]
pub struct Examined {
    /// Size and root.
    pub head: Head,
    /// Who signed the checkpoint beside the register.
    pub cosigned: Vec<String>,
    /// The entries, in order.
    pub entries: Vec<Entry>,
    /// What they add up to.
    pub state: State,
    /// The certificates as they stand.
    pub standings: Vec<Standing>,
    /// Size of the checkpoint that was seen before, which this register continues.
    pub continues: Option<u64>,
}

/// Examines everything: the register's signature, the tree over all entries, each tile, each certificate with its
/// signatures, that nothing is there that does not belong, and that it continues what was seen.
///
/// # Errors
/// [`Broken`]: the first thing that does not hold.
pub fn examine(shelf: &dyn Shelf, trusted: Trusted<'_>) -> Result<Examined, Broken> {
    let (head, bytes, state) = entries(shelf, trusted.key)?;
    let cosigned = checkpoint(shelf, trusted.key, &state.witnesses)?.1;
    let tree = Computed::of(bytes.iter().map(Vec::as_slice)).map_err(|e| Broken::new(e.to_string()))?;
    files(shelf, trusted.key, &tree, head, &bytes, &state)?;
    let continues = trusted.seen.map(|seen| continues(seen, trusted.key, &state, &tree)).transpose()?;
    let entries: Vec<Entry> = bytes.iter().filter_map(|bytes| Entry::read(bytes).ok()).collect();
    let standings = standings(shelf, &entries, trusted.reads)?;
    Ok(Examined { head, cosigned, entries, state, standings, continues })
}

/// Checkpoint and entries, which must belong together: what is needed to add something.
pub(super) fn entries(shelf: &dyn Shelf, key: &str) -> Result<(Head, Vec<Vec<u8>>, State), Broken> {
    let head = signed_head(shelf, key)?;
    if head.size > ENTRIES_MAX {
        return Err(Broken::new(format!(
            "{CHECKPOINT} speaks of {} entries; {ENTRIES_MAX} are read at most",
            head.size
        )));
    }
    let mut all = Vec::new();
    for (number, width) in tree::bundles(head.size) {
        let path = tree::bundle_path(number, width);
        let bundle = tree::bundle_of(shelf, number, width).map_err(|e| Broken::new(e.to_string()))?;
        let bundle = tree::read_bundle(&bundle).filter(|entries| entries.len() as u64 == width);
        all.extend(bundle.ok_or_else(|| Broken::new(format!("{path} does not hold {width} entries")))?);
    }
    let mut state = State::default();
    for (number, bytes) in all.iter().enumerate() {
        let refused = |why: String| Broken::new(format!("entry {number} cannot be: {why}"));
        let entry = Entry::read(bytes).map_err(|error| refused(error.to_string()))?;
        state.take(&entry).map_err(refused)?;
    }
    state.is_watched_by_others(key).map_err(Broken::new)?;
    let (head, _) = checkpoint(shelf, key, &state.witnesses)?;
    if note::name_of(key) != state.origin {
        return Err(Broken::new(format!("the entries are of the register `{}`", state.origin)));
    }
    let tree = Computed::of(all.iter().map(Vec::as_slice)).and_then(|tree| tree.head_at(head.size));
    if tree.is_ok_and(|computed| computed == head) {
        Ok((head, all, state))
    } else {
        Err(Broken::new("the entries do not give the root that the signed checkpoint states: an entry was changed"))
    }
}

/// The head that the register signed, before it is known who else may: how many entries there are to be read.
fn signed_head(shelf: &dyn Shelf, key: &str) -> Result<Head, Broken> {
    let bytes =
        shelf.get(CHECKPOINT)?.ok_or_else(|| Broken::new(format!("{CHECKPOINT} is missing: this is no register")))?;
    let unreadable = || Broken::new(format!("{CHECKPOINT} cannot be read as a checkpoint of C2SP"));
    let note = signed_note::Note::from_bytes(&bytes).map_err(|_| unreadable())?;
    let text = tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|_| unreadable())?;
    note::signed_by(&bytes, key).map_err(|error| Broken::new(error.to_string()))?;
    Ok(Head { size: text.size(), hash: text.hash().0 })
}

fn checkpoint(shelf: &dyn Shelf, key: &str, witnesses: &[String]) -> Result<(Head, Vec<String>), Broken> {
    let bytes = shelf.get(CHECKPOINT)?.unwrap_or_default();
    note::open(&bytes, key, witnesses).map_err(|error| Broken::new(error.to_string()))
}

/// Every file belongs to the register, and holds what belongs there.
fn files(
    shelf: &dyn Shelf,
    key: &str,
    tree: &Computed,
    head: Head,
    entries: &[Vec<u8>],
    state: &State,
) -> Result<(), Broken> {
    let mut expected: BTreeMap<String, Option<Vec<u8>>> = BTreeMap::new();
    for tile in tree::tiles(head.size) {
        expected.insert(tree::tile_path(&tile), tree.tile(&tile));
    }
    for (number, width) in tree::bundles(head.size) {
        let first = usize::try_from(number * tree::BUNDLE).unwrap_or(usize::MAX);
        let of_bundle = entries.iter().skip(first).take(width as usize).map(Vec::as_slice);
        expected.insert(tree::bundle_path(number, width), Some(tree::write_bundle(of_bundle)));
    }
    expected.insert(KEY.to_owned(), Some(format!("{key}\n").into_bytes()));
    // These two are looked at by themselves.
    expected.insert(CHECKPOINT.to_owned(), None);
    for (digest, _) in state.certificates.values() {
        expected.insert(certificate_path(digest), None);
    }
    let mut there = shelf.list()?;
    there.sort();
    // A write that was cut short after its checkpoint leaves half-filled files of the tree before. They are its beginning.
    for path in &there {
        if !expected.contains_key(path)
            && let Some(content) = tree::beginning(path, &expected)
        {
            expected.insert(path.clone(), Some(content));
        }
    }
    if let Some(stranger) = there.iter().find(|path| !expected.contains_key(*path)) {
        return Err(Broken::new(format!("{stranger} does not belong to the register")));
    }
    for (path, content) in expected {
        if there.binary_search(&path).is_err() {
            return Err(Broken::new(format!("{path} is missing")));
        }
        if let Some(content) = content
            && shelf.get(&path)?.is_none_or(|bytes| bytes != content)
        {
            return Err(Broken::new(format!("{path} does not hold what the entries give: it was changed")));
        }
    }
    Ok(())
}

/// Whether a checkpoint that was seen before is a beginning of this register.
fn continues(seen: &[u8], key: &str, state: &State, tree: &Computed) -> Result<u64, Broken> {
    let (before, _) = note::open(seen, key, &state.witnesses)
        .map_err(|error| Broken::new(format!("the checkpoint that you saw before does not hold: {error}")))?;
    let now = tree.head_at(before.size).map_err(|_| {
        Broken::new(format!("the register was cut: you saw one of {} entries, it has {}", before.size, state.size))
    })?;
    if now == before {
        return Ok(before.size);
    }
    Err(Broken::new(format!(
        "the register was rewritten: its first {} entries are not those whose checkpoint you saw, and both are signed",
        before.size
    )))
}

fn standings(shelf: &dyn Shelf, entries: &[Entry], reads: &dyn Reads) -> Result<Vec<Standing>, Broken> {
    let mut state = State::default();
    let mut standings: BTreeMap<String, Standing> = BTreeMap::new();
    for entry in entries {
        if let Entry::Added { number, certificate, .. } = entry {
            let path = certificate_path(certificate);
            let file = shelf.get(&path)?.ok_or_else(|| Broken::new(format!("{path} is missing")))?;
            if digest(&file) != *certificate {
                return Err(Broken::new(format!("{path} is not the file that was added as {number}: it was changed")));
            }
            let read = reads.certificate(&file, &state.issuers, state.signatures);
            let stated = read.map_err(|why| Broken::new(format!("the certificate {number} does not hold: {why}")))?;
            if stated.number != *number {
                let stated = stated.number;
                return Err(Broken::new(format!("{path} is certificate {stated}, and was added as {number}")));
            }
            let standing = Standing {
                certificate: stated,
                digest: certificate.clone(),
                withdrawn: None,
                superseded: None,
                equivalents: Vec::new(),
                disputes: Vec::new(),
                overrides: Vec::new(),
            };
            standings.insert(number.clone(), standing);
        }
        let unfit = |why| Broken::new(format!("entry {} cannot be: {why}", state.size));
        if let Entry::Superseded { number, by, .. } = entry
            && let (Some(one), Some(other)) = (standings.get(number), standings.get(by))
        {
            rules::succeeds(&other.certificate, &one.certificate).map_err(unfit)?;
        }
        if let Some(standing) = entry.number().and_then(|number| standings.get_mut(number)) {
            rules::fits(entry, &standing.certificate).map_err(unfit)?;
            happened(standing, entry);
        }
        state.take(entry).map_err(Broken::new)?;
    }
    Ok(standings.into_values().collect())
}

fn happened(standing: &mut Standing, entry: &Entry) {
    match entry {
        // The earliest day counts: what was withdrawn once does not come back, and a later entry can bring the day forward.
        Entry::Withdrawn { on, reason, .. } if standing.withdrawn.as_ref().is_none_or(|known| *on < known.on) => {
            standing.withdrawn = Some(Withdrawal { on: *on, reason: reason.clone() });
        }
        Entry::Superseded { on, by, .. } => {
            standing.superseded = Some(Supersession { on: *on, by: by.clone() });
        }
        Entry::Equivalent { on, version, handler_version, reason, compared, .. } => {
            standing.equivalents.push(Equivalent {
                version: version.clone(),
                handler_version: handler_version.clone(),
                on: *on,
                reason: reason.clone(),
                compared: compared.clone(),
            });
        }
        Entry::Disputed { on, requirement, run, event, by, reason, .. } => standing.disputes.push(Dispute {
            on: *on,
            requirement: requirement.clone(),
            run: run.clone(),
            event: *event,
            by: by.clone(),
            reason: reason.clone(),
        }),
        Entry::Overridden { on, until, requirement, status, by, reason, .. } => standing.overrides.push(Override {
            on: *on,
            until: *until,
            requirement: requirement.clone(),
            status: status.clone(),
            by: by.clone(),
            reason: reason.clone(),
        }),
        _ => {}
    }
}
