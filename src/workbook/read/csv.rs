//! CSV: one sheet saved as text, with commas, semicolons or tabs, in UTF-8.

use calamine::{CellErrorType, Data, Range};
use csv::{ReaderBuilder, StringRecord};

use super::grid::{Grid, plain};
use super::{BUDGETS, COST_CENTERS, Lines, MOST, Unreadable, WORKSPACES, sheets};

/// As many rows as a spreadsheet has.
const MOST_ROWS: usize = 1_048_576;

/// The cells of a file.
pub fn grid(bytes: &[u8], file: &str) -> Result<Grid, Unreadable> {
    let text = text(bytes)?;
    // Excel's own line for the separator.
    let (skipped, text) = match text
        .get(..4)
        .filter(|start| start.eq_ignore_ascii_case("sep="))
    {
        Some(_) => (1, text.split_once('\n').map_or("", |(_, rest)| rest)),
        None => (0, text),
    };
    let (separator, name) = kind(text)?;
    let (needed, allowed): (&[&str], &[&str]) = match name {
        COST_CENTERS => (sheets::COST_CENTERS, sheets::OPTIONAL_COST_CENTERS),
        BUDGETS => (sheets::BUDGETS, &sheets::MONTHS),
        _ => (sheets::WORKSPACES, sheets::OPTIONAL_WORKSPACES),
    };
    let mut lines = Lines {
        file: file.to_owned(),
        of_rows: Vec::new(),
    };
    let mut cells = Vec::new();
    // Other columns are not kept, however many there are.
    let mut columns: Vec<usize> = Vec::new();
    let mut headed = false;
    let mut count = Count::default();
    for record in reader(text, separator).into_records() {
        let record = record.map_err(|error| {
            Unreadable::new(
                format!("the file cannot be read as CSV: {error}"),
                "save it again in a spreadsheet program, as CSV UTF-8",
            )
        })?;
        let blank = record.iter().all(|field| field.trim().is_empty());
        if !headed && blank {
            continue;
        }
        if !headed {
            headed = true;
            let known = |field: &str| {
                let mut all = needed.iter().chain(allowed);
                all.any(|heading| plain(heading) == plain(field))
            };
            columns = (0..record.len()).filter(|at| known(&record[*at])).collect();
        }
        let row = lines.of_rows.len();
        if row > MOST_ROWS {
            return Err(Unreadable::new(
                "the file has more than 1,048,576 rows",
                "split it, or take out rows that did not change",
            ));
        }
        let at = record.position().map_or(0, csv::Position::byte);
        lines.of_rows.push(count.line(text, at) + skipped);
        for (at, column) in columns.iter().enumerate() {
            let value = record.get(*column).map_or(Data::Empty, value);
            let place = (
                u32::try_from(row).unwrap_or(u32::MAX),
                u32::try_from(at).unwrap_or(0),
            );
            if !matches!(value, Data::Empty) {
                cells.push(calamine::Cell::new(place, value));
            }
        }
    }
    let mut grid = Grid::new(name, Range::from_sparse(cells), needed, allowed)?;
    grid.lines = Some(lines);
    Ok(grid)
}

/// Counts lines on the way through a text.
#[derive(Default)]
struct Count {
    at: usize,
    breaks: u64,
}

impl Count {
    /// The line, from 1, of what stands at a byte or behind the line breaks there: a record's place may be
    /// that of the end of the one before.
    fn line(&mut self, text: &str, at: u64) -> u64 {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
        let bytes = text.as_bytes();
        let blank = bytes[at..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let end = at + blank.count();
        let passed = bytes.get(self.at..end).unwrap_or_default();
        self.breaks += passed
            .iter()
            .map(|byte| u64::from(*byte == b'\n'))
            .sum::<u64>();
        self.at = end.max(self.at);
        self.breaks + 1
    }
}

fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    if bytes.len() > MOST {
        return Err(Unreadable::new(
            "the file is too large",
            "a CSV file may have 64 MiB; split it",
        ));
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let wide =
        bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") || bytes.contains(&0);
    match std::str::from_utf8(bytes) {
        Ok(text) if !wide => Ok(text),
        Err(error) if !wide => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            Err(Unreadable::new(
                format!("the file is not written in UTF-8: line {line} has other letters"),
                "save it as \"CSV UTF-8\"; plain \"CSV\" of Excel loses letters that the local alphabet does not have",
            ))
        }
        _ => Err(Unreadable::new(
            "the file is written in UTF-16, or is no text",
            "save it as \"CSV UTF-8\", not as \"Unicode text\"",
        )),
    }
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// What parts the columns, and which sheet has such headings.
fn kind(text: &str) -> Result<(u8, &'static str), Unreadable> {
    let mut seen = StringRecord::new();
    for separator in [b',', b';', b'\t'] {
        let mut records = reader(text, separator).into_records();
        let filled = records.find_map(|record| {
            let record = record.ok()?;
            let blank = record.iter().all(|field| field.trim().is_empty());
            (!blank).then_some(record)
        });
        let Some(headings) = filled else { continue };
        let has = |heading: &str| headings.iter().any(|field| plain(field) == plain(heading));
        let all = |needed: &[&str]| needed.iter().all(|heading| has(heading));
        let found: Vec<&'static str> = [
            (WORKSPACES, sheets::WORKSPACES),
            (BUDGETS, sheets::BUDGETS),
            (COST_CENTERS, sheets::COST_CENTERS),
        ]
        .into_iter()
        .filter(|(_, needed)| all(needed))
        .map(|(name, _)| name)
        .collect();
        match found.as_slice() {
            [name] => return Ok((separator, name)),
            [] => {
                if headings.len() > seen.len() {
                    seen = headings;
                }
            }
            several => {
                return Err(Unreadable::new(
                    format!("the headings are those of {}", several.join(" and ")),
                    "give each sheet in a file of its own",
                ));
            }
        }
    }
    let some: Vec<&str> = seen.iter().take(8).collect();
    Err(Unreadable::new(
        format!("no sheet has these headings: {}", some.join(", ")),
        "the first row holds them: Cost Center Name and Cost Center Code for cost centres, Cost Center Code and Fiscal Year for budgets, Workspace ID and Cost Center Code for workspaces",
    ))
}

/// A cell. What a program shows for a formula that failed is no text.
fn value(field: &str) -> Data {
    let error = match field.trim() {
        "" => return Data::Empty,
        "#REF!" => CellErrorType::Ref,
        "#N/A" => CellErrorType::NA,
        "#NAME?" => CellErrorType::Name,
        "#VALUE!" => CellErrorType::Value,
        "#DIV/0!" => CellErrorType::Div0,
        "#NUM!" => CellErrorType::Num,
        "#NULL!" => CellErrorType::Null,
        text => return Data::String(text.to_owned()),
    };
    Data::Error(error)
}
