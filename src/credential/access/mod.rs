//! How the holder of a credential proves to be that: user name, password and app, or a passkey.
//!
//! Not who the holder is, nor whether the credential is in force: the case says that. Nothing here is reset
//! by anybody at a distance: whoever has lost everything is identified anew.

mod book;
pub mod breached;
pub mod passkey;
pub mod password;
pub mod recovery;
pub mod totp;
pub mod username;

use serde::{Deserialize, Serialize};

pub use book::{Book, Entered, Holder, Place, Refused, Standing, Try};
pub use breached::Breached;
pub use passkey::{Counted, Party, Passkey, PasskeyFault, Statement};
pub use password::{Cost, Password, PasswordHash, Weakness};
pub use recovery::RecoveryCodes;
pub use totp::Totp;
pub use username::Username;

use crate::registry::RecordKey;

/// What opens a credential. It is complete when a passkey, or a password together with an app, does.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Access {
    username: Username,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    secrets: Option<Secrets>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    passkeys: Vec<Passkey>,
    #[serde(default)]
    recovery: RecoveryCodes,
}

/// The password and the app: one is nothing without the other.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Secrets {
    /// The password.
    pub password: PasswordHash,
    /// What the app shows codes of.
    pub totp: Totp,
}

/// Why an authenticator is not added or taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessFault {
    /// Nothing else would open the credential.
    #[error("it is the last one")]
    Last,
    /// There are [`MOST_PASSKEYS`] already.
    #[error("there are as many passkeys as there may be")]
    Full,
    /// That passkey is there already, or is not there.
    #[error("that passkey is known already, or unknown")]
    Passkey,
}

impl Access {
    /// Under that user name, opened by nothing yet.
    #[must_use]
    pub fn new(username: Username) -> Self {
        Self { username, secrets: None, passkeys: Vec::new(), recovery: RecoveryCodes::default() }
    }

    /// The user name.
    #[must_use]
    pub const fn username(&self) -> &Username {
        &self.username
    }

    /// The password and the app, where they are set.
    #[must_use]
    pub const fn secrets(&self) -> Option<&Secrets> {
        self.secrets.as_ref()
    }

    /// The passkeys, oldest first.
    #[must_use]
    pub fn passkeys(&self) -> &[Passkey] {
        &self.passkeys
    }

    /// How many recovery codes are left.
    #[must_use]
    pub const fn recovery_left(&self) -> usize {
        self.recovery.left()
    }

    /// By what the record that it is a part of is found: no other may have the same.
    #[must_use]
    pub fn keys(&self) -> Vec<RecordKey> {
        let key = |name, value: &str| RecordKey { name, value: value.to_owned(), exclusive: true };
        let passkeys = self.passkeys.iter().map(|passkey| key(PASSKEY, passkey.id()));
        std::iter::once(key(USERNAME, self.username.as_str())).chain(passkeys).collect()
    }

