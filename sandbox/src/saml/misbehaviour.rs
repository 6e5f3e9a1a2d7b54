//! What a provider (or the browser between) can be told to do wrong.
//!
//! Not how it is done: `response.rs`, `wrapping.rs` and the scripted browser do it.

use std::fmt;
use std::str::FromStr;

use super::kind::Kind;

/// One way to misbehave; each produces a genuinely different message or journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Misbehaviour {
    /// Neither Response nor Assertion is signed.
    Unsigned,
    /// The Response is signed, the Assertion is not.
    UnsignedAssertion,
    /// The Assertion is signed, the Response is not: SPID allows it.
    UnsignedResponse,
    /// The signature of the Response is of other octets.
    BadResponseSignature,
    /// An attribute was changed after the Assertion was signed.
    BadAssertionSignature,
    /// The Audience is another service.
    WrongAudience,
    /// The Recipient is another service.
    WrongRecipient,
    /// The Destination is another service.
    WrongDestination,
    /// The Issuer is another provider.
    WrongIssuer,
    /// Everything is right, but signed with another trusted provider's key.
    OtherProviderKey,
    /// `NotOnOrAfter` is an hour ago, or the card has expired.
    Expired,
    /// `NotBefore` is in an hour, or the card begins tomorrow.
    NotYetValid,
    /// The same Response is posted twice.
    Replay,
    /// A Response that nobody asked for.
    Unsolicited,
    /// A lower level than was asked.
    LowerLevel,
    /// A higher level than was asked: must be accepted.
    HigherLevel,
    /// XML signature wrapping, variants 1 to 8.
    Wrapping(u8),
    /// A document type declaration with an entity.
    Doctype,
    /// A comment inside the `NameID`.
    CommentInNameId,
    /// Digests by SHA-1.
    Sha1,
    /// The person pressed "Annulla" (anomaly 25).
    Cancelled,
    /// A SPID anomaly that comes back to the service.
    Anomaly(u8),
    /// `InResponseTo` names another request.
    WrongInResponseTo,
    /// Two signed Assertions.
    TwoAssertions,
    /// Two elements with one ID.
    DuplicateId,
    /// No `fiscalNumber`, though it was asked.
    NoFiscalNumber,
    /// A `fiscalNumber` whose check character is wrong.
    BadFiscalNumber,
    /// Another browser tries to finish the login.
    OtherBrowser,
    /// The Assertion is encrypted as the metadata of the service wishes: must be accepted.
    Encrypted,
    /// Encrypted in CBC, which the service did not allow.
    EncryptedCbc,
    /// The content key is wrapped by PKCS#1 v1.5.
    EncryptedRsa15,
    /// What is encrypted is not signed.
    EncryptedUnsignedInner,
    /// Encrypted for somebody else.
    EncryptedWrongKey,
    /// The encrypted octets were changed.
    EncryptedTampered,
    /// CIE: the Issuer has a `Format` that is not `entity`.
    CieIssuerFormatWrong,
    /// The eIDAS node: a `fiscalNumber`, which it cannot know.
    EidasInventedFiscalNumber,
    /// The eIDAS node: the countries of the `PersonIdentifier` change places.
    EidasPersonIdentifierSwapped,
    /// The eIDAS node: the `PersonIdentifier` names no country.
    EidasPersonIdentifierWithoutCountry,
    /// The eIDAS node: a means that its state has not notified.
    EidasNotNotifiedLoa,
    /// The eIDAS node: a means of the lowest level, whatever was asked.
    EidasLowLevel,
    /// The eIDAS node: a legal person, and nobody who acts for it.
    EidasLegalPersonAlone,
    /// Its authority revoked the card.
    Revoked,
    /// Its authority suspended the card.
    Suspended,
    /// A card of an authority that nobody listed.
    UnknownAuthority,
    /// A certificate of the authority that is no card.
    WrongPolicy,
    /// The card's certificate for signing documents.
    SignatureCertificate,
    /// A card whose subject names nobody in the right way.
    Unnamed,
    /// No card in the reader.
    NoCertificate,
    /// No card, and a header that names somebody's.
    HeaderSpoofed,
}

use Misbehaviour as M;

