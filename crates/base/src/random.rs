use rand::{Rng, SeedableRng, rngs::StdRng};

/// Where randomness comes from: a cryptographic generator, seeded by the
/// operating system in service and by a number in tests.
#[derive(Debug)]
pub struct Random(StdRng);

impl Random {
    /// A generator no one can predict.
    ///
    /// # Panics
    /// If the operating system has no randomness to give; nothing safe can be
    /// done without it.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
    pub fn system() -> Self {
        Self(StdRng::try_from_rng(&mut rand::rngs::SysRng).expect("the operating system gives randomness"))
    }

    /// The same sequence for the same seed.
    pub fn seeded(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// Fills `bytes` with random ones.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill_bytes(bytes);
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// The sequence that belongs to these bytes: for units of work that may be
    /// run again and must then draw the same ids.
    pub fn from_seed(seed: [u8; 32]) -> Self {
        Self(StdRng::from_seed(seed))
    }

    /// A number below `bound`, each equally likely to within 2⁻³²; 0 if `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        let wide = u64::from_le_bytes(self.bytes());
        u32::try_from((u128::from(wide) * u128::from(bound)) >> 64).unwrap_or(0)
    }
}
