//! Keys in a hardware security module, by PKCS#11: sessions that outlive the module's restarts, and the
//! few things that Varco asks of a token.
//!
//! Not the ring, and not a driver: the vendor's module is loaded when it is first used. The only place
//! that names `cryptoki`. Calls of a module block, so they run on threads of their own, as many as there
//! are sessions; whoever waits too long is told that the key is unavailable.

mod key;
mod objects;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use secrecy::{ExposeSecret as _, SecretSlice};
use tokio::sync::Semaphore;

pub use key::HsmKey;

use super::rsa::KeyFault;

/// Where the keys are, and how to get in.
#[derive(Clone, Debug)]
pub struct HsmSettings {
    /// The vendor's module, a shared library.
    pub module: PathBuf,
    /// Label of the token.
    pub token: String,
    /// PIN of its user.
    pub pin: SecretSlice<u8>,
    /// Sessions at most, and so signatures at one time.
    pub sessions: usize,
}

/// A token of a module. Sessions are opened when they are needed and kept.
pub struct Hsm {
    settings: HsmSettings,
    /// Sessions that nobody uses. After a failure none of them is believed.
    idle: Mutex<Vec<Open>>,
    permits: Arc<Semaphore>,
    /// The PIN was wrong: a second try could lock the token.
    locked_out: AtomicBool,
}

impl Hsm {
    /// A token that nobody has talked to yet.
    #[must_use]
    pub fn new(settings: HsmSettings) -> Self {
        let permits = Arc::new(Semaphore::new(settings.sessions));
        Self { settings, idle: Mutex::default(), permits, locked_out: AtomicBool::new(false) }
    }

    /// The label of the token.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.settings.token
    }

    /// Does `work` on a thread of its own, within [`PATIENCE`].
    async fn run<T: Send + 'static>(
        self: Arc<Self>,
        work: impl Fn(&Open) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeyFault> {
        let answer = async {
            let permit = Arc::clone(&self.permits).acquire_owned().await;
            let permit = permit.map_err(|_| KeyFault::Unavailable)?;
            // A call that never returns keeps its permit: no more than so many threads wait for it.
            let done = tokio::task::spawn_blocking(move || {
                let done = self.work(work);
                drop(permit);
                done
            });
            done.await.map_err(|_| KeyFault::Unavailable)?
        };
        tokio::time::timeout(PATIENCE, answer).await.unwrap_or(Err(KeyFault::Unavailable))
    }

    /// Does `work` with a session that is open or, when that fails, with a new one: the module may have
    /// been restarted since. Blocks.
    fn work<T>(&self, work: impl Fn(&Open) -> Result<T, Error>) -> Result<T, KeyFault> {
        // In a statement of its own: the lock is not held while the module works.
        let kept = self.idle().pop();
        if let Some(session) = kept {
            match work(&session) {
                Ok(done) => {
                    self.idle().push(session);
                    return Ok(done);
                }
                Err(cause) => {
                    tracing::warn!(%cause, hsm = self.label(), "a session of the token is lost");
                    drop(session);
                    self.idle().clear();
                }
            }
        }
        let done = self.open(false).and_then(|session| work(&session).map(|done| (session, done)));
        match done {
            Ok((session, done)) => {
                self.idle().push(session);
                Ok(done)
            }
            Err(cause) => {
                tracing::error!(%cause, hsm = self.label(), "the token does not answer");
                Err(KeyFault::Unavailable)
            }
        }
    }

    /// A session whose user is logged in. Blocks.
    fn open(&self, writes: bool) -> Result<Open, Error> {
        if self.locked_out.load(Ordering::Relaxed) {
            return Err(Error::PinNotSet);
        }
        let module = Pkcs11::new(&self.settings.module)?;
        match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(cause) => return Err(cause),
        }
        let mut found = None;
        for slot in module.get_slots_with_token()? {
            if module.get_token_info(slot)?.label() == self.settings.token {
                found = Some(slot);
                break;
            }
        }
        let slot = found.ok_or(Error::Pkcs11(
            RvError::TokenNotPresent,
            cryptoki::context::Function::GetTokenInfo,
        ))?;
        let session =
            if writes { module.open_rw_session(slot) } else { module.open_ro_session(slot) }?;
        let pin = std::str::from_utf8(self.settings.pin.expose_secret()).map_err(Error::Utf8)?;
        match session.login(UserType::User, Some(&AuthPin::from(pin))) {
            // One login counts for all sessions of a process.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {
                Ok(Open { session, known: RefCell::default() })
            }
            Err(cause) => {
                if let Error::Pkcs11(RvError::PinIncorrect | RvError::PinLocked, _) = cause {
                    self.locked_out.store(true, Ordering::Relaxed);
                    tracing::error!(
                        "the PIN of the token is wrong: it is not tried again before a restart"
                    );
                }
                Err(cause)
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Open>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session, and the keys that were found in it.
struct Open {
    session: Session,
    known: RefCell<Vec<(Vec<u8>, ObjectHandle)>>,
}

impl Open {
    /// The private key named `id` (`CKA_ID`).
    fn private_key(&self, id: &[u8]) -> Result<ObjectHandle, Error> {
        if let Some((_, key)) = self.known.borrow().iter().find(|(known, _)| known == id) {
            return Ok(*key);
        }
        let wanted = [Attribute::Class(ObjectClass::PRIVATE_KEY), Attribute::Id(id.to_vec())];
        let found = self.session.find_objects(&wanted)?.into_iter().next();
        let key = found.ok_or(Error::InvalidValue)?;
        self.known.borrow_mut().push((id.to_vec(), key));
        Ok(key)
    }
}

impl std::fmt::Debug for Hsm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hsm").field("token", &self.settings.token).finish_non_exhaustive()
    }
}

/// How long a signature may take, the wait for a session included.
const PATIENCE: Duration = Duration::from_secs(5);
