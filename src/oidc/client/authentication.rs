//! How a client proves who it is.
//!
//! Not the proof: `client_authentication` checks what a request shows.

use std::net::IpAddr;
use std::sync::Arc;

use secrecy::SecretSlice;

use crate::crypto::distinguished_name::DistinguishedName;

/// How a client proves who it is at the token endpoint. Keys, where a method needs them, are the
/// client's: requests are signed and answers encrypted with the same set.
#[derive(Clone, Debug)]
pub enum AuthenticationMethod {
    /// `client_secret_basic`: SHA-256 of the secret.
    SecretBasic([u8; 32]),
    /// `client_secret_post`: SHA-256 of the secret.
    SecretPost([u8; 32]),
    /// `client_secret_jwt`: the secret itself, for a MAC cannot be checked with less.
    SecretJwt(Arc<SecretSlice<u8>>),
    /// `private_key_jwt` (RFC 7523).
    PrivateKeyJwt,
    /// `tls_client_auth` (RFC 8705, section 2.1): a certificate of a known authority, for this name.
    TlsClientAuth(CertificateName),
    /// `self_signed_tls_client_auth` (RFC 8705, section 2.2): a certificate of a registered key.
    SelfSignedTlsClientAuth,
    /// `none`: a public client, which has nothing to prove with and must use PKCE.
    None,
}

impl AuthenticationMethod {
    /// The registered name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SecretBasic(_) => "client_secret_basic",
            Self::SecretPost(_) => "client_secret_post",
            Self::SecretJwt(_) => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::TlsClientAuth(_) => "tls_client_auth",
            Self::SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
            Self::None => "none",
        }
    }
}

/// The one name in a certificate by which a client is known (RFC 8705, section 2.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateName {
    /// `tls_client_auth_subject_dn`.
    SubjectDn(DistinguishedName),
    /// `tls_client_auth_san_dns`.
    Dns(String),
    /// `tls_client_auth_san_uri`.
    Uri(String),
    /// `tls_client_auth_san_ip`.
    Ip(IpAddr),
    /// `tls_client_auth_san_email`.
    Email(String),
}

impl CertificateName {
    /// The five members by which it is registered.
    pub const MEMBERS: [&str; 5] = [
        "tls_client_auth_subject_dn",
        "tls_client_auth_san_dns",
        "tls_client_auth_san_uri",
        "tls_client_auth_san_ip",
        "tls_client_auth_san_email",
    ];

    /// The value `text` of `member`.
    ///
    /// # Errors
    /// What is wrong with it, as the end of a sentence.
    pub fn parse(member: &str, text: &str) -> Result<Self, &'static str> {
        match member {
            "tls_client_auth_subject_dn" => DistinguishedName::parse(text)
                .map(Self::SubjectDn)
                .map_err(|_| "is not a distinguished name as RFC 4514 writes it"),
            "tls_client_auth_san_dns" => Ok(Self::Dns(text.to_owned())),
            "tls_client_auth_san_uri" => Ok(Self::Uri(text.to_owned())),
            "tls_client_auth_san_ip" => {
                text.parse().map(Self::Ip).map_err(|_| "is not an IP address")
            }
            "tls_client_auth_san_email" => Ok(Self::Email(text.to_owned())),
            _ => Err("is not a name that a certificate holds"),
        }
    }
}
