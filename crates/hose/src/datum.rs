use crate::words::words;

words! {
    /// From where on an end lengths are measured. Makers differ, so it is part
    /// of each fitting's data.
    Datum, "measuring datum" {
        /// Where the end seals: the seat of a cone, the face of a flange.
        Seat "seat" "Seat or seal face" ["seal face" "sealing face" "face" "SE"],
        /// The farthest point of the end, the nut of a swivel included.
        Overall "overall" "Farthest point" ["OA" "OAL" "nut" "nut end" "end of thread" "thread end"],
        /// Where the hose butts: the fitting adds nothing.
        Cut "cut" "Cut end of the hose" ["CL" "cut length" "hose"],
    }
}
