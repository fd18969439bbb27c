//! Profiles: messages, carriers, algorithms and requirements by which a subject is judged. (The word is ours;
//! ebXML's own is always CPP or CPA.)
//!
//! A profile is a YAML file, named and versioned, embedded from `fixtures/profiles`. Where it cites a level
//! other than the catalogue's, or reads a clause in another way than by the letter, it says why.

mod diagnostic;
mod file;
mod model;
mod read;

pub use diagnostic::ProfileError;
pub use file::json_schema;
pub use model::{Algorithms, Bilingual, Obligation, Profile};
pub use read::{of_text, shipped};

/// The shipped profile of that name: `name@version`, or `name` for its latest version.
pub fn find(name: &str) -> Option<Profile> {
    let (name, version) = match name.split_once('@') {
        Some((name, version)) => (name, Some(version.parse::<u32>().ok()?)),
        None => (name, None),
    };
    let fits = |profile: &Profile| profile.name == name && version.is_none_or(|v| v == profile.version);
    shipped().into_iter().filter(fits).max_by_key(|profile| profile.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_name_and_version() {
        assert_eq!(find("plo-receive-nhn@1").unwrap().id(), "plo-receive-nhn@1");
        assert_eq!(find("plo-receive-his1037").unwrap().id(), "plo-receive-his1037@1");
        assert!(find("plo-receive-nhn@99").is_none());
        assert!(find("plo-receive-nhn@one").is_none());
        assert!(find("nothing").is_none());
    }
}
