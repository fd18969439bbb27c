//! How the behaviour of two versions was compared: by a run of each.

use serde::{Deserialize, Serialize};

/// A run of the certified version, one of the other, and how they differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compared {
    /// The run that the certificate is drawn from (UUID).
    pub run: String,
    /// Digest of the last line of its log.
    pub head: String,
    /// The run of the other version (UUID).
    pub with: String,
    /// Digest of the last line of its log.
    pub with_head: String,
    /// In how many scenarios both did the same.
    pub same: u32,
    /// Scenarios in which they did not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differ: Vec<String>,
    /// Requirements that came to something else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    /// Scenarios that only one of the runs played: nothing is known of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alone: Vec<String>,
}

impl Compared {
    /// Whether nothing differed, and nothing was left out.
    pub fn is_alike(&self) -> bool {
        self.same > 0 && self.differ.is_empty() && self.requirements.is_empty() && self.alone.is_empty()
    }

    /// In a sentence, in English. Without a comparison it says so.
    pub fn said_en(compared: Option<&Self>) -> String {
        let Some(it) = compared else { return "the behaviour was not compared by a run of each".to_owned() };
        let words = ["the same in", "scenarios", "another in", "another outcome of", "not compared in"];
        format!("compared by run {} and run {}: {}", it.run, it.with, it.listed(words))
    }

    /// In a sentence, in bokmål.
    pub fn said_nb(compared: Option<&Self>) -> String {
        let Some(it) = compared else { return "oppførselen er ikke sammenlignet med én kjøring av hver".to_owned() };
        let words = ["lik i", "scenarioer", "ulik i", "annet resultat for", "ikke sammenlignet i"];
        format!("oppførselen er sammenlignet (kjøring {} og {}): {}", it.run, it.with, it.listed(words))
    }

    fn listed(&self, [same, scenarios, differ, requirements, alone]: [&str; 5]) -> String {
        let mut parts = vec![format!("{same} {} {scenarios}", self.same)];
        for (word, names) in [(differ, &self.differ), (requirements, &self.requirements), (alone, &self.alone)] {
            if !names.is_empty() {
                parts.push(format!("{word} {}", names.join(", ")));
            }
        }
        parts.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_or_was_left_out_is_said() {
        let mut compared = Compared {
            run: "r1".into(),
            head: "h1".into(),
            with: "r2".into(),
            with_head: "h2".into(),
            same: 14,
            differ: Vec::new(),
            requirements: Vec::new(),
            alone: Vec::new(),
        };
        assert!(compared.is_alike());
        assert!(Compared::said_en(Some(&compared)).ends_with("the same in 14 scenarios"));
        compared.alone.push("receive/restart/duplicate".into());
        compared.differ.push("envelope/iso-8859-1".into());
        assert!(!compared.is_alike());
        let nb = Compared::said_nb(Some(&compared));
        assert!(nb.ends_with(
            "lik i 14 scenarioer; ulik i envelope/iso-8859-1; ikke sammenlignet i receive/restart/duplicate"
        ));
        assert!(Compared::said_en(None).contains("not compared"));
    }
}
