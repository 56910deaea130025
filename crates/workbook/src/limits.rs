//! How large a file may be, and what is in it. Each is checked before it costs memory.

/// Bytes of a file as it is sent: 50 MiB.
pub const FILE_BYTES: u64 = 50 << 20;

/// Files in the archive that a workbook is. Excel writes some 10 and one for each sheet.
pub const ENTRIES: usize = 2_000;

/// Bytes of the archive's table of contents: 1 MiB.
pub const DIRECTORY_BYTES: u64 = 1 << 20;

/// Bytes of one file in the archive once unpacked: 512 MiB. It is read as a stream, so this bounds time, not memory.
pub const ENTRY_BYTES: u64 = 512 << 20;

/// Bytes of all files in the archive once unpacked: 1 GiB.
pub const TOTAL_BYTES: u64 = 1 << 30;

/// How many times larger a file of the archive may get by unpacking. Real sheets get 5 to 40 times larger.
pub const RATIO: u64 = 250;

/// A file of the archive that unpacks to no more than this may have any ratio: 10 MiB.
pub const RATIO_FREE_BYTES: u64 = 10 << 20;

/// Bytes of one XML tag or one run of text: 1 MiB. A cell's text is at most a fifth of this, even if all of it is escaped.
pub const TOKEN_BYTES: usize = 1 << 20;

/// How deep XML elements may lie in one another. Excel's lie some 10 deep.
pub const DEPTH: usize = 64;

/// Sheets of a workbook.
pub const SHEETS: usize = 200;

/// The last row in which a cell may have a value.
pub const ROWS: u32 = 1_000_000;

/// The last column in which a cell may have a value: `SF`.
pub const COLUMNS: u16 = 500;

/// UTF-16 units of text in one cell, as Excel counts and limits them.
pub const TEXT: usize = 32_767;

/// Texts in the table that the cells of a workbook share.
pub const STRINGS: usize = 2_000_000;

/// Bytes of all shared texts: 64 MiB. These are held in memory.
pub const STRINGS_BYTES: usize = 64 << 20;

/// Styles of cells in a workbook; Excel's own limit is 65,490.
pub const STYLES: usize = 65_536;

/// Bytes of one record of CSV: 4 MiB.
pub const RECORD_BYTES: usize = 4 << 20;
