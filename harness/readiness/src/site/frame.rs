//! What every page has, and the small pieces of which pages are made.

use super::shelf::Shelf;
use crate::because::Verdict;
use crate::cite::Cite;
use crate::national::Counts;
use crate::plain::{self, Norwegian};
use crate::question::Question;
use crate::render::percent;
use crate::sheet::{role, sign};
use crate::words::nb::day;
use certify::certificate::Direction;
use certify::standing::Standing;

/// The frame of a page.
pub(super) struct Frame {
    pub title: String,
    /// From the page to the site's folder.
    pub root: &'static str,
    /// The day of the answers.
    pub day: String,
    pub is_verified: bool,
}

/// A link.
pub(super) struct Link {
    pub href: String,
    pub text: String,
}

/// An answer as a word with its sign.
pub(super) struct Pill {
    pub role: &'static str,
    pub sign: &'static str,
    pub word: &'static str,
}

/// Three numbers as a bar; the numbers stand beside it.
pub(super) struct Bar {
    pub yes: u32,
    pub open: u32,
    pub no: u32,
}

impl Frame {
    /// Of a page in the site's folder.
    pub fn top(shelf: &Shelf<'_>, title: impl Into<String>) -> Self {
        Self { title: title.into(), root: "", day: day(shelf.site.on), is_verified: shelf.site.is_verified }
    }

    /// Of a page in a folder below.
    pub fn below(shelf: &Shelf<'_>, title: impl Into<String>) -> Self {
        Self { root: "../", ..Self::top(shelf, title) }
    }
}

impl Pill {
    pub fn of(verdict: Verdict) -> Self {
        Self { role: role(verdict), sign: sign(verdict), word: plain::word(verdict, Norwegian::Nb) }
    }
}

impl Bar {
    pub fn of(counts: &Counts) -> Self {
        Self { yes: counts.yes, open: counts.not_established, no: counts.no }
    }

    pub fn total(&self) -> u32 {
        self.yes + self.open + self.no
    }

    /// Where a part begins, in percent of the width, times ten.
    fn at(&self, part: u32) -> String {
        let thousandth = u64::from(part) * 1000 / u64::from(self.total().max(1));
        format!("{}.{}%", thousandth / 10, thousandth % 10)
    }

    pub fn open_at(&self) -> String {
        self.at(self.yes)
    }

    pub fn no_at(&self) -> String {
        self.at(self.yes + self.open)
    }

    pub fn share(&self) -> String {
        percent(u64::from(self.yes), u64::from(self.total()))
    }
}

/// The message by the name that people know.
pub(super) fn name(question: &Question) -> String {
    plain::name(question, Norwegian::Nb)
}

/// The direction as a municipality sees it.
pub(super) fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Send => "sende",
        Direction::Receive => "ta imot",
    }
}

/// Links to certificates, each once.
pub(super) fn certificates<'c, 'e: 'c>(
    shelf: &Shelf<'_>,
    root: &str,
    cites: impl Iterator<Item = &'c Cite<'e>>,
) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for cite in cites {
        let link = certificate(shelf, root, cite.standing);
        if !links.iter().any(|known| known.href == link.href) {
            links.push(link);
        }
    }
    links
}

/// A link to a certificate's page.
pub(super) fn certificate(shelf: &Shelf<'_>, root: &str, standing: &Standing) -> Link {
    Link {
        href: format!("{root}sertifikat/{}.html", shelf.certificate_slug(standing)),
        text: standing.certificate.number.clone(),
    }
}
