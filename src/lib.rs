//! jindu turns a folder of extracts, SQL models and dashboards into a published warehouse.
//! The modules stand in reading order; ARCHITECTURE.md walks through them.

pub mod charts;
pub mod cli;
pub mod clock;
pub mod dashboards;
pub mod error;
pub mod extract;
pub mod forms;
pub mod jobs;
pub mod load;
pub mod models;
pub mod project;
pub mod questions;
pub mod ranking;
pub mod returned;
pub mod rows;
pub mod sample;
pub mod server;
pub mod text;
pub mod warehouse;
