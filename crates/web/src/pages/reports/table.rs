//! A report as a table of cells that know what they are, for programs of spreadsheets: as CSV and as XLSX.

use jiff::civil::DateTime;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Empty,
    Text(String),
    Count(u64),
    /// A part of one.
    Share(f64),
    Hours(f64),
    /// On the wall of the office.
    Moment(DateTime),
}

/// A sheet.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) heads: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }
}

/// How spreadsheets of a language write numbers and tell cells apart: where a comma parts the tenths, a semicolon parts
/// the cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Custom {
    Comma,
    Point,
}

/// The table as CSV: UTF-8 that says so, as RFC 4180 but for the language's own separator.
///
/// # Errors
/// Writing into memory does not fail; the library cannot know.
pub(super) fn csv(table: &Table, custom: Custom) -> csv::Result<Vec<u8>> {
    let separator = if custom == Custom::Comma { b';' } else { b',' };
    let mut bytes = "\u{feff}".as_bytes().to_vec();
    let mut writer = csv::WriterBuilder::new()
        .delimiter(separator)
        .terminator(csv::Terminator::CRLF)
        .flexible(true)
        .from_writer(&mut bytes);
    writer.write_record(table.heads.iter().map(|head| harmless(head)))?;
    for row in &table.rows {
        writer.write_record(row.iter().map(|cell| plain(cell, custom)))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(bytes)
}

fn plain(cell: &Cell, custom: Custom) -> String {
    let number = |number: String| match custom {
        Custom::Comma => number.replace('.', ","),
        Custom::Point => number,
    };
    match cell {
        Cell::Empty => String::new(),
        Cell::Text(text) => harmless(text),
        Cell::Count(count) => count.to_string(),
        Cell::Share(share) => number(format!("{share:.4}")),
        Cell::Hours(hours) => number(format!("{hours:.2}")),
        Cell::Moment(at) => at.strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

/// What somebody wrote never becomes a formula: programs of spreadsheets run what begins like one.
fn harmless(text: &str) -> String {
    match text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

/// The tables as the sheets of one file, each with its heads in place while one scrolls. Words are words there: none is
/// read as a formula.
///
/// # Errors
/// When a sheet's name is none that such a file takes.
pub(super) fn xlsx(tables: &[Table]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold().set_text_wrap();
    let looks = Looks {
        share: Format::new().set_num_format("0.0%"),
        hours: Format::new().set_num_format("0.00"),
        moment: Format::new().set_num_format("yyyy-mm-dd hh:mm"),
    };
    for table in tables {
        let sheet = book.add_worksheet();
        sheet.set_name(&table.name)?.set_freeze_panes(1, 0)?;
        for (column, text) in (0..).zip(&table.heads) {
            sheet.write_string_with_format(0, column, text, &head)?;
            sheet.set_column_width(column, width(table, usize::from(column)))?;
        }
        for (row, cells) in (1..).zip(&table.rows) {
            for (column, cell) in (0..).zip(cells) {
                looks.put(sheet, (row, column), cell)?;
            }
        }
    }
    book.save_to_buffer()
}

/// How numbers show.
struct Looks {
    share: Format,
    hours: Format,
    moment: Format,
}

impl Looks {
    fn put(&self, sheet: &mut Worksheet, (row, column): (u32, u16), cell: &Cell) -> Result<(), XlsxError> {
        match cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => sheet.write_string(row, column, cut(text))?,
            Cell::Count(count) => sheet.write_number(row, column, *count as f64)?,
            Cell::Share(part) => sheet.write_number_with_format(row, column, *part, &self.share)?,
            Cell::Hours(time) => sheet.write_number_with_format(row, column, *time, &self.hours)?,
            Cell::Moment(at) => sheet.write_datetime_with_format(row, column, &excel(*at)?, &self.moment)?,
        };
        Ok(())
    }
}

/// No cell of such a file holds more.
const LONGEST: usize = 32_000;

fn cut(text: &str) -> String {
    text.chars().take(LONGEST / 2).collect()
}

/// As wide as what stands in the first rows, within reason.
fn width(table: &Table, column: usize) -> f64 {
    let length = |cell: &Cell| match cell {
        Cell::Text(text) => text.chars().count(),
        Cell::Moment(_) => 16,
        _ => 8,
    };
    let cells = table.rows.iter().take(200).filter_map(|row| row.get(column)).map(length).max();
    let head = table.heads.get(column).map_or(0, |head| head.chars().count().min(14));
    let widest = cells.unwrap_or(0).max(head).clamp(8, 60);
    f64::from(u8::try_from(widest).unwrap_or(60)) + 2.0
}

fn excel(at: DateTime) -> Result<ExcelDateTime, XlsxError> {
    let part = |part: i8| part.unsigned_abs();
    ExcelDateTime::from_ymd(at.year().unsigned_abs(), part(at.month()), part(at.day()))?.and_hms(
        u16::from(part(at.hour())),
        part(at.minute()),
        f64::from(part(at.second())),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: Vec<Vec<Cell>>) -> Table {
        Table { name: "Informe".into(), heads: vec!["Servicio".into(), "Cumplimiento".into()], rows }
    }

    fn written(rows: Vec<Vec<Cell>>, custom: Custom) -> String {
        String::from_utf8(csv(&table(rows), custom).expect("a table")).expect("UTF-8")
    }

    #[test]
    fn a_language_has_its_own_numbers_and_separators() {
        let row = || vec![vec![Cell::text("Impresión; color"), Cell::Share(0.918_25), Cell::Hours(3.5)]];
        assert_eq!(
            written(row(), Custom::Comma),
            "\u{feff}Servicio;Cumplimiento\r\n\"Impresión; color\";0,9183;3,50\r\n"
        );
        assert_eq!(
            written(row(), Custom::Point),
            "\u{feff}Servicio,Cumplimiento\r\nImpresión; color,0.9183,3.50\r\n"
        );
    }

    #[test]
    fn what_somebody_wrote_is_no_formula() {
        for text in ["=1+1", "+57 300", "-2", "@SUM(A1)", "  =cmd|'/c calc'!A1", "\t=1"] {
            let csv = written(vec![vec![Cell::text(text)]], Custom::Comma);
            let cell = csv.lines().nth(1).expect("a row").trim_start_matches('"');
            assert!(cell.starts_with('\''), "{csv:?}");
        }
        let left = written(vec![vec![Cell::text("Cuenta - correo"), Cell::Count(3)]], Custom::Comma);
        assert!(left.ends_with("Cuenta - correo;3\r\n"), "{left}");
    }

    #[test]
    fn a_workbook_takes_whatever_stands_in_a_table() {
        let long = "ñ".repeat(40_000);
        let moment = jiff::civil::date(2026, 11, 25).at(10, 5, 7, 0);
        let rows = vec![
            vec![Cell::text(long), Cell::Share(0.5)],
            vec![Cell::Empty, Cell::Moment(moment), Cell::Hours(1.25), Cell::Count(7)],
        ];
        let bytes = xlsx(&[table(rows), Table { name: "Casos".into(), heads: vec![], rows: vec![] }]);
        assert!(bytes.expect("a workbook").starts_with(b"PK"));
    }
}
