use resvg::{
    render, tiny_skia,
    usvg::{ImageHrefResolver, Options, Transform, Tree, WriteOptions, roxmltree},
};

use super::{Kind, Picture, Refused, THUMBNAIL_SIDE, expansion, raster};

/// The most bytes of an SVG: a drawing, not a photograph.
const MOST_BYTES: usize = 1024 * 1024;
/// The longest side in its own units.
const MOST_UNITS: f32 = 100_000.0;

/// Elements that would be seen and cannot be kept: text needs a font, and the
/// rest brings in what is not this drawing or what no drawing needs. Others
/// that are no drawing, such as scripts, are left out.
const REFUSED: &[(&str, &str)] = &[
    ("text", "text, which needs a font: turn it into outlines"),
    ("image", "another picture"),
    ("foreignObject", "what is not SVG"),
    ("filter", "a filter"),
];

/// Whether this is XML whose first element is `svg`, as far as its first kilobytes tell.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let text = start.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && (text.contains("<svg") || text.contains(":svg"))
}

pub(super) fn read(bytes: &[u8]) -> Result<Picture, Refused> {
    if bytes.len() > MOST_BYTES {
        return Err(Refused::because(format!("must have at most {} MiB, being an SVG", MOST_BYTES >> 20)));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refused::because("must be UTF-8, being an SVG"))?;
    let text = text.trim_start_matches('\u{feff}');
    let tree = parse(text)?;
    let size = tree.size();
    if size.width().max(size.height()) > MOST_UNITS {
        return Err(Refused::because(format!("must have at most {MOST_UNITS} units to a side")));
    }
    let written = tree.to_string(&WriteOptions::default());
    if written.len() > 4 * MOST_BYTES {
        return Err(Refused::because("is too large once it is written in full"));
    }
    let whole = size.to_int_size();
    Ok(Picture {
        kind: Kind::Svg,
        bytes: written.into_bytes(),
        width: whole.width(),
        height: whole.height(),
        thumbnail: thumbnail(&tree)?,
    })
}

fn parse(text: &str) -> Result<Tree, Refused> {
    if text.contains("<!ENTITY") {
        return Err(Refused::because("must not declare entities"));
    }
    expansion::check_depth(text)?;
    let limits = roxmltree::ParsingOptions {
        allow_dtd: true,
        nodes_limit: expansion::MOST_NODES,
        ..roxmltree::ParsingOptions::default()
    };
    let broken = |error: &dyn std::fmt::Display| Refused::because(format!("cannot be read as SVG: {error}"));
    let document = roxmltree::Document::parse_with_options(text, limits).map_err(|error| broken(&error))?;
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        if let Some((_, what)) = REFUSED.iter().find(|(name, _)| *name == node.tag_name().name()) {
            return Err(Refused::because(format!("must not hold {what}")));
        }
    }
    expansion::check(&document)?;
    Tree::from_xmltree(&document, &alone()).map_err(|error| broken(&error))
}

/// Nothing is read but the text itself: no file, no address, no data in it.
fn alone() -> Options<'static> {
    Options {
        resources_dir: None,
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
}

fn thumbnail(tree: &Tree) -> Result<Vec<u8>, Refused> {
    let size = tree.size().to_int_size();
    let small = size.scale_to(tiny_skia::IntSize::from_wh(THUMBNAIL_SIDE, THUMBNAIL_SIDE).unwrap_or(size));
    let mut pixels = tiny_skia::Pixmap::new(small.width(), small.height())
        .ok_or_else(|| Refused::because("has no size"))?;
    let width = f64::from(small.width()) / f64::from(tree.size().width());
    let height = f64::from(small.height()) / f64::from(tree.size().height());
    #[expect(clippy::cast_possible_truncation, reason = "a scale needs no more digits")]
    let scale = Transform::from_scale(width as f32, height as f32);
    render(tree, scale, &mut pixels.as_mut());
    raster::png(small.width(), small.height(), pixels.take_demultiplied())
}
