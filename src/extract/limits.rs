//! Every limit on what is read, with its name and its reason. A file beyond one is refused as `too_large`; the sentence
//! that says so is the catalogs' `limit.NAME`.

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
/// All cells of one file as text: one long text can stand in a million cells of a small file, and reading them takes
/// time. Two million rows of thirty well-filled columns have 1 GB.
pub const CONTENT_BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
/// Rejected rows of one file: one that is wrong throughout is refused rather than kept in memory.
pub const REJECTS_BYTES_MAX: usize = 256 * 1024 * 1024;
/// What a rejected row takes in memory beside its texts.
pub const REJECT_BYTES: usize = 256;
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
/// All unpacked parts of an XLSX file together: each is unpacked once to be measured, which takes time.
pub const PACKAGE_BYTES_MAX: u64 = 3 * 1024 * 1024 * 1024;
/// The most parts of an XLSX file: a workbook of a hundred sheets with a picture on each has some hundreds.
pub const PARTS_MAX: usize = 4_096;
/// One text or tag of an XLSX part, which the XML reader holds whole.
pub const XML_RUN_MAX: usize = 4 * 1024 * 1024;
/// Cells of all rectangles of an XLS file, blank ones included: they are all held in memory.
pub const XLS_CELLS_MAX: u64 = 17_000_000;
/// The longest description of a Parquet file: its reader keeps it whole.
pub const FOOTER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Groups in groups of a Parquet file: its reader descends into them on the stack.
pub const GROUPS_DEEP_MAX: usize = 16;
/// A page of each column of a Parquet row group, unpacked: they are in memory at once.
pub const PAGES_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The longest detail of a refusal.
pub const DETAIL_CHARS_MAX: usize = 1_500;

/// A limit that a file can be beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    File,
    Rows,
    Columns,
    Cell,
    Row,
    Content,
    RejectedRows,
    MergedCells,
    Sheet,
    Part,
    Package,
    Parts,
    Text,
    Rectangle,
    Footer,
    Groups,
    Pages,
}

impl Limit {
    pub const ALL: [Limit; 17] = [
        Limit::File,
        Limit::Rows,
        Limit::Columns,
        Limit::Cell,
        Limit::Row,
        Limit::Content,
        Limit::RejectedRows,
        Limit::MergedCells,
        Limit::Sheet,
        Limit::Part,
        Limit::Package,
        Limit::Parts,
        Limit::Text,
        Limit::Rectangle,
        Limit::Footer,
        Limit::Groups,
        Limit::Pages,
    ];

    /// The name by which the catalogs and a refusal's detail call it.
    pub fn name(self) -> &'static str {
        match self {
            Limit::File => "file",
            Limit::Rows => "rows",
            Limit::Columns => "columns",
            Limit::Cell => "cell",
            Limit::Row => "row",
            Limit::Content => "content",
            Limit::RejectedRows => "rejected_rows",
            Limit::MergedCells => "merged_cells",
            Limit::Sheet => "sheet",
            Limit::Part => "part",
            Limit::Package => "package",
            Limit::Parts => "parts",
            Limit::Text => "text",
            Limit::Rectangle => "rectangle",
            Limit::Footer => "footer",
            Limit::Groups => "groups",
            Limit::Pages => "pages",
        }
    }

    /// The most that is read; bytes where the limit is of a size.
    pub fn most(self) -> u64 {
        match self {
            Limit::File => BYTES_MAX,
            Limit::Rows => ROWS_MAX,
            Limit::Columns => COLUMNS_MAX as u64,
            Limit::Cell => CELL_BYTES_MAX as u64,
            Limit::Row => ROW_BYTES_MAX as u64,
            Limit::Content => CONTENT_BYTES_MAX,
            Limit::RejectedRows => REJECTS_BYTES_MAX as u64,
            Limit::MergedCells => MERGES_MAX as u64,
            Limit::Sheet => SHEET_BYTES_MAX,
            Limit::Part => PART_BYTES_MAX,
            Limit::Package => PACKAGE_BYTES_MAX,
            Limit::Parts => PARTS_MAX as u64,
            Limit::Text => XML_RUN_MAX as u64,
            Limit::Rectangle => XLS_CELLS_MAX,
            Limit::Footer => FOOTER_BYTES_MAX as u64,
            Limit::Groups => GROUPS_DEEP_MAX as u64,
            Limit::Pages => PAGES_BYTES_MAX,
        }
    }
}
