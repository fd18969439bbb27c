//! The one XPath of this traffic, read as a predicate.
//!
//! HIS 1037 5.5 step 4 leaves out what is meant for the next message handler. Its shape is
//! `not(ancestor-or-self::node()[@P:actor="X"] | ancestor-or-self::node()[@Q:actor="Y"])`: whatever stands in an element with
//! such an attribute is not signed. Terms in any number and order are read; every other expression is refused.

use roxmltree::Node;

/// Terms of one expression, each of which is tried at every element: the standard's has two.
const TERMS_MAX: usize = 16;

/// Elements that are left out, with everything in them: those with one of these attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LeftOut(Vec<Term>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    namespace: Option<String>,
    attribute: String,
    value: String,
}

impl LeftOut {
    /// Reads the expression. `bindings` are the namespaces in scope of the `ds:XPath` element.
    pub(super) fn parse(expression: &str, bindings: &[(String, String)]) -> Result<Self, String> {
        let other = || format!("the XPath `{}` is not the one of HIS 1037 5.5", expression.trim());
        let tokens = tokens(expression).ok_or_else(other)?;
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        let ["not", "(", terms @ .., ")"] = &tokens[..] else {
            return Err(other());
        };
        if terms.iter().filter(|token| **token == "|").count() >= TERMS_MAX {
            return Err(format!("the XPath has more than {TERMS_MAX} terms"));
        }
        let terms = terms.split(|token| *token == "|").map(|term| {
            let ["ancestor-or-self", "::", "node", "(", ")", "[", "@", name @ .., "=", value, "]"] = term else {
                return Err(other());
            };
            let value = value.strip_prefix('"').ok_or_else(other)?.to_owned();
            let (namespace, attribute) = match name {
                [name] => (None, *name),
                [prefix, ":", name] => {
                    let bound = bindings.iter().find(|(known, _)| known == prefix);
                    let (_, uri) = bound.ok_or_else(|| format!("the prefix `{prefix}` of the XPath is not bound"))?;
                    (Some(uri.clone()), *name)
                }
                _ => return Err(other()),
            };
            Ok(Term { namespace, attribute: attribute.to_owned(), value })
        });
        terms.collect::<Result<Vec<_>, _>>().map(Self)
    }

    /// Whether this element begins a part that is left out.
    pub(super) fn holds(&self, node: Node<'_, '_>) -> bool {
        self.0.iter().any(|term| {
            node.attributes().any(|attribute| {
                attribute.name() == term.attribute
                    && attribute.namespace() == term.namespace.as_deref()
                    && attribute.value() == term.value
            })
        })
    }
}

/// Splits into names, operators and literals; a literal keeps a leading `"` whatever quoted it.
fn tokens(expression: &str) -> Option<Vec<String>> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' | '\'' => {
                let end = rest[1..].find(first)?;
                tokens.push(format!("\"{}", &rest[1..=end]));
                rest = rest[end + 2..].trim_start();
                continue;
            }
            ':' if rest.starts_with("::") => 2,
            '(' | ')' | '[' | ']' | '@' | '=' | '|' | ':' => 1,
            _ => {
                let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
                let length = rest.find(|c: char| !is_name(c)).unwrap_or(rest.len());
                if length == 0 {
                    return None;
                }
                length
            }
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    Some(tokens)
}

#[cfg(test)]
mod tests {
    use super::super::algorithm::EB_XPATH;
    use super::*;
    use crate::ebxml::names::{NEXT_MSH, SOAP, SOAP_NEXT};
    use crate::xml::Tree;
    use proptest::prelude::*;

    fn soap(prefix: &str) -> Vec<(String, String)> {
        vec![(prefix.to_owned(), SOAP.to_owned())]
    }

    #[test]
    fn reads_the_expression_of_the_standard_however_it_is_spaced() {
        let standard = LeftOut::parse(EB_XPATH, &soap("SOAP-ENV")).unwrap();
        let spaced = format!(
            "\n not ( ancestor-or-self :: node ( ) [ @S:actor = '{SOAP_NEXT}' ]\r\n|\tancestor-or-self::node()[@S:actor='{NEXT_MSH}'] )"
        );
        let turned = LeftOut::parse(&spaced, &soap("S")).unwrap();
        let text =
            format!("<a xmlns:s='{SOAP}' s:actor='{NEXT_MSH}'><b s:actor='{SOAP_NEXT}'/><c actor='{SOAP_NEXT}'/></a>");
        let tree = Tree::parse(&text).unwrap();
        for left_out in [standard, turned] {
            let held: Vec<bool> = tree.root().descendants().map(|node| left_out.holds(node)).collect();
            assert_eq!(held, [true, true, false]);
        }
    }

    #[test]
    fn refuses_other_expressions_and_unbound_prefixes() {
        for expression in
            ["", "true()", "not(self::node())", "not(ancestor-or-self::node()[@a='1'] or true())", "not('"]
        {
            let error = LeftOut::parse(expression, &[]).unwrap_err();
            assert!(error.contains("is not the one"), "{error}");
        }
        let error = LeftOut::parse(EB_XPATH, &soap("other")).unwrap_err();
        assert_eq!(error, "the prefix `SOAP-ENV` of the XPath is not bound");
    }

    #[test]
    fn refuses_many_terms() {
        let terms = |count: usize| format!("not({})", vec!["ancestor-or-self::node()[@a=\"1\"]"; count].join(" | "));
        assert_eq!(LeftOut::parse(&terms(TERMS_MAX), &[]).unwrap().0.len(), TERMS_MAX);
        assert_eq!(LeftOut::parse(&terms(TERMS_MAX + 1), &[]).unwrap_err(), "the XPath has more than 16 terms");
    }

    proptest! {
        #[test]
        fn never_panics(expression in "[a-z:@=|()\\[\\]'\" æ-]{0,40}") {
            let _ = LeftOut::parse(&expression, &[]);
        }
    }
}
