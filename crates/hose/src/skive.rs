use crate::words::words;

words! {
    /// What is taken off a hose before its fitting goes on.
    Skive, "skive" {
        /// Nothing.
        None "none" "No skive" ["no" "non skive" "no-skive"],
        /// The cover.
        External "external" "External skive" ["outer" "outside" "cover" "ext"],
        /// The tube.
        Internal "internal" "Internal skive" ["inner" "inside" "tube" "int"],
        /// Both.
        Both "both" "External and internal skive" ["external and internal" "double"],
    }
}
