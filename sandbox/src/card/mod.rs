//! An issuer of cards (CNS): authorities, certificates for people, lists of revoked ones, a responder.
//!
//! Not a card: the key lies in a file. Everything a genuine authority gets wrong can be told here.

pub mod login;
pub mod office;
mod responder;

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CrlDistributionPoint,
    CrlIssuingDistributionPoint, CrlScope, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevocationReason,
    RevokedCertParams, SanType, SerialNumber,
};
use time::{Duration, OffsetDateTime};
use varco::crypto::der;

pub use self::responder::{RESPONDER_NUMBER, Saying, Signer};
use crate::error::{Doing as _, SandboxError};

/// An authority.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Vec<u8>,
    pem: String,
    now: OffsetDateTime,
}

/// What a card shall say.
#[derive(Clone, Debug)]
pub struct CardPlan {
    /// `CF/number.digest`.
    pub common_name: String,
    /// Given name.
    pub given_name: Option<String>,
    /// Family name.
    pub surname: Option<String>,
    /// The serial number of the certificate.
    pub serial: Vec<u8>,
    /// Its policy, in dotted notation.
    pub policy: Option<&'static str>,
    /// What its key may do.
    pub usages: Vec<KeyUsagePurpose>,
    /// What it is for.
    pub purposes: Vec<ExtendedKeyUsagePurpose>,
    /// Days from now at which it begins and ends.
    pub days: (i64, i64),
    /// Whether it is an authority's.
    pub authority: bool,
    /// Where the authority's lists are.
    pub lists: Vec<String>,
    /// The authority's responder.
    pub responder: Option<String>,
    /// Other names of the holder.
    pub names: Vec<SanType>,
    /// Whatever else it says.
    pub more: Vec<CustomExtension>,
}

impl Default for CardPlan {
    fn default() -> Self {
        Self {
            common_name: "SMPDAA80E54H501P/7430000000000001.c2FtcGxl=".to_owned(),
            given_name: Some("Ada".to_owned()),
            surname: Some("Esempio".to_owned()),
            serial: vec![0x10, 1],
            policy: Some(CNS),
            usages: vec![KeyUsagePurpose::DigitalSignature],
            purposes: vec![ExtendedKeyUsagePurpose::ClientAuth],
            days: (-10, 1000),
            authority: false,
            lists: Vec::new(),
            responder: None,
            names: Vec::new(),
            more: Vec::new(),
        }
    }
}

/// A card: certificate and key.
#[derive(Clone, Debug)]
pub struct Card {
    /// The certificate in DER.
    pub certificate: Vec<u8>,
    /// The same in PEM.
    pub certificate_pem: String,
    /// The key in PEM (PKCS#8).
    pub key_pem: String,
}

/// What a list shall say.
#[derive(Clone, Debug)]
pub struct ListPlan {
    /// Serial numbers, and whether the card is only on hold.
    pub revoked: Vec<(Vec<u8>, bool)>,
    /// Hours from now at which it begins and ends.
    pub hours: (i64, i64),
    /// `cRLNumber`.
    pub number: u64,
    /// The distribution point it is for, and whether it is of authorities only.
    pub point: Option<(String, bool)>,
}

impl Default for ListPlan {
    fn default() -> Self {
        Self { revoked: Vec::new(), hours: (-1, 24), number: 1, point: None }
    }
}

