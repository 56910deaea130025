use crate::words::words;

words! {
    /// Which half of a joint an end is.
    Gender, "gender" {
        /// The outside thread, the plug.
        Male "male" "Male" ["M" "ext" "external" "plug" "nipple" "ag"],
        /// The inside thread, the nut, the socket.
        Female "female" "Female" ["F" "int" "internal" "socket" "ig"],
        /// Neither: a flange head, a hose barb, the end of a tube.
        None "none" "Without gender" ["n/a" "neutral" "neuter" "genderless" "no gender"],
    }
}
