//! One delivered file: rows of cells in, a Parquet file out. The only place of the sample that writes data files.
//! A file is written in batches and row groups of bounded size, so its length costs no memory.

use crate::error::{Error, Result};
use arrow::array::{
    ArrayRef, Date32Builder, DictionaryArray, Float64Builder, Int8Builder, Int64Builder, RecordBatch, StringArray,
    StringBuilder,
};
use arrow::datatypes::{DataType, Field, Int8Type, Schema, SchemaRef};
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows handed to the writer at a time.
const BATCH_ROWS: usize = 8_192;
/// Rows in a row group: what the writer holds in memory, compressed.
const ROW_GROUP_ROWS: usize = 131_072;
/// Files are many and small, and are written once: size before speed.
const ZSTD_LEVEL: i32 = 9;

/// What a column holds.
#[derive(Clone, Copy)]
pub enum Kind {
    Text,
    /// Text that hardly repeats (ID numbers, telephones): a dictionary would only cost.
    Unique,
    /// One of a list, by position.
    Code(&'static [&'static str]),
    /// 是 or 否.
    Flag,
    Day,
    Int,
    Number,
}

/// A feed as the sample writes it: its folder, and its canonical headers with their kinds.
pub struct Feed {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
}

/// One cell of a row, in the order of the feed's columns.
#[derive(Clone, Copy)]
pub enum Cell<'a> {
    Blank,
    Text(&'a str),
    Code(usize),
    Flag(bool),
    Day(i32),
    Int(i64),
    Number(f64),
}

impl<'a> Cell<'a> {
    pub fn text(value: Option<&'a str>) -> Cell<'a> {
        value.map_or(Cell::Blank, Cell::Text)
    }

    pub fn code(value: Option<usize>) -> Cell<'a> {
        value.map_or(Cell::Blank, Cell::Code)
    }

    pub fn day(value: Option<i32>) -> Cell<'a> {
        value.map_or(Cell::Blank, Cell::Day)
    }

    pub fn int(value: Option<i64>) -> Cell<'a> {
        value.map_or(Cell::Blank, Cell::Int)
    }

    pub fn flag(value: Option<bool>) -> Cell<'a> {
        value.map_or(Cell::Blank, Cell::Flag)
    }
}

/// The inbox being written, and what has gone into it.
pub struct Delivery<'a> {
    out: PathBuf,
    progress: &'a mut dyn FnMut(u64),
    written: u64,
    pub rows: BTreeMap<&'static str, u64>,
    pub files: BTreeMap<&'static str, u64>,
    /// Every file written: its feed, its name, and the period in it.
    pub paths: Vec<(&'static str, String, String)>,
}

