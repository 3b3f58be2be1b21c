//! jindu turns a folder of extracts, SQL models and dashboards into a published warehouse.
//! The modules stand in reading order; ARCHITECTURE.md walks through them.

pub mod cli;
pub mod project;
pub mod sample;
pub mod extract;
pub mod load;
pub mod warehouse;
pub mod models;
pub mod ranking;
pub mod jobs;
pub mod dashboards;
pub mod charts;
pub mod server;
pub mod rows;
pub mod text;
pub mod clock;
pub mod error;
