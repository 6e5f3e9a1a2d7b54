//! Rows of the SPID anomalies (05): what a provider said with `ErrorCode nrNN`.
//!
//! Not their detection: `upstream/spid` reads the number. The last two digits of the code are the
//! anomaly number of the SPID error table; 01 means success there and 26 to 29 are not assigned.
//! Anomalies that the person caused tell the relying party `access_denied`, an outage
//! `temporarily_unavailable`, everything else `server_error`.

use super::Row;
use super::Severity::{Alert, Info, Warning};

/// 05: in the order of the numbers.
#[rustfmt::skip]
pub(super) static SPID: &[Row] = &[
    Row::new("VARCO-0500", "spid-nr-unknown", 403, Some("server_error"),            Warning, "spid-technical",
        "The provider refused without a number, or with one the table does not have: read the StatusCode in the detail."),
    Row::new("VARCO-0502", "spid-nr02",       403, Some("temporarily_unavailable"), Warning, "spid-unavailable",
        "The provider says that it is not available.").anomaly(2),
    Row::new("VARCO-0503", "spid-nr03",       403, Some("temporarily_unavailable"), Warning, "spid-unavailable",
        "The provider says that it had an internal error.").anomaly(3),
    Row::new("VARCO-0504", "spid-nr04",       403, Some("server_error"),            Alert,   "spid-technical",
        "Binding parameters are wrong (SAMLRequest, SigAlg, Signature).").anomaly(4),
    Row::new("VARCO-0505", "spid-nr05",       403, Some("server_error"),            Alert,   "spid-technical",
        "The signature of our redirect was refused: compare the signing certificate with the registered metadata.").anomaly(5),
    Row::new("VARCO-0506", "spid-nr06",       403, Some("server_error"),            Alert,   "spid-technical",
        "Our request went to the wrong endpoint for its binding: refresh the provider's metadata.").anomaly(6),
    Row::new("VARCO-0507", "spid-nr07",       403, Some("server_error"),            Alert,   "spid-technical",
        "The signature of our POST was refused: compare the signing certificate with the registered metadata.").anomaly(7),
    Row::new("VARCO-0508", "spid-nr08",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider finds our request not conformant to SAML.").anomaly(8),
    Row::new("VARCO-0509", "spid-nr09",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider finds another Version than 2.0 in our request.").anomaly(9),
    Row::new("VARCO-0510", "spid-nr10",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider does not know our Issuer: compare the entity ID with the registered metadata.").anomaly(10),
    Row::new("VARCO-0511", "spid-nr11",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider finds the ID of our request malformed.").anomaly(11),
    Row::new("VARCO-0512", "spid-nr12",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider does not accept our RequestedAuthnContext.").anomaly(12),
    Row::new("VARCO-0513", "spid-nr13",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider does not accept our IssueInstant: check that this machine's clock follows NTP.").anomaly(13),
    Row::new("VARCO-0514", "spid-nr14",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider does not accept our Destination: refresh its metadata.").anomaly(14),
    Row::new("VARCO-0515", "spid-nr15",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider read IsPassive=true, which Varco never sends.").anomaly(15),
    Row::new("VARCO-0516", "spid-nr16",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider does not know our AssertionConsumerService: has it loaded the last metadata?").anomaly(16),
    Row::new("VARCO-0517", "spid-nr17",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider does not accept the Format of our NameIDPolicy.").anomaly(17),
    Row::new("VARCO-0518", "spid-nr18",       403, Some("server_error"),            Alert,   "spid-technical",
        "The provider does not know our attribute set: has it loaded the last metadata?").anomaly(18),
    Row::new("VARCO-0519", "spid-nr19",       403, Some("access_denied"),           Info,    "spid-wrong-credentials",
        "The person typed wrong credentials too often.").anomaly(19),
    Row::new("VARCO-0520", "spid-nr20",       403, Some("access_denied"),           Info,    "spid-level",
        "The person's credentials do not reach the level that was asked.").anomaly(20),
    Row::new("VARCO-0521", "spid-nr21",       403, Some("access_denied"),           Info,    "spid-timeout",
        "The person took too long at the provider.").anomaly(21),
    Row::new("VARCO-0522", "spid-nr22",       403, Some("access_denied"),           Info,    "spid-consent",
        "The person did not agree to the sending of the data.").anomaly(22),
    Row::new("VARCO-0523", "spid-nr23",       403, Some("access_denied"),           Info,    "spid-suspended",
        "The person's identity is suspended or revoked, or its credentials are blocked.").anomaly(23),
    Row::new("VARCO-0524", "spid-nr24",       403, Some("access_denied"),           Warning, "spid-unavailable",
        "A number the rules keep reserved: ask the provider what it means by it.").anomaly(24),
    Row::new("VARCO-0525", "spid-nr25",       403, Some("access_denied"),           Info,    "spid-cancelled",
        "The person cancelled at the provider.").anomaly(25),
    Row::new("VARCO-0530", "spid-nr30",       403, Some("access_denied"),           Info,    "spid-purpose",
        "The person's kind of identity is not the one that was asked.").anomaly(30),
];
