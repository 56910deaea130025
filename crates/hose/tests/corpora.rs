//! Replays the inputs that fuzzing has collected, on any compiler.

#[path = "../../../fuzz/corpus.rs"]
mod corpus;

use corpus::inputs;

#[test]
fn part_number() {
    inputs("part_number").for_each(|input| hose::replay::part_number(&input));
}

#[test]
fn cell() {
    inputs("cell").for_each(|input| hose::replay::cell(&input));
}
