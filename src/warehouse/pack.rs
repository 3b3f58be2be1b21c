//! Many small data files of one region as one: the same rows in the order of the files.

use super::Warehouse;
use super::delta::LiveFile;
use super::files::DataFile;
use crate::error::{Error, Result, io_error};
use arrow::datatypes::SchemaRef;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use std::fs::File;

/// Rows held while files are copied into one.
const ROWS_AT_A_TIME: usize = 32_768;

impl Warehouse {
    /// Whether a data file of a table is there.
    pub fn has_file(&self, table: &str, path: &str) -> bool {
        self.table_dir(table).join(path).is_file()
    }

    /// Writes the rows of `files` (each with the columns of `schema`) into the one file `path` of the same table.
    pub fn pack_files(&self, table: &str, path: String, schema: &SchemaRef, files: &[LiveFile]) -> Result<LiveFile> {
        let dir = self.table_dir(table);
        let partition = files.first().and_then(|f| f.partition.clone());
        let mut packed = DataFile::create(&dir, path, schema.clone())?;
        for file in files {
            let place = dir.join(&file.path);
            let failed =
                |cause: String| Error::internal("file_read").with("path", place.display()).with("cause", cause);
            let source = File::open(&place).map_err(|e| io_error(&place, &e))?;
            let reader = ParquetRecordBatchReaderBuilder::try_new(source)
                .and_then(|builder| builder.with_batch_size(ROWS_AT_A_TIME).build())
                .map_err(|e| failed(e.to_string()))?;
            for batch in reader {
                let batch = batch.map_err(|e| failed(e.to_string()))?;
                let batch = batch.with_schema(schema.clone()).map_err(|e| failed(e.to_string()))?;
                packed.write(&batch)?;
            }
        }
        let live = packed.finish(partition)?;
        let rows: u64 = files.iter().map(|f| f.rows).sum();
        if live.rows != rows {
            return Err(Error::internal("pack_rows").with("path", dir.join(&live.path).display()).with("rows", rows));
        }
        Ok(live)
    }
}
