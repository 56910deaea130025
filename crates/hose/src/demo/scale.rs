/// How large an example catalogue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// A few of everything: made in a moment.
    Tiny,
    /// A shop.
    S,
    /// A dealer.
    M,
    /// A group of dealers.
    L,
    /// More than anybody has.
    Xl,
}

/// How many of each a catalogue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Brands of hoses, fittings and ferrules.
    pub brands: usize,
    /// Brands of adaptors.
    pub adaptor_brands: usize,
    /// Brands of wraps and other items.
    pub other_brands: usize,
    /// Series of fittings in each brand.
    pub series: usize,
    /// Hoses.
    pub hoses: usize,
    /// Crimp fittings.
    pub fittings: usize,
    /// Ferrules.
    pub ferrules: usize,
    /// Adaptors.
    pub adaptors: usize,
    /// Wraps.
    pub wraps: usize,
    /// Other items.
    pub others: usize,
    /// Rows of crimp data.
    pub crimps: usize,
}

impl Scale {
    /// Every scale, ascending.
    pub const ALL: [Self; 5] = [Self::Tiny, Self::S, Self::M, Self::L, Self::Xl];

    /// Its name: `tiny`, `s`, `m`, `l` or `xl`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::S => "s",
            Self::M => "m",
            Self::L => "l",
            Self::Xl => "xl",
        }
    }

    /// The scale with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scale| scale.name().eq_ignore_ascii_case(name.trim()))
    }

    /// How many of each. S to XL are sizes for planning, from a small shop to
    /// beyond the largest group; no source publishes such numbers.
    #[rustfmt::skip]
    pub const fn plan(self) -> Plan {
        match self {
            Self::Tiny => Plan {
                brands: 2, adaptor_brands: 2, other_brands: 1, series: 2,
                hoses: 108, fittings: 400, ferrules: 200, adaptors: 200, wraps: 40, others: 60, crimps: 400,
            },
            Self::S => Plan {
                brands: 2, adaptor_brands: 2, other_brands: 1, series: 2,
                hoses: 300, fittings: 3_000, ferrules: 200, adaptors: 2_000, wraps: 60, others: 500, crimps: 2_000,
            },
            Self::M => Plan {
                brands: 8, adaptor_brands: 4, other_brands: 2, series: 3,
                hoses: 3_000, fittings: 40_000, ferrules: 2_000, adaptors: 20_000, wraps: 300, others: 5_000,
                crimps: 30_000,
            },
            Self::L => Plan {
                brands: 25, adaptor_brands: 10, other_brands: 6, series: 4,
                hoses: 12_000, fittings: 200_000, ferrules: 8_000, adaptors: 100_000, wraps: 1_000, others: 30_000,
                crimps: 150_000,
            },
            Self::Xl => Plan {
                brands: 60, adaptor_brands: 20, other_brands: 20, series: 6,
                hoses: 50_000, fittings: 1_000_000, ferrules: 20_000, adaptors: 400_000, wraps: 3_000, others: 100_000,
                crimps: 1_000_000,
            },
        }
    }
}
