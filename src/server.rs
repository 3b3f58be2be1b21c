//! Routes over the one door.

pub mod pages;
