//! A table's files as DataFusion reads them: an exact list, fixed by the version, with only the columns that the
//! session may see. What is left out of the list or the schema cannot be reached by any query.

use super::delta::TableVersion;
use crate::error::{Error, Result, io_error};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DataFusionError, ScalarValue, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableType};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use std::path::Path;
use std::sync::Arc;

/// A fixed list of Parquet files.
#[derive(Debug)]
pub struct FilesTable {
    shown: SchemaRef,
    file_schema: SchemaRef,
    partition: Option<Arc<Field>>,
    files: Vec<PartitionedFile>,
    /// Rows of all files, if the log tells them: for planning only.
    rows: Option<usize>,
}

impl FilesTable {
    /// The table in `dir` at a version, without the hidden columns.
    pub fn new(dir: &Path, version: &TableVersion, partition: Option<&str>, hidden: &[String]) -> Result<FilesTable> {
        let dir = std::path::absolute(dir).map_err(|e| io_error(dir, &e))?;
        let is_partition = |f: &Field| Some(f.name().as_str()) == partition;
        let visible: Vec<Field> = version
            .schema
            .fields()
            .iter()
            .filter(|f| !hidden.contains(f.name()) && !is_partition(f))
            .map(|f| f.as_ref().clone().with_nullable(true))
            .collect();
        let partition = partition.map(|name| Arc::new(Field::new(name, DataType::Utf8, true)));
        let mut shown = visible.clone();
        shown.extend(partition.iter().map(|f| f.as_ref().clone()));
        let mut files = Vec::with_capacity(version.files.len());
        for file in &version.files {
            let path = dir.join(&file.path);
            let store_path = object_store::path::Path::from_absolute_path(&path)
                .map_err(|e| Error::internal("table_open").with("table", path.display()).with("cause", e))?;
            // The log of an old version may tell another length than the file has that was made anew from the same rows.
            let bytes = std::fs::metadata(&path).map_or(file.bytes, |meta| meta.len());
            let mut part = PartitionedFile::new(store_path.to_string(), bytes);
            part.object_meta.location = store_path;
            if partition.is_some() {
                part = part.with_partition_values(vec![ScalarValue::Utf8(file.partition.clone())]);
            }
            files.push(part);
        }
        Ok(FilesTable {
            shown: Arc::new(Schema::new(shown)),
            file_schema: Arc::new(Schema::new(visible)),
            partition,
            files,
            rows: usize::try_from(version.rows()).ok().filter(|rows| *rows > 0),
        })
    }
}

#[async_trait]
impl TableProvider for FilesTable {
    fn schema(&self) -> SchemaRef {
        self.shown.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>, DataFusionError> {
        if self.files.is_empty() {
            // No file would be no partition, and a plan of one partition asks for one.
            let shown = match projection {
                Some(columns) => Arc::new(self.shown.project(columns)?),
                None => self.shown.clone(),
            };
            return Ok(Arc::new(EmptyExec::new(shown)));
        }
        let partitions = self.partition.iter().cloned().collect::<Vec<_>>();
        let schema = TableSchema::builder(self.file_schema.clone()).with_table_partition_cols(partitions).build();
        // Never exact: an exact number would answer a count without a look at the files.
        let rows = self.rows.map_or(Precision::Absent, Precision::Inexact);
        let statistics = Statistics { num_rows: rows, ..Statistics::new_unknown(schema.table_schema()) };
        let source = Arc::new(ParquetSource::new(schema));
        let groups = FileGroup::new(self.files.clone()).split_files(state.config().target_partitions());
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }
}
