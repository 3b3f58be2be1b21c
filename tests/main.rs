//! One binary for all tests, so that a test run links once.

mod support;

mod api;
mod interop;
mod loader;
mod models;
mod night;
mod pages;
mod policy;
mod tidy;
