//! Templates of body documents: XML with `{{name}}` where a value goes.

use quick_xml::escape::escape;
use thiserror::Error;

/// Why a template cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TemplateError {
    /// The template wants a value that was not given.
    #[error("the template has a placeholder `{0}` for which there is no value")]
    Missing(String),
    /// `{{` without `}}`.
    #[error("the template has `{{{{` without `}}}}` at byte {0}")]
    Unclosed(usize),
}

/// Puts values into a template, escaped for XML text and attributes. A value that the template does not
/// want is passed over, so that one set of values serves all templates.
///
/// ```
/// use provestein_wire::head;
/// let filled = head::fill("<a b=\"{{x}}\"/>", &[("x", "1 < 2"), ("y", "unused")]);
/// assert_eq!(filled.as_deref(), Ok("<a b=\"1 &lt; 2\"/>"));
/// ```
///
/// # Errors
/// [`TemplateError`].
pub fn fill(template: &str, values: &[(&str, &str)]) -> Result<String, TemplateError> {
    let mut out = String::with_capacity(template.len());
    let mut at = 0;
    while let Some((text, name, next)) = next_placeholder(template, at)? {
        let value = values.iter().find(|(n, _)| *n == name);
        let (_, value) = value.ok_or_else(|| TemplateError::Missing(name.to_owned()))?;
        out.push_str(text);
        out.push_str(&escape(*value));
        at = next;
    }
    out.push_str(&template[at..]);
    Ok(out)
}

/// The names of the values that a template wants, each once, in the order of their first use.
///
/// # Errors
/// [`TemplateError::Unclosed`].
pub fn placeholders(template: &str) -> Result<Vec<&str>, TemplateError> {
    let mut names = Vec::new();
    let mut at = 0;
    while let Some((_, name, next)) = next_placeholder(template, at)? {
        if !names.contains(&name) {
            names.push(name);
        }
        at = next;
    }
    Ok(names)
}

/// The text before the next placeholder, its name, and where the text goes on.
fn next_placeholder(template: &str, at: usize) -> Result<Option<(&str, &str, usize)>, TemplateError> {
    let rest = &template[at..];
    let Some((text, after)) = rest.split_once("{{") else {
        return Ok(None);
    };
    let Some((name, _)) = after.split_once("}}") else {
        return Err(TemplateError::Unclosed(at + text.len()));
    };
    let next = at + text.len() + 2 + name.len() + 2;
    Ok(Some((text, name.trim(), next)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_needs_a_value() {
        assert_eq!(fill("a{{ x }}{{y}}{{x}}z", &[("x", "&"), ("y", "")]).as_deref(), Ok("a&amp;&amp;z"));
        assert_eq!(fill("{{x}}", &[]), Err(TemplateError::Missing("x".into())));
        assert_eq!(fill("ab{{x", &[]), Err(TemplateError::Unclosed(2)));
        assert_eq!(placeholders("{{b}}{{a}}{{b}}"), Ok(vec!["b", "a"]));
        assert_eq!(fill("no {placeholder}", &[]).as_deref(), Ok("no {placeholder}"));
    }
}