impl<'a> Delivery<'a> {
    pub fn new(out: &Path, progress: &'a mut dyn FnMut(u64)) -> Delivery<'a> {
        let (rows, files, paths) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        Delivery { out: out.to_owned(), progress, written: 0, rows, files, paths }
    }

    /// Begins the file `REGION_PERIOD.parquet` of a feed.
    pub fn sheet<'s>(&'s mut self, feed: &'static Feed, region: &str, period: &str) -> Result<Sheet<'s, 'a>> {
        let folder = self.out.join(feed.name);
        let name = format!("{region}_{period}.parquet");
        let path = folder.join(&name);
        self.paths.push((feed.name, name, period.to_owned()));
        std::fs::create_dir_all(&folder).map_err(|e| failed(&folder, e))?;
        let file = File::create(&path).map_err(|e| failed(&path, e))?;
        let columns: Vec<Column> = feed.columns.iter().map(|(_, kind)| Column::new(*kind)).collect();
        let fields: Vec<Field> =
            feed.columns.iter().zip(&columns).map(|((name, _), c)| Field::new(*name, c.data_type(), true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let options =
            ArrowWriterOptions::new().with_properties(properties(feed, &path)?).with_skip_arrow_metadata(true);
        let writer = ArrowWriter::try_new_with_options(file, schema.clone(), options).map_err(|e| failed(&path, e))?;
        Ok(Sheet { delivery: self, feed, path, schema, columns, writer, pending: 0, rows: 0 })
    }
}

fn properties(feed: &Feed, path: &Path) -> Result<WriterProperties> {
    let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(|e| failed(path, e))?;
    let mut builder = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .set_created_by("jindu sample".to_owned());
    for (name, kind) in feed.columns {
        if matches!(kind, Kind::Unique) {
            builder = builder.set_column_dictionary_enabled(ColumnPath::from(*name), false);
        }
    }
    Ok(builder.build())
}

/// A file being written.
pub struct Sheet<'s, 'a> {
    delivery: &'s mut Delivery<'a>,
    feed: &'static Feed,
    path: PathBuf,
    schema: SchemaRef,
    columns: Vec<Column>,
    writer: ArrowWriter<File>,
    pending: usize,
    rows: u64,
}

impl Sheet<'_, '_> {
    /// Adds a row: one cell a column, in order.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> Result<()> {
        if cells.len() != self.columns.len() {
            return Err(failed(&self.path, format!("{} cells for {} columns", cells.len(), self.columns.len())));
        }
        for (at, cell) in cells.iter().enumerate() {
            if !self.columns[at].push(*cell) {
                return Err(failed(&self.path, format!("a cell of another kind in {}", self.feed.columns[at].0)));
            }
        }
        self.pending += 1;
        self.rows += 1;
        if self.pending == BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    /// Finishes the file; one without rows is a delivery of none.
    pub fn close(mut self) -> Result<()> {
        self.flush()?;
        self.writer.close().map_err(|e| failed(&self.path, e))?;
        *self.delivery.rows.entry(self.feed.name).or_default() += self.rows;
        *self.delivery.files.entry(self.feed.name).or_default() += 1;
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        if self.pending == 0 {
            return Ok(());
        }
        let arrays = self.columns.iter_mut().map(Column::finish).collect::<Result<Vec<_>, _>>();
        let batch = arrays.and_then(|arrays| RecordBatch::try_new(self.schema.clone(), arrays));
        let batch = batch.map_err(|e| failed(&self.path, e))?;
        self.writer.write(&batch).map_err(|e| failed(&self.path, e))?;
        self.delivery.written += self.pending as u64;
        self.pending = 0;
        (self.delivery.progress)(self.delivery.written);
        Ok(())
    }
}

/// A file could not be written.
pub fn failed(path: &Path, cause: impl std::fmt::Display) -> Error {
    Error::internal("sample_write").with("path", path.display()).with("cause", cause)
}

enum Column {
    Text(StringBuilder),
    Code(Int8Builder, ArrayRef),
    Flag(Int8Builder, ArrayRef),
    Day(Date32Builder),
    Int(Int64Builder),
    Number(Float64Builder),
}

impl Column {
    fn new(kind: Kind) -> Column {
        let words = |words: &[&str]| -> ArrayRef { Arc::new(StringArray::from(words.to_vec())) };
        match kind {
            Kind::Text | Kind::Unique => Column::Text(StringBuilder::new()),
            Kind::Code(list) => Column::Code(Int8Builder::new(), words(list)),
            Kind::Flag => Column::Flag(Int8Builder::new(), words(&["否", "是"])),
            Kind::Day => Column::Day(Date32Builder::new()),
            Kind::Int => Column::Int(Int64Builder::new()),
            Kind::Number => Column::Number(Float64Builder::new()),
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Column::Text(_) => DataType::Utf8,
            Column::Code(..) | Column::Flag(..) => {
                DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8))
            }
            Column::Day(_) => DataType::Date32,
            Column::Int(_) => DataType::Int64,
            Column::Number(_) => DataType::Float64,
        }
    }

    /// Whether the cell is of the column's kind; it is then added.
    fn push(&mut self, cell: Cell<'_>) -> bool {
        match (self, cell) {
            (Column::Text(b), Cell::Text(v)) => b.append_value(v),
            (Column::Text(b), Cell::Blank) => b.append_null(),
            (Column::Code(b, list), Cell::Code(at)) if at < list.len() => b.append_value(at as i8),
            (Column::Flag(b, _), Cell::Flag(v)) => b.append_value(i8::from(v)),
            (Column::Code(b, _) | Column::Flag(b, _), Cell::Blank) => b.append_null(),
            (Column::Day(b), Cell::Day(v)) => b.append_value(v),
            (Column::Day(b), Cell::Blank) => b.append_null(),
            (Column::Int(b), Cell::Int(v)) => b.append_value(v),
            (Column::Int(b), Cell::Blank) => b.append_null(),
            (Column::Number(b), Cell::Number(v)) => b.append_value(v),
            (Column::Number(b), Cell::Blank) => b.append_null(),
            _ => return false,
        }
        true
    }

    fn finish(&mut self) -> std::result::Result<ArrayRef, arrow::error::ArrowError> {
        Ok(match self {
            Column::Text(b) => Arc::new(b.finish()),
            Column::Code(b, list) | Column::Flag(b, list) => {
                Arc::new(DictionaryArray::<Int8Type>::try_new(b.finish(), list.clone())?)
            }
            Column::Day(b) => Arc::new(b.finish()),
            Column::Int(b) => Arc::new(b.finish()),
            Column::Number(b) => Arc::new(b.finish()),
        })
    }
}
