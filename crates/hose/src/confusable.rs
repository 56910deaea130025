use crate::{Dash, Family, Style};

/// Two things that are easily taken for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confusable {
    /// One of them.
    pub one: Thing,
    /// The other.
    pub other: Thing,
    /// Why they are taken for each other, and what is wrong with it.
    pub why: &'static str,
    /// How to tell them apart.
    pub tell: &'static str,
}

/// What can be mistaken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// Every end of a style.
    Style(Style),
    /// An end of a style at a dash.
    End(Style, u16),
    /// A metric cone for a tube of so many millimetres.
    Cone(Style, u8),
    /// A family of hoses.
    Hose(Family),
}

use Thing::{Cone, End, Hose};

const PIPE_TELL: &str = "Gauge the pitch: NPT has 18 threads per inch and flanks of 60°, BSP 19 and 55°.";

/// The pairs that are known. Threads: from the tables of [`thread`](crate::thread);
/// hoses and cones: from the standards' scopes as makers explain them.
pub const CONFUSABLE: &[Confusable] = &[
    Confusable {
        one: End(Style::Bspp, 8),
        other: End(Style::Npt, 8),
        why: "Both have 14 threads per inch and nearly one diameter. They start to screw together, and leak.",
        tell: "Look at the flanks with a gauge: 55° is BSP, 60° NPT. NPT tapers.",
    },
    Confusable {
        one: End(Style::Bspp, 4),
        other: End(Style::Npt, 4),
        why: "The diameters differ by half a millimetre, the pitches by one thread per inch.",
        tell: PIPE_TELL,
    },
    Confusable {
        one: End(Style::Bspp, 6),
        other: End(Style::Npt, 6),
        why: "The diameters differ by half a millimetre, the pitches by one thread per inch.",
        tell: PIPE_TELL,
    },
    Confusable {
        one: End(Style::Jic, 10),
        other: Cone(Style::DinLight, 15),
        why: "7/8-14 and M22x1.5 have nearly one diameter.",
        tell: "Gauge the pitch, 14 per inch or 1.5 mm, and the cone, 37° or 24°.",
    },
    Confusable {
        one: End(Style::Jic, 10),
        other: Cone(Style::DinHeavy, 14),
        why: "7/8-14 and M22x1.5 have nearly one diameter.",
        tell: "Gauge the pitch, 14 per inch or 1.5 mm, and the cone, 37° or 24°.",
    },
    Confusable {
        one: End(Style::Jic, 14),
        other: End(Style::Orfs, 12),
        why: "Both threads are 1-3/16-12: they screw together and do not seal.",
        tell: "JIC ends in a cone of 37°, ORFS in a flat face with an O-ring.",
    },
    Confusable {
        one: End(Style::Jic, 6),
        other: End(Style::Orfs, 4),
        why: "Both threads are 9/16-18: they screw together and do not seal.",
        tell: "JIC ends in a cone of 37°, ORFS in a flat face with an O-ring.",
    },
    Confusable {
        one: Thing::Style(Style::Npt),
        other: Thing::Style(Style::Nptf),
        why: "They screw together, but an NPT thread does not seal dry.",
        tell: "Nothing to be seen: go by the marking and the part number.",
    },
    Confusable {
        one: Thing::Style(Style::Bspp),
        other: Thing::Style(Style::Bspt),
        why: "One pitch and diameter; but BSPP seals on a face or cone, BSPT in the thread.",
        tell: "Lay a straight edge on the thread: BSPT tapers.",
    },
    Confusable {
        one: Thing::Style(Style::DinLight),
        other: Thing::Style(Style::DinHeavy),
        why: "One thread serves tubes of two sizes: M18x1.5 is 12 mm light and 10 mm heavy. They do not interchange.",
        tell: "Measure the bore of the tube that the cone takes.",
    },
    Confusable {
        one: Thing::Style(Style::Code61),
        other: Thing::Style(Style::Code62),
        why: "The heads of small sizes look alike, the bolts stand elsewhere, the pressures differ.",
        tell: "Measure the head and the distance of the bolts.",
    },
    Confusable {
        one: Hose(Family::FourSp),
        other: Hose(Family::R12),
        why: "Both have four layers of wire, and are sold as one; pressures and bend radii differ by size.",
        tell: "Read the layline: the standard it names.",
    },
    Confusable {
        one: Hose(Family::FourSh),
        other: Hose(Family::R13),
        why: "Both are heavy spiral hoses; R13 bears one pressure in every size, 4SH less the larger it is.",
        tell: "Read the layline: the standard it names.",
    },
];

impl Thing {
    /// Whether an end of this style at this dash is meant.
    pub fn is_end(self, style: Style, dash: Option<Dash>) -> bool {
        match self {
            Self::Style(its) => its == style,
            End(its, sixteenths) => its == style && dash.is_some_and(|dash| dash.sixteenths() == sixteenths),
            Cone(..) | Hose(_) => false,
        }
    }

    /// Whether a cone of this style for this tube is meant.
    pub fn is_cone(self, style: Style, millimetres: u8) -> bool {
        match self {
            Self::Style(its) => its == style,
            Cone(its, tube) => its == style && tube == millimetres,
            End(..) | Hose(_) => false,
        }
    }
}

impl Confusable {
    /// For what the thing may be mistaken, if it is one of this pair.
    pub fn other_than(&self, is: impl Fn(Thing) -> bool) -> Option<Thing> {
        match (is(self.one), is(self.other)) {
            (true, _) => Some(self.other),
            (_, true) => Some(self.one),
            _ => None,
        }
    }
}
