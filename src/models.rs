//! SQL models: their headers, their graph, building what changed, and checks. Reads raw tables and policy rows, writes
//! tables through the warehouse.

mod build;
mod check;
mod content;
mod crew;
mod docs;
mod graph;
mod header;
mod lineage;
mod nearest;
mod policy_rows;
mod schemas;
mod sentences;
mod session;
mod small_side;
mod steps;
mod trial;

pub use build::{Built, Inputs, Planned, Why, build_models, plan_models};
pub use check::{CheckOutcome, run_checks};
pub use content::hash_column;
pub use docs::{ColumnDocs, Docs, Gap, Question, TableDocs, TableKind, find_gaps, sql_type};
pub use graph::{Graph, LIVE_TABLES, META_TABLES, Model, parse_one};
pub use header::{Header, KeptAs, Severity};
pub use lineage::{ColumnName, Lineage, Origin, ROWS};
pub use nearest::nearest;
pub use policy_rows::check_policy_rows;
pub use schemas::{PREVIOUS, Schemas, columns_of, plan_all, plan_query};
pub use session::{
    context_table, editions_table, make_schema, new_session, night_files_table, nights_table, previous_table,
    query_error, told_cause,
};
pub use trial::try_policy;
