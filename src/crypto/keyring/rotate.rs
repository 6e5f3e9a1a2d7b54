//! Rotation: the moves of a ring, done in its folder, one process at a time.
//!
//! Not a schedule, and not the running broker: that follows the list when it changes. Keys are written
//! before the list that names them, and removed after the list that does not.

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::Place;
use super::ring::{Entry, KeyState, Ring, RingFault, Waits};
use crate::crypto::jose::SigningAlgorithm;
use crate::effects::{Effects, Timestamp};

/// How a rotation takes the waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Each step when it is safe.
    Safe,
    /// The next key signs at once, known to relying parties or not. Retired keys stay as long as ever.
    Now,
    /// Every key of the algorithm is known to others: all of them go, and what they signed with them.
    Compromised,
}

/// What a rotation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotated {
    /// Keys that sign from now on.
    pub promoted: Vec<Entry>,
    /// Keys that are published from now on.
    pub published: Vec<Entry>,
    /// Keys that are gone.
    pub removed: Vec<Entry>,
    /// Algorithms whose next key may not sign yet, and from when it may.
    pub waiting: Vec<(SigningAlgorithm, Timestamp)>,
}

/// Moves the keys of these algorithms one step along, and removes those that have expired. Whatever
/// happens, a next key is published afterwards.
///
/// # Errors
/// A sentence for an operator; the list is then as it was.
pub fn rotate(
    place: impl Into<Place>,
    fx: &Effects,
    algorithms: &[SigningAlgorithm],
    pace: Pace,
    waits: &Waits,
) -> Result<Rotated, String> {
    let place = place.into();
    change(&place.folder, |ring| {
        let problems = ring.problems();
        if !problems.is_empty() {
            return Err(problems.join("\n"));
        }
        let make = |algorithm| place.make(fx, algorithm);
        let mut rotated = Rotated::default();
        let (mut ring, removed) = ring.without_expired(fx.now(), waits);
        rotated.removed = removed;
        for algorithm in algorithms {
            ring = step(ring, *algorithm, fx.now(), pace, waits, &make, &mut rotated)?;
        }
        Ok((ring, rotated))
    })
    .and_then(|rotated| {
        rotated.removed.iter().try_for_each(|entry| place.remove(entry))?;
        Ok(rotated)
    })
}

/// Makes keys of the algorithms that have none; gives those algorithms.
///
/// # Errors
/// A sentence for an operator; the list is then as it was.
pub fn complete(place: impl Into<Place>, fx: &Effects) -> Result<Vec<SigningAlgorithm>, String> {
    let place = place.into();
    change(&place.folder, |ring| {
        let missing = ring.missing();
        let make = |algorithm| place.make(fx, algorithm);
        let ring = missing
            .iter()
            .try_fold(ring, |ring, algorithm| ring.begin(*algorithm, fx.now(), &make))?;
        Ok((ring, missing))
    })
}

fn step(
    ring: Ring,
    algorithm: SigningAlgorithm,
    now: Timestamp,
    pace: Pace,
    waits: &Waits,
    make: &impl Fn(SigningAlgorithm) -> Result<Entry, String>,
    rotated: &mut Rotated,
) -> Result<Ring, String> {
    let waits = match pace {
        Pace::Safe => waits,
        Pace::Now => &Waits { next: std::time::Duration::ZERO, ..*waits },
        Pace::Compromised => {
            let (ring, removed) = ring.without(algorithm);
            rotated.removed.extend(removed);
            let ring = ring.begin(algorithm, now, make)?;
            let made = ring.keys.iter().filter(|key| key.algorithm == algorithm);
            let (signs, waits): (Vec<_>, Vec<_>) =
                made.cloned().partition(|key| key.state == KeyState::Active);
            rotated.promoted.extend(signs);
            rotated.published.extend(waits);
            return Ok(ring);
        }
    };
    let mut ring = ring;
    if ring.next(algorithm).is_none() {
        let entry = make(algorithm)?;
        rotated.published.push(entry.clone());
        ring = ring.publish(entry, now).map_err(|fault| fault.to_string())?;
    }
    let next = ring.next(algorithm).cloned();
    match ring.clone().promote(algorithm, now, waits) {
        Ok(promoted) => {
            rotated.promoted.extend(next);
            let entry = make(algorithm)?;
            rotated.published.push(entry.clone());
            promoted.publish(entry, now).map_err(|fault| fault.to_string())
        }
        Err(RingFault::TooEarly(safe)) => {
            rotated.waiting.push((algorithm, safe));
            Ok(ring)
        }
        Err(fault) => Err(fault.to_string()),
    }
}

/// Changes the list while no other process does. What changed nothing is not written.
fn change<T>(
    folder: &Path,
    work: impl FnOnce(Ring) -> Result<(Ring, T), String>,
) -> Result<T, String> {
    let path = folder.join("ring.lock");
    let words = |cause: std::io::Error| format!("{}: {cause}", path.display());
    let lock: File = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(words)?;
    lock.lock().map_err(words)?;
    let before = Ring::read(folder)?;
    let (after, told) = work(before.clone())?;
    if after != before {
        after.write(folder)?;
    }
    Ok(told)
}
