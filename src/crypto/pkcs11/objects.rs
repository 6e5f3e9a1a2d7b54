//! Key pairs in a token: made there, found by `CKA_ID`, destroyed. A private key never leaves.
//!
//! Not signing (`key.rs`).

use cryptoki::error::Error;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;

use super::Hsm;
use crate::crypto::jose::{PublicKey, SigningAlgorithm};

impl Hsm {
    /// Makes a key pair named `id` and gives its public half. Blocks.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn make(&self, algorithm: SigningAlgorithm, id: &[u8]) -> Result<PublicKey, String> {
        let session = self.open(true).map_err(|cause| self.words(&cause))?.session;
        let label = format!("varco {}", algorithm.name()).into_bytes();
        let named = [Attribute::Id(id.to_vec()), Attribute::Label(label), Attribute::Token(true)];
        let (mechanism, kind) = match algorithm {
            SigningAlgorithm::RS256 | SigningAlgorithm::PS256 => (
                Mechanism::RsaPkcsKeyPairGen,
                vec![Attribute::ModulusBits(2048.into()), Attribute::PublicExponent(vec![1, 0, 1])],
            ),
            SigningAlgorithm::ES256 => {
                (Mechanism::EccKeyPairGen, vec![Attribute::EcParams(P256.to_vec())])
            }
        };
        let public = [Attribute::Private(false), Attribute::Verify(true)];
        let private = [
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
        ];
        let public = [&named[..], &public, &kind].concat();
        let private = [&named[..], &private].concat();
        let (made, _) = session
            .generate_key_pair(&mechanism, &public, &private)
            .map_err(|cause| self.words(&cause))?;
        public_half(&session, made, algorithm).map_err(|cause| self.words(&cause))
    }

    /// Destroys both halves of the key pair named `id`. Blocks.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub fn destroy(&self, id: &[u8]) -> Result<(), String> {
        let destroyed = self.open(true).and_then(|open| {
            let session = open.session;
            let halves = session.find_objects(&[Attribute::Id(id.to_vec())])?;
            halves.into_iter().try_for_each(|half| session.destroy_object(half))
        });
        destroyed.map_err(|cause| self.words(&cause))
    }

    fn words(&self, cause: &Error) -> String {
        format!(
            "token {:?} by {}: {cause}; look at the device, and at [keys] pkcs11",
            self.settings.token,
            self.settings.module.display()
        )
    }
}

fn public_half(
    session: &Session,
    key: ObjectHandle,
    algorithm: SigningAlgorithm,
) -> Result<PublicKey, Error> {
    let wanted: &[AttributeType] = match algorithm {
        SigningAlgorithm::RS256 | SigningAlgorithm::PS256 => {
            &[AttributeType::Modulus, AttributeType::PublicExponent]
        }
        SigningAlgorithm::ES256 => &[AttributeType::EcPoint],
    };
    match session.get_attributes(key, wanted)?.as_slice() {
        [Attribute::Modulus(n), Attribute::PublicExponent(e)] => {
            Ok(PublicKey::rsa(algorithm, unpadded(n), unpadded(e)))
        }
        // A DER OCTET STRING, or the point alone: 04, x, y (PKCS#11 2.40, section 2.3.3).
        [Attribute::EcPoint(point)] => point
            .strip_prefix(&[4, 65])
            .unwrap_or(point)
            .strip_prefix(&[4])
            .filter(|coordinates| coordinates.len() == 64)
            .and_then(|coordinates| coordinates.split_at_checked(32))
            .map(|(x, y)| PublicKey::p256(x, y))
            .ok_or(Error::InvalidValue),
        _ => Err(Error::InvalidValue),
    }
}

fn unpadded(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// The object identifier of P-256 in DER (RFC 5480, section 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
