//! One binary for all tests, so that a test run links once.

// A test that meets what it did not expect should stop there.
#![allow(clippy::unwrap_used)]

mod slt;
mod support;

mod api;
mod browser;
mod check;
mod disturbed;
mod docs;
mod explain;
mod forms;
mod interop;
mod lineage;
mod loader;
mod models;
mod new_year;
mod night;
mod other_project;
mod pages;
mod policy;
mod properties;
mod recompute;
mod reports;
mod retention;
mod rules;
mod tidy;
mod what_if;
