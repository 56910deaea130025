//! The API as a program sees it, on both engines.

mod key_life;
