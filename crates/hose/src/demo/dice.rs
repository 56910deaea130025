/// Chance that is the same for the same seed and text, in whatever order it is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// A number from `from` to `to`, both included.
    pub(super) fn between(self, from: i64, to: i64, about: &str) -> i64 {
        let width = u64::try_from(to - from).unwrap_or(0) + 1;
        from + i64::try_from(self.number(about) % width).unwrap_or(0)
    }

    /// The id of what is named so: made at the beginning of 2026, as far as it tells.
    pub(super) fn id(self, names: &[&str]) -> [u8; 12] {
        const MADE: u32 = 1_767_225_600;
        let number = self.number(&names.join("\n"));
        let mut id = [0; 12];
        id[..4].copy_from_slice(&MADE.to_be_bytes());
        id[4..].copy_from_slice(&number.to_be_bytes());
        id
    }

    /// FNV-1a of the text, mixed with the seed by the finisher of SplitMix64.
    fn number(self, about: &str) -> u64 {
        let mixed = about.bytes().fold(0xcbf2_9ce4_8422_2325 ^ self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The place of one of many combinations: what is taken first changes fastest.
pub(super) struct Place(pub(super) usize);

impl Place {
    /// One of these.
    pub(super) fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// A number below this.
    pub(super) fn below(&mut self, count: usize) -> usize {
        let chosen = self.0 % count;
        self.0 /= count;
        chosen
    }
}
