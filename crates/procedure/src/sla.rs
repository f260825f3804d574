//! Promises and their clocks (R3, R11, R12). A clock is a value: what a case tells of when it began, stood still and
//! ended, read on a working calendar at some moment. Nothing ticks.

mod attention;
mod clock;
mod outcome;
mod promise;

pub use attention::{Step, due_warnings, held, next_due, provider_due, steps_of_time, wakes_at};
pub use clock::{Clock, ClockState, Reading, Run, clocks};
pub use outcome::{Outcome, ended};
pub use promise::{
    Attendant, ClockName, Hours, Promise, ProviderPromise, Standstill, Stillness, Targets, Warned, Warning,
};