impl Authority {
    /// A root, at `unix_seconds`.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn root(name: &str, unix_seconds: i64) -> Result<Self, SandboxError> {
        Self::lasting(name, unix_seconds, 3650)
    }

    /// A root that ends so many days later.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn lasting(name: &str, unix_seconds: i64, days: i64) -> Result<Self, SandboxError> {
        let now = OffsetDateTime::from_unix_timestamp(unix_seconds).doing("read the time")?;
        Self::made(authority(name, now, days), KeyPair::generate(), None, now)
    }

    /// Another certificate of the same name and key, signed by itself or by another authority, in which
    /// something is changed.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn again(
        &self,
        name: &str,
        by: Option<&Self>,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Result<Self, SandboxError> {
        let mut params = authority(name, self.now, 3650);
        change(&mut params);
        let key = KeyPair::try_from(self.issuer.key().serialize_der());
        Self::made(params, key, by, self.now)
    }

    fn made(
        params: CertificateParams,
        key: Result<KeyPair, rcgen::Error>,
        by: Option<&Self>,
        now: OffsetDateTime,
    ) -> Result<Self, SandboxError> {
        let key = key.doing("make an authority's key")?;
        let made = match by {
            None => params.self_signed(&key),
            Some(by) => params.signed_by(&key, &by.issuer),
        };
        let made = made.doing("make an authority")?;
        let (certificate, pem) = (made.der().to_vec(), made.pem());
        Ok(Self { issuer: Issuer::new(params, key), certificate, pem, now })
    }

    /// An authority under this one.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn subordinate(&self, name: &str) -> Result<Self, SandboxError> {
        Self::made(authority(name, self.now, 3000), KeyPair::generate(), Some(self), self.now)
    }

    /// Its certificate in PEM.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its certificate in DER.
    #[must_use]
    pub fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// A card.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn card(&self, plan: &CardPlan) -> Result<Card, SandboxError> {
        let key = KeyPair::generate().doing("make a card's key")?;
        let made = self.params(plan).signed_by(&key, &self.issuer).doing("make a card")?;
        Ok(Card {
            certificate: made.der().to_vec(),
            certificate_pem: made.pem(),
            key_pem: key.serialize_pem(),
        })
    }

    fn params(&self, plan: &CardPlan) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        let subject = &mut params.distinguished_name;
        subject.push(DnType::CountryName, "IT");
        subject.push(DnType::OrganizationName, "Carta Nazionale dei Servizi di prova");
        if let Some(name) = &plan.given_name {
            subject.push(DnType::CustomDnType(vec![2, 5, 4, 42]), name.as_str());
        }
        if let Some(name) = &plan.surname {
            subject.push(DnType::CustomDnType(vec![2, 5, 4, 4]), name.as_str());
        }
        subject.push(DnType::CommonName, DnValue::Utf8String(plan.common_name.clone()));
        params.serial_number = Some(SerialNumber::from_slice(&plan.serial));
        params.not_before = self.now + Duration::days(plan.days.0);
        params.not_after = self.now + Duration::days(plan.days.1);
        params.key_usages.clone_from(&plan.usages);
        params.extended_key_usages.clone_from(&plan.purposes);
        params.subject_alt_names.clone_from(&plan.names);
        params.custom_extensions.clone_from(&plan.more);
        if plan.authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        if let Some(policy) = plan.policy {
            let information =
                der::write(der::SEQUENCE, &[&der::write(der::OBJECT, &[&oid(policy)])]);
            let content = der::write(der::SEQUENCE, &[&information]);
            let extension = CustomExtension::from_oid_content(&[2, 5, 29, 32], content);
            params.custom_extensions.push(extension);
        }
        if !plan.lists.is_empty() {
            params.crl_distribution_points =
                vec![CrlDistributionPoint { uris: plan.lists.clone() }];
        }
        if let Some(address) = &plan.responder {
            let method = der::write(der::OBJECT, &[&oid("1.3.6.1.5.5.7.48.1")]);
            let place = der::write(der::implicit(6), &[address.as_bytes()]);
            let content =
                der::write(der::SEQUENCE, &[&der::write(der::SEQUENCE, &[&method, &place])]);
            let access = [1, 3, 6, 1, 5, 5, 7, 1, 1];
            params.custom_extensions.push(CustomExtension::from_oid_content(&access, content));
        }
        params
    }

    /// A list of revoked cards, in DER.
    ///
    /// # Errors
    /// When the library cannot make it.
    pub fn list(&self, plan: &ListPlan) -> Result<Vec<u8>, SandboxError> {
        let revoked = plan.revoked.iter().map(|(serial, on_hold)| RevokedCertParams {
            serial_number: SerialNumber::from_slice(serial),
            revocation_time: self.now - Duration::days(1),
            reason_code: Some(if *on_hold {
                RevocationReason::CertificateHold
            } else {
                RevocationReason::KeyCompromise
            }),
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: self.now + Duration::hours(plan.hours.0),
            next_update: self.now + Duration::hours(plan.hours.1),
            crl_number: SerialNumber::from(plan.number),
            issuing_distribution_point: plan.point.clone().map(|(uri, authorities)| {
                CrlIssuingDistributionPoint {
                    distribution_point: CrlDistributionPoint { uris: vec![uri] },
                    scope: Some(if authorities {
                        CrlScope::CaCertsOnly
                    } else {
                        CrlScope::UserCertsOnly
                    }),
                }
            }),
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(params.signed_by(&self.issuer).doing("make a list")?.der().to_vec())
    }
}

fn authority(name: &str, now: OffsetDateTime, days: i64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CountryName, "IT");
    params.distinguished_name.push(DnType::OrganizationName, "Ente emettitore di prova");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![
        KeyUsagePurpose::KeyCertSign,
        KeyUsagePurpose::CrlSign,
        KeyUsagePurpose::DigitalSignature,
    ];
    params.not_before = now - Duration::days(30);
    params.not_after = now + Duration::days(days);
    params
}

/// An extension that nobody knows.
#[must_use]
pub fn unknown(critical: bool) -> CustomExtension {
    let mut extension =
        CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 55555, 1], vec![5, 0]);
    extension.set_criticality(critical);
    extension
}

/// The contents of an OBJECT IDENTIFIER.
fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').filter_map(|arc| arc.parse().ok()).collect();
    let (first, rest) = match arcs.as_slice() {
        [first, second, rest @ ..] => (first * 40 + second, rest),
        _ => (0, &[][..]),
    };
    let mut out = Vec::new();
    for arc in std::iter::once(first).chain(rest.iter().copied()) {
        let mut septets = vec![u8::try_from(arc & 0x7F).unwrap_or(0)];
        let mut left = arc >> 7;
        while left > 0 {
            septets.push(0x80 | u8::try_from(left & 0x7F).unwrap_or(0));
            left >>= 7;
        }
        out.extend(septets.into_iter().rev());
    }
    out
}

/// The policy of certificates of authentication on a CNS.
pub const CNS: &str = "1.3.76.16.2.1";
