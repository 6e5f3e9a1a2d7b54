use std::sync::OnceLock;

use aws_lc_rs::cipher::{EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PublicEncryptingKey};

use super::*;
use crate::crypto::rsa::RsaSigningKey;

fn key(number: usize) -> &'static Arc<DecryptionKey> {
    static KEYS: [OnceLock<Arc<DecryptionKey>>; 2] = [const { OnceLock::new() }; 2];
    KEYS[number].get_or_init(|| {
        let der = RsaSigningKey::generate(2048).unwrap();
        Arc::new(DecryptionKey::from_pkcs8(&der).unwrap())
    })
}

fn wrap(key: &DecryptionKey, transport: KeyTransport, content_key: &[u8]) -> Vec<u8> {
    let public = PublicEncryptingKey::from_der(&key.public).unwrap();
    let public = OaepPublicEncryptingKey::new(public).unwrap();
    let mut room = vec![0; public.ciphertext_size()];
    public.encrypt(transport.algorithm(), content_key, &mut room, None).unwrap().to_vec()
}

/// CBC without any padding of its own: `octets` are whole blocks.
fn cbc(content_key: &[u8], octets: &[u8]) -> Vec<u8> {
    let algorithm = if content_key.len() == 16 { &AES_128 } else { &AES_256 };
    let key = EncryptingKey::cbc(UnboundCipherKey::new(algorithm, content_key).unwrap()).unwrap();
    let mut body = octets.to_vec();
    let vector = [7; BLOCK];
    key.less_safe_encrypt(&mut body, EncryptionContext::Iv128(FixedLength::from(vector))).unwrap();
    [vector.as_slice(), &body].concat()
}

fn gcm(content_key: &[u8], octets: &[u8]) -> Vec<u8> {
    let algorithm = if content_key.len() == 16 { &AES_128_GCM } else { &AES_256_GCM };
    let key = LessSafeKey::new(UnboundKey::new(algorithm, content_key).unwrap());
    let mut body = octets.to_vec();
    let nonce = [5; NONCE_LEN];
    key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut body)
        .unwrap();
    [nonce.as_slice(), &body].concat()
}

fn sealed(cipher: ContentCipher, transport: KeyTransport, content: Vec<u8>) -> Sealed {
    let content_key = vec![9; cipher.key_length()];
    Sealed { transport, wrapped: wrap(key(0), transport, &content_key), cipher, content }
}

fn keys(numbers: &[usize]) -> Vec<Arc<DecryptionKey>> {
    numbers.iter().map(|number| key(*number).clone()).collect()
}

const TRANSPORTS: [KeyTransport; 2] = [KeyTransport::OaepSha1, KeyTransport::OaepSha256];

#[test]
fn what_was_encrypted_for_one_of_our_keys_opens_whichever_it_is() {
    for transport in TRANSPORTS {
        for (cipher, content) in [
            (ContentCipher::Aes128Gcm, gcm(&[9; 16], b"content")),
            (ContentCipher::Aes256Gcm, gcm(&[9; 32], b"content")),
            (
                ContentCipher::Aes128Cbc,
                cbc(&[9; 16], b"content\x01\x02\x03\x04\x05\x06\x07\x08\x09"),
            ),
            (
                ContentCipher::Aes256Cbc,
                cbc(&[9; 32], b"content\x09\x09\x09\x09\x09\x09\x09\x09\x09"),
            ),
        ] {
            let sealed = sealed(cipher, transport, content);
            for numbers in [&[0][..], &[0, 1], &[1, 0]] {
                let opened = sealed.open(&keys(numbers));
                assert_eq!(opened.unwrap().as_slice(), b"content", "{cipher:?} {numbers:?}");
            }
        }
    }
}

