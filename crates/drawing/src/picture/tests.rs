use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use super::{KEPT_SIDE, Kind, MOST_BYTES, Picture, THUMBNAIL_SIDE};

fn raster(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut image = RgbaImage::from_pixel(width, height, Rgba([10, 20, 30, 255]));
    image.put_pixel(0, 0, Rgba([250, 0, 0, 255]));
    let image = DynamicImage::from(image);
    let mut bytes = Cursor::new(Vec::new());
    let image = if format == ImageFormat::Jpeg { image.into_rgb8().into() } else { image };
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn svg(inside: &str) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20">{inside}</svg>"#
    )
}

fn refusal(bytes: &[u8]) -> String {
    Picture::read(bytes).unwrap_err().to_string()
}

#[test]
fn each_kind_is_known_by_its_bytes_and_written_anew() {
    for (kind, format) in
        [(Kind::Png, ImageFormat::Png), (Kind::Jpeg, ImageFormat::Jpeg), (Kind::Webp, ImageFormat::WebP)]
    {
        let picture = Picture::read(&raster(600, 300, format)).unwrap();
        assert_eq!((picture.kind, picture.width, picture.height), (kind, 600, 300));
        let again = image::load_from_memory(&picture.bytes).unwrap();
        assert_eq!((again.width(), again.height()), (600, 300));
        let small = image::load_from_memory_with_format(&picture.thumbnail, ImageFormat::Png).unwrap();
        assert_eq!((small.width(), small.height()), (THUMBNAIL_SIDE, THUMBNAIL_SIDE / 2));
    }
    let picture = Picture::read(svg(r##"<rect width="40" height="20" fill="#f00"/>"##).as_bytes()).unwrap();
    assert_eq!((picture.kind, picture.width, picture.height), (Kind::Svg, 40, 20));
    let small = image::load_from_memory(&picture.thumbnail).unwrap().into_rgba8();
    assert_eq!((small.dimensions(), small.get_pixel(100, 50).0), ((256, 128), [255, 0, 0, 255]));
}

#[test]
fn a_large_picture_is_made_smaller() {
    let picture = Picture::read(&raster(4000, 1000, ImageFormat::Png)).unwrap();
    assert_eq!((picture.width, picture.height), (KEPT_SIDE, KEPT_SIDE / 4));
}

#[test]
fn metadata_is_not_kept_and_a_turned_photograph_stands_upright() {
    let plain = raster(40, 20, ImageFormat::Jpeg);
    // EXIF: orientation 6, turned by a quarter, and a name that must not get out.
    let mut exif =
        b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0secret place".to_vec();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe1];
    bytes.extend(length);
    bytes.append(&mut exif);
    bytes.extend(&plain[2..]);
    let picture = Picture::read(&bytes).unwrap();
    assert_eq!((picture.width, picture.height), (20, 40));
    assert!(!picture.bytes.windows(6).any(|window| window == b"secret"));
}

#[test]
fn what_is_no_picture_or_broken_is_refused() {
    for bytes in [&b""[..], b"GIF89a", b"%PDF-1.7", b"<html><body/></html>", b"MZ\x90", b"\0\0\0\x20ftypavif"]
    {
        assert_eq!(refusal(bytes), "must be a PNG, JPEG, WebP or SVG");
    }
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let good = raster(64, 64, format);
        assert!(Picture::read(&good[..20]).is_err(), "{format:?}");
        // Whatever byte is wrong, it is an answer and no panic.
        for at in (0..good.len()).step_by(7) {
            let mut bad = good.clone();
            bad[at] ^= 0xff;
            let _ = Picture::read(&bad);
        }
    }
    assert!(refusal(&vec![b'<'; MOST_BYTES + 1]).contains("at most 8 MiB"));
}

#[test]
fn a_bomb_is_refused_before_it_is_unpacked() {
    // A PNG that says it has 65,000 × 65,000 pixels.
    let mut png = raster(1, 1, ImageFormat::Png);
    png[16..20].copy_from_slice(&65_000u32.to_be_bytes());
    png[20..24].copy_from_slice(&65_000u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert!(Picture::read(&png).is_err());
    // One that is allowed by its sides but not by its pixels.
    png[16..20].copy_from_slice(&8000u32.to_be_bytes());
    png[20..24].copy_from_slice(&8000u32.to_be_bytes());
    let crc = crc32(&png[12..29]);
    png[29..33].copy_from_slice(&crc.to_be_bytes());
    assert!(refusal(&png).contains("not 8000 × 8000"), "{}", refusal(&png));
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1)))
    })
}

