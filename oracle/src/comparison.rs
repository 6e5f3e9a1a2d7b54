//! One document, canonicalised by Varco and by libxml2.
//!
//! Not a judgement of refusals: Varco refuses more than libxml2. What it accepts must have the same
//! octets there.

use varco::xml::{Document, Limits, Node, Refusal, canonicalize};

use crate::documents::{Dice, prefix_list};
use crate::libxml2::{Libxml2, Question};

/// What came of one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Varco does not read it.
    Refused(Refusal),
    /// So many subtrees have the same octets.
    Same(usize),
    /// The first subtree that has others, described.
    Different(String),
}

/// Canonicalises every subtree of `text`, each with a `PrefixList` and an excluded child by `dice`.
///
/// # Errors
/// When libxml2's process ended.
pub fn compare(text: &str, dice: &mut Dice, libxml2: &mut Libxml2) -> std::io::Result<Outcome> {
    let document = match Document::parse(text, &Limits::METADATA) {
        Ok(document) => document,
        Err(refusal) => return Ok(Outcome::Refused(refusal)),
    };
    let elements: Vec<_> = document.root().descendants().filter(Node::is_element).collect();
    let mut questions = Vec::with_capacity(elements.len());
    let mut ours = Vec::with_capacity(elements.len());
    for (apex, element) in elements.iter().enumerate() {
        let prefixes = prefix_list(dice);
        // Sometimes a child element is left out, as a signature is.
        let child = element.first_element_child().filter(|_| dice.roll(3) == 0);
        let excluded =
            child.and_then(|child| elements.iter().position(|other| other.id() == child.id()));
        let mut octets = Vec::new();
        ours.push(
            canonicalize(&document, *element, child, &prefixes, &mut octets).map(|()| octets),
        );
        questions.push(Question { apex, excluded, prefixes });
    }
    let theirs = libxml2.canonical(text, &questions)?;
    for ((question, ours), theirs) in questions.iter().zip(&ours).zip(&theirs) {
        if ours.as_ref().ok() != theirs.as_ref() {
            let show = |octets: &Vec<u8>| String::from_utf8_lossy(octets).into_owned();
            return Ok(Outcome::Different(format!(
                "{question:?}\ntext:    {text:?}\nvarco:   {:?}\nlibxml2: {:?}",
                ours.as_ref().map(show),
                theirs.as_ref().map(show),
            )));
        }
    }
    Ok(Outcome::Same(questions.len()))
}
