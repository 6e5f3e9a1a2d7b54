//! Tokens that every consumer of a JWS must refuse, made from one that it accepts (attack classes J01 to
//! J19).
//!
//! Not a test: each consumer runs it on its own kind of token. Everything here is signed for real, so
//! that only the flaw in question can be the reason of a refusal.

use std::sync::OnceLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING,
    ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use serde_json::{Value, json};

use crate::crypto::digest::{base64url, hmac_sha256};
use crate::crypto::jwk::SignatureAlgorithm::{ES256, EdDSA, PS256, RS256};
use crate::crypto::jwk::{PublicKeys, SignatureAlgorithm};

/// Who signs in tests: one key of each kind.
pub(crate) struct Forger {
    ec: EcdsaKeyPair,
    p384: EcdsaKeyPair,
    p521: EcdsaKeyPair,
    der: EcdsaKeyPair,
    ed: Ed25519KeyPair,
    rsa: RsaKeyPair,
}

/// A token that its consumer accepts.
pub(crate) struct Sound {
    /// Header members beside `alg` and `kid`; with `jwk` the token proves a key of its own (DPoP).
    pub(crate) header: Value,
    /// Its claims.
    pub(crate) claims: Value,
    /// The claims without which it is refused.
    pub(crate) required: &'static [&'static str],
    /// The values of `typ` that are accepted.
    pub(crate) types: &'static [&'static str],
}