#[test]
fn an_svg_is_only_its_drawing() {
    let hostile = svg(r##"<script>alert(1)</script>
        <style>@import url(http://evil.example/a.css); rect { fill: url(http://evil.example/x) }</style>
        <rect width="10" height="10" onload="alert(2)" onclick="alert(3)" fill="#00f"/>
        <a xlink:href="javascript:alert(4)"><circle r="3"/></a>
        <use xlink:href="http://evil.example/b.svg#x"/>
        <animate attributeName="href" to="javascript:alert(5)"/>
        <metadata>who drew it</metadata><!-- where -->
        <iframe xmlns="http://www.w3.org/1999/xhtml" src="http://evil.example"/>"##);
    let picture = Picture::read(hostile.as_bytes()).unwrap();
    let text = String::from_utf8(picture.bytes).unwrap();
    for word in [
        "script",
        "alert",
        "evil",
        "onload",
        "onclick",
        "javascript",
        "import",
        "iframe",
        "who drew it",
        "where",
    ] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(text.contains("<path"), "{text}");
}

#[test]
fn what_of_an_svg_cannot_be_kept_is_named() {
    for (inside, word) in [
        ("<text>12 mm</text>", "outlines"),
        (r#"<image href="data:image/png;base64,AAAA" width="1" height="1"/>"#, "another picture"),
        (r#"<image xlink:href="file:///etc/passwd" width="1" height="1"/>"#, "another picture"),
        (r#"<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>"#, "what is not SVG"),
        (r#"<filter id="f"><feTurbulence/></filter>"#, "a filter"),
        ("<g>", "cannot be read as SVG"),
    ] {
        let refused = refusal(svg(inside).as_bytes());
        assert!(refused.contains(word), "{inside}: {refused}");
    }
    let entities = format!("<!DOCTYPE svg [<!ENTITY a \"aaaa\">]>{}", svg("<g>&a;</g>"));
    assert!(refusal(entities.as_bytes()).contains("entities"));
    assert!(
        refusal(b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1e9\" height=\"1\"/>").contains("units")
    );
    assert!(refusal(b"<svg>\xff</svg>").contains("UTF-8"));
}

#[test]
fn a_small_svg_cannot_grow_without_end() {
    let deep = svg(&("<g>".repeat(100_000) + &"</g>".repeat(100_000)));
    assert!(refusal(deep.as_bytes()).contains("64 deep"));
    let quoted = svg(&(r#"<g id="/>">"#.repeat(50_000) + &"</g>".repeat(50_000)));
    assert!(refusal(quoted.as_bytes()).contains("64 deep"));
    // Each level stands for ten of the one below it.
    let mut laughs = String::from(r#"<g id="l0"><rect width="1" height="1"/></g>"#);
    for level in 1..10 {
        let below = format!(r##"<use href="#l{}"/>"##, level - 1).repeat(10);
        laughs = [laughs, format!(r#"<g id="l{level}">{below}</g>"#)].concat();
    }
    assert!(refusal(svg(&laughs).as_bytes()).contains("50000 elements"));
    let around = svg(r##"<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>"##);
    assert!(refusal(around.as_bytes()).contains("deep"));
    let mask = |n| format!(r#"<mask id="m{n}"><rect width="9" height="9" mask="url(#m{})"/></mask>"#, n + 1);
    let masks = (0..100).map(mask).collect::<Vec<_>>().concat();
    assert!(Picture::read(svg(&masks).as_bytes()).is_err());
    let many = svg(&"<g/>".repeat(60_000));
    assert!(Picture::read(many.as_bytes()).is_err());
}

#[test]
fn what_was_written_reads_again_as_the_same() {
    let inside = r##"<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/><stop offset="1"/></linearGradient>
        <path id="p" d="M0 0h10v10z"/></defs><use href="#p" x="5" fill="url(#g)" stroke="#000"/>"##;
    let once = Picture::read(svg(inside).as_bytes()).unwrap();
    let twice = Picture::read(&once.bytes).unwrap();
    assert_eq!(once, twice);
}