    /// Whether anything opens it.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.secrets.is_some() || !self.passkeys.is_empty()
    }

    /// Password and app from now on; what was before opens nothing any more.
    pub fn set_secrets(&mut self, secrets: Secrets) {
        self.secrets = Some(secrets);
    }

    /// Another password under the same app; `false` when there is none to take the place of.
    pub fn set_password(&mut self, password: PasswordHash) -> bool {
        let known = self.secrets.as_mut();
        known.map(|secrets| secrets.password = password).is_some()
    }

    /// Takes away password and app.
    ///
    /// # Errors
    /// When no passkey is left.
    pub fn drop_secrets(&mut self) -> Result<(), AccessFault> {
        if self.passkeys.is_empty() {
            return Err(AccessFault::Last);
        }
        self.secrets = None;
        Ok(())
    }

    /// One passkey more.
    ///
    /// # Errors
    /// When there are enough, or that one is there.
    pub fn add_passkey(&mut self, passkey: Passkey) -> Result<(), AccessFault> {
        if self.passkeys.iter().any(|known| known.id() == passkey.id()) {
            return Err(AccessFault::Passkey);
        }
        if self.passkeys.len() >= MOST_PASSKEYS {
            return Err(AccessFault::Full);
        }
        self.passkeys.push(passkey);
        Ok(())
    }

    /// One passkey less.
    ///
    /// # Errors
    /// When there is none of that name, or nothing else opens the credential.
    pub fn drop_passkey(&mut self, id: &str) -> Result<(), AccessFault> {
        if !self.passkeys.iter().any(|known| known.id() == id) {
            return Err(AccessFault::Passkey);
        }
        if self.passkeys.len() == 1 && self.secrets.is_none() {
            return Err(AccessFault::Last);
        }
        self.passkeys.retain(|known| known.id() != id);
        Ok(())
    }

    /// The passkey of that name.
    #[must_use]
    pub fn passkey(&self, id: &str) -> Option<&Passkey> {
        self.passkeys.iter().find(|known| known.id() == id)
    }

    /// Keeps what a passkey counted.
    pub fn counted(&mut self, id: &str, counted: Counted) {
        if let Some(passkey) = self.passkeys.iter_mut().find(|known| known.id() == id) {
            passkey.counted(counted);
        }
    }

    /// Other recovery codes from now on.
    pub fn set_recovery(&mut self, codes: RecoveryCodes) {
        self.recovery = codes;
    }

    /// Uses up a recovery code; `false` when it is none.
    pub fn take_recovery(&mut self, typed: &str) -> bool {
        self.recovery.take(typed)
    }
}

/// How many passkeys open one credential.
pub const MOST_PASSKEYS: usize = 5;

/// The names of its keys.
const USERNAME: &str = "username";
const PASSKEY: &str = "passkey";

#[cfg(test)]
mod tests {
    use super::passkey::tests::{Authenticator, party};
    use super::*;
    use crate::effects::{Effects, Timestamp};

    fn passkey() -> Passkey {
        let statement = Authenticator::new().make(&party(), "c");
        Passkey::made(&party(), "c", &statement, Timestamp::from_unix_seconds(0)).unwrap()
    }

    fn secrets(fx: &Effects) -> Secrets {
        let password = Password::typed("gelso ombra7 quando");
        let password = PasswordHash::of(&password, Cost::TESTS, fx).unwrap();
        Secrets { password, totp: Totp::fresh(fx) }
    }

    #[test]
    fn the_last_thing_that_opens_a_credential_stays() {
        let (fx, _) = Effects::scripted(0, 9);
        let mut access = Access::new(Username::fresh(&fx));
        assert!(!access.is_complete() && !access.set_password(secrets(&fx).password));
        access.set_secrets(secrets(&fx));
        assert!(access.is_complete());
        assert_eq!(access.drop_secrets(), Err(AccessFault::Last));
        access.add_passkey(passkey()).unwrap();
        assert_eq!(access.add_passkey(passkey()), Err(AccessFault::Passkey), "the same name");
        access.drop_secrets().unwrap();
        assert_eq!(access.drop_passkey("AQIDBA"), Err(AccessFault::Last));
        assert_eq!(access.drop_passkey("another"), Err(AccessFault::Passkey));
        access.set_secrets(secrets(&fx));
        access.drop_passkey("AQIDBA").unwrap();
        assert!(access.is_complete() && access.passkeys().is_empty());
    }

    #[test]
    fn no_secret_is_in_the_words_of_debug() {
        let (fx, _) = Effects::scripted(0, 9);
        let mut access = Access::new(Username::fresh(&fx));
        access.set_secrets(secrets(&fx));
        access.add_passkey(passkey()).unwrap();
        let said = format!("{access:?}");
        let totp = &access.secrets().unwrap().totp;
        assert!(!said.contains(totp.secret()) && !said.contains("AQIDBA"), "{said}");
    }
}
