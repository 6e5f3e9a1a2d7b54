//! `EncryptedAssertion`: opened, and then as strange as any Assertion that arrives.
//!
//! Not the decryption: `xml` has the shape and `crypto` the keys. Anybody can encrypt for us, so an
//! Assertion that was encrypted needs its own signature like every other
//! (saml-core, sections 2.3.4 and 6; docs/decisions/0007-encrypted-assertions.md).

use super::names;
use super::rejection::{Rejected, Rejection};
use super::response::{self, Trusted, issuer_first};
use super::signatures::{check, must_be_signed};
use crate::xml::{Encrypted, Node, SignedOctets, Undecrypted, check_signature_places, is};

/// Decrypts, and verifies the Assertion inside. `response_signed` tells that the Response around it
/// has a signature, which then has been verified.
///
/// # Errors
/// [`Rejection::Decryption`] for everything that goes wrong with a key of ours in hand.
pub(super) fn open(
    sealed: &Encrypted,
    response_signed: bool,
    trusted: &Trusted<'_>,
) -> Result<SignedOctets, Rejected> {
    let decryption = trusted.decryption.ok_or_else(unexpected)?;
    if !sealed.is_authenticated() && !response_signed {
        // Whoever could change the content at will would learn it from our answers.
        let clause = "a Response around an Assertion encrypted in CBC is signed";
        return Err(Rejected::new(Rejection::ResponseSignatureMissing, clause));
    }
    let plaintext = sealed.decrypt(decryption).map_err(refused)?;
    let document = plaintext.parse().map_err(refused)?;
    let assertion = document.root();
    if !is(assertion, names::ASSERTION, "Assertion") {
        return Err(refused(Undecrypted::Failed));
    }
    alone(assertion)?;
    issuer_first(assertion)?;
    check_signature_places(&document, &[assertion]).map_err(response::refused)?;
    must_be_signed(assertion, response_signed)?;
    check(&document, assertion, Rejection::AssertionSignature, trusted, &mut Vec::new())
}

/// Nothing inside that could be mistaken for the Assertion, and nothing encrypted again.
fn alone(assertion: Node<'_, '_>) -> Result<(), Rejected> {
    for element in assertion.descendants().filter(Node::is_element).skip(1) {
        match element.tag_name().name() {
            "Response" | "Assertion" => {
                let clause = "an EncryptedAssertion holds one Assertion (core 2.3.4)";
                return Err(Rejected::new(Rejection::Structure, clause));
            }
            "EncryptedAssertion" | "EncryptedID" | "EncryptedAttribute" | "EncryptedData"
            | "EncryptedKey" => return Err(unexpected()),
            _ => {}
        }
    }
    Ok(())
}

/// Something is encrypted that nobody told us to decrypt.
pub(super) fn unexpected() -> Rejected {
    let clause = "nothing is encrypted but one Assertion, and that only for a published key";
    Rejected::new(Rejection::Encrypted, clause)
}

/// A refusal of the XML toolkit, under the row that tells no more than it may.
pub(super) fn refused(cause: Undecrypted) -> Rejected {
    let row = match cause {
        Undecrypted::Shape => Rejection::Structure,
        Undecrypted::Algorithm => Rejection::EncryptionAlgorithm,
        Undecrypted::Failed => Rejection::Decryption,
    };
    Rejected::new(row, cause.to_string())
}
