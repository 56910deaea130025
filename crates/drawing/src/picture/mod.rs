//! Pictures that people bring: read by what they are, not by what they are
//! called, and written anew, so that nothing comes out that merely was let in.
//!
//! Reading one takes time and memory, within the limits that stand here:
//! it belongs on a thread that may block, and only so many at once.

mod expansion;
mod raster;
mod svg;

use std::fmt;

/// The most bytes of a picture that is brought.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The most pixels of its longer side.
pub const MOST_SIDE: u32 = 8192;
/// The most pixels in all.
pub const MOST_PIXELS: u64 = 16 * 1024 * 1024;
/// The longer side of a picture as it is kept: a larger one is made smaller.
pub const KEPT_SIDE: u32 = 2048;
/// The longer side of a thumbnail.
pub const THUMBNAIL_SIDE: u32 = 256;

/// What a picture is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP.
    Webp,
    /// Scalable Vector Graphics.
    Svg,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Png, Self::Jpeg, Self::Webp, Self::Svg];

    /// The word that is stored and answered.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
            Self::Svg => "svg",
        }
    }

    /// The kind with this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
        }
    }

    /// The kind that these bytes say they are.
    fn of_bytes(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => svg::is_one(bytes).then_some(Self::Svg),
        }
    }
}

/// A picture as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What it is made of.
    pub kind: Kind,
    /// Its bytes, written anew.
    pub bytes: Vec<u8>,
    /// Its width in pixels, of an SVG in its own units.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// A small PNG of it.
    pub thumbnail: Vec<u8>,
}

/// Why a picture is not taken, in words that follow its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused(String);

impl Refused {
    fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl Picture {
    /// Reads a picture that somebody brought, and writes it anew: without
    /// metadata, scripts and whatever else is not the picture.
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.len() > MOST_BYTES {
            return Err(Refused::because(format!("must have at most {} MiB", MOST_BYTES >> 20)));
        }
        match Kind::of_bytes(bytes) {
            None => Err(Refused::because("must be a PNG, JPEG, WebP or SVG")),
            Some(Kind::Svg) => svg::read(bytes),
            Some(kind) => raster::read(kind, bytes),
        }
    }
}

fn check_size(width: u32, height: u32) -> Result<(), Refused> {
    let pixels = u64::from(width) * u64::from(height);
    if width == 0 || height == 0 || width.max(height) > MOST_SIDE || pixels > MOST_PIXELS {
        return Err(Refused::because(format!(
            "must have at most {MOST_SIDE} pixels to a side and {MOST_PIXELS} in all, not {width} × {height}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
