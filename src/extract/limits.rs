//! Every limit on what is read, with its name and its reason. A file beyond one is refused as `too_large`.

/// The largest file that is read (FEEDS.md, `too_large`).
pub const BYTES_MAX: u64 = 200 * 1024 * 1024;
/// The most rows that one file may hold (FEEDS.md, `too_large`), rows that are left out included.
pub const ROWS_MAX: u64 = 2_000_000;
/// The most columns a row may have: no form of an office has a tenth of them.
pub const COLUMNS_MAX: usize = 2_000;
/// The longest cell: a spreadsheet's cell holds 32,767 characters, at most four bytes each.
pub const CELL_BYTES_MAX: usize = 128 * 1024;
/// The longest row: a few cells of the longest kind, or every column well filled.
pub const ROW_BYTES_MAX: usize = 1024 * 1024;
/// Rows typed at a time, and the text at which a run ends early: together the working memory of one file.
pub const ROWS_AT_A_TIME: usize = 4_096;
pub const TEXT_AT_A_TIME: usize = 8 * 1024 * 1024;
/// Rejected rows of one file as text: a file that is wrong throughout is refused rather than kept in memory.
pub const REJECTS_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Different unmapped texts listed for one file; the rest is counted together.
pub const UNMAPPED_MAX: usize = 1_000;
/// Unknown columns named for one file.
pub const UNKNOWN_MAX: usize = 200;
/// A cell longer than this is read anew each time instead of being remembered.
pub const MEMO_CELL_BYTES: usize = 64;
/// The most different cells remembered for one column.
pub const MEMO_MAX: usize = 20_000;
/// The most merged ranges of a sheet.
pub const MERGES_MAX: usize = 200_000;
/// One unpacked worksheet of an XLSX file: a million rows of thirty columns have 1.3 GB.
pub const SHEET_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Any other unpacked part of an XLSX file that is held in memory (the shared texts above all).
pub const PART_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// One text or tag of an XLSX part, which the XML reader holds whole.
pub const XML_RUN_MAX: usize = 4 * 1024 * 1024;
/// Cells of all rectangles of an XLS file, blank ones included: they are all held in memory.
pub const XLS_CELLS_MAX: u64 = 17_000_000;
/// The longest description of a Parquet file: its reader keeps it whole.
pub const FOOTER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Groups in groups of a Parquet file: its reader descends into them on the stack.
pub const GROUPS_DEEP_MAX: usize = 16;
/// The longest detail of a refusal.
pub const DETAIL_CHARS_MAX: usize = 1_500;
