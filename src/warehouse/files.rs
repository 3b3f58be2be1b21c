//! Writing Parquet data files: same rows, same bytes; whole or not at all.

use super::delta::LiveFile;
use crate::error::{Error, Result, failure, io_error};
use crate::extract::Likeness;
use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Rows of one row group: what one thread reads at a time.
const ROW_GROUP_ROWS: usize = 131_072;
const ZSTD_LEVEL: i32 = 1;

/// A data file under construction; dropped without `finish`, it leaves nothing behind but a temporary file that the
/// next night removes.
pub struct DataFile {
    writer: ArrowWriter<File>,
    temporary: PathBuf,
    path: PathBuf,
    relative: String,
    rows: u64,
}

impl DataFile {
    /// Begins `table_dir/relative`.
    pub fn create(table_dir: &Path, relative: String, schema: SchemaRef) -> Result<DataFile> {
        DataFile::create_like(table_dir, relative, schema, &[])
    }

    /// Begins `table_dir/relative`, laid out for columns of which it is known what their values are like.
    pub fn create_like(
        table_dir: &Path,
        relative: String,
        schema: SchemaRef,
        known: &[(String, Likeness)],
    ) -> Result<DataFile> {
        let path = table_dir.join(&relative);
        let folder = path.parent().unwrap_or(table_dir);
        std::fs::create_dir_all(folder).map_err(|e| io_error(folder, &e))?;
        let temporary = temporary_beside(&path);
        let file = File::create(&temporary).map_err(|e| io_error(&temporary, &e))?;
        let level = ZstdLevel::try_new(ZSTD_LEVEL).map_err(|e| failed(&path, &e))?;
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_created_by("jindu".to_owned());
        for (name, likeness) in known {
            properties = lay_out(properties, name, *likeness);
        }
        let writer = ArrowWriter::try_new(file, schema, Some(properties.build())).map_err(|e| failed(&path, &e))?;
        Ok(DataFile { writer, temporary, path, relative, rows: 0 })
    }

    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch).map_err(|e| failed(&self.path, &e))
    }

    /// Completes the file under its own name.
    pub fn finish(self, partition: Option<String>) -> Result<LiveFile> {
        self.writer.close().map_err(|e| failed(&self.path, &e))?;
        std::fs::rename(&self.temporary, &self.path).map_err(|e| io_error(&self.path, &e))?;
        let bytes = std::fs::metadata(&self.path).map_err(|e| io_error(&self.path, &e))?.len();
        Ok(LiveFile { path: self.relative, bytes, rows: self.rows, partition })
    }
}

/// How a column is written. Where no reader can pass over a row group by the smallest and largest value, these are not
/// worked out; a compressor for each short list would cost more than all else in a small file.
fn lay_out(properties: WriterPropertiesBuilder, name: &str, likeness: Likeness) -> WriterPropertiesBuilder {
    let column = ColumnPath::from(name);
    match likeness {
        Likeness::Differ => properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_statistics_enabled(column, EnabledStatistics::None),
        Likeness::Repeat => properties
            .set_column_compression(column.clone(), Compression::UNCOMPRESSED)
            .set_column_statistics_enabled(column, EnabledStatistics::None),
        Likeness::Order => properties.set_column_compression(column, Compression::UNCOMPRESSED),
        Likeness::Count => properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column.clone(), Encoding::DELTA_BINARY_PACKED)
            .set_column_compression(column, Compression::UNCOMPRESSED),
    }
}

/// Names of files that are not whole yet begin so; Delta readers pass over them.
pub const TEMPORARY_PREFIX: &str = "_tmp.";

/// A name that no other thread of this process uses: two files with the same bytes may be archived at once.
pub fn temporary_beside(path: &Path) -> PathBuf {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let file_name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{TEMPORARY_PREFIX}{number}.{file_name}"))
}

fn failed(path: &Path, cause: &parquet::errors::ParquetError) -> Error {
    failure("file_write", cause).with("path", path.display()).with("cause", cause)
}

/// Writes bytes so that the file is there whole or not at all, and stays there if the machine stops.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    write_from(path, &mut &bytes[..])?;
    let folder = path.parent().unwrap_or(Path::new("."));
    for place in [path, folder] {
        File::open(place).and_then(|f| f.sync_all()).map_err(|e| io_error(place, &e))?;
    }
    Ok(())
}

/// Writes what a reader gives so that the file is there whole or not at all. Two writers of one file do not meet. Whoever
/// needs it to outlive the machine syncs the folder's disk afterwards.
pub fn write_from(path: &Path, from: &mut dyn Read) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|e| io_error(folder, &e))?;
    let temporary = temporary_beside(path);
    let written = File::create(&temporary)
        .and_then(|mut file| std::io::copy(from, &mut file))
        .and_then(|_| std::fs::rename(&temporary, path));
    written.map_err(|e| {
        // Its room may be needed to say what went wrong.
        let _ = std::fs::remove_file(&temporary);
        io_error(path, &e)
    })
}
