//! The document as PDF/A-2a and PDF/UA-1: tagged, with its fonts in it. krilla writes the file and refuses what the two
//! standards forbid; where everything stands is found here, because krilla has no layout.
//!
//! First everything is placed on sheets, then drawn: only then is it known of how many pages each is one.

mod blocks;
mod draw;
mod face;
mod lines;
mod sheets;
mod table;

use crate::document::Document;
use thiserror::Error;

/// Why no PDF was written.
#[derive(Debug, Error)]
pub enum PdfError {
    /// A font of this tool.
    #[error("a font that is built into this tool cannot be read: {0}")]
    Font(&'static str),
    /// The file would break one of the standards, or a limit of PDF.
    #[error("the file would not keep to PDF/A-2a and PDF/UA-1: {0}")]
    Forbidden(String),
}

/// Writes the file.
///
/// # Errors
/// [`PdfError`].
pub fn render(document: &Document) -> Result<Vec<u8>, PdfError> {
    let faces = face::Faces::load()?;
    let placed = blocks::place(document, &faces);
    draw::draw(document, &faces, &placed)
}

#[cfg(test)]
mod tests {
    use super::sheets::{BOTTOM, Mark, SIDE, TOP, WIDTH};
    use super::*;
    use crate::Lang;
    use crate::document::{Block, Cell, Column, Item, Table, Text, Tone};

    fn document(blocks: Vec<Block>) -> Document {
        Document {
            lang: Lang::Nb,
            title: "Rapport".into(),
            running: "Rapport".into(),
            author: "Direktoratet (syntetisk)".into(),
            tool: "provestein".into(),
            on: jiff::civil::date(2026, 11, 26),
            blocks,
        }
    }

    /// Every kind of block, with texts of such a length.
    fn blocks(words: usize) -> Vec<Block> {
        let text = Text::plain("meldingen ".repeat(words)).and_code("0123456789abcdef".repeat(words));
        let row = || vec![Cell::with(Tone::Good, text.clone()), Cell::of(Text::plain("kort")), Cell::of(text.clone())];
        let columns = vec![Column::new("En", 1), Column::new("To med et langt navn", 2), Column::new("Tre", 3)];
        vec![
            Block::Claim(text.clone()),
            Block::notice(Tone::Bad, "Viktig", [text.clone(), text.clone()]),
            Block::Chapter("Et kapittel".into()),
            Block::Paragraph(text.clone()),
            Block::Section("Et avsnitt".into()),
            Block::Facts(vec![("Navn".into(), text.clone()), ("Et ganske langt navn på noe".into(), text.clone())]),
            Block::List {
                is_ordered: true,
                items: vec![Item { text: text.clone(), commands: vec!["a --b ".repeat(words)] }; 3],
            },
            Block::Table(Table { caption: "Tabell".into(), columns, rows: vec![row(), row(), row()] }),
        ]
    }

    #[test]
    fn nothing_stands_outside_the_text_area_or_on_something_else() {
        let faces = face::Faces::load().unwrap();
        for words in [1, 7, 60, 300] {
            let all: Vec<Block> = std::iter::repeat_n(blocks(words), 3).flatten().collect();
            let placed = blocks::place(&document(all), &faces);
            for (number, sheet) in placed.sheets.iter().enumerate() {
                let mut taken: Vec<[f32; 4]> = Vec::new();
                for mark in sheet {
                    let Mark::Line { x, y, line } = mark else { continue };
                    let Some(last) = line.runs.last().filter(|last| !last.text.is_empty()) else { continue };
                    let end: f32 =
                        last.text.trim_end().chars().map(|c| faces.of(last.style).glyph(c).unwrap().advance).sum();
                    let right = x + last.x + end * last.size;
                    // From the height of a capital to the foot of a g.
                    let (top, bottom) = (y - last.size * 0.73, y + last.size * 0.23);
                    let inside = *x >= SIDE && right <= SIDE + WIDTH + 0.1 && top >= TOP && bottom <= BOTTOM + 0.1;
                    assert!(inside, "sheet {number}: {right} {top} {bottom} {line:?}");
                    let clash = |other: &&[f32; 4]| {
                        other[0] < right - 0.1 && *x < other[2] - 0.1 && other[1] < bottom && top < other[3]
                    };
                    assert!(
                        !taken.iter().rev().take(300).any(|other| clash(&other)),
                        "sheet {number}: {line:?} stands on another line"
                    );
                    taken.push([*x, top, right, bottom]);
                }
            }
        }
    }
}
