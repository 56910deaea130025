//! What was measured, as a table and as a picture: for each thing asked, how its 99th
//! percentile grows with the catalogue.

use std::fmt::Write;

use database::Engine;
use testkit::{Postgres, Sqlite};

const LABELS: f64 = 300.0;
const PANEL: f64 = 270.0;
const GAP: f64 = 44.0;
const ROW: f64 = 22.0;
const TOP: f64 = 62.0;
/// The ends of the axis, as powers of ten of a millisecond.
const FROM: i32 = -1;
/// See [`FROM`].
const TO: i32 = 3;
const SCALES: [(&str, &str); 4] = [("s", "#d9e2ec"), ("m", "#9fb3c8"), ("l", "#486581"), ("xl", "#102a43")];

/// A line that the benchmark told.
struct Told<'a> {
    engine: Engine,
    scale: &'a str,
    what: &'a str,
    median: f64,
    p99: f64,
}

impl<'a> Told<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (engine, rest) = line.split_once(' ')?;
        let engine = [Sqlite, Postgres].into_iter().find(|known| format!("{known:?}") == engine)?;
        let (scale, rest) = rest.trim_start().split_once(' ')?;
        let (rest, _most) = rest.trim_end().rsplit_once(' ')?;
        let (rest, p99) = rest.trim_end().rsplit_once(' ')?;
        let (what, median) = rest.trim_end().rsplit_once(' ')?;
        Some(Self { engine, scale, what: what.trim(), median: median.parse().ok()?, p99: p99.parse().ok()? })
    }
}

/// The lines of a benchmark as a table in Markdown.
pub fn table(lines: &str) -> String {
    let told: Vec<_> = lines.lines().filter_map(Told::read).collect();
    let columns: Vec<_> = columns(&told).collect();
    let mut table = "| median / p99, ms |".to_owned();
    for (engine, scale) in &columns {
        let _ = write!(table, " {} {} |", name(*engine), scale.to_uppercase());
    }
    let _ = writeln!(table, "\n|---{}|", "|---:".repeat(columns.len()));
    for what in asked(&told) {
        let _ = write!(table, "| {what} |");
        for (engine, scale) in &columns {
            let one = told.iter().find(|t| (t.what, t.engine, t.scale) == (what, *engine, *scale));
            match one {
                Some(one) => drop(write!(table, " {:.1} / {:.1} |", one.median, one.p99)),
                None => table.push_str(" |"),
            }
        }
        table.push('\n');
    }
    table
}

fn columns<'a>(told: &'a [Told<'a>]) -> impl Iterator<Item = (Engine, &'a str)> {
    let all = [Sqlite, Postgres].into_iter().flat_map(|engine| SCALES.map(|(scale, _)| (engine, scale)));
    all.filter(|column| told.iter().any(|one| (one.engine, one.scale) == *column))
}

fn name(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    }
}

/// What was asked, in the order of the first time.
fn asked<'a>(told: &[Told<'a>]) -> Vec<&'a str> {
    let mut asked = Vec::new();
    for one in told {
        if !asked.contains(&one.what) {
            asked.push(one.what);
        }
    }
    asked
}

/// The lines of a benchmark as an SVG: a row for each thing asked, a panel for each engine,
/// a dot for each size of the catalogue.
pub fn picture(lines: &str) -> String {
    let told: Vec<_> = lines.lines().filter_map(Told::read).collect();
    let asked = asked(&told);
    let bottom = f64::from(u32::try_from(asked.len()).unwrap_or(0)).mul_add(ROW, TOP);
    let (width, height) = (LABELS + 2.0 * (PANEL + GAP), bottom + 46.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n"
    );
    for (n, engine) in (0u8..).zip([Sqlite, Postgres]) {
        let left = f64::from(n).mul_add(PANEL + GAP, LABELS);
        panel(&mut svg, engine, left, bottom);
        for (row, what) in (0u8..).zip(&asked) {
            let y = (f64::from(row) + 0.5).mul_add(ROW, TOP);
            if n == 0 {
                text(&mut svg, (LABELS - 10.0, y + 4.0), "end", what);
            }
            for (scale, colour) in SCALES {
                let one = told.iter().find(|t| (t.what, t.engine, t.scale) == (what, engine, scale));
                if let Some(one) = one {
                    let x = left + place(one.p99);
                    let _ = writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y}\" r=\"5\" fill=\"{colour}\"/>");
                }
            }
        }
    }
    let known = SCALES.iter().filter(|(scale, _)| told.iter().any(|one| one.scale == *scale));
    for (n, (scale, colour)) in (0u8..).zip(known) {
        let (x, y) = (f64::from(n).mul_add(50.0, LABELS), bottom + 34.0);
        let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{}\" r=\"5\" fill=\"{colour}\"/>", y - 4.0);
        text(&mut svg, (x + 10.0, y), "start", &scale.to_uppercase());
    }
    svg + "</svg>\n"
}

fn panel(svg: &mut String, engine: Engine, left: f64, bottom: f64) {
    text(svg, (left, 22.0), "start", &format!("{}: 99th percentile, ms", name(engine)));
    for power in FROM..=TO {
        let x = left + place(10f64.powi(power));
        let _ = writeln!(svg, "<path d=\"M{x:.1} {TOP}V{bottom}\" stroke=\"#e0e0e0\"/>");
        text(svg, (x, TOP - 8.0), "middle", &10f64.powi(power).to_string());
    }
    let x = left + place(20.0);
    let _ = writeln!(svg, "<path d=\"M{x:.1} {TOP}V{bottom}\" stroke=\"#c0392b\" stroke-dasharray=\"3 3\"/>");
    text(svg, (x, bottom + 14.0), "middle", "20");
}

/// Where so many milliseconds stand on the axis.
fn place(milliseconds: f64) -> f64 {
    let power = milliseconds.log10().clamp(f64::from(FROM), f64::from(TO));
    (power - f64::from(FROM)) / f64::from(TO - FROM) * PANEL
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#222\">{words}</text>"
    );
}
