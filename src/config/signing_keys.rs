//! `[keys]`: the ring that signs tokens, in files or in a token by PKCS#11.
//!
//! Not keys: nothing here opens one.

use std::sync::Arc;

use super::section::{File, Section};
use super::{Problems, secret};
use crate::crypto::keyring::Place;
use crate::crypto::pkcs11::{Hsm, HsmSettings};

/// The folder of the ring, and the token when there is one.
pub(super) fn read(file: &File<'_>, root: &Section<'_>, problems: &mut Problems) -> Place {
    let keys = root.section("keys", problems);
    let folder = file.beside(keys.optional_text("tokens", problems).unwrap_or("keys/tokens"));
    let hsm = keys.section("pkcs11", problems);
    let settings = hsm.present().then(|| {
        let module = "name the library of the device: \"/usr/lib/softhsm/libsofthsm2.so\"";
        let module = hsm.text("module", module, problems).map(|module| file.beside(module));
        let token = hsm.text("token", "write the label of the token", problems).map(str::to_owned);
        let pin = secret::read(file, &hsm, "pin", 4, problems);
        let sessions = hsm.number("sessions", 8, 1..=256, problems);
        hsm.finish(problems);
        let sessions = usize::try_from(sessions).ok()?;
        Some(HsmSettings { module: module?, token: token?, pin: pin?, sessions })
    });
    keys.finish(problems);
    Place { folder, hsm: settings.flatten().map(|settings| Arc::new(Hsm::new(settings))) }
}
