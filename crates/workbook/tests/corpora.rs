//! Replays the inputs that fuzzing has collected, on any compiler.

#[path = "../../../fuzz/corpus.rs"]
mod corpus;

use corpus::inputs;

#[test]
fn workbook() {
    inputs("workbook").for_each(|input| workbook::replay::workbook(&input));
}
