//! Tables of the load that grow with every delivery, kept as one data file a month of arrival: a night writes the months
//! in which something arrived and leaves the others alone, however long the history is.

use super::publish::files_content;
use crate::error::Result;
use crate::warehouse::{DataFile, DeliveryRecord, LiveFile, State, TableRecord, Warehouse};
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A table whose rows follow from each delivery as it was read, and from nothing else.
pub struct Monthly<'a, Rows, Batch> {
    pub name: &'static str,
    pub schema: SchemaRef,
    pub deliveries: &'a [DeliveryRecord],
    /// The deliveries' positions in the order of arrival.
    pub order: &'a [usize],
    /// About how many rows a delivery has in the table.
    pub rows_of: Rows,
    /// The rows of some deliveries, in their order.
    pub batch_of: Batch,
}

/// Rows that are in memory at a time.
const ROWS_AT_A_TIME: u64 = 20_000;

impl<Rows, Batch> Monthly<'_, Rows, Batch>
where
    Rows: Fn(&DeliveryRecord) -> u64,
    Batch: FnMut(&State, &[usize]) -> Result<RecordBatch>,
{
    /// Makes the table consist of the months' files; whether it changed.
    pub async fn keep(mut self, warehouse: &Warehouse, state: &mut State) -> Result<bool> {
        let mut months: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for at in self.order.iter().filter(|at| (self.rows_of)(&self.deliveries[**at]) > 0) {
            months.entry(self.deliveries[*at].arrived_at.get(..7).unwrap_or_default()).or_default().push(*at);
        }
        let months: Vec<(String, Vec<usize>)> = months
            .into_iter()
            .map(|(month, all)| (format!("{month}-{}.parquet", self.fingerprint(&all)), all))
            .collect();
        let content = files_content(months.iter().map(|(file, _)| (file.as_str(), 0, None)), &self.schema);
        if state.table(self.name)?.is_some_and(|t| t.content == content) {
            return Ok(false);
        }
        let live: BTreeMap<String, LiveFile> = match warehouse.table(self.name, None).await? {
            Some(version) => version.files.into_iter().map(|file| (file.path.clone(), file)).collect(),
            None => BTreeMap::new(),
        };
        let mut files = Vec::with_capacity(months.len());
        for (file, deliveries) in months {
            match live.get(&file) {
                Some(kept) => files.push(kept.clone()),
                None => files.push(self.write(warehouse, state, file, &deliveries)?),
            }
        }
        let rows = files.iter().map(|f| f.rows).sum();
        let version = warehouse.commit(self.name, &self.schema, &files).await?;
        let fingerprint = content.clone();
        // Every month's file is live in this version, those of nights before too: retention keeps what is named here.
        state.record_version(self.name, &TableRecord { version, fingerprint, content, rows }, &files)?;
        Ok(true)
    }

    /// Of what the rows of a month follow from: which bytes arrived when under which names, how they were read, and the
    /// columns.
    fn fingerprint(&self, deliveries: &[usize]) -> String {
        let mut hash = Sha256::new();
        for field in self.schema.fields() {
            hash.update(format!("{} {}\n", field.name(), field.data_type()));
        }
        for d in deliveries.iter().map(|at| &self.deliveries[*at]) {
            let counts = [d.rows_delivered, d.rows_loaded, d.rows_dropped, d.rows_rejected, d.rows_left_out];
            let refusal = d.refusal.as_deref().unwrap_or_default();
            hash.update(format!("{}\n{}\n{}\n{}\n{refusal} {counts:?}\n", d.path, d.sha256, d.arrived_at, d.reading));
        }
        crate::project::hex(&hash.finalize()[..8])
    }

    fn write(&mut self, warehouse: &Warehouse, state: &State, file: String, deliveries: &[usize]) -> Result<LiveFile> {
        let mut out = DataFile::create(&warehouse.table_dir(self.name), file, self.schema.clone())?;
        let (mut from, mut rows) = (0, 0);
        for to in 1..=deliveries.len() {
            rows += (self.rows_of)(&self.deliveries[deliveries[to - 1]]);
            if rows >= ROWS_AT_A_TIME || to == deliveries.len() {
                out.write(&(self.batch_of)(state, &deliveries[from..to])?)?;
                (from, rows) = (to, 0);
            }
        }
        out.finish(None)
    }
}
