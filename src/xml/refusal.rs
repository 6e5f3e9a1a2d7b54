//! Why a document or a signature was refused: one variant per rule.
//!
//! Not a text for a person, and never a value of the message: the fault catalogue words it.

/// The rule that a document broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Not UTF-8, a byte order mark, a lone CR, or a declaration of another encoding or version.
    Encoding,
    /// A document type declaration.
    Doctype,
    /// A comment where none is allowed.
    Comment,
    /// A CDATA section.
    Cdata,
    /// A processing instruction.
    ProcessingInstruction,
    /// Not well-formed XML with namespaces.
    NotWellFormed,
    /// Longer, deeper or with more parts than allowed.
    Limit,
    /// Two elements with one ID.
    DuplicateId,
    /// An identifier that is not an un-namespaced `ID` (in XML Encryption `Id`), or not an `NCName`.
    IdForm,
    /// A namespace name that is relative, empty for a prefix, or holds forbidden characters.
    Namespace,
    /// A value with elements inside, or an element given twice.
    Value,
    /// The canonical form could not be made.
    CanonicalForm,
    /// No signature where one must be.
    SignatureMissing,
    /// A signature in any other place than the one allowed.
    SignaturePosition,
    /// A signature of any other shape than the one allowed.
    SignatureShape,
    /// A reference to anything but the signature's own parent.
    SignatureReference,
    /// Transforms or a canonicalisation other than the two allowed.
    SignatureTransform,
    /// A signature or digest algorithm that is not on the list.
    SignatureAlgorithm,
    /// SHA-1 in the signature or in the digest.
    SignatureSha1,
    /// The digest is not that of the signed element.
    SignatureDigest,
    /// No registered key made the signature.
    SignatureValue,
    /// No registered key fits the algorithm.
    SignatureKey,
    /// A certificate whose key cannot verify: unreadable, of another kind, too short or too long.
    KeyUnusable,
}

impl Refusal {
    /// Every refusal, in the order of the checks.
    pub const ALL: [Self; 23] = [
        Self::Encoding,
        Self::Doctype,
        Self::Comment,
        Self::Cdata,
        Self::ProcessingInstruction,
        Self::NotWellFormed,
        Self::Limit,
        Self::DuplicateId,
        Self::IdForm,
        Self::Namespace,
        Self::Value,
        Self::CanonicalForm,
        Self::SignatureMissing,
        Self::SignaturePosition,
        Self::SignatureShape,
        Self::SignatureReference,
        Self::SignatureTransform,
        Self::SignatureAlgorithm,
        Self::SignatureSha1,
        Self::SignatureDigest,
        Self::SignatureValue,
        Self::SignatureKey,
        Self::KeyUnusable,
    ];

    /// A short permanent name, for logs and metrics.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        self.row().0
    }

    /// What an operator should know: the rule and its clause.
    #[must_use]
    pub const fn detail(self) -> &'static str {
        self.row().1
    }

    /// THE table: the slug and the sentence of each refusal.
    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Encoding => (
                "xml-encoding",
                "the document must be UTF-8 without a byte order mark, XML 1.0, with line ends LF or CR LF (XML 1.0, 2.8, 2.11 and 4.3.3)",
            ),
            Self::Doctype => {
                ("xml-doctype", "a document type declaration is never accepted (XML 1.0, 2.8)")
            }
            Self::Comment => (
                "xml-comment",
                "comments are not accepted in messages: the signature does not cover them (Exclusive C14N, 1.1)",
            ),
            Self::Cdata => ("xml-cdata", "CDATA sections are not accepted (XML 1.0, 2.7)"),
            Self::ProcessingInstruction => (
                "xml-processing-instruction",
                "processing instructions are not accepted (XML 1.0, 2.6)",
            ),
            Self::NotWellFormed => (
                "xml-not-well-formed",
                "the document is not well-formed (XML 1.0, 2.1; Namespaces in XML, 7)",
            ),
            Self::Limit => (
                "xml-limit",
                "the document is longer, deeper or has more parts than any genuine message",
            ),
            Self::DuplicateId => (
                "xml-duplicate-id",
                "two elements carry the same ID (XML 1.0, 3.3.1, validity constraint ID)",
            ),
            Self::IdForm => (
                "xml-id-form",
                "only an un-namespaced ID with an NCName is an identifier (SAML core, 1.3.4; xs:ID); `Id` (but in XML Encryption), `id`, `xml:id` and `AssertionID` are refused",
            ),
            Self::Namespace => (
                "xml-namespace",
                "a namespace name must be an absolute URI without control characters or markup (Namespaces in XML, 2.2)",
            ),
            Self::Value => ("xml-value", "a value has elements inside, or an element stands twice"),
            Self::CanonicalForm => {
                ("xml-canonical-form", "the canonical form could not be made (Exclusive C14N, 3)")
            }
            Self::SignatureMissing => {
                ("signature-missing", "the element must be signed and is not")
            }
            Self::SignaturePosition => (
                "signature-position",
                "a signature stands somewhere else than directly in the signed element, after its Issuer (SAML core, 5.4.1 and schema order)",
            ),
            Self::SignatureShape => (
                "signature-shape",
                "the signature has missing, further or repeated parts (XML Signature, 4; SAML core, 5.4)",
            ),
            Self::SignatureReference => (
                "signature-reference",
                "the one Reference must be `#` and the ID of the signature's own parent (SAML core, 5.4.2)",
            ),
            Self::SignatureTransform => (
                "signature-transform",
                "only enveloped-signature followed by exclusive canonicalisation without comments is accepted (SAML core, 5.4.3 and 5.4.4)",
            ),
            Self::SignatureAlgorithm => (
                "signature-algorithm",
                "the algorithm is not RSA or ECDSA with SHA-256 or longer (SPID technical rules)",
            ),
            Self::SignatureSha1 => (
                "signature-sha1",
                "SHA-1 is not accepted; the provider must sign with SHA-256 or longer",
            ),
            Self::SignatureDigest => (
                "signature-digest",
                "the signed element was changed after signing (XML Signature, 3.2.1)",
            ),
            Self::SignatureValue => (
                "signature-value",
                "no key registered for the provider made this signature (XML Signature, 3.2.2)",
            ),
            Self::SignatureKey => {
                ("signature-key", "no key registered for the provider is of the algorithm's family")
            }
            Self::KeyUnusable => (
                "signature-key-unusable",
                "a certificate must hold an RSA key of 2048 to 4096 bits with a public exponent of 65537 or larger, or an EC key on P-256 or P-384",
            ),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.detail())
    }
}

impl std::error::Error for Refusal {}
