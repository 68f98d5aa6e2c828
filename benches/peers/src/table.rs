//! Figures of all peers, one row each, beside those of the floor.

use crate::{bench::Bench, measure::samples::median, peer::FLOOR, work::Work};
use std::fmt;

/// One thing that was measured.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Figure {
    Number(f64),
    Words(String),
    /// Not measured with this peer, or nothing came of it.
    Nothing,
}

/// What the figures of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) title: &'static str,
    pub(crate) ratio: Ratio,
}

/// How a figure is set against that of the floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ratio {
    None,
    /// So many times as much, for what should be little.
    Times,
    /// So many percent, for what should be much.
    Percent,
}

/// All that a work gave.
#[derive(Debug)]
pub(crate) struct Table {
    title: String,
    columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

/// What one peer gave.
#[derive(Debug)]
pub(crate) struct Row {
    name: String,
    /// The figures of each round that went well.
    pub(crate) rounds: Vec<Vec<Figure>>,
    /// Why there are no more.
    pub(crate) failure: Option<String>,
}

impl Column {
    pub(crate) const fn plain(title: &'static str) -> Self {
        Self {
            title,
            ratio: Ratio::None,
        }
    }

    pub(crate) const fn times(title: &'static str) -> Self {
        Self {
            title,
            ratio: Ratio::Times,
        }
    }

    pub(crate) const fn percent(title: &'static str) -> Self {
        Self {
            title,
            ratio: Ratio::Percent,
        }
    }
}

impl From<Option<f64>> for Figure {
    fn from(number: Option<f64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }
}

impl Table {
    pub(crate) fn new(work: &dyn Work, bench: &Bench) -> Self {
        Self {
            title: format!("{}: {}", work.name(), work.about(bench)),
            columns: work.columns(),
            rows: Vec::new(),
        }
    }

    /// All cells as text, the titles first.
    fn cells(&self) -> Vec<Vec<String>> {
        let titles = self.columns.iter().map(|column| column.title.to_owned());
        let mut cells = vec![[String::new()].into_iter().chain(titles).collect()];
        cells.extend(self.rows.iter().map(|row| self.line(row)));
        cells
    }

    fn line(&self, row: &Row) -> Vec<String> {
        let figures = self.columns.iter().enumerate().map(|(index, column)| {
            let floor = self.rows.iter().find(|row| row.name == FLOOR);
            let floor = floor
                .and_then(|floor| floor.number(index))
                .filter(|_| row.name != FLOOR);
            row.cell(index, column.ratio, floor)
        });
        [row.name.clone()].into_iter().chain(figures).collect()
    }
}

impl Row {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            rounds: Vec::new(),
            failure: None,
        }
    }

    /// A peer that could not be had.
    pub(crate) fn missing(name: &str, reason: &str) -> Self {
        Self {
            failure: Some(format!("not measured: {reason}")),
            ..Self::new(name)
        }
    }

    fn numbers(&self, index: usize) -> Vec<f64> {
        let figures = self.rounds.iter().filter_map(|figures| figures.get(index));
        let number = |figure: &Figure| match figure {
            Figure::Number(number) => Some(*number),
            _ => None,
        };
        figures.filter_map(number).collect()
    }

    fn number(&self, index: usize) -> Option<f64> {
        median(&self.numbers(index))
    }

    fn cell(&self, index: usize, ratio: Ratio, floor: Option<f64>) -> String {
        let Some(number) = self.number(index) else {
            return self.words(index);
        };
        let spread = spread(&self.numbers(index));
        let ratio = floor.map_or_else(String::new, |floor| against(number, floor, ratio));
        format!("{}{spread}{ratio}", short(number))
    }

    fn words(&self, index: usize) -> String {
        let mut figures = self.rounds.iter().filter_map(|figures| figures.get(index));
        let words = figures.find_map(|figure| match figure {
            Figure::Words(words) => Some(words.clone()),
            _ => None,
        });
        words.unwrap_or_else(|| "-".to_owned())
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "## {}\n", self.title)?;
        let cells = self.cells();
        let columns = 0..=self.columns.len();
        let width = |column: usize| {
            cells
                .iter()
                .filter_map(|line| line.get(column))
                .map(|cell| cell.chars().count())
                .max()
        };
        let widths: Vec<usize> = columns
            .map(|column| width(column).unwrap_or_default())
            .collect();
        for (number, line) in cells.iter().enumerate() {
            write_line(f, line, &widths)?;
            if number == 0 {
                let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                write_line(f, &rule, &widths)?;
            }
        }
        for row in &self.rows {
            if let Some(failure) = &row.failure {
                writeln!(f, "\n{}: {failure}", row.name)?;
            }
        }
        Ok(())
    }
}

fn write_line(f: &mut fmt::Formatter<'_>, cells: &[String], widths: &[usize]) -> fmt::Result {
    for (cell, width) in cells.iter().zip(widths) {
        write!(f, "| {cell:width$} ")?;
    }
    writeln!(f, "|")
}

/// Three digits that count.
fn short(number: f64) -> String {
    let digits = match number.abs() {
        size if size >= 100.0 || size == 0.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 0.1 => 2,
        _ => 3,
    };
    format!("{number:.digits$}")
}

/// From the least to the most, when there is more than one.
fn spread(numbers: &[f64]) -> String {
    let least = numbers.iter().copied().min_by(f64::total_cmp);
    let most = numbers.iter().copied().max_by(f64::total_cmp);
    match (least, most) {
        (Some(least), Some(most)) if numbers.len() > 1 => {
            format!(" [{}–{}]", short(least), short(most))
        }
        _ => String::new(),
    }
}

fn against(number: f64, floor: f64, ratio: Ratio) -> String {
    match ratio {
        Ratio::Times if floor > 0.0 => format!(" {}x", short(number / floor)),
        Ratio::Percent if floor > 0.0 => format!(" {:.0}%", 100.0 * number / floor),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Column, Figure, Row, Table};

    fn row(name: &str, rounds: &[&[Figure]]) -> Row {
        Row {
            rounds: rounds.iter().map(|figures| figures.to_vec()).collect(),
            ..Row::new(name)
        }
    }

    #[test]
    fn rows_stand_beside_the_floor() {
        use Figure::{Nothing, Number, Words};
        let table = Table {
            title: "start: how long".to_owned(),
            columns: vec![
                Column::times("ms"),
                Column::percent("MiB/s"),
                Column::plain("left"),
            ],
            rows: vec![
                row(
                    "raw",
                    &[
                        &[Number(100.0), Number(1000.0), Words("d".into())],
                        &[Number(104.0), Number(1000.0), Nothing],
                    ],
                ),
                row("pm2", &[&[Number(1060.0), Nothing, Words("none".into())]]),
                row("mine", &[&[Number(51.0), Number(912.4), Nothing]]),
                Row::missing("s6", "no network"),
            ],
        };
        let expected = "\
## start: how long

|      | ms            | MiB/s            | left |
| ---- | ------------- | ---------------- | ---- |
| raw  | 102 [100–104] | 1000 [1000–1000] | d    |
| pm2  | 1060 10.4x    | -                | none |
| mine | 51.0 0.50x    | 912 91%          | -    |
| s6   | -             | -                | -    |

s6: not measured: no network
";
        assert_eq!(table.to_string(), expected);
    }
}
