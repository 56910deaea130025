use crate::words::words;

words! {
    /// How an end joins to what it is screwed, clamped or pushed on.
    Style, "style" {
        /// Flared, on a cone of 37°.
        Jic "JIC" "JIC 37°" ["JIC37" "37" "SAE 37" "AN" "SAE J514" "UNF 37" "37 flare" "JIC 37 flare"],
        /// O-ring in a flat face.
        Orfs "ORFS" "O-ring face seal" ["ORS" "flat face" "face seal" "SAE J1453" "FFOR" "OFS"],
        /// American taper pipe thread.
        Npt "NPT" "NPT taper pipe" ["NPT taper" "MPT" "FPT"],
        /// American taper pipe thread that seals without sealant.
        Nptf "NPTF" "NPTF dryseal taper pipe" ["dryseal" "NPTF dryseal" "SAE NPTF"],
        /// American parallel pipe thread with a mechanical seat.
        Npsm "NPSM" "NPSM parallel pipe" ["NPSM swivel"],
        /// British parallel pipe thread.
        Bspp "BSPP" "BSP parallel" ["BSP" "BSPP 60" "G" "BSP 60 cone" "ISO 228"],
        /// British taper pipe thread.
        Bspt "BSPT" "BSP taper" ["BSPT taper" "ISO 7"],
        /// Metric, a cone of 24°, light series.
        DinLight "DIN24L" "DIN 24° light" ["DIN 2353 L" "24L" "DKOL" "CEL" "metric light" "DIN L" "L series" "DIN 24 L"],
        /// Metric, a cone of 24°, heavy series.
        DinHeavy "DIN24S" "DIN 24° heavy" ["DIN 2353 S" "24S" "DKOS" "CES" "metric heavy" "DIN S" "S series" "DIN 24 S"],
        /// Metric parallel thread without a cone.
        Metric "metric" "Metric parallel" ["metric straight" "metric thread" "M"],
        /// Japanese, British parallel thread on a cone of 60°.
        Jis "JIS" "JIS 60° cone" ["JIS B8363" "JIS 60" "Japanese"],
        /// Japanese, metric thread on a cone of 60°.
        Komatsu "Komatsu" "Komatsu 60° cone" ["Komatsu metric" "Komatsu 60" "KOM" "JIS metric"],
        /// Flared, on a cone of 45°.
        Sae45 "SAE45" "SAE 45° flare" ["45 flare" "SAE 45"],
        /// Split flange of the standard series.
        Code61 "code61" "Flange code 61" ["61" "code 61 flange" "SAE code 61" "C61" "SAE flange 3000" "3000 psi flange" "SFL" "ISO 6162-1"],
        /// Split flange of the high-pressure series.
        Code62 "code62" "Flange code 62" ["62" "code 62 flange" "SAE code 62" "C62" "SAE flange 6000" "6000 psi flange" "SFS" "ISO 6162-2"],
        /// Straight unified thread with an O-ring, in a port or for one.
        Orb "ORB" "SAE O-ring boss" ["SAE ORB" "O-ring boss" "boss" "SAE port" "UNO" "ISO 11926"],
        /// Metric thread with an O-ring, in a port or for one.
        MetricOrb "metricORB" "Metric O-ring boss ISO 6149" ["ISO 6149" "metric port" "MORB" "metric O-ring boss"],
        /// British parallel thread in a port or for one, sealed on its face.
        BsppPort "BSPPport" "BSPP port" ["BSPP port ISO 1179" "ISO 1179" "BSPP boss" "G port"],
        /// A ring with a hollow bolt.
        Banjo "banjo" "Banjo" ["banjo bolt" "DIN 7642"],
        /// Joined and parted by hand.
        QuickCoupler "quickCoupler" "Quick coupler" ["quick coupling" "quick disconnect" "QD" "QRC" "coupler"],
        /// A plain tube, for a fitting with a cutting ring or a flareless one.
        Tube "tube" "Tube stub" ["standpipe" "stub" "tube stub" "stand pipe" "BEL" "BES" "tube end"],
        /// Pushed into a hose.
        Barb "barb" "Hose barb" ["hose tail" "hose barb" "barbed" "push on"],
        /// Welded on.
        Weld "weld" "Weld end" ["weld on" "butt weld" "plain weld end"],
        /// None of these.
        Other "other" "Other" ["special"],
    }
}
