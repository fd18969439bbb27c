//! Text broken into lines.

use super::face::Faces;
use crate::Lang;
use crate::document::{Style, Text};

/// How text looks, apart from what its spans say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Look {
    /// Size of the letters, in points.
    pub size: f32,
    /// From line to line.
    pub leading: f32,
    /// Colour.
    pub colour: Colour,
    /// Plain spans are set off as well.
    pub is_bold: bool,
}

/// Red, green, blue.
pub(super) type Colour = [u8; 3];

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    /// What stands in it, from left to right.
    pub runs: Vec<Run>,
    /// Its height.
    pub leading: f32,
    /// To which leaf of the structure it belongs; `None`: it is an artifact.
    pub leaf: Option<usize>,
}

/// A stretch of a line that looks the same.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Run {
    /// What it says. A blank at the end of a line is there, so that words stay apart for whoever reads it aloud.
    pub text: String,
    /// Where it begins in the line.
    pub x: f32,
    /// Its font.
    pub style: Style,
    /// Its size.
    pub size: f32,
    /// Its colour.
    pub colour: Colour,
    /// Its language, where that is not the document's.
    pub lang: Option<Lang>,
}

#[derive(Clone, Copy)]
struct Atom {
    c: char,
    style: Style,
    lang: Option<Lang>,
    width: f32,
}

/// Size of code beside other text: its letters are wider.
const CODE: f32 = 0.86;

impl Look {
    fn style(self, style: Style) -> Style {
        if self.is_bold && style == Style::Plain { Style::Strong } else { style }
    }

    fn size(self, style: Style) -> f32 {
        if style == Style::Code { self.size * CODE } else { self.size }
    }
}

/// Lines no wider than `width`. At least one.
pub(super) fn broken(faces: &Faces, text: &Text, look: Look, width: f32, leaf: Option<usize>) -> Vec<Line> {
    let atoms = atoms(faces, text, look);
    let mut lines = Vec::new();
    let mut start = 0;
    while start < atoms.len() || lines.is_empty() {
        let end = end_of_line(&atoms, start, width);
        lines.push(line(&atoms[start..end], look, leaf));
        start = end;
        // A blank that was left over begins no line.
        while lines.len() > 1 && start < atoms.len() && atoms[start].c == ' ' {
            start += 1;
        }
        if atoms.is_empty() {
            break;
        }
    }
    lines
}

/// How wide text is on one line.
pub(super) fn width(faces: &Faces, text: &Text, look: Look) -> f32 {
    atoms(faces, text, look).iter().map(|atom| atom.width).sum()
}

fn atoms(faces: &Faces, text: &Text, look: Look) -> Vec<Atom> {
    let mut atoms = Vec::new();
    for span in &text.0 {
        let style = look.style(span.style);
        for c in faces.settable(span.text(), style).chars() {
            let advance = faces.of(style).glyph(c).map_or(0.0, |glyph| glyph.advance);
            atoms.push(Atom { c, style, lang: span.lang, width: advance * look.size(style) });
        }
    }
    atoms
}

/// Where the line that begins at `start` ends: after the last place where it may be broken, or, in a word that is wider
/// than the line, wherever it is full.
fn end_of_line(atoms: &[Atom], start: usize, width: f32) -> usize {
    let (mut used, mut may_end) = (0.0, None);
    for (index, atom) in atoms.iter().enumerate().skip(start) {
        used += atom.width;
        // A blank may stand beyond the edge: nobody sees it.
        if used > width && atom.c != ' ' {
            return may_end.unwrap_or_else(|| index.max(start + 1));
        }
        if may_break_after(atoms, start, index) {
            may_end = Some(index + 1);
        }
    }
    atoms.len()
}

fn may_break_after(atoms: &[Atom], start: usize, index: usize) -> bool {
    let at = |index: usize| atoms.get(index).map(|atom| atom.c);
    let before = index.checked_sub(1).filter(|before| *before >= start).and_then(at);
    match atoms[index].c {
        ' ' => at(index + 1) != Some(' '),
        // In ids and paths, and not in `--option`.
        '-' | '/' => before.is_some_and(char::is_alphanumeric) && at(index + 1).is_some_and(char::is_alphanumeric),
        _ => false,
    }
}

fn line(atoms: &[Atom], look: Look, leaf: Option<usize>) -> Line {
    let mut runs: Vec<Run> = Vec::new();
    let mut x = 0.0;
    for atom in atoms {
        match runs.last_mut() {
            Some(run) if run.style == atom.style && run.lang == atom.lang => run.text.push(atom.c),
            _ => runs.push(Run {
                text: atom.c.to_string(),
                x,
                style: atom.style,
                size: look.size(atom.style),
                colour: look.colour,
                lang: atom.lang,
            }),
        }
        x += atom.width;
    }
    Line { runs, leading: look.leading, leaf }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOOK: Look = Look { size: 10.0, leading: 14.0, colour: [0, 0, 0], is_bold: false };

    fn said(text: &Text, room: f32) -> Vec<String> {
        let faces = Faces::load().unwrap();
        let lines = broken(&faces, text, LOOK, room, Some(0));
        for line in &lines {
            let plain: Text = line.runs.iter().fold(Text::default(), |text, run| match run.style {
                Style::Plain => text.and(run.text.trim_end()),
                Style::Strong => text.and_strong(run.text.trim_end()),
                Style::Code => text.and_code(run.text.trim_end()),
            });
            assert!(width(&faces, &plain, LOOK) <= room, "{line:?}");
        }
        lines.iter().map(|line| line.runs.iter().map(|run| run.text.as_str()).collect()).collect()
    }

    #[test]
    fn lines_break_at_blanks_and_keep_them() {
        assert_eq!(said(&Text::plain("en to tre fire"), 40.0), ["en to ", "tre fire"]);
        assert_eq!(said(&Text::plain(""), 40.0), [""]);
        assert_eq!(said(&Text::plain("kort"), 400.0), ["kort"]);
    }

    #[test]
    fn a_word_that_is_too_wide_is_broken_in_ids_and_else_wherever_it_must_be() {
        assert_eq!(said(&Text::code("HIS80415-2012-3.5-1"), 60.0), ["HIS80415-", "2012-3.5-1"]);
        let digest: String = "0123456789abcdef".repeat(4);
        let lines = said(&Text::code(&digest), 100.0);
        assert!(lines.len() > 2);
        assert_eq!(lines.concat(), digest);
        assert_eq!(
            said(&Text::code("a --trust FILE"), 45.0),
            ["a --", "trust ", "FILE"].map(String::from)[..0]
                .to_vec()
                .into_iter()
                .chain(["a ".to_owned(), "--trust ".to_owned(), "FILE".to_owned()])
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn no_width_stops_it() {
        assert_eq!(said(&Text::plain("ab c"), 8.0).concat(), "ab c");
    }
}
