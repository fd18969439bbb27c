//! The languages of a report.

use jiff::civil::Date;

const NB: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];
const EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// Bokmål.
    Nb,
    /// English.
    En,
}

impl Lang {
    /// Its code, as HTML and PDF have it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Nb => "nb",
            Self::En => "en",
        }
    }

    /// The one of two texts that is in this language.
    pub fn pick<T>(self, nb: T, en: T) -> T {
        match self {
            Self::Nb => nb,
            Self::En => en,
        }
    }

    /// A day as people write it.
    pub(crate) fn day(self, date: Date) -> String {
        let month = usize::try_from(date.month()).unwrap_or(1) - 1;
        let (day, year) = (date.day(), date.year());
        self.pick(format!("{day}. {} {year}", NB[month]), format!("{day} {} {year}", EN[month]))
    }

    /// Things in a row, with "and" before the last.
    pub(crate) fn row(self, things: &[String]) -> String {
        match things {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{} {} {last}", first.join(", "), self.pick("og", "and")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_rows_are_written_as_people_write_them() {
        let day = jiff::civil::date(2027, 3, 1);
        assert_eq!((Lang::Nb.day(day), Lang::En.day(day)), ("1. mars 2027".to_owned(), "1 March 2027".to_owned()));
        let things = ["a".to_owned(), "b".to_owned(), "c".to_owned()];
        assert_eq!(Lang::Nb.row(&things), "a, b og c");
        assert_eq!(Lang::En.row(&things[..1]), "a");
    }
}
