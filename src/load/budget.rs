//! How much of memory the files that are read side by side may take together. Pure: who reads says what a file needs.

use std::sync::{Condvar, Mutex, PoisonError};

/// What files read side by side may take of memory together. A night runs on a machine that other programs use too:
/// with what the program itself takes (some 60 MB), a night stays below 512 MB.
pub const MEMORY_BUDGET_BYTES: u64 = 384 * 1024 * 1024;

/// The budget, shared by the threads that read.
pub struct Budget {
    left: Mutex<Left>,
    changed: Condvar,
}

struct Left {
    bytes: u64,
    /// The position of the next file; files are admitted in order.
    next: usize,
}

/// Room for one file, given back when it is dropped.
pub struct Room<'b> {
    budget: &'b Budget,
    bytes: u64,
}

impl Budget {
    pub fn new() -> Budget {
        Budget { left: Mutex::new(Left { bytes: MEMORY_BUDGET_BYTES, next: 0 }), changed: Condvar::new() }
    }

    /// The next file's position and its room, once there is room; `None` when there is no further file. One that needs
    /// more than the whole budget is admitted alone.
    pub fn admit(&self, needs: &[u64]) -> Option<(usize, Room<'_>)> {
        let mut left = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let next = left.next;
            let bytes = (*needs.get(next)?).min(MEMORY_BUDGET_BYTES);
            if bytes <= left.bytes {
                left.bytes -= bytes;
                left.next += 1;
                return Some((next, Room { budget: self, bytes }));
            }
            left = self.changed.wait(left).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        let mut left = self.budget.left.lock().unwrap_or_else(PoisonError::into_inner);
        left.bytes += self.bytes;
        self.budget.changed.notify_all();
    }
}
