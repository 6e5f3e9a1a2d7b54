//! Keys, handles, digests, sealing, JOSE, certificates and TLS, all on aws-lc-rs.
//!
//! Not a place for protocol rules: nothing here knows SAML or OpenID Connect.

pub mod authorities;
pub mod certificate;
pub mod decryption;
pub mod der;
pub mod digest;
pub mod distinguished_name;
pub mod es256;
pub mod handle;
pub mod issuers;
pub mod jose;
pub mod json;
pub mod jwe;
pub mod jwk;
pub mod jws;
pub mod keyring;
pub mod ocsp;
pub mod pkcs11;
pub mod revocation;
pub mod rsa;
pub mod sealing;
pub mod signer;
pub mod tls;
#[cfg(test)]
mod wycheproof;

pub use handle::Handle;
