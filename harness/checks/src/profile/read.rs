//! From a file's text to a profile, or every mistake in it.

use super::diagnostic::ProfileError;
use super::file::{Carrier, Direction, LevelWord, ProfileFile, RequirementEntry, Text};
use super::model::{Algorithms, Bilingual, Obligation, Profile};
use crate::catalogue::{Catalogue, Level, RequirementId};
use evidence::digest::Digest;
use include_dir::{Dir, include_dir};
use jiff::civil::Date;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

static FOLDER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../fixtures/profiles");

/// Every profile that ships with the tool, by file name.
///
/// # Panics
/// Never: a test of this crate reads the very same files.
pub fn shipped() -> Vec<Profile> {
    let catalogue = Catalogue::embedded();
    let mut files: Vec<(&str, &str)> = FOLDER
        .files()
        .filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?)))
        .filter(|(name, _)| std::path::Path::new(name).extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort_unstable();
    files
        .into_iter()
        .map(|(name, text)| {
            of_text(name, text, &catalogue).expect("the shipped profiles are read by a test of this crate")
        })
        .collect()
}

/// Reads a profile.
///
/// # Errors
/// Every mistake that can be told, each with line and column.
pub fn of_text(name: &str, text: &str, catalogue: &Catalogue) -> Result<Profile, Vec<ProfileError>> {
    let file: ProfileFile = serde_saphyr::from_str(text).map_err(|error| {
        let at = error.location().map_or((0, 0), |l| (l.line(), l.column()));
        let message = error.without_snippet().to_string();
        vec![ProfileError::new(name, text, at, first_line(&message))]
    })?;
    let mut reader = Reader { name, text, mistakes: Vec::new() };
    let includes = file.includes.clone();
    let mut profile = reader.profile(file, catalogue);
    for id in includes {
        match included(&id, catalogue) {
            Some(other) => take_in(&mut profile, other),
            None => reader.mistakes.push(ProfileError::new(
                name,
                text,
                (1, 1),
                format!("there is no profile `{id}` to include"),
            )),
        }
    }
    if reader.mistakes.is_empty() { Ok(profile) } else { Err(reader.mistakes) }
}

/// A shipped profile, by the name of its file. One that includes others itself is read with them.
fn included(id: &str, catalogue: &Catalogue) -> Option<Profile> {
    let file = FOLDER.get_file(format!("{id}.yaml"))?;
    of_text(file.path().to_str()?, file.contents_utf8()?, catalogue).ok()
}

fn take_in(profile: &mut Profile, other: Profile) {
    for (message, directions) in other.messages {
        let known = profile.messages.entry(message).or_default();
        known.extend(directions);
        known.sort_unstable();
        known.dedup();
    }
    add(&mut profile.scenarios, other.scenarios);
    add(&mut profile.restarting, other.restarting);
    add(&mut profile.by_mail, other.by_mail);
    add(&mut profile.carriers, other.carriers);
    for (id, obligation) in other.obligations {
        match profile.obligations.entry(id) {
            Entry::Vacant(free) => drop(free.insert(obligation)),
            Entry::Occupied(mut known) => {
                let known = known.get_mut();
                known.level = known.level.max(obligation.level);
                known.minimum = known.minimum.max(obligation.minimum);
                known.reason = known.reason.take().or(obligation.reason);
                known.claim = known.claim.take().filter(|_| obligation.claim.is_some());
            }
        }
    }
    profile.quiet_ms = profile.quiet_ms.max(other.quiet_ms);
    profile.digest = Digest::of(format!("{} {}", profile.digest, other.digest).as_bytes());
}

fn add(known: &mut Vec<String>, more: Vec<String>) {
    let new: Vec<String> = more.into_iter().filter(|id| !known.contains(id)).collect();
    known.extend(new);
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim_end_matches('.').to_owned()
}

struct Reader<'t> {
    name: &'t str,
    text: &'t str,
    mistakes: Vec<ProfileError>,
}