/// A token to refuse: its class, what is wrong with it, and itself.
pub(crate) type Forged = (&'static str, String, String);

/// A public key on a curve.
fn point(curve: &str, key: &EcdsaKeyPair) -> Value {
    let octets = &key.public_key().as_ref()[1..];
    let (x, y) = octets.split_at(octets.len() / 2);
    json!({"kty": "EC", "crv": curve, "x": base64url(x), "y": base64url(y)})
}

impl Forger {
    /// The same one for all tests of a process.
    pub(crate) fn get() -> &'static Self {
        static ONE: OnceLock<Forger> = OnceLock::new();
        ONE.get_or_init(Self::new)
    }

    /// Another one: a stranger.
    pub(crate) fn new() -> Self {
        let ec = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let pkcs8 = ec.to_pkcs8v1().unwrap();
        let der = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref());
        Self {
            ec,
            p384: EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap(),
            p521: EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING).unwrap(),
            der: der.unwrap(),
            ed: Ed25519KeyPair::generate().unwrap(),
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
        }
    }

    /// The public half, without `kid`, `alg` and `use`.
    pub(crate) fn jwk(&self, algorithm: SignatureAlgorithm) -> Value {
        match algorithm {
            SignatureAlgorithm::ES256 => point("P-256", &self.ec),
            SignatureAlgorithm::ES384 => point("P-384", &self.p384),
            SignatureAlgorithm::ES512 => point("P-521", &self.p521),
            SignatureAlgorithm::EdDSA => {
                json!({"kty": "OKP", "crv": "Ed25519", "x": base64url(self.ed.public_key().as_ref())})
            }
            SignatureAlgorithm::RS256
            | SignatureAlgorithm::RS512
            | SignatureAlgorithm::PS256
            | SignatureAlgorithm::PS384
            | SignatureAlgorithm::PS512 => {
                let parts = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public_key());
                json!({"kty": "RSA", "n": base64url(&parts.n), "e": base64url(&parts.e)})
            }
        }
    }

    /// All public halves as a set; each key is named as its algorithm.
    pub(crate) fn jwks(&self) -> Value {
        let keys = SignatureAlgorithm::ALL.map(|algorithm| {
            let mut jwk = self.jwk(algorithm);
            jwk["kid"] = algorithm.name().into();
            jwk["alg"] = algorithm.name().into();
            jwk["use"] = "sig".into();
            jwk
        });
        json!({"keys": keys})
    }

    /// The same, read.
    pub(crate) fn keys(&self) -> PublicKeys {
        PublicKeys::parse(self.jwks().to_string().as_bytes()).unwrap()
    }

    /// A sound token.
    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        header: &Value,
        claims: &Value,
    ) -> String {
        self.sign_text(algorithm, &self.header(algorithm, header).to_string(), &claims.to_string())
    }

    /// Any two texts under a genuine signature.
    pub(crate) fn sign_text(
        &self,
        algorithm: SignatureAlgorithm,
        header: &str,
        claims: &str,
    ) -> String {
        let input = input(header, claims);
        let signature = self.signature(algorithm, &input);
        format!("{input}.{}", base64url(&signature))
    }

    fn header(&self, algorithm: SignatureAlgorithm, base: &Value) -> Value {
        let mut header = base.clone();
        header["alg"] = algorithm.name().into();
        if base.get("jwk").is_some() {
            header["jwk"] = self.jwk(algorithm);
        } else {
            header["kid"] = algorithm.name().into();
        }
        header
    }

    #[expect(clippy::disallowed_methods, reason = "the library asks for its own generator")]
    fn signature(&self, algorithm: SignatureAlgorithm, input: &str) -> Vec<u8> {
        let (random, input) = (SystemRandom::new(), input.as_bytes());
        let on_curve = |key: &EcdsaKeyPair| key.sign(&random, input).unwrap().as_ref().to_vec();
        let how: &'static dyn RsaEncoding = match algorithm {
            SignatureAlgorithm::ES256 => return on_curve(&self.ec),
            SignatureAlgorithm::ES384 => return on_curve(&self.p384),
            SignatureAlgorithm::ES512 => return on_curve(&self.p521),
            SignatureAlgorithm::EdDSA => return self.ed.sign(input).as_ref().to_vec(),
            SignatureAlgorithm::RS256 => &RSA_PKCS1_SHA256,
            SignatureAlgorithm::RS512 => &RSA_PKCS1_SHA512,
            SignatureAlgorithm::PS256 => &RSA_PSS_SHA256,
            SignatureAlgorithm::PS384 => &RSA_PSS_SHA384,
            SignatureAlgorithm::PS512 => &RSA_PSS_SHA512,
        };
        let mut room = vec![0; self.rsa.public_modulus_len()];
        self.rsa.sign(how, &random, input, &mut room).unwrap();
        room
    }

    #[expect(clippy::disallowed_methods, reason = "the library asks for its own generator")]
    fn der_signature(&self, input: &str) -> Vec<u8> {
        self.der.sign(&SystemRandom::new(), input.as_bytes()).unwrap().as_ref().to_vec()
    }

    /// Everything to refuse.
    pub(crate) fn refused(&self, sound: &Sound) -> Vec<Forged> {
        let mut found = Vec::new();
        self.algorithms(sound, &mut found);
        self.headers(sound, &mut found);
        self.claims(sound, &mut found);
        self.encodings(sound, &mut found);
        self.signatures(sound, &mut found);
        encrypted(&mut found);
        found
    }

    /// J01, J02, J03.
    fn algorithms(&self, sound: &Sound, found: &mut Vec<Forged>) {
        let claims = sound.claims.to_string();
        let header = self.header(ES256, &sound.header);
        let genuine = base64url(&self.signature(ES256, &input(&header.to_string(), &claims)));
        let nones = ["none", "None", "NONE", "nOnE", "", " none", "none ", "null", "ES256K", "RS1"];
        let mut values: Vec<Value> = nones.into_iter().map(Value::from).collect();
        values.extend([Value::Null, json!([]), json!(["ES256"]), json!(0), json!({})]);
        for value in values {
            let mut header = header.clone();
            header["alg"] = value.clone();
            let input = input(&header.to_string(), &claims);
            for signature in ["", "=", genuine.as_str()] {
                found.push(("J01", format!("alg {value}"), format!("{input}.{signature}")));
            }
        }
        let input = input(&header.to_string(), &claims);
        found.push(("J02", "signature stripped".to_owned(), format!("{input}.")));
        found.push(("J02", "signature and point stripped".to_owned(), input.clone()));
        let jwk = self.jwk(ES256).to_string();
        let keys = self.keys();
        let own = keys.signature().iter().find(|key| key.name() == "ES256").unwrap();
        let public = own.subject_public_key_info().unwrap();
        let secrets: [&[u8]; 6] = [
            &[],
            &[0; 32],
            b"secret",
            public.as_slice(),
            jwk.as_bytes(),
            self.ec.public_key().as_ref(),
        ];
        for secret in secrets {
            for name in ["HS256", "HS384", "hs256"] {
                let mut header = header.clone();
                header["alg"] = name.into();
                let input = self::input(&header.to_string(), &claims);
                let mac = base64url(&hmac_sha256(secret, input.as_bytes()));
                found.push((
                    "J03",
                    format!("{name} with a public secret"),
                    format!("{input}.{mac}"),
                ));
            }
        }
    }

    /// J04 to J07 and J12.
    fn headers(&self, sound: &Sound, found: &mut Vec<Forged>) {
        let brings = sound.header.get("jwk").is_some();
        let mut with = |class, name: &str, value: Value| {
            let mut header = self.header(ES256, &sound.header);
            header[name] = value.clone();
            let token = self.sign_text(ES256, &header.to_string(), &sound.claims.to_string());
            found.push((class, format!("{name} {value}"), token));
        };
        with("J04", "jku", json!("https://evil.test/jwks"));
        with("J04", "x5u", json!("https://evil.test/chain"));
        with("J04", "x5c", json!(["MIIB"]));
        if brings {
            with("J04", "jwk", Forger::new().jwk(ES256));
        } else {
            with("J04", "jwk", self.jwk(ES256));
        }
        for kid in [json!(null), json!(1), json!(["ES256"]), json!({}), json!("")] {
            with("J05", "kid", kid);
        }
        let evil = [
            "../../../dev/null",
            "' OR 1=1--",
            "ES256\0",
            "https://evil.test/k",
            "$(id)",
            "es256",
            "ES256 ",
            " ES256",
            "EdDSA",
        ];
        for kid in evil {
            if !brings {
                with("J05", "kid", kid.into());
            }
        }
        with("J06", "crit", json!(["exp"]));
        with("J06", "crit", json!([]));
        with("J06", "b64", json!(false));
        for typ in [
            "entity-statement+jwt",
            "dpop+jwt",
            "at+jwt",
            "logout+jwt",
            "oauth-authz-req+jwt",
            "trust-mark+jwt",
            "client-authentication+jwt",
            "token-introspection+jwt",
            "JOSE",
            "JWT ",
        ] {
            if !sound.types.contains(&typ) {
                with("J12", "typ", typ.into());
            }
        }
        for typ in [json!(null), json!(""), json!(1), json!(["JWT"])] {
            with("J12", "typ", typ);
        }
        let header = self.header(ES256, &sound.header).to_string();
        for (first, name) in
            [("\"none\"", "alg"), ("\"ES256\"", "alg"), ("\"x\"", "typ"), ("1", "x")]
        {
            let again = if name == "x" { ",\"x\":1" } else { "" };
            let inside = members(&header);
            let header = format!("{{\"{name}\":{first},{inside}{again}}}");
            if header.matches(&format!("\"{name}\":")).count() < 2 {
                continue;
            }
            let token = self.sign_text(ES256, &header, &sound.claims.to_string());
            found.push(("J07", format!("{name} twice"), token));
        }
    }

    /// J08, J09 and J10.
    fn claims(&self, sound: &Sound, found: &mut Vec<Forged>) {
        let header = self.header(ES256, &sound.header).to_string();
        let mut add = |class, what: String, claims: String| {
            found.push((class, what, self.sign_text(ES256, &header, &claims)));
        };
        let inside = sound.claims.to_string();
        let inside = members(&inside);
        for (name, value) in sound.claims.as_object().unwrap() {
            for other in [value.clone(), json!("other")] {
                add(
                    "J08",
                    format!("{name} twice, first"),
                    format!("{{\"{name}\":{other},{inside}}}"),
                );
                add(
                    "J08",
                    format!("{name} twice, last"),
                    format!("{{{inside},\"{name}\":{other}}}"),
                );
            }
        }
        let mut with = |name: &str, value: Value| {
            let mut claims = sound.claims.clone();
            claims[name] = value.clone();
            add("J09", format!("{name} {value}"), claims.to_string());
        };
        for name in ["exp", "nbf", "iat"] {
            for value in [
                json!("1795000060"),
                json!(null),
                json!(true),
                json!([]),
                json!({}),
                json!(-1),
                json!(1.5),
                json!(1e300),
                json!(i64::MIN),
                json!(i64::MAX),
                json!(u64::MAX),
            ] {
                with(name, value);
            }
        }
        with("exp", json!(1));
        with("nbf", json!(253_402_300_799_i64));
        with("iat", json!(253_402_300_799_i64));
        if sound.claims.get("exp").is_some() {
            with("exp", json!(253_402_300_799_i64));
        }
        for name in ["iss", "sub", "jti", "aud"] {
            for value in
                [json!(null), json!(1), json!(true), json!({}), json!(""), json!([]), json!("a\0")]
            {
                with(name, value);
            }
        }
        for value in [json!(["a", 1]), json!([[]]), json!([null])] {
            with("aud", value);
        }
        if let Some(audience) = sound.claims.get("aud").and_then(Value::as_str) {
            for other in [
                format!("{audience}/"),
                audience.to_uppercase(),
                format!("{audience}/token"),
                "https://evil.test".to_owned(),
                format!(" {audience}"),
            ] {
                with("aud", other.into());
            }
            with("aud", json!([audience, "https://evil.test"]));
        }
        for name in sound.required {
            let mut claims = sound.claims.clone();
            claims.as_object_mut().unwrap().remove(*name);
            add("J10", format!("no {name}"), claims.to_string());
        }
        for text in ["", "null", "[]", "\"{}\""] {
            add("J10", format!("payload {text}"), text.to_owned());
        }
    }

    /// J13, J14 and J15.
    fn encodings(&self, sound: &Sound, found: &mut Vec<Forged>) {
        let token = self.sign(ES256, &sound.header, &sound.claims);
        let parts: Vec<&str> = token.split('.').collect();
        for at in 0..3 {
            for change in ["=", "==", " ", "\n", "\r\n", "\t", "\0", "%", "+", "/"] {
                let mut parts = parts.clone();
                let changed = format!("{}{change}", parts[at]);
                parts[at] = &changed;
                found.push(("J13", format!("part {at} ends in {change:?}"), parts.join(".")));
                let changed = format!("{change}{}", parts[at].trim_end_matches(change));
                parts[at] = &changed;
                found.push(("J13", format!("part {at} begins with {change:?}"), parts.join(".")));
            }
        }
        // 64 octets leave four bits in the last letter: all zero, or somebody plays.
        let (rest, last) = token.split_at(token.len() - 1);
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let place = letters.iter().position(|letter| *letter == last.as_bytes()[0]).unwrap();
        let changed = format!("{rest}{}", char::from(letters[place | 1]));
        found.push(("J13", "trailing bits".to_owned(), changed));
        for (what, token) in [
            ("extra part", format!("{token}.")),
            ("extra part with content", format!("{token}.{}", parts[1])),
            ("empty first part", format!(".{token}")),
            ("100000 points", ".".repeat(100_000)),
            ("points after", format!("{token}{}", ".".repeat(100_000))),
            ("nothing", String::new()),
        ] {
            found.push(("J13", what.to_owned(), token));
        }
        let (header, payload, signature) = (parts[0], parts[1], parts[2]);
        let flat = json!({"protected": header, "payload": payload, "signature": signature});
        let general = json!({"payload": payload, "signatures": [{"protected": header, "signature": signature}]});
        found.push(("J14", "flattened JSON".to_owned(), flat.to_string()));
        found.push(("J14", "general JSON".to_owned(), general.to_string()));
        let mut large = sound.claims.clone();
        large["padding"] = "x".repeat(2_000_000).into();
        found.push(("J15", "2 MB".to_owned(), self.sign(ES256, &sound.header, &large)));
        let deep = "[".repeat(100_000) + &"]".repeat(100_000);
        let nested = |levels: usize| format!("[{}]", "[".repeat(levels) + &"]".repeat(levels));
        for (what, deep) in [("100000 deep", deep), ("40 deep", nested(39))] {
            let header = self.header(ES256, &sound.header).to_string();
            let claims = sound.claims.to_string();
            let open = |text: &str| format!("{{\"x\":{deep},{}}}", members(text));
            let payload = self.sign_text(ES256, &header, &open(&claims));
            found.push(("J15", format!("payload {what}"), payload));
            let header = self.sign_text(ES256, &open(&header), &claims);
            found.push(("J15", format!("header {what}"), header));
        }
    }

    /// J11 and J16, and the signature of a stranger.
    fn signatures(&self, sound: &Sound, found: &mut Vec<Forged>) {
        let claims = sound.claims.to_string();
        for (named, used) in [(PS256, RS256), (RS256, PS256), (PS256, ES256), (EdDSA, ES256)] {
            let input = input(&self.header(named, &sound.header).to_string(), &claims);
            let signature = base64url(&self.signature(used, &input));
            let what = format!("{} over a signature of {}", named.name(), used.name());
            found.push(("J11", what, format!("{input}.{signature}")));
        }
        let input = input(&self.header(ES256, &sound.header).to_string(), &claims);
        let genuine = self.signature(ES256, &input);
        let half = &genuine[..32];
        for (what, signature) in [
            ("r = s = 0", vec![0; 64]),
            ("DER", self.der_signature(&input)),
            ("r = 0", [&[0; 32], half].concat()),
            ("s = 0", [half, &[0; 32]].concat()),
            ("r = order", [ORDER.as_slice(), half].concat()),
            ("s = order", [half, ORDER.as_slice()].concat()),
            ("63 octets", genuine[..63].to_vec()),
            ("65 octets", [genuine.as_slice(), &[0]].concat()),
            ("a stranger", Forger::new().signature(ES256, &input)),
        ] {
            found.push(("J16", what.to_owned(), format!("{input}.{}", base64url(&signature))));
        }
    }
}

