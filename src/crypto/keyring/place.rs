//! Keys of a ring, made, opened and removed where they are: in a file, or in a token.
//!
//! Not the list. Of a key in a token the folder has the public half, `<kid>.jwk`, so that the ring opens
//! and `/jwks` is served while the token is away.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use super::ring::{Entry, KeyState, LIST};
use super::{Place, key_file};
use crate::crypto::digest::hexadecimal;
use crate::crypto::jose::SigningAlgorithm;
use crate::crypto::pkcs11::{Hsm, HsmKey};
use crate::crypto::signer::Signer;
use crate::effects::Effects;

impl Place {
    /// A new key, not yet on the list.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub(super) fn make(&self, fx: &Effects, algorithm: SigningAlgorithm) -> Result<Entry, String> {
        let Some(hsm) = &self.hsm else { return key_file::make(&self.folder, fx, algorithm) };
        let mut id = [0; 16];
        fx.fill(&mut id);
        let public = hsm.make(algorithm, &id)?;
        let key = HsmKey::new(Arc::clone(hsm), algorithm, &id, public.jwk());
        key.and_then(|key| key.prove()).map_err(|cause| format!("the key just made: {cause}"))?;
        let kid = public.kid().to_owned();
        key_file::replace(&self.public_half(&kid), public.jwk().to_string().as_bytes())?;
        let (state, created) = (KeyState::Next, fx.now());
        Ok(Entry { kid, algorithm, state, created, since: None, pkcs11: Some(hexadecimal(&id)) })
    }

    /// The key of an entry.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub(super) fn load(&self, entry: &Entry) -> Result<Box<dyn Signer>, String> {
        if !entry.is_named_well() {
            return Err(format!("{LIST}: a kid is a thumbprint of 43 characters (RFC 7638)"));
        }
        let Some(id) = &entry.pkcs11 else {
            return key_file::load(&self.folder, entry).map(|key| Box::new(key) as _);
        };
        let hsm = self.token_of(entry)?;
        let path = self.public_half(&entry.kid);
        let shown = path.display();
        let text = fs::read_to_string(&path).map_err(|cause| format!("{shown}: {cause}"))?;
        let jwk: Value = serde_json::from_str(&text).map_err(|_| format!("{shown}: not a JWK"))?;
        let id = from_hex(id).ok_or_else(|| format!("{LIST}: pkcs11 is not hexadecimal"))?;
        let key = HsmKey::new(hsm, entry.algorithm, &id, &jwk)
            .map_err(|_| format!("{shown}: not a {} key", entry.algorithm.name()))?;
        if key.public().kid() == entry.kid {
            Ok(Box::new(key))
        } else {
            Err(format!("{shown}: holds another key than its name says"))
        }
    }

    /// Removes the key of an entry that stands on the list no more.
    ///
    /// # Errors
    /// A sentence for an operator.
    pub(super) fn remove(&self, entry: &Entry) -> Result<(), String> {
        if !entry.is_named_well() {
            return Ok(());
        }
        let Some(id) = entry.pkcs11.as_deref().and_then(from_hex) else {
            return key_file::remove(&self.folder.join(format!("{}.pem", entry.kid)));
        };
        self.token_of(entry)?.destroy(&id)?;
        key_file::remove(&self.public_half(&entry.kid))
    }

    fn token_of(&self, entry: &Entry) -> Result<Arc<Hsm>, String> {
        self.hsm.clone().ok_or_else(|| {
            format!("{LIST}: key {} is in a token, and [keys] pkcs11 names none", entry.kid)
        })
    }

    fn public_half(&self, kid: &str) -> PathBuf {
        self.folder.join(format!("{kid}.jwk"))
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks_exact(2);
    if text.is_empty() || !digits.remainder().is_empty() {
        return None;
    }
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}
