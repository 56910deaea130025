use base::{Angle, Measure};

use crate::words::words;

words! {
    /// How the ends of a fitting or an adaptor stand to each other.
    Shape, "shape" {
        /// Both ends on one line.
        Straight "straight" "Straight" ["str" "0" "inline" "union" "180"],
        /// Bent by 22.5°.
        Elbow22 "elbow22" "22.5° elbow" ["22.5" "22.5 bent tube"],
        /// Bent by 30°.
        Elbow30 "elbow30" "30° elbow" ["30" "30 bent tube"],
        /// Bent by 45°.
        Elbow45 "elbow45" "45° elbow" ["45" "elbow 45" "45 bent" "45 bent tube" "45 swept"],
        /// Bent by 60°.
        Elbow60 "elbow60" "60° elbow" ["60" "60 bent tube"],
        /// Bent by 67.5°.
        Elbow67 "elbow67" "67.5° elbow" ["67.5" "67.5 bent tube"],
        /// Bent by 90°, of no stated drop.
        Elbow90 "elbow90" "90° elbow" ["90" "elbow" "elbow 90" "90 bent" "90 bent tube" "90 swept"],
        /// Bent by 90° with a short drop.
        Elbow90Short "elbow90short" "90° elbow, short drop" ["90 short" "90S" "90 short drop" "short drop"],
        /// Bent by 90° with a middle drop.
        Elbow90Medium "elbow90medium" "90° elbow, medium drop" ["90 medium" "90M" "90 medium drop" "medium drop"],
        /// Bent by 90° with a long drop.
        Elbow90Long "elbow90long" "90° elbow, long drop" ["90 long" "90L" "90 long drop" "long drop"],
        /// Two bores that meet at 90° in a forged block.
        Block90 "block90" "90° block" ["block" "90 compact" "compact" "90 forged"],
        /// A tee of three like ends.
        Tee "tee" "Tee" ["T" "union tee"],
        /// A tee whose odd end lies in the run.
        RunTee "runTee" "Run tee" ["tee run" "L tee"],
        /// A tee whose odd end is the branch.
        BranchTee "branchTee" "Branch tee" ["tee branch"],
        /// Four ends.
        Cross "cross" "Cross" ["X" "union cross"],
        /// Two ends that part from one at less than 90°.
        Wye "wye" "Wye" ["Y"],
        /// A ring through which a hollow bolt passes.
        Banjo "banjo" "Banjo" ["banjo eye"],
        /// A male end that closes.
        Plug "plug" "Plug" ["hollow hex plug"],
        /// A female end that closes.
        Cap "cap" "Cap" ["blanking cap"],
    }
}

impl Shape {
    /// By how much the second end is turned out of the line of the first;
    /// `None` where that is not one angle.
    pub fn angle(self) -> Option<Angle> {
        let millidegrees = match self {
            Self::Straight => 0,
            Self::Elbow22 => 22_500,
            Self::Elbow30 => 30_000,
            Self::Elbow45 => 45_000,
            Self::Elbow60 => 60_000,
            Self::Elbow67 => 67_500,
            Self::Elbow90
            | Self::Elbow90Short
            | Self::Elbow90Medium
            | Self::Elbow90Long
            | Self::Block90
            | Self::Banjo => 90_000,
            Self::Tee | Self::RunTee | Self::BranchTee | Self::Cross | Self::Wye | Self::Plug | Self::Cap => {
                return None;
            }
        };
        Some(Angle::from_canonical(millidegrees))
    }

    /// How many ends an adaptor of this shape has.
    pub const fn ends(self) -> usize {
        match self {
            Self::Plug | Self::Cap => 1,
            Self::Tee | Self::RunTee | Self::BranchTee | Self::Wye => 3,
            Self::Cross => 4,
            _ => 2,
        }
    }

    /// Whether the end of a hose may have it: two ends, one of them the hose's.
    pub const fn is_of_fittings(self) -> bool {
        self.ends() == 2
    }
}
