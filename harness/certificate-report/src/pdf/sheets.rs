//! Sheets of paper, what stands on them, and the structure that it belongs to.

use super::face::Faces;
use super::lines::{Colour, Line};
use std::num::NonZeroU16;

/// A4, in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
/// Left and right edge of the text.
pub(super) const SIDE: f32 = 56.0;
/// Upper edge of the text.
pub(super) const TOP: f32 = 60.0;
/// Lower edge of the text.
pub(super) const BOTTOM: f32 = PAGE.1 - 66.0;
/// Width of the text.
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * SIDE;

/// Something on a sheet.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Mark {
    /// A line of text, with the place where its letters stand.
    Line {
        /// From the left.
        x: f32,
        /// From the top.
        y: f32,
        /// The line.
        line: Line,
    },
    /// An area of colour, which means nothing.
    Area {
        /// Left, top, width, height.
        place: [f32; 4],
        /// Its colour.
        colour: Colour,
    },
}

/// A part of the structure.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// A group.
    Group(Kind, Vec<Node>),
    /// What is drawn for it: all lines with this number.
    Leaf(usize),
}

/// What a group is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A heading, with what it says.
    Heading(NonZeroU16, String),
    /// A paragraph.
    Paragraph,
    /// Paragraphs that belong together.
    Division,
    /// A list.
    List {
        /// Whether it is numbered.
        is_ordered: bool,
    },
    /// An entry of one.
    Item,
    /// Its number or dot.
    Label,
    /// What it says.
    Body,
    /// A table, with what it is a table of.
    Table(String),
    /// Its header.
    Head,
    /// Its rows.
    Rows,
    /// A row.
    Row,
    /// The header of a column.
    ColumnHeader,
    /// The header of a row.
    RowHeader,
    /// Another cell.
    Cell,
}

/// A place that a reader can jump to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Jump {
    /// What it is called.
    pub title: String,
    /// On which sheet.
    pub sheet: usize,
    /// How far from the top.
    pub y: f32,
}

/// Everything in its place.
pub(super) struct Placed<'f> {
    /// The fonts.
    pub faces: &'f Faces,
    /// The sheets.
    pub sheets: Vec<Vec<Mark>>,
    /// The structure.
    pub structure: Vec<Node>,
    /// The chapters.
    pub chapters: Vec<Jump>,
    /// How far the last sheet is filled.
    pub y: f32,
    leaves: usize,
}

/// What stands behind lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backing {
    /// Its colour.
    pub colour: Colour,
    /// The colour of a bar at its left, where it has one.
    pub bar: Option<Colour>,
    /// How far it reaches beyond the lines.
    pub padding: f32,
}

impl<'f> Placed<'f> {
    /// One empty sheet.
    pub fn new(faces: &'f Faces) -> Self {
        Self { faces, sheets: vec![Vec::new()], structure: Vec::new(), chapters: Vec::new(), y: TOP, leaves: 0 }
    }

    /// A number for something that is to be drawn.
    pub fn leaf(&mut self) -> usize {
        self.leaves += 1;
        self.leaves - 1
    }

    /// How many leaves there are.
    pub fn leaves(&self) -> usize {
        self.leaves
    }

    /// Puts something on the last sheet.
    pub fn mark(&mut self, mark: Mark) {
        if let Some(sheet) = self.sheets.last_mut() {
            sheet.push(mark);
        }
    }

    /// What is left of the last sheet.
    pub fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    /// Begins a new sheet.
    pub fn turn(&mut self) {
        self.sheets.push(Vec::new());
        self.y = TOP;
    }

    /// Goes down, but does not begin a sheet with emptiness.
    pub fn skip(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }

    /// Begins a new sheet unless there is so much room.
    pub fn need(&mut self, height: f32) {
        if self.room() < height && self.y > TOP {
            self.turn();
        }
    }

    /// One line whose upper edge is at `y`.
    pub fn set(&mut self, x: f32, y: f32, line: Line) {
        let size = line.runs.iter().map(|run| run.size).fold(0.0, f32::max);
        // The letters stand so that what is above and below them in the line is about the same.
        let y = y + line.leading / 2.0 + size * 0.36;
        self.mark(Mark::Line { x, y, line });
    }

    /// Lines one below the other, over as many sheets as it takes.
    pub fn flow(&mut self, x: f32, lines: Vec<Line>, backing: Option<(Backing, f32)>) {
        let padding = backing.map_or(0.0, |(backing, _)| backing.padding);
        let mut lines = lines.into_iter().peekable();
        while let Some(first) = lines.peek() {
            self.need(first.leading + 2.0 * padding);
            let mut here = Vec::new();
            let mut height = 0.0;
            while let Some(line) =
                lines.next_if(|line| here.is_empty() || height + line.leading + 2.0 * padding <= self.room())
            {
                height += line.leading;
                here.push(line);
            }
            if let Some((backing, width)) = backing {
                let (left, whole) = (x - padding, height + 2.0 * padding);
                self.mark(Mark::Area { place: [left, self.y, width + 2.0 * padding, whole], colour: backing.colour });
                if let Some(colour) = backing.bar {
                    self.mark(Mark::Area { place: [left, self.y, 3.0, whole], colour });
                }
            }
            self.y += padding;
            for line in here {
                let (y, leading) = (self.y, line.leading);
                self.set(x, y, line);
                self.y += leading;
            }
            self.y += padding;
        }
    }
}
