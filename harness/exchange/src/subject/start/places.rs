//! What `{{…}}` in a subject file's `start` stands for.

use std::path::{Path, PathBuf};

/// Where the subject finds the harness and the kit.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Host name or address at which a process of this machine reaches the harness.
    pub host: String,
    /// The ports at which the harness listens, by name: `http`, …
    pub ports: Vec<(&'static str, u16)>,
    /// The kit.
    pub kit: PathBuf,
    /// The subject file's folder.
    pub dir: PathBuf,
}

/// Name by which a container reaches the machine that it runs on.
#[cfg(feature = "containers")]
pub(super) const HOST_OF_CONTAINERS: &str = "host.docker.internal";

impl Places {
    /// Fills a text.
    ///
    /// # Errors
    /// The sentence for a name that there is not.
    pub fn fill(&self, text: &str) -> Result<String, String> {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some(begin) = rest.find("{{") {
            let (before, after) = rest.split_at(begin);
            let end = after.find("}}").ok_or_else(|| format!("`{text}` has {{{{ without }}}}"))?;
            filled.push_str(before);
            filled.push_str(&self.value(after[2..end].trim())?);
            rest = &after[end + 2..];
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn value(&self, name: &str) -> Result<String, String> {
        let path = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string();
        let port = |(_, port): &(&str, u16)| port.to_string();
        match name {
            "harness.host" => Ok(self.host.clone()),
            "kit" => Ok(path(&self.kit)),
            "subject.dir" => Ok(path(&self.dir)),
            _ => {
                let named = |(known, _): &&(&str, u16)| name.strip_prefix("harness.") == Some(known);
                self.ports.iter().find(named).map(port).ok_or_else(|| {
                    let ports: Vec<String> = self.ports.iter().map(|(name, _)| format!("harness.{name}")).collect();
                    let known = ports.join(", ");
                    format!("`{{{{{name}}}}}` is not known; known are harness.host, {known}, kit, subject.dir")
                })
            }
        }
    }

    /// The same, as a container sees the harness.
    #[cfg(feature = "containers")]
    pub(super) fn seen_from_inside(&self) -> Self {
        Self { host: HOST_OF_CONTAINERS.to_owned(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_filled_and_unknown_ones_refused() {
        let places =
            Places { host: "127.0.0.1".to_owned(), ports: vec![("http", 8480)], kit: "/k".into(), dir: "/d".into() };
        let filled = places.fill("http://{{harness.host}}:{{ harness.http }}/={{kit}}/a.pem");
        assert_eq!(filled.unwrap(), "http://127.0.0.1:8480/=/k/a.pem");
        assert_eq!(places.fill("plain { } }}").unwrap(), "plain { } }}");
        assert!(places.fill("{{harness.smtp}}").unwrap_err().contains("known are harness.host, harness.http, kit"));
        assert!(places.fill("{{kit").unwrap_err().contains("without"));
    }
}
