//! Passkeys (Web Authentication, level 3): what a browser brings from an authenticator, judged.
//!
//! Not the whole of that specification. One algorithm (ES256), no attestation, the person always verified by
//! the authenticator: what is left is one JSON text, 37 octets, a key of one fixed form and a signature.
//! Decision 0021 says why no library does it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::crypto::digest::{base64url, equal, sha256};
use crate::crypto::es256::Point;
use crate::effects::Timestamp;

/// Whom an authenticator makes its signatures for: us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// The host of the issuer.
    pub id: String,
    /// Its origin, as browsers write it.
    pub origin: String,
}

/// What an authenticator says, and what the browser says it was asked.
#[derive(Clone, Debug, Default)]
pub struct Statement {
    /// `clientDataJSON`.
    pub client_data: Vec<u8>,
    /// `authenticatorData`.
    pub authenticator_data: Vec<u8>,
}

/// One passkey of a credential.
#[derive(Clone, Serialize, Deserialize)]
pub struct Passkey {
    /// The authenticator's name for it, in base64url.
    id: String,
    /// The point, in base64url.
    key: String,
    /// The last count that the authenticator told; many tell nothing but zero.
    count: u32,
    /// Since when it opens the credential.
    since: Timestamp,
}

/// Why a statement is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasskeyFault {
    /// No JSON of that form, or too few octets.
    #[error("the statement is not read")]
    Unreadable,
    /// Made for another ceremony, challenge, origin or party.
    #[error("{0} is another one")]
    Other(&'static str),
    /// The authenticator has not verified the person.
    #[error("the authenticator did not verify the person")]
    Unverified,
    /// The key is not one of ES256.
    #[error("the key is not of ES256 in its canonical form")]
    Key,
    /// The signature does not fit.
    #[error("the signature does not fit")]
    Signature,
    /// The authenticator has counted back: it has been copied.
    #[error("the count went back")]
    Copied,
}

impl Passkey {
    /// A new one, from what `navigator.credentials.create` brought (section 7.1).
    ///
    /// # Errors
    /// Why not.
    pub fn made(
        party: &Party,
        challenge: &str,
        statement: &Statement,
        now: Timestamp,
    ) -> Result<Self, PasskeyFault> {
        client_data(party, "webauthn.create", challenge, statement)?;
        let (count, flags) = authenticator_data(party, statement)?;
        if flags & ATTESTED == 0 {
            return Err(PasskeyFault::Unreadable);
        }
        let rest = statement.authenticator_data.get(HEADER + AAGUID..);
        let (length, rest) =
            rest.and_then(<[u8]>::split_first_chunk::<2>).ok_or(PasskeyFault::Unreadable)?;
        let length = usize::from(u16::from_be_bytes(*length));
        if length == 0 || length > LONGEST_ID {
            return Err(PasskeyFault::Unreadable);
        }
        let (id, rest) = rest.split_at_checked(length).ok_or(PasskeyFault::Unreadable)?;
        let (point, rest) = es256(rest).ok_or(PasskeyFault::Key)?;
        // Behind the key there are extensions or nothing; we ask for none and read none.
        if !rest.is_empty() && flags & EXTENDED == 0 {
            return Err(PasskeyFault::Unreadable);
        }
        Ok(Self { id: base64url(id), key: base64url(point.octets()), count, since: now })
    }

    /// Whether the statement is of this passkey for this challenge; the count to keep (section 7.2).
    ///
    /// # Errors
    /// Why not.
    pub fn proves(
        &self,
        party: &Party,
        challenge: &str,
        statement: &Statement,
        signature: &[u8],
    ) -> Result<Counted, PasskeyFault> {
        client_data(party, "webauthn.get", challenge, statement)?;
        let (count, _) = authenticator_data(party, statement)?;
        let key = URL_SAFE_NO_PAD.decode(&self.key).unwrap_or_default();
        let key = Point::parse(&key).ok_or(PasskeyFault::Key)?;
        let signed = [&*statement.authenticator_data, &sha256(&statement.client_data)].concat();
        if !key.verifies(&signed, signature) {
            return Err(PasskeyFault::Signature);
        }
        if (count != 0 || self.count != 0) && count <= self.count {
            return Err(PasskeyFault::Copied);
        }
        Ok(Counted(count))
    }

    /// Keeps what [`Self::proves`] counted.
    pub const fn counted(&mut self, counted: Counted) {
        self.count = counted.0;
    }

    /// The authenticator's name for it, in base64url.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Since when it opens the credential.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        self.since
    }
}

/// What the authenticator counted, in a statement that was verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted(u32);

impl Counted {
    /// Whether the authenticator does not count: then there is nothing to keep.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

/// The members of `clientDataJSON` that mean something to us (section 5.8.1).
#[derive(Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

fn client_data(
    party: &Party,
    ceremony: &str,
    challenge: &str,
    statement: &Statement,
) -> Result<(), PasskeyFault> {
    let said: ClientData =
        serde_json::from_slice(&statement.client_data).map_err(|_| PasskeyFault::Unreadable)?;
    let checks = [
        (said.ceremony == ceremony, "the ceremony"),
        (equal(said.challenge.as_bytes(), challenge.as_bytes()), "the challenge"),
        (said.origin == party.origin && !said.cross_origin, "the origin"),
    ];
    checks
        .iter()
        .find(|(holds, _)| !holds)
        .map_or(Ok(()), |(_, what)| Err(PasskeyFault::Other(what)))
}

/// The count and the flags of data that are for `party` and of a verified person (section 6.1).
fn authenticator_data(party: &Party, statement: &Statement) -> Result<(u32, u8), PasskeyFault> {
    let (host, rest) =
        statement.authenticator_data.split_first_chunk::<32>().ok_or(PasskeyFault::Unreadable)?;
    let Some(([flags, count @ ..], _)) = rest.split_first_chunk::<5>() else {
        return Err(PasskeyFault::Unreadable);
    };
    if !equal(host, &sha256(party.id.as_bytes())) {
        return Err(PasskeyFault::Other("the party"));
    }
    if flags & (PRESENT | VERIFIED) != PRESENT | VERIFIED {
        return Err(PasskeyFault::Unverified);
    }
    Ok((u32::from_be_bytes(*count), *flags))
}

/// The point of a COSE key of ES256, and what follows it. CTAP 2 allows one order and one length of each
/// member, so the key is 77 octets of which only the coordinates vary.
fn es256(octets: &[u8]) -> Option<(Point, &[u8])> {
    let rest = octets.strip_prefix(BEFORE_X)?;
    let (x, rest) = rest.split_first_chunk::<32>()?;
    let (y, rest) = rest.strip_prefix(BEFORE_Y)?.split_first_chunk::<32>()?;
    Some((Point::parse(&[&[4], &x[..], &y[..]].concat())?, rest))
}

/// Without the key, which is public but names the person's device.
impl std::fmt::Debug for Passkey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passkey(…)")
    }
}

/// `{1: 2, 3: -7, -1: 1, -2: h'` (RFC 9053, sections 2.1 and 7.1.1).
const BEFORE_X: &[u8] = &[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
/// `', -3: h'`.
const BEFORE_Y: &[u8] = &[0x22, 0x58, 32];
/// Octets before the attested credential: digest, flags, count.
const HEADER: usize = 32 + 1 + 4;
/// Octets of the model's name, which nobody reads.
const AAGUID: usize = 16;
/// Octets of the longest name of a credential (section 4).
const LONGEST_ID: usize = 1023;
/// Flags of the authenticator data.
const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;
const EXTENDED: u8 = 1 << 7;

#[cfg(test)]
pub(crate) mod tests;
