//! Thousands of small pieces of work, shared out among the processor's cores.
//!
//! Not a pool: threads begin with the work and end with it, and little work needs none.

use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What `work` makes of each, in their order. Nobody gets fewer than `share` at a time.
pub(super) fn each<T: Sync, R: Send>(
    all: &[T],
    share: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let workers = cores.min(MOST_CORES).min(all.len().div_ceil(share));
    if workers < 2 {
        return all.iter().map(work).collect();
    }
    // Each takes the next share when it is done with one: a core may have other things to do.
    let (shares, next) = (all.chunks(share), AtomicUsize::new(0));
    let some = || {
        let mine = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let share = shares.clone().nth(at)?;
            Some((at, share.iter().map(&work).collect::<Vec<R>>()))
        });
        mine.collect::<Vec<_>>()
    };
    let mut done = std::thread::scope(|scope| {
        let others: Vec<_> = (1..workers).map(|_| scope.spawn(some)).collect();
        let mut done = some();
        for other in others {
            done.extend(other.join().unwrap_or_else(|cause| resume_unwind(cause)));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, made)| made).collect()
}

/// The broker is not alone on the machine.
const MOST_CORES: usize = 8;

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn what_is_shared_out_comes_back_in_order() {
        for many in [0, 1, 3, 4, 5, 1000] {
            let all: Vec<usize> = (0..many).collect();
            assert_eq!(
                each(&all, 4, |one| one * 2),
                (0..many).map(|one| one * 2).collect::<Vec<_>>()
            );
        }
    }
}
