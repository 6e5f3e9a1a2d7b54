//! XML signature wrapping (Somorovsky and others, "On Breaking SAML", 2012), variants 1 to 8.
//!
//! Every variant keeps the octets that were signed: a verifier that checks a signature and then
//! reads another element accepts the forged person.

use varco::effects::Effects;

use super::keys::SigningIdentity;
use super::response::{forge, id};
use super::signature::{Digest, detached, sign};
use crate::error::SandboxError;
use crate::markup::Element;

/// A right Response and its right Assertion, not yet signed and not yet joined.
pub(super) struct Pieces<'a> {
    pub(super) response: Element,
    pub(super) assertion: Element,
    pub(super) identity: &'a SigningIdentity,
    pub(super) digest: Digest,
    pub(super) fx: &'a Effects,
}

impl Pieces<'_> {
    /// The forged Response of that variant.
    pub(super) fn wrap(self, variant: u8) -> Result<Element, SandboxError> {
        match variant {
            1 | 2 => self.response_level(variant),
            _ => self.assertion_level(variant),
        }
    }

    fn response_level(self, variant: u8) -> Result<Element, SandboxError> {
        let Self { mut response, mut assertion, identity, digest, fx } = self;
        let mut forged = response.clone();
        forged.set("ID", id(fx));
        let mut forged_assertion = assertion.clone();
        forged_assertion.set("ID", id(fx));
        forge(&mut forged_assertion);
        sign(&mut assertion, identity, digest)?;
        response.insert(usize::MAX, assertion);
        let mut signature = detached(&response, identity, digest)?;
        if variant == 1 {
            signature.insert(usize::MAX, response);
            forged.insert(1, signature);
        } else {
            forged.insert(1, response);
            forged.insert(2, signature);
        }
        forged.insert(usize::MAX, forged_assertion);
        Ok(forged)
    }

    fn assertion_level(self, variant: u8) -> Result<Element, SandboxError> {
        let Self { mut response, assertion: original, identity, digest, fx } = self;
        let mut forged = original.clone();
        forge(&mut forged);
        if !matches!(variant, 7 | 8) {
            forged.set("ID", id(fx));
        }
        let mut signature = detached(&original, identity, digest)?;
        let mut signed = original.clone();
        signed.insert(1, signature.clone());
        match variant {
            3 => {
                response.insert(usize::MAX, forged);
                response.insert(usize::MAX, signed);
            }
            4 => {
                forged.insert(usize::MAX, signed);
                response.insert(usize::MAX, forged);
            }
            5 => {
                forged.insert(1, signature);
                response.insert(usize::MAX, forged);
                response.insert(usize::MAX, original);
            }
            6 => {
                signature.insert(usize::MAX, original);
                forged.insert(1, signature);
                response.insert(usize::MAX, forged);
            }
            7 => {
                response.insert(1, Element::new("samlp:Extensions").child(forged));
                response.insert(usize::MAX, signed);
            }
            _ => {
                signature.insert(usize::MAX, Element::new("ds:Object").child(original));
                forged.insert(1, signature);
                response.insert(usize::MAX, forged);
            }
        }
        Ok(response)
    }
}