/// Name and description of every case; the order of the login page.
const TABLE: [(M, &str, &str); 75] = [
    (M::Unsigned, "unsigned", "né la Response né l'Assertion sono firmate"),
    (M::UnsignedAssertion, "unsigned-assertion", "firmata solo la Response"),
    (M::UnsignedResponse, "unsigned-response", "firmata solo l'Assertion (va accettata)"),
    (M::BadResponseSignature, "bad-response-signature", "firma della Response non valida"),
    (M::BadAssertionSignature, "bad-assertion-signature", "attributo cambiato dopo la firma"),
    (M::WrongAudience, "wrong-audience", "Audience di un altro servizio"),
    (M::WrongRecipient, "wrong-recipient", "Recipient di un altro servizio"),
    (M::WrongDestination, "wrong-destination", "Destination di un altro servizio"),
    (M::WrongIssuer, "wrong-issuer", "Issuer di un altro gestore"),
    (M::OtherProviderKey, "other-provider-key", "firmata con la chiave di un altro gestore"),
    (M::Expired, "expired", "scaduta da un'ora"),
    (M::NotYetValid, "not-yet-valid", "valida fra un'ora"),
    (M::Replay, "replay", "la stessa Response inviata due volte"),
    (M::Unsolicited, "unsolicited", "Response che nessuno ha chiesto"),
    (M::LowerLevel, "lower-level", "livello più basso di quello chiesto"),
    (M::HigherLevel, "higher-level", "livello più alto di quello chiesto (va accettata)"),
    (M::Wrapping(1), "xsw1", "Response falsa, originale dentro la sua Signature"),
    (M::Wrapping(2), "xsw2", "Response falsa, originale accanto alla Signature"),
    (M::Wrapping(3), "xsw3", "Assertion falsa prima di quella firmata"),
    (M::Wrapping(4), "xsw4", "Assertion firmata dentro quella falsa"),
    (M::Wrapping(5), "xsw5", "Assertion falsa con la Signature, originale in coda"),
    (M::Wrapping(6), "xsw6", "come xsw5, originale dentro la Signature"),
    (M::Wrapping(7), "xsw7", "Assertion falsa con lo stesso ID in Extensions"),
    (M::Wrapping(8), "xsw8", "originale in ds:Object della Signature"),
    (M::Doctype, "doctype", "dichiarazione DOCTYPE con un'entità"),
    (M::CommentInNameId, "comment-in-name-id", "commento dentro il NameID"),
    (M::Sha1, "sha1", "digest SHA-1"),
    (M::Cancelled, "cancelled", "la persona annulla"),
    (M::WrongInResponseTo, "wrong-in-response-to", "InResponseTo di un'altra richiesta"),
    (M::TwoAssertions, "two-assertions", "due Assertion firmate"),
    (M::DuplicateId, "duplicate-id", "due elementi con lo stesso ID"),
    (M::NoFiscalNumber, "no-fiscal-number", "manca fiscalNumber"),
    (M::BadFiscalNumber, "bad-fiscal-number", "fiscalNumber con carattere di controllo errato"),
    (M::OtherBrowser, "other-browser", "un altro browser conclude l'accesso"),
    (M::Encrypted, "encrypted", "Assertion cifrata (va accettata)"),
    (M::EncryptedCbc, "encrypted-cbc", "Assertion cifrata in CBC"),
    (M::EncryptedRsa15, "encrypted-rsa15", "chiave cifrata con PKCS#1 v1.5"),
    (M::EncryptedUnsignedInner, "encrypted-unsigned-inner", "Assertion cifrata ma non firmata"),
    (M::EncryptedWrongKey, "encrypted-wrong-key", "Assertion cifrata per un altro servizio"),
    (M::EncryptedTampered, "encrypted-tampered", "testo cifrato alterato"),
    (M::CieIssuerFormatWrong, "cie-issuer-format-wrong", "Issuer con un Format sbagliato"),
    (M::EidasInventedFiscalNumber, "eidas-invented-fiscal-number", "il nodo invia fiscalNumber"),
    (
        M::EidasPersonIdentifierSwapped,
        "eidas-person-identifier-swapped",
        "PersonIdentifier con i paesi scambiati",
    ),
    (
        M::EidasPersonIdentifierWithoutCountry,
        "eidas-person-identifier-without-country",
        "PersonIdentifier senza paesi",
    ),
    (M::EidasNotNotifiedLoa, "eidas-not-notified-loa", "strumento non notificato"),
    (M::EidasLowLevel, "eidas-low-level", "strumento di livello basso"),
    (
        M::EidasLegalPersonAlone,
        "eidas-legal-person-alone",
        "persona giuridica senza persona fisica",
    ),
    (M::Revoked, "revoked", "carta revocata"),
    (M::Suspended, "suspended", "carta sospesa"),
    (M::UnknownAuthority, "unknown-authority", "ente emittente sconosciuto"),
    (M::WrongPolicy, "wrong-policy", "certificato che non è di una carta"),
    (M::SignatureCertificate, "signature-certificate", "certificato di firma"),
    (M::Unnamed, "unnamed", "titolare indicato in altro modo"),
    (M::NoCertificate, "no-certificate", "nessuna carta nel lettore"),
    (M::HeaderSpoofed, "header-spoofed", "certificato altrui in un'intestazione"),
    (M::Anomaly(8), "anomaly-08", "richiesta non conforme a SAML"),
    (M::Anomaly(9), "anomaly-09", "Version diversa da 2.0"),
    (M::Anomaly(11), "anomaly-11", "ID malformato"),
    (M::Anomaly(12), "anomaly-12", "RequestedAuthnContext errato"),
    (M::Anomaly(13), "anomaly-13", "IssueInstant errato"),
    (M::Anomaly(14), "anomaly-14", "Destination errata"),
    (M::Anomaly(15), "anomaly-15", "IsPassive vero"),
    (M::Anomaly(16), "anomaly-16", "AssertionConsumerService errato"),
    (M::Anomaly(17), "anomaly-17", "NameIDPolicy errata"),
    (M::Anomaly(18), "anomaly-18", "AttributeConsumingServiceIndex sconosciuto"),
    (M::Anomaly(19), "anomaly-19", "troppe credenziali errate"),
    (M::Anomaly(20), "anomaly-20", "identità senza il livello richiesto"),
    (M::Anomaly(21), "anomaly-21", "tempo scaduto"),
    (M::Anomaly(22), "anomaly-22", "consenso negato"),
    (M::Anomaly(23), "anomaly-23", "identità sospesa o revocata"),
    (M::Anomaly(24), "anomaly-24", "riservato"),
    (M::Anomaly(25), "anomaly-25", "accesso annullato"),
    (M::Anomaly(26), "anomaly-26", "numero non assegnato"),
    (M::Anomaly(29), "anomaly-29", "numero non assegnato"),
    (M::Anomaly(30), "anomaly-30", "tipo di identità diverso da quello chiesto"),
];

