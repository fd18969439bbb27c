//! A document as blocks: what is said, in which order, and nothing about how it looks.
//!
//! Every text that comes from outside enters through [`Span`]'s constructors, which make hidden characters visible and
//! mask what may be an identity number. Escaping is the matter of whoever writes the document.

use crate::Lang;
use jiff::civil::Date;

/// A document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its language.
    pub lang: Lang,
    /// Its title.
    pub title: String,
    /// What stands on every page beside the page number: which certificate it is about, and whether that was verified.
    pub running: String,
    /// Who issued what it is about.
    pub author: String,
    /// What made it.
    pub tool: String,
    /// The day that it is about.
    pub on: Date,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The heading of a chapter.
    Chapter(String),
    /// The heading of a section of one.
    Section(String),
    /// The one sentence that everything else is about.
    Claim(Text),
    /// A paragraph.
    Paragraph(Text),
    /// Something that must not be overlooked.
    Notice(Notice),
    /// A list.
    List {
        /// Whether the order matters.
        is_ordered: bool,
        /// Each entry: a text, and commands that belong to it.
        items: Vec<Item>,
    },
    /// Names and values.
    Facts(Vec<(String, Text)>),
    /// A table.
    Table(Table),
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Item {
    /// What it says.
    pub text: Text,
    /// Commands to type, a line each.
    pub commands: Vec<String>,
}

/// Something that must not be overlooked.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// How it is meant.
    pub tone: Tone,
    /// In a few words.
    pub title: String,
    /// At length.
    pub texts: Vec<Text>,
}

/// Whether something speaks for what is claimed. Never shown by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It does.
    Good,
    /// It leaves it open.
    Open,
    /// It speaks against it.
    Bad,
    /// It says nothing about it.
    Neutral,
}

impl Tone {
    /// A sign before the words; empty where there is nothing to say.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Open => "?",
            Self::Bad => "✗",
            Self::Neutral => "",
        }
    }

    /// The name of the class in HTML.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Open => "open",
            Self::Bad => "bad",
            Self::Neutral => "neutral",
        }
    }
}

/// A table. The first cell of each row is its header.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it is a table of.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its rows: as many cells as columns.
    pub rows: Vec<Vec<Cell>>,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its header.
    pub name: String,
    /// Its share of the width, compared with the other columns.
    pub share: u16,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// What stands in it.
    pub text: Text,
    /// How it is meant, where that is worth a sign.
    pub tone: Option<Tone>,
}

/// Text with a few words that look otherwise.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text(pub Vec<Span>);

/// A stretch of text that looks the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    text: String,
    /// How it looks.
    pub style: Style,
    /// Its language, where that is not the document's.
    pub lang: Option<Lang>,
}

/// How a stretch of text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As the text around it.
    Plain,
    /// Set off.
    Strong,
    /// Characters of which each one counts: ids, digests, commands.
    Code,
}

impl Span {
    fn of(text: &str, style: Style) -> Self {
        Self { text: report::clean(text), style, lang: None }
    }

    /// Code of its language, where that is not the document's.
    pub fn lang_code(&self) -> Option<&'static str> {
        self.lang.map(Lang::code)
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl Text {
    /// Plain text.
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self::default().and(text)
    }

    /// Text of which each character counts.
    pub fn code(text: impl AsRef<str>) -> Self {
        Self::default().and_code(text)
    }

    /// Text that is set off.
    pub fn strong(text: impl AsRef<str>) -> Self {
        Self::default().and_strong(text)
    }

    /// Followed by plain text.
    #[must_use]
    pub fn and(self, text: impl AsRef<str>) -> Self {
        self.push(text.as_ref(), Style::Plain)
    }

    /// Followed by text of which each character counts.
    #[must_use]
    pub fn and_code(self, text: impl AsRef<str>) -> Self {
        self.push(text.as_ref(), Style::Code)
    }

    /// Followed by text that is set off.
    #[must_use]
    pub fn and_strong(self, text: impl AsRef<str>) -> Self {
        self.push(text.as_ref(), Style::Strong)
    }

    /// Followed by another text.
    #[must_use]
    pub fn then(mut self, text: Self) -> Self {
        self.0.extend(text.0);
        self
    }

    /// In a language, where that is not the document's.
    #[must_use]
    pub fn in_language(mut self, lang: Option<Lang>) -> Self {
        self.0.iter_mut().for_each(|span| span.lang = lang);
        self
    }

    /// One blank at an end joins a span to its neighbour, and is not shown as a hidden character.
    fn push(mut self, text: &str, style: Style) -> Self {
        let inner = text.trim_matches(' ');
        let (before, after) = (text.starts_with(' ') && !inner.is_empty(), text.ends_with(' '));
        let cleaned = Span::of(inner, style);
        let text = format!("{}{}{}", if before { " " } else { "" }, cleaned.text, if after { " " } else { "" });
        self.0.push(Span { text, ..cleaned });
        self
    }

    /// All of it without how it looks.
    pub fn to_plain(&self) -> String {
        self.0.iter().map(Span::text).collect()
    }
}

impl Cell {
    /// A cell without a sign.
    pub fn of(text: Text) -> Self {
        Self { text, tone: None }
    }

    /// A cell with one.
    pub fn with(tone: Tone, text: Text) -> Self {
        Self { text, tone: Some(tone) }
    }
}

impl Column {
    /// A column.
    pub fn new(name: &str, share: u16) -> Self {
        Self { name: name.to_owned(), share }
    }
}

impl Block {
    /// A paragraph of plain text.
    pub fn says(text: impl AsRef<str>) -> Self {
        Self::Paragraph(Text::plain(text))
    }

    /// Something that must not be overlooked.
    pub fn notice(tone: Tone, title: impl AsRef<str>, texts: impl IntoIterator<Item = Text>) -> Self {
        let title = report::clean(title.as_ref());
        Self::Notice(Notice { tone, title, texts: texts.into_iter().collect() })
    }

    /// A list of plain texts.
    pub fn list(items: impl IntoIterator<Item = Text>) -> Self {
        let item = |text| Item { text, commands: Vec::new() };
        Self::List { is_ordered: false, items: items.into_iter().map(item).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_cannot_hide_and_our_own_blanks_stay() {
        let text = Text::plain("by ").and_strong("a\u{202e}b\nc").and(" and 13116900216");
        assert_eq!(text.to_plain(), "by a<U+202E>b␊c and 131169*****");
        assert_eq!(Text::plain(" ").to_plain(), " ");
    }
}