impl Reader<'_> {
    fn profile(&mut self, file: ProfileFile, catalogue: &Catalogue) -> Profile {
        let valid_from = self.date(&file.valid.from);
        let valid_to = file.valid.to.as_ref().map(|day| self.date(day));
        let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !file.name.value.bytes().all(is_plain) {
            let message = format!("name `{}` has other characters than a-z, 0-9 and -", file.name.value);
            self.mistake(&file.name, message);
        }
        Profile {
            name: file.name.value,
            version: file.version,
            title: bilingual(file.title),
            description: bilingual(file.description),
            valid_from,
            valid_to,
            messages: file.messages.into_iter().map(|(m, d)| (m, d.into_iter().map(direction).collect())).collect(),
            carriers: file.carriers.into_iter().map(carrier).collect(),
            algorithms: Algorithms { digest: file.algorithms.digest, signature: file.algorithms.signature },
            quiet_ms: file.quiet_ms,
            gen_date_shift_hours: file.gen_date_shift_hours,
            scenarios: file.scenarios,
            restarting: file.restarting,
            by_mail: file.by_mail,
            obligations: self.obligations(file.requirements, catalogue),
            digest: Digest::of(self.text.as_bytes()),
        }
    }

    fn obligations(
        &mut self,
        entries: Vec<RequirementEntry>,
        catalogue: &Catalogue,
    ) -> BTreeMap<RequirementId, Obligation> {
        let mut obligations = BTreeMap::new();
        for entry in entries {
            let level = match entry.level {
                LevelWord::Must => Level::Must,
                LevelWord::Should => Level::Should,
                LevelWord::May => Level::May,
            };
            match catalogue.get(&entry.id.value) {
                None => self.mistake(&entry.id, format!("there is no requirement `{}`", entry.id.value)),
                Some(known) if known.level != level && entry.reason.is_none() => {
                    let message = format!("the catalogue says {}, not {level}; a `reason` is needed", known.level);
                    self.mistake(&entry.id, message);
                }
                Some(_) => {}
            }
            let obligation = Obligation {
                level,
                minimum: entry.minimum,
                reason: entry.reason.map(bilingual),
                claim: entry.claim,
                carriers: entry.carriers.into_iter().map(carrier).collect(),
            };
            if obligations.insert(RequirementId::new(entry.id.value.as_str()), obligation).is_some() {
                self.mistake(&entry.id, format!("`{}` is listed twice", entry.id.value));
            }
        }
        obligations
    }

    fn date(&mut self, day: &Spanned<String>) -> Date {
        day.value.parse().unwrap_or_else(|_| {
            self.mistake(day, format!("`{}` is not a day of the form YYYY-MM-DD", day.value));
            Date::MIN
        })
    }

    fn mistake(&mut self, at: &Spanned<String>, message: String) {
        let at = (at.referenced.line(), at.referenced.column());
        self.mistakes.push(ProfileError::new(self.name, self.text, at, message));
    }
}

fn bilingual(text: Text) -> Bilingual {
    Bilingual { nb: text.nb, en: text.en }
}

fn direction(direction: Direction) -> String {
    match direction {
        Direction::Receive => "receive",
        Direction::Send => "send",
    }
    .to_owned()
}

fn carrier(carrier: Carrier) -> String {
    match carrier {
        Carrier::Http => "http",
        Carrier::Mail => "mail",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "name: x\nversion: 1\ntitle: { nb: x, en: x }\ndescription: { nb: x, en: x }\n\
        valid: { from: 2026-01-01 }\nmessages: { LOG_INNLAGT@1.6: [receive] }\ncarriers: [http]\n\
        algorithms: { digest: [], signature: [] }\nquiet_ms: 1\nscenarios: []\nrequirements:\n";

    fn mistakes(rows: &str) -> Vec<String> {
        let read = of_text("x.yaml", &format!("{SMALL}{rows}"), &Catalogue::embedded());
        read.map_or_else(|m| m.iter().map(ToString::to_string).collect(), |_| Vec::new())
    }

    #[test]
    fn every_shipped_profile_is_right() {
        let names: Vec<String> = shipped().iter().map(Profile::id).collect();
        assert_eq!(
            names,
            ["plo-nhn@1", "plo-receive-deadline@1", "plo-receive-his1037@1", "plo-receive-nhn@1", "plo-send-nhn@1"]
        );
    }

    #[test]
    fn says_every_mistake_with_its_place() {
        assert!(mistakes("  - { id: HITS1172-21, level: MUST }\n").is_empty());
        let said = mistakes(
            "  - { id: HITS1172-1, level: MUST }\n  - { id: HITS1172-21, level: MAY }\n  - { id: HITS1172-21, level: MUST }\n",
        );
        assert_eq!(said.len(), 3, "{said:?}");
        assert_eq!(said[0].lines().next().unwrap(), "x.yaml:12:11: there is no requirement `HITS1172-1`");
        assert!(said[0].ends_with("   |           ^"), "{}", said[0]);
        assert!(said[1].contains("the catalogue says MUST, not MAY"));
        assert!(said[2].contains("listed twice"));
    }

    #[test]
    fn refuses_unknown_fields() {
        let said = mistakes("  - { id: HITS1172-21, level: MUST, minimun: 2 }\n");
        assert_eq!(said.len(), 1);
        assert!(said[0].starts_with("x.yaml:12:") && said[0].contains("minimun"), "{}", said[0]);
    }
}
