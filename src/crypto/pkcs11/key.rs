//! A private key in a token, as a [`Signer`]: the digest goes there, the signature comes back.
//!
//! Not trusted blindly: every signature is verified with the public half before it leaves, which costs
//! 20 µs and finds a key of another kind, a broken device and a signature in another form.

use std::sync::Arc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use serde_json::Value;

use super::{Hsm, Open};
use crate::crypto::digest::sha256;
use crate::crypto::jose::{PublicKey, SigningAlgorithm, TokenType, compact};
use crate::crypto::rsa::KeyFault;
use crate::crypto::signer::{Answer, Signer};

/// One private key of a token.
#[derive(Debug)]
pub struct HsmKey {
    hsm: Arc<Hsm>,
    id: Arc<[u8]>,
    public: PublicKey,
    verifier: Arc<Verifier>,
}

#[derive(Debug)]
enum Verifier {
    Pkcs1(RsaPublicKeyComponents<Vec<u8>>),
    Pss(RsaPublicKeyComponents<Vec<u8>>),
    P256(Vec<u8>),
}

impl HsmKey {
    /// The key named `id` (`CKA_ID`), whose public half as a JWK is `jwk`. Asks nobody.
    ///
    /// # Errors
    /// [`KeyFault::Unreadable`] when that is no JWK of a key for `algorithm`.
    pub fn new(
        hsm: Arc<Hsm>,
        algorithm: SigningAlgorithm,
        id: &[u8],
        jwk: &Value,
    ) -> Result<Self, KeyFault> {
        let octets = |name: &str| {
            let text = jwk.get(name).and_then(Value::as_str).ok_or(KeyFault::Unreadable)?;
            URL_SAFE_NO_PAD.decode(text).map_err(|_| KeyFault::Unreadable)
        };
        let (public, verifier) = match algorithm {
            SigningAlgorithm::RS256 | SigningAlgorithm::PS256 => {
                let key = RsaPublicKeyComponents { n: octets("n")?, e: octets("e")? };
                let public = PublicKey::rsa(algorithm, &key.n, &key.e);
                let pss = algorithm == SigningAlgorithm::PS256;
                (public, if pss { Verifier::Pss(key) } else { Verifier::Pkcs1(key) })
            }
            SigningAlgorithm::ES256 => {
                let (x, y) = (octets("x")?, octets("y")?);
                (PublicKey::p256(&x, &y), Verifier::P256([&[4][..], &x, &y].concat()))
            }
        };
        Ok(Self { hsm, id: id.into(), public, verifier: Arc::new(verifier) })
    }

    /// Signs once. Blocks.
    ///
    /// # Errors
    /// [`KeyFault`] when the token does not answer, or what it signs does not verify.
    pub fn prove(&self) -> Result<(), KeyFault> {
        let input = b"first signature";
        let (id, algorithm) = (&self.id, self.public.algorithm());
        let signature = self.hsm.work(|open| sign(open, algorithm, id, &sha256(input)))?;
        self.verifier.verify(input, &signature)
    }
}

impl Signer for HsmKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn jws(&self, typ: TokenType, payload: &[u8]) -> Answer<String> {
        let input = self.public.signing_input(typ, payload);
        let digest = sha256(input.as_bytes());
        let (hsm, id, verifier) =
            (Arc::clone(&self.hsm), Arc::clone(&self.id), Arc::clone(&self.verifier));
        let algorithm = self.public.algorithm();
        Answer::Later(Box::pin(async move {
            let signature = hsm.run(move |open| sign(open, algorithm, &id, &digest)).await?;
            verifier.verify(input.as_bytes(), &signature)?;
            Ok(compact(input, &signature))
        }))
    }

    fn ready(&self) -> Answer<()> {
        let (hsm, id) = (Arc::clone(&self.hsm), Arc::clone(&self.id));
        Answer::Later(Box::pin(hsm.run(move |open| {
            open.session.get_session_info()?;
            open.private_key(&id).map(|_| ())
        })))
    }
}

impl Verifier {
    fn verify(&self, input: &[u8], signature: &[u8]) -> Result<(), KeyFault> {
        let verified = match self {
            Self::Pkcs1(key) => key.verify(&RSA_PKCS1_2048_8192_SHA256, input, signature),
            Self::Pss(key) => key.verify(&RSA_PSS_2048_8192_SHA256, input, signature),
            Self::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(input, signature)
            }
        };
        verified.map_err(|_| KeyFault::Refused)
    }
}

/// A JWS signature over a SHA-256 digest.
fn sign(
    open: &Open,
    algorithm: SigningAlgorithm,
    id: &[u8],
    digest: &[u8; 32],
) -> Result<Vec<u8>, cryptoki::error::Error> {
    let (session, key) = (&open.session, open.private_key(id)?);
    match algorithm {
        SigningAlgorithm::RS256 => {
            let info = [&DIGEST_INFO[..], digest].concat();
            session.sign(&Mechanism::RsaPkcs, key, &info)
        }
        SigningAlgorithm::PS256 => {
            let parameters = PkcsPssParams {
                hash_alg: MechanismType::SHA256,
                mgf: PkcsMgfType::MGF1_SHA256,
                s_len: 32.into(),
            };
            session.sign(&Mechanism::RsaPkcsPss(parameters), key, digest)
        }
        SigningAlgorithm::ES256 => session.sign(&Mechanism::Ecdsa, key, digest),
    }
}

/// What stands before a SHA-256 digest under PKCS#1 v1.5 (RFC 8017, section 9.2, note 1).
const DIGEST_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
