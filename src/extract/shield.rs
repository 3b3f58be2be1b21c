//! A panic inside a reader refuses the file. Its message may quote cells and is never printed.

use super::source::Refusal;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static READING: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs a reading; a panic in it becomes the refusal `unreadable` that names the place in the program and no data.
pub fn shielded<T>(read: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    keep_quiet();
    let before = READING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    READING.set(before);
    result.unwrap_or_else(|_| {
        let place = PLACE.with(|p| p.take());
        Err(Refusal::new("unreadable", format!("panic: {place}")))
    })
}

/// Puts a hook before the one in place: silent on threads that are reading, passing on everywhere else.
fn keep_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            // A fuzzer must see what it found in these rooms; what a library finds in a damaged file is a refusal.
            let is_found = cfg!(fuzzing) && info.location().is_none_or(|l| !l.file().contains("registry"));
            if !READING.get() || is_found {
                return next(info);
            }
            let place = info.location().map_or_else(String::new, |l| {
                let file = l.file().rsplit(['/', '\\']).next().unwrap_or_default();
                format!("{file}:{}", l.line())
            });
            PLACE.with(|p| p.replace(place));
        }));
    });
}