impl Misbehaviour {
    /// Every case.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        TABLE.iter().map(|(case, _, _)| *case)
    }

    /// The name on command lines.
    #[must_use]
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|(case, _, _)| *case == self).map_or("unknown", |(_, name, _)| name)
    }

    /// What happens, in Italian, for the login page.
    #[must_use]
    pub fn description(self) -> &'static str {
        TABLE.iter().find(|(case, _, _)| *case == self).map_or("", |(_, _, text)| text)
    }

    /// Every case that a provider of that kind can be told.
    pub fn of(kind: Kind) -> impl Iterator<Item = Self> {
        Self::all().filter(move |case| case.fits(kind))
    }

    /// What can go wrong with a card.
    pub fn of_cards() -> impl Iterator<Item = Self> {
        Self::all().filter(|case| case.is_of_cards())
    }

    /// Whether a card, or whoever shows it, can do so.
    #[must_use]
    pub const fn is_of_cards(self) -> bool {
        self.is_of_cards_alone()
            || matches!(self, Self::Expired | Self::NotYetValid | Self::Replay | Self::OtherBrowser)
    }

    const fn is_of_cards_alone(self) -> bool {
        matches!(
            self,
            Self::Revoked
                | Self::Suspended
                | Self::UnknownAuthority
                | Self::WrongPolicy
                | Self::SignatureCertificate
                | Self::Unnamed
                | Self::NoCertificate
                | Self::HeaderSpoofed
        )
    }

    /// Whether a provider of that kind can be told so. CIE keeps anomalies 19, 20 and 24 in reserve,
    /// and only SPID knows Purposes, hence anomaly 30.
    #[must_use]
    pub const fn fits(self, kind: Kind) -> bool {
        match self {
            _ if self.is_of_cards_alone() => false,
            Self::CieIssuerFormatWrong => matches!(kind, Kind::Cie),
            Self::EidasInventedFiscalNumber
            | Self::EidasPersonIdentifierSwapped
            | Self::EidasPersonIdentifierWithoutCountry
            | Self::EidasNotNotifiedLoa
            | Self::EidasLowLevel
            | Self::EidasLegalPersonAlone => matches!(kind, Kind::Eidas),
            Self::NoFiscalNumber | Self::BadFiscalNumber => !matches!(kind, Kind::Eidas),
            Self::Anomaly(30) => matches!(kind, Kind::Spid),
            Self::Anomaly(19 | 20 | 24 | 26 | 29) => !matches!(kind, Kind::Cie),
            _ => true,
        }
    }

    /// Whether a broker must accept the login all the same. A comment in a signed `NameID` does not
    /// change what was signed: both answers are right as long as no value is cut. A fiscal code from
    /// the node may be refused or dropped, and must not reach anybody.
    #[must_use]
    pub const fn acceptable(self) -> bool {
        matches!(
            self,
            Self::HigherLevel
                | Self::UnsignedResponse
                | Self::CommentInNameId
                | Self::Encrypted
                | Self::EidasInventedFiscalNumber
        )
    }

    /// The anomaly that the provider answers, if it does.
    #[must_use]
    pub const fn anomaly(self) -> Option<u8> {
        match self {
            Self::Cancelled => Some(25),
            Self::Anomaly(number) => Some(number),
            _ => None,
        }
    }
}

impl fmt::Display for Misbehaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no case.
#[derive(Debug, thiserror::Error)]
#[error("no such case; known cases: xsw {known}", known = TABLE.map(|(_, name, _)| name).join(" "))]
pub struct UnknownCase;

impl FromStr for Misbehaviour {
    type Err = UnknownCase;

    fn from_str(text: &str) -> Result<Self, UnknownCase> {
        if text == "xsw" {
            return Ok(Self::Wrapping(3));
        }
        TABLE.iter().find(|(_, name, _)| *name == text).map(|(case, _, _)| *case).ok_or(UnknownCase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_has_its_own_name_and_reads_back() {
        for case in Misbehaviour::all() {
            assert_eq!(case.name().parse::<Misbehaviour>().unwrap(), case);
        }
        assert_eq!("xsw".parse::<Misbehaviour>().unwrap(), Misbehaviour::Wrapping(3));
    }
}
