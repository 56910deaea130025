use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, codecs::jpeg::JpegEncoder};

use super::{KEPT_SIDE, Kind, MOST_PIXELS, MOST_SIDE, Picture, Refused, THUMBNAIL_SIDE, check_size};

/// Of a JPEG that is written anew, in percent.
const QUALITY: u8 = 88;

/// Eight bytes to a pixel, as a PNG of 16 bits has them, and as much to work with.
const MOST_MEMORY: u64 = MOST_PIXELS * 16;

pub(super) fn read(kind: Kind, bytes: &[u8]) -> Result<Picture, Refused> {
    let image = decode(kind, bytes)?;
    let image = at_most(image, KEPT_SIDE);
    Ok(Picture {
        kind,
        width: image.width(),
        height: image.height(),
        bytes: encode(kind, &image)?,
        thumbnail: thumbnail(&image)?,
    })
}

/// A PNG of the picture that is no larger than a thumbnail may be.
fn thumbnail(image: &DynamicImage) -> Result<Vec<u8>, Refused> {
    let small = if image.width().max(image.height()) > THUMBNAIL_SIDE {
        &image.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    } else {
        image
    };
    encode(Kind::Png, small)
}

fn decode(kind: Kind, bytes: &[u8]) -> Result<DynamicImage, Refused> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format(kind));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| broken(kind, &error))?;
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let orientation = decoder.orientation().map_err(|error| broken(kind, &error))?;
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| broken(kind, &error))?;
    // How it is to be turned stands in the metadata, which is not kept.
    image.apply_orientation(orientation);
    Ok(of_eight_bits(image))
}

fn of_eight_bits(image: DynamicImage) -> DynamicImage {
    if image.color().has_alpha() { image.into_rgba8().into() } else { image.into_rgb8().into() }
}

fn at_most(image: DynamicImage, side: u32) -> DynamicImage {
    if image.width().max(image.height()) <= side {
        return image;
    }
    image.resize(side, side, image::imageops::FilterType::CatmullRom)
}

fn encode(kind: Kind, image: &DynamicImage) -> Result<Vec<u8>, Refused> {
    let mut bytes = Cursor::new(Vec::new());
    let done = if kind == Kind::Jpeg {
        image.to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY))
    } else {
        image.write_to(&mut bytes, format(kind))
    };
    done.map_err(|error| broken(kind, &error))?;
    Ok(bytes.into_inner())
}

/// Pixels of red, green, blue and alpha as a PNG.
pub(super) fn png(width: u32, height: u32, pixels: Vec<u8>) -> Result<Vec<u8>, Refused> {
    let image = image::RgbaImage::from_raw(width, height, pixels);
    let image = image.ok_or_else(|| Refused::because("has no pixels"))?;
    encode(Kind::Png, &image.into())
}

const fn format(kind: Kind) -> ImageFormat {
    match kind {
        Kind::Jpeg => ImageFormat::Jpeg,
        Kind::Webp => ImageFormat::WebP,
        Kind::Png | Kind::Svg => ImageFormat::Png,
    }
}

fn broken(kind: Kind, error: &image::ImageError) -> Refused {
    Refused::because(format!("cannot be read as {}: {error}", kind.word().to_uppercase()))
}
