//! What a requirement demands, in one sentence.

use crate::catalogue::{self, Catalogue};
use std::collections::BTreeMap;
use std::sync::LazyLock;

static NB: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| {
    let text = catalogue::explanations("nb").unwrap_or_default();
    text.lines().filter_map(|line| line.split_once('\t')).collect()
});

/// What a requirement demands, in a language: `nb`, otherwise English. Where there is no Norwegian sentence
/// the English one is given.
pub fn explain<'c>(catalogue: &'c Catalogue, id: &str, lang: &str) -> Option<&'c str> {
    let requirement = catalogue.get(id)?;
    let norwegian = if lang == "nb" { NB.get(id).copied() } else { None };
    Some(norwegian.unwrap_or(requirement.statement.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile;

    #[test]
    fn every_requirement_of_a_profile_is_explained_in_both_languages() {
        let catalogue = Catalogue::embedded();
        for profile in profile::shipped() {
            for id in profile.obligations.keys() {
                assert!(NB.contains_key(id.as_str()), "{id} of {} has no line in explain-nb.tsv", profile.id());
                assert!(explain(&catalogue, id.as_str(), "en").is_some());
            }
        }
        assert!(NB.keys().all(|id| catalogue.get(id).is_some()), "explain-nb.tsv names an id that is not there");
        assert!(explain(&catalogue, "HITS1172-109", "nb").unwrap().contains("RefToMessageId"));
        assert!(explain(&catalogue, "nothing", "nb").is_none());
    }
}
