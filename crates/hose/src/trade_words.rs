use crate::words::words;

words! {
    /// What a wrap is made like.
    WrapType, "wrap type" {
        /// Woven from nylon.
        NylonSleeve "nylonSleeve" "Nylon sleeve" ["nylon" "textile sleeve" "abrasion sleeve"],
        /// A coil of steel wire.
        SpringGuard "springGuard" "Spring guard" ["spring" "wire spring" "armour coil"],
        /// A flat coil of steel.
        ArmourGuard "armourGuard" "Armour guard" ["armor guard" "flat armour" "flat spring"],
        /// A spiral of plastic.
        SpiralGuard "spiralGuard" "Plastic spiral guard" ["spiral guard" "spiral wrap" "plastic spiral"],
        /// Glass fibre under silicone.
        FireSleeve "fireSleeve" "Fire sleeve" ["firesleeve" "fire jacket"],
        /// Aluminium on glass fibre.
        HeatShield "heatShield" "Heat shield" ["heat sleeve" "reflective sleeve"],
        /// Woven from aramid.
        AramidSleeve "aramidSleeve" "Aramid sleeve" ["aramid"],
        /// A tube that shrinks when it is heated.
        HeatShrink "heatShrink" "Heat-shrink tube" ["shrink tube" "shrink sleeve"],
        /// A plain tube of PVC.
        PvcSleeve "pvcSleeve" "PVC sleeve" ["PVC" "vinyl sleeve"],
        /// Stiff, at the end of a hose.
        BendRestrictor "bendRestrictor" "Bend restrictor" ["bend limiter" "strain relief"],
        /// None of these.
        Other "other" "Other" ["special"],
    }
}

words! {
    /// Which part of a hose a wrap covers.
    Coverage, "coverage" {
        /// From ferrule to ferrule.
        Full "full" "Full length" ["whole" "complete" "100%"],
        /// A stated length of it.
        Partial "partial" "Part of the length" ["part" "section"],
        /// A stated length from the first end.
        FirstEnd "end1" "From end 1" ["near end" "first end"],
        /// A stated length from the second end.
        SecondEnd "end2" "From end 2" ["far end" "second end"],
        /// A stated length from either end.
        BothEnds "bothEnds" "From both ends" ["each end" "ends"],
    }
}
