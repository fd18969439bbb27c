//! From a `ds:Reference` to the octets that its digest is over: dereferencing and transforms.

use super::algorithm;
use super::canonical::{self, Method};
use super::model::{Reference, Transform};
use super::xpath::LeftOut;
use crate::ebxml::names::EB;
use crate::mime::percent_decoded;
use crate::xml::{Tree, read};
use roxmltree::Node;

/// Transforms of one reference: the profile has three.
pub(super) const TRANSFORMS_MAX: usize = 8;
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// The document, the signature in it, and where the decoded MIME parts are found.
pub(super) struct Context<'a, 't> {
    pub(super) tree: &'a Tree<'t>,
    pub(super) signature: Node<'a, 't>,
    pub(super) attachment: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

/// The octets to digest, or the reason why they cannot be told.
pub(super) fn octets(context: &Context<'_, '_>, reference: &Reference) -> Result<Vec<u8>, String> {
    if reference.transforms.len() > TRANSFORMS_MAX {
        return Err(format!("more than {TRANSFORMS_MAX} transforms"));
    }
    let transforms = &reference.transforms[..];
    let uri = reference.uri.as_ref().ok_or("the reference has no URI")?.as_str();
    if uri.is_empty() {
        // XMLDSig 4.4.3.3: a same-document reference leaves comments out.
        return over_nodes(context.tree.document().root(), false, Some(context.signature), transforms);
    }
    if let Some(id) = uri.strip_prefix('#') {
        return over_nodes(element(context.tree, id)?, false, Some(context.signature), transforms);
    }
    let Some(content_id) = uri.strip_prefix("cid:") else {
        return Err(format!("URI `{uri}` leads out of the message"));
    };
    let found = (context.attachment)(content_id).or_else(|| (context.attachment)(&percent_decoded(content_id)));
    let octets = found.ok_or_else(|| format!("no MIME part has the Content-ID `{content_id}`"))?;
    over_octets(octets, transforms)
}

/// Applies transforms to a part of a document; what is still a node set at the end is canonicalised (XMLDSig 4.4.3.2).
fn over_nodes(
    apex: Node<'_, '_>,
    with_comments: bool,
    signature: Option<Node<'_, '_>>,
    transforms: &[Transform],
) -> Result<Vec<u8>, String> {
    let mut enveloped = None;
    let mut left_out: Vec<LeftOut> = Vec::new();
    let mut method = Method::default();
    let mut rest = transforms;
    while let [transform, others @ ..] = rest {
        rest = others;
        let uri = transform.algorithm.as_str();
        if let Some(found) = Method::of(uri, &transform.inclusive_prefixes) {
            method = found;
            break;
        }
        match uri {
            algorithm::ENVELOPED => {
                enveloped = Some(signature.ok_or("enveloped-signature on something that the signature is not in")?);
            }
            algorithm::XPATH => {
                let expression = transform.xpath.as_deref().ok_or("an XPath transform without ds:XPath")?;
                left_out.push(LeftOut::parse(expression, &transform.xpath_bindings)?);
            }
            other => return Err(format!("transform `{other}` is not known")),
        }
    }
    method.comments &= with_comments;
    let is_left_out = |node: Node<'_, '_>| {
        enveloped.is_some_and(|signature| node.id() == signature.id()) || left_out.iter().any(|part| part.holds(node))
    };
    let text = if apex.ancestors().any(is_left_out) {
        String::new()
    } else {
        canonical::within_limit(apex, &method, &is_left_out).ok_or(canonical::TOO_LARGE)?
    };
    over_octets(text.into_bytes(), rest)
}

/// Octets go into a transform as a document of their own (XMLDSig 4.4.3.2).
fn over_octets(octets: Vec<u8>, transforms: &[Transform]) -> Result<Vec<u8>, String> {
    if transforms.is_empty() {
        return Ok(octets);
    }
    let text = read(&octets, None).map_err(|defect| format!("a transform needs XML, but {defect}"))?;
    let tree = Tree::parse(text.as_str()).map_err(|defect| format!("a transform needs XML, but {defect}"))?;
    over_nodes(tree.document().root(), true, None, transforms)
}

/// The element with an id. Two elements with the same id are how signatures are wrapped, so that is refused.
fn element<'a, 't>(tree: &'a Tree<'t>, id: &str) -> Result<Node<'a, 't>, String> {
    let mut found = tree.root().descendants().filter(|node| {
        node.attributes().any(|attribute| {
            let is_id = match attribute.namespace() {
                None => matches!(attribute.name(), "Id" | "ID" | "id"),
                Some(EB | XML) => attribute.name() == "id",
                Some(WSU) => attribute.name() == "Id",
                Some(_) => false,
            };
            is_id && attribute.value() == id
        })
    });
    match (found.next(), found.next()) {
        (Some(node), None) => Ok(node),
        (None, _) => Err(format!("no element has the id `{id}`")),
        (Some(_), Some(_)) => Err(format!("several elements have the id `{id}`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_ids_and_refuses_repeated_ones() {
        let tree = Tree::parse("<a><b Id='1'/><c ID='2'/><d xml:id='3'/><e id='3'/></a>").unwrap();
        assert!(element(&tree, "1").unwrap().has_tag_name("b"));
        assert!(element(&tree, "2").unwrap().has_tag_name("c"));
        assert_eq!(element(&tree, "3").unwrap_err(), "several elements have the id `3`");
        assert_eq!(element(&tree, "4").unwrap_err(), "no element has the id `4`");
    }
}