/// J17, J18 and J19: five parts, and headers that must cost nothing.
fn encrypted(found: &mut Vec<Forged>) {
    let mut add = |class, header: Value| {
        let token = format!(
            "{}.AAAA.AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA",
            base64url(header.to_string().as_bytes())
        );
        found.push((class, header.to_string(), token));
    };
    add("J17", json!({"alg": "RSA-OAEP-256", "enc": "A128GCM", "zip": "DEF"}));
    for count in
        [json!(2_147_483_647), json!(0), json!(-1), json!("1000"), json!(null), json!(1e300)]
    {
        add(
            "J18",
            json!({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": count, "p2s": "AAAA"}),
        );
    }
    for name in ["RSA1_5", "dir", "A128KW", "A256GCMKW"] {
        add("J19", json!({"alg": name, "enc": "A128GCM"}));
    }
    let off =
        json!({"kty": "EC", "crv": "P-256", "x": base64url(&[1; 32]), "y": base64url(&[1; 32])});
    add("J19", json!({"alg": "ECDH-ES", "enc": "A128GCM", "epk": off}));
}

fn input(header: &str, claims: &str) -> String {
    format!("{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()))
}

/// What stands between the braces.
fn members(object: &str) -> &str {
    object.strip_prefix('{').and_then(|inside| inside.strip_suffix('}')).unwrap()
}

/// The order of P-256.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