#[test]
fn another_key_another_transport_or_changed_octets_do_not_open() {
    let good =
        sealed(ContentCipher::Aes256Gcm, KeyTransport::OaepSha256, gcm(&[9; 32], b"content"));
    assert!(good.open(&keys(&[0])).is_ok());
    assert_eq!(good.open(&keys(&[1])), Err(Undecryptable));
    assert_eq!(good.open(&[]), Err(Undecryptable));
    let other = Sealed { transport: KeyTransport::OaepSha1, ..good.clone() };
    assert_eq!(other.open(&keys(&[0, 1])), Err(Undecryptable));
    for at in 0..good.content.len() {
        let mut changed = good.clone();
        changed.content[at] ^= 1;
        assert_eq!(changed.open(&keys(&[0])), Err(Undecryptable), "content, octet {at}");
        changed.content.truncate(at);
        assert_eq!(changed.open(&keys(&[0])), Err(Undecryptable), "content cut at {at}");
    }
    for wrapped in [Vec::new(), vec![0; 255], vec![0; 256], vec![0xFF; 256], vec![1; 257]] {
        assert_eq!(Sealed { wrapped, ..good.clone() }.open(&keys(&[0, 1])), Err(Undecryptable));
    }
    // A key of another length than the cipher's.
    for length in [0, 15, 16, 24, 31, 33] {
        let wrapped = wrap(key(0), KeyTransport::OaepSha256, &vec![9; length]);
        assert_eq!(Sealed { wrapped, ..good.clone() }.open(&keys(&[0])), Err(Undecryptable));
    }
}

#[test]
fn only_padding_of_one_to_sixteen_octets_is_taken_off() {
    for last in 0..=255_u8 {
        let mut octets = vec![b'x'; 31];
        octets.push(last);
        let sealed =
            sealed(ContentCipher::Aes128Cbc, KeyTransport::OaepSha1, cbc(&[9; 16], &octets));
        let opened = sealed.open(&keys(&[0])).unwrap();
        if (1..=16).contains(&last) {
            assert_eq!(opened.len(), 32 - usize::from(last));
            assert!(opened.iter().all(|octet| *octet == b'x'));
        } else {
            assert_eq!((opened.len(), opened.last()), (32, Some(&0)), "padding {last}");
        }
    }
    for length in [0, 15, 16, 17, 31] {
        let content = vec![1; length];
        let sealed = sealed(ContentCipher::Aes128Cbc, KeyTransport::OaepSha1, content);
        assert_eq!(sealed.open(&keys(&[0])), Err(Undecryptable), "{length} octets");
    }
}

/// Implicit rejection: a key that does not unwrap decrypts all the same, and always to the same.
#[test]
fn a_key_that_does_not_unwrap_gives_octets_without_meaning_and_never_an_earlier_answer() {
    let good =
        sealed(ContentCipher::Aes256Cbc, KeyTransport::OaepSha256, cbc(&[9; 32], &[b'x'; 64]));
    let changed = |at: usize| {
        let mut sealed = good.clone();
        sealed.wrapped[at] ^= 1;
        sealed
    };
    let first = changed(10).open(&keys(&[0])).unwrap();
    assert_ne!(first.as_slice(), good.open(&keys(&[0])).unwrap().as_slice());
    assert_eq!(first, changed(10).open(&keys(&[0])).unwrap());
    assert_ne!(first, changed(11).open(&keys(&[0])).unwrap());
    // Whoever knows the octets does not know the key: it hangs on a secret of ours.
    assert_ne!(first, changed(10).open(&keys(&[1])).unwrap());
    // A wrapped key of a wrong length unwraps, and is not used.
    let short = Sealed { wrapped: wrap(key(0), KeyTransport::OaepSha256, &[9; 16]), ..good };
    assert!(short.open(&keys(&[0])).unwrap().iter().any(|octet| *octet != b'x'));
}

#[test]
fn what_is_no_rsa_key_is_refused_at_load() {
    let fault = |der: &[u8]| DecryptionKey::from_pkcs8(der).unwrap_err();
    assert_eq!(fault(b"none"), KeyFault::Unreadable);
    let curve = rcgen::KeyPair::generate().unwrap();
    assert_eq!(fault(curve.serialized_der()), KeyFault::Unreadable);
}

#[test]
fn a_key_knows_its_certificate_and_prints_nothing() {
    let der = RsaSigningKey::generate(2048).unwrap();
    let pair = rcgen::KeyPair::try_from(der.as_slice()).unwrap();
    let certificate =
        rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&pair).unwrap();
    let own = DecryptionKey::from_pkcs8(&der).unwrap();
    assert!(own.is_of(certificate.der()));
    assert!(!key(0).is_of(certificate.der()));
    assert!(!own.is_of(b"none"));
    assert_eq!(format!("{own:?}"), "DecryptionKey");
}
