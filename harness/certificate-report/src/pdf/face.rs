//! The fonts, and which characters can be set with them.
//!
//! DejaVu, because it has every letter, arrow and sign that is used, and may be handed on in any program (its licence is in
//! the crate and in the fonts themselves).

use super::PdfError;
use crate::document::Style;
use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};
use std::collections::HashMap;

/// A font and how it measures.
pub(super) struct Face {
    /// The font as krilla takes it.
    pub font: Font,
    glyphs: HashMap<char, Glyph>,
}

/// All fonts.
pub(super) struct Faces {
    plain: Face,
    bold: Face,
    code: Face,
}

/// A glyph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Glyph {
    /// Its number in the font.
    pub id: u32,
    /// How far the next one stands from it, for a size of one.
    pub advance: f32,
}

impl Face {
    fn load(name: &'static str, bytes: &'static [u8]) -> Result<Self, PdfError> {
        let font = Font::new(bytes.into(), 0).ok_or(PdfError::Font(name))?;
        let read = FontRef::new(bytes).map_err(|_| PdfError::Font(name))?;
        let (map, metrics) = (read.charmap(), read.glyph_metrics(Size::new(1.0), LocationRef::default()));
        let glyph = |c: char| {
            let id = map.map(c).filter(|id| id.to_u32() != 0)?;
            Some((c, Glyph { id: id.to_u32(), advance: metrics.advance_width(id)? }))
        };
        Ok(Self { font, glyphs: (' '..'\u{2c00}').filter(|c| runs_forward(*c)).filter_map(glyph).collect() })
    }

    /// The glyph of a character, where it can be set.
    pub fn glyph(&self, c: char) -> Option<Glyph> {
        self.glyphs.get(&c).copied()
    }
}

impl Faces {
    /// Reads them.
    pub fn load() -> Result<Self, PdfError> {
        Ok(Self {
            plain: Face::load("DejaVu Sans", dejavu::sans::regular())?,
            bold: Face::load("DejaVu Sans Bold", dejavu::sans::bold())?,
            code: Face::load("DejaVu Sans Mono", dejavu::sans_mono::regular())?,
        })
    }

    /// The font of a style.
    pub fn of(&self, style: Style) -> &Face {
        match style {
            Style::Plain => &self.plain,
            Style::Strong => &self.bold,
            Style::Code => &self.code,
        }
    }

    /// Text in which every character can be set: others are given by their code point, as [`report::visible`] does with
    /// characters that cannot be seen.
    pub fn settable(&self, text: &str, style: Style) -> String {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                // Pictures of blanks and control characters, which the fonts do not have.
                '\u{2420}' => out.push('·'),
                '\u{2400}'..='\u{241f}' => out.push_str(&format!("<U+{:04X}>", u32::from(c) - 0x2400)),
                c if self.of(style).glyph(c).is_some() => out.push(c),
                c => out.push_str(&format!("<U+{:04X}>", u32::from(c))),
            }
        }
        out
    }
}

/// Whether a character stands behind the one before it, without a shape that depends on its neighbours: Latin, Greek,
/// Cyrillic, punctuation and signs. Nothing else is laid out rightly here, and PDF/A forbids the private area.
fn runs_forward(c: char) -> bool {
    matches!(c, ' '..='\u{2ff}' | '\u{370}'..='\u{58f}' | '\u{1e00}'..='\u{1fff}' | '\u{2010}'..='\u{2bff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_set_is_given_by_its_code_point() {
        let faces = Faces::load().unwrap();
        for style in [Style::Plain, Style::Strong, Style::Code] {
            assert_eq!(faces.settable("Ærlig å spørre: «ja» – ✓ ✗ ·", style), "Ærlig å spørre: «ja» – ✓ ✗ ·");
            assert_eq!(faces.settable("␠␊中ש\u{e000}", style), "·<U+000A><U+4E2D><U+05E9><U+E000>");
        }
        let glyph = faces.of(Style::Code).glyph('i').unwrap();
        assert_eq!(Some(glyph.advance), faces.of(Style::Code).glyph('W').map(|wide| wide.advance));
        assert!(glyph.id > 0 && (0.5..0.7).contains(&glyph.advance), "{glyph:?}");
    }
}
