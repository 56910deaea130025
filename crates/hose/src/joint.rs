use crate::{Gender, Style};

/// How the ends of a style join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joint {
    /// The standards that describe it, the usual one first; empty if there is none.
    pub standards: &'static [&'static str],
    /// What keeps the fluid in, in words.
    pub seal: &'static str,
    /// Which genders its ends have.
    pub genders: &'static [Gender],
}

const BOTH: &[Gender] = &[Gender::Male, Gender::Female];
const NEITHER: &[Gender] = &[Gender::None];

impl Style {
    /// How ends of this style join. The standards are those that makers name
    /// for the style; no number of theirs is repeated here.
    pub const fn joint(self) -> Joint {
        let (standards, seal, genders): (&[&str], &str, &[Gender]) = match self {
            Self::Jic => (&["SAE J514", "ISO 8434-2"], "metal on a cone of 37°", BOTH),
            Self::Orfs => (&["SAE J1453", "ISO 8434-3"], "O-ring on a flat face", BOTH),
            Self::Npt => (&["ASME B1.20.1"], "taper thread with sealant", BOTH),
            Self::Nptf => (&["ASME B1.20.3"], "taper thread whose crests are crushed", BOTH),
            Self::Npsm => (&["ASME B1.20.1"], "metal seat; the thread does not seal", &[Gender::Female]),
            Self::Bspp => (&["ISO 228-1"], "on a face or a cone; the thread does not seal", BOTH),
            Self::Bspt => (&["ISO 7-1"], "taper thread with sealant", BOTH),
            Self::DinLight => (&["ISO 8434-1"], "on a cone of 24°, light series", BOTH),
            Self::DinHeavy => (&["ISO 8434-1"], "on a cone of 24°, heavy series", BOTH),
            Self::Metric => (&[], "on a face or a washer; the thread does not seal", BOTH),
            Self::Jis => (&["JIS B 8363"], "metal on a cone of 60°, parallel pipe thread", BOTH),
            Self::Komatsu => (&[], "metal on a cone of 60°, metric thread", BOTH),
            Self::Sae45 => (&["SAE J512"], "metal on a cone of 45°", BOTH),
            Self::Code61 => {
                (&["SAE J518-1", "ISO 6162-1"], "O-ring in a flange head, standard series", NEITHER)
            }
            Self::Code62 => {
                (&["SAE J518-2", "ISO 6162-2"], "O-ring in a flange head, high-pressure series", NEITHER)
            }
            Self::Orb => (&["SAE J1926", "ISO 11926"], "O-ring at the foot of a straight thread", BOTH),
            Self::MetricOrb => (&["ISO 6149"], "O-ring at the foot of a metric thread", BOTH),
            Self::BsppPort => (&["ISO 1179"], "ring on the face of the port", BOTH),
            Self::Banjo => (&[], "two washers at a ring with a hollow bolt", NEITHER),
            Self::QuickCoupler => (&[], "valves that open when the halves meet", BOTH),
            Self::Tube => {
                (&["ISO 8434-1"], "a plain tube, held by a cutting ring or a flareless fitting", NEITHER)
            }
            Self::Barb => (&[], "the hose itself, held by a clamp or its grip", NEITHER),
            Self::Weld => (&[], "welded", NEITHER),
            Self::Other => (&[], "as its maker says", Gender::ALL),
        };
        Joint { standards, seal, genders }
    }

    /// Whether ends of this style come in this gender.
    pub fn has(self, gender: Gender) -> bool {
        self.joint().genders.contains(&gender)
    }
}
