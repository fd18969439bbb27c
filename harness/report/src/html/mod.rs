//! `report.html`: one file that works from disk, needs no script and loads nothing.
//!
//! Two views of the same run: the ledger (each requirement with its status and the events that show it) and the
//! timeline (each message as an arrow, with the exchange behind it and findings in place). The markup is in
//! `templates/`; askama escapes every value. The same view gives the same bytes.

mod cards;
mod exchange;
mod labels;
mod ledger;
mod page;
mod payload;
mod pretty;
mod row;
mod timeline;

use crate::View;
use askama::Template as _;

/// The language of the words around the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Bokmål.
    Nb,
    /// English.
    En,
}

impl Lang {
    /// Code of the language, as HTML has it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::En => "en",
        }
    }
}

/// The bytes of `report.html`.
///
/// # Panics
/// Never: the writer writes to memory.
pub fn render(view: &View<'_>, lang: Lang) -> String {
    page::Page::of(view, lang).render().expect("writing to memory cannot fail")
}
