//! The reading rooms of the program, from its own sources, under the program's own name: what `checks.rs` says of them
//! here, the test suite says of the whole program.

#[path = "../src"]
mod rooms {
    pub mod error;
    pub mod extract;
    pub mod project;
    pub mod text;
}

pub use rooms::{error, extract, project, text};
