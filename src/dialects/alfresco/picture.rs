//! The small PNG that an uploaded picture becomes.
//!
//! The vendor renders whatever [`sniff`] calls `image/*` as a PNG of at most 64×64 (facts: people
//! §8 and §9).
//!
//! An upload is the one place where a stranger's small file can ask for much work, so the header is
//! read first and weighed: what one picture may cost is bounded before a single pixel is decoded.

use std::io::Cursor;

use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{
    ColorType, DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, Rgba,
    RgbaImage,
};

use super::sniff::sniff;

/// The longer side of a rendition: Alfresco's `avatar` rendition is defined as 64×64.
const SIDE: u32 = 64;

/// The longest side that is read at all; a header that names a longer one is refused.
const MAX_SIDE: u32 = 16_384;

/// What decoding one picture may allocate, the decoded picture included.
const MAX_MEMORY: u64 = 256 * 1024 * 1024;

/// What the chunks beside the pixels may unpack to. A PNG's compressed comments and profiles are a
/// bomb of their own.
const MAX_METADATA: u64 = 16 * 1024 * 1024;

/// How many pixels one picture may touch, each pass over it counted. A JPEG comes in scans, and a
/// small file can hold a hundred empty ones; 24 megapixels in ten scans, as converters write them,
/// still pass.
const MAX_WORK: u64 = 256 * 1024 * 1024;

/// Why an upload that looked like an image has no rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PictureError {
    /// There is no decoder for this type: the vendor's "Local transform avatar from image/xyz is
    /// unsupported".
    #[error("no decoder for this type of image")]
    Unsupported,
    /// The bytes are not a whole image of the type they begin like.
    #[error("the image cannot be decoded")]
    Undecodable,
    /// Decoding would take more memory or time than one upload may cost.
    #[error("the image has too many pixels")]
    TooLarge,
}

/// The rendition of an uploaded picture: PNG bytes, at most 64×64, aspect ratio kept, never
/// enlarged.
///
/// A small PNG is rendered anew as well, as the vendor does: what comes back is never the uploaded
/// file. Of an animation the first frame counts. A JPEG that was cut short keeps what was there, as
/// JPEG decoders commonly do.
pub(super) fn thumbnail(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let (image, orientation) = decode(bytes)?;
    let mut small = shrink(image);
    small.apply_orientation(orientation);
    let mut png = Vec::new();
    small
        .write_to(&mut Cursor::new(&mut png), ImageFormat::Png)
        .map_err(|_| PictureError::Undecodable)?;
    Ok(png)
}

/// Reads the header, weighs the cost, and only then decodes.
fn decode(bytes: &[u8]) -> Result<(DynamicImage, Orientation), PictureError> {
    let format = format_of(sniff(bytes))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits(MAX_METADATA));
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;

    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    let output = decoder.total_bytes();
    let effort = Effort::of(bytes, format, decoder.color_type());
    if output.saturating_add(pixels * effort.bytes_per_pixel) > MAX_MEMORY
        || pixels * effort.passes > MAX_WORK
    {
        return Err(PictureError::TooLarge);
    }
    decoder.set_limits(limits(MAX_MEMORY - output)).map_err(|error| refusal(&error))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let image = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    Ok((image, orientation))
}

/// The decoder for a media type. Types that the vendor may well render, TIFF first of all, have
/// none here.
fn format_of(media_type: &str) -> Result<ImageFormat, PictureError> {
    match media_type {
        "image/png" => Ok(ImageFormat::Png),
        "image/jpeg" => Ok(ImageFormat::Jpeg),
        "image/gif" => Ok(ImageFormat::Gif),
        "image/bmp" => Ok(ImageFormat::Bmp),
        "image/webp" => Ok(ImageFormat::WebP),
        other if other.starts_with("image/") => Err(PictureError::Unsupported),
        _ => Err(PictureError::Undecodable),
    }
}

fn limits(allocation: u64) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(allocation);
    limits
}

fn refusal(error: &ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooLarge,
        _ => PictureError::Undecodable,
    }
}

/// What decoding asks for beside the decoded picture.
struct Effort {
    /// Working memory for each pixel: coefficients, planes, frames of an animation, our own
    /// conversion.
    bytes_per_pixel: u64,
    /// How often the decoder goes over the whole picture, or how much slower than others it is.
    passes: u64,
}

impl Effort {
    /// The worst case for a format, read from what its decoder allocates.
    fn of(bytes: &[u8], format: ImageFormat, color: ColorType) -> Self {
        // `shrink` needs RGBA with eight bits where there is transparency.
        let conversion = if color.has_alpha() && color != ColorType::Rgba8 { 4 } else { 0 };
        let (working, passes) = match format {
            ImageFormat::Jpeg => {
                let (scans, components) = jpeg_scans(bytes);
                // Several scans need every coefficient, two bytes each, kept from the first to the
                // last.
                (if scans > 1 { 2 * components } else { 0 }, scans)
            }
            ImageFormat::Gif => (5, 1),
            // The slowest by far: 16 megapixels of it take most of a second.
            ImageFormat::WebP => (8, 16),
            _ => (0, 1),
        };
        Self { bytes_per_pixel: conversion + working, passes }
    }
}

/// The scans and color components of a JPEG, by a walk over its markers up to the end of the first
/// image.
fn jpeg_scans(bytes: &[u8]) -> (u64, u64) {
    let (mut scans, mut components) = (0, 3);
    let mut rest = bytes;
    // Inside a scan `FF` is followed by 00 (a stuffed byte) or a restart, so the next other marker
    // ends it.
    while let Some(at) = rest
        .windows(2)
        .position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff | 0xd0..=0xd8))
    {
        let marker = rest[at + 1];
        let segment = &rest[at + 2..];
        match marker {
            0xd9 => break,
            0xda => scans += 1,
            // The start of a frame: precision, height, width, then the number of components.
            0xc0..=0xc3 => {
                components = segment.get(7).map_or(components, |&count| u64::from(count));
            }
            _ => {}
        }
        let Some(&[high, low]) = segment.first_chunk::<2>() else { break };
        rest = segment.get(usize::from(u16::from_be_bytes([high, low]))..).unwrap_or_default();
    }
    (scans, components)
}

/// Fits a picture into the rendition, in two steps: averaging down to four times the size is cheap
/// on large pictures, and Lanczos from there looks as crisp as it would have from the start.
fn shrink(image: DynamicImage) -> DynamicImage {
    let transparent = image.color().has_alpha();
    let (width, height) = (image.width(), image.height());
    let (target_width, target_height) = fit(width, height);
    if (target_width, target_height) == (width, height) {
        return if transparent { image.into_rgba8().into() } else { image.into_rgb8().into() };
    }
    let image = if transparent { premultiplied(image.into_rgba8()) } else { image };
    let between = (width.min(target_width * 4), height.min(target_height * 4));
    let image = if between == (width, height) {
        image
    } else {
        image.thumbnail_exact(between.0, between.1)
    };
    let small = image.resize_exact(target_width, target_height, FilterType::Lanczos3);
    if transparent { straight(small.into_rgba8()) } else { small.into_rgb8().into() }
}

/// The size within the rendition: aspect ratio kept, never enlarged, and no side ever vanishes.
fn fit(width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= SIDE {
        return (width, height);
    }
    let scale = |side: u32| ((side * SIDE + longer / 2) / longer).max(1);
    (scale(width), scale(height))
}

/// Colors weighed by their opacity, so that the hidden color of a transparent pixel does not bleed
/// into its neighbors.
fn premultiplied(mut image: RgbaImage) -> DynamicImage {
    for Rgba([color @ .., alpha]) in image.pixels_mut() {
        for channel in color {
            *channel = ratio(*channel, *alpha, u8::MAX);
        }
    }
    image.into()
}

/// The inverse of [`premultiplied`].
fn straight(mut image: RgbaImage) -> DynamicImage {
    for Rgba([color @ .., alpha]) in image.pixels_mut() {
        for channel in color {
            *channel = ratio(*channel, u8::MAX, *alpha);
        }
    }
    image.into()
}

/// `value * numerator / denominator`, rounded and kept within a byte; nothing of nothing is
/// nothing.
fn ratio(value: u8, numerator: u8, denominator: u8) -> u8 {
    let product = u16::from(value) * u16::from(numerator);
    let denominator = u16::from(denominator);
    let rounded = (product + denominator / 2).checked_div(denominator).unwrap_or(0);
    u8::try_from(rounded).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use image::{ImageBuffer, Rgb};
    use proptest::prelude::*;

    use super::*;

    const DECODED: [ImageFormat; 5] = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::Gif,
        ImageFormat::Bmp,
        ImageFormat::WebP,
    ];

    /// Stripes, so that no format compresses it to nothing.
    fn picture(width: u32, height: u32) -> DynamicImage {
        let shade = |at: u32| u8::try_from(at % 256).unwrap();
        RgbaImage::from_fn(width, height, |x, y| Rgba([shade(x), shade(y), shade(x + y), 255]))
            .into()
    }

    fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let image = if format == ImageFormat::Jpeg { &image.to_rgb8().into() } else { image };
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn shown(png: &[u8]) -> RgbaImage {
        image::load_from_memory_with_format(png, ImageFormat::Png).unwrap().into_rgba8()
    }

    fn size_of_thumbnail(width: u32, height: u32) -> (u32, u32) {
        shown(&thumbnail(&encode(&picture(width, height), ImageFormat::Png)).unwrap()).dimensions()
    }

    /// A PNG whose header names this size, whatever its pixels say.
    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let mut png = encode(&picture(1, 1), ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let checksum = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&checksum.to_be_bytes());
        png
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 * (crc & 1)))
        })
    }

    #[test]
    fn every_format_with_a_decoder_is_recognized_and_becomes_a_png() {
        for format in DECODED {
            let bytes = encode(&picture(200, 100), format);
            assert_eq!(sniff(&bytes), format.to_mime_type(), "{format:?}");
            let png = thumbnail(&bytes).unwrap();
            assert_eq!(sniff(&png), "image/png");
            assert_eq!(shown(&png).dimensions(), (64, 32), "{format:?}");
        }
    }

    #[test]
    fn the_aspect_ratio_is_kept_and_nothing_is_enlarged() {
        assert_eq!(size_of_thumbnail(1, 1), (1, 1));
        assert_eq!(size_of_thumbnail(64, 64), (64, 64));
        assert_eq!(size_of_thumbnail(40, 10), (40, 10));
        assert_eq!(size_of_thumbnail(65, 65), (64, 64));
        assert_eq!(size_of_thumbnail(100, 75), (64, 48));
        assert_eq!(size_of_thumbnail(1000, 10), (64, 1));
        assert_eq!(size_of_thumbnail(10, 1000), (1, 64));
        assert_eq!(size_of_thumbnail(16_000, 1), (64, 1));
    }

    #[test]
    fn a_small_png_is_rendered_anew_with_the_same_pixels() {
        let image = picture(20, 30);
        let uploaded = encode(&image, ImageFormat::Png);
        let padded = [uploaded.as_slice(), b"what follows the image"].concat();
        let rendition = thumbnail(&padded).unwrap();
        assert!(!rendition.ends_with(b"image"));
        assert_eq!(shown(&rendition), image.into_rgba8());
    }

    #[test]
    fn the_hidden_color_of_transparent_pixels_does_not_bleed() {
        // A red disc's edge on transparent green: averaged carelessly, it turns yellow.
        let image = RgbaImage::from_fn(400, 400, |x, _| {
            if x < 203 { Rgba([255, 0, 0, 255]) } else { Rgba([0, 255, 0, 0]) }
        });
        let small = shown(&thumbnail(&encode(&image.into(), ImageFormat::Png)).unwrap());
        assert!(small.pixels().all(|Rgba([_, green, ..])| *green == 0));
        assert_eq!(small.get_pixel(0, 0), &Rgba([255, 0, 0, 255]));
        assert_eq!(small.get_pixel(63, 0)[3], 0);
    }

    #[test]
    fn sixteen_bits_and_gray_are_read_too() {
        let deep: ImageBuffer<Rgb<u16>, Vec<u16>> =
            ImageBuffer::from_pixel(300, 300, Rgb([0xffff, 0x8080, 0]));
        let small = shown(&thumbnail(&encode(&deep.into(), ImageFormat::Png)).unwrap());
        assert_eq!(small.get_pixel(30, 30), &Rgba([255, 128, 0, 255]));
        let gray = DynamicImage::ImageLuma8(ImageBuffer::from_pixel(300, 300, image::Luma([77])));
        let small = shown(&thumbnail(&encode(&gray, ImageFormat::Png)).unwrap());
        assert_eq!(small.get_pixel(30, 30), &Rgba([77, 77, 77, 255]));
    }

    #[test]
    fn a_photo_taken_sideways_is_turned_upright() {
        let jpeg = encode(&picture(200, 100), ImageFormat::Jpeg);
        // TIFF header, one entry: orientation (0x0112), SHORT, one value, 6: turned by a quarter.
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\
            \x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let turned = [&jpeg[..2], exif, &jpeg[2..]].concat();
        assert_eq!(shown(&thumbnail(&turned).unwrap()).dimensions(), (32, 64));
    }

    #[test]
    fn the_first_frame_of_an_animation_counts() {
        let mut gif = Vec::new();
        {
            let mut encoder = image::codecs::gif::GifEncoder::new(&mut gif);
            for color in [[255, 0, 0, 255], [0, 0, 255, 255]] {
                encoder
                    .encode_frame(image::Frame::new(RgbaImage::from_pixel(80, 80, Rgba(color))))
                    .unwrap();
            }
        }
        assert_eq!(shown(&thumbnail(&gif).unwrap()).get_pixel(5, 5), &Rgba([255, 0, 0, 255]));
    }

    #[test]
    fn an_image_without_a_decoder_is_unsupported_and_other_bytes_are_undecodable() {
        assert_eq!(thumbnail(b"II*\0\x08\0\0\0"), Err(PictureError::Unsupported));
        assert_eq!(thumbnail(b"\0\0\x01\0\x01\0"), Err(PictureError::Unsupported));
        assert_eq!(
            thumbnail(b"<?xml?><svg xmlns='http://www.w3.org/2000/svg'/>"),
            Err(PictureError::Unsupported)
        );
        assert_eq!(thumbnail(b""), Err(PictureError::Undecodable));
        assert_eq!(thumbnail(b"{}"), Err(PictureError::Undecodable));
    }

    #[test]
    fn a_beginning_alone_is_undecodable() {
        for format in DECODED {
            let bytes = encode(&picture(100, 100), format);
            assert_eq!(
                thumbnail(&bytes[..bytes.len().min(30)]),
                Err(PictureError::Undecodable),
                "{format:?}"
            );
        }
        assert_eq!(thumbnail(b"\xff\xd8\xff"), Err(PictureError::Undecodable));
        assert_eq!(thumbnail(b"GIF89a"), Err(PictureError::Undecodable));
    }

    #[test]
    fn a_jpeg_that_was_cut_short_keeps_what_was_there() {
        let jpeg = encode(&picture(200, 100), ImageFormat::Jpeg);
        assert_eq!(shown(&thumbnail(&jpeg[..jpeg.len() / 2]).unwrap()).dimensions(), (64, 32));
    }

    #[test]
    fn a_header_that_promises_too_much_is_refused_before_anything_is_decoded() {
        assert_eq!(thumbnail(&png_header(16_384, 16_384)), Err(PictureError::TooLarge));
        assert_eq!(thumbnail(&png_header(16_385, 1)), Err(PictureError::TooLarge));
        assert_eq!(
            thumbnail(&png_header(u32::MAX >> 1, u32::MAX >> 1)),
            Err(PictureError::TooLarge)
        );

        let mut gif = encode(&picture(2, 2), ImageFormat::Gif);
        gif[6..10].fill(0xff);
        assert_eq!(thumbnail(&gif), Err(PictureError::TooLarge));
    }

    #[test]
    fn a_gif_whose_frame_is_larger_than_its_screen_is_refused() {
        let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\
            ,\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0;";
        assert_eq!(thumbnail(gif), Err(PictureError::TooLarge));
    }

    #[test]
    fn scans_of_a_jpeg_are_counted_past_what_only_looks_like_one() {
        let jpeg = encode(&picture(64, 64), ImageFormat::Jpeg);
        assert_eq!(jpeg_scans(&jpeg), (1, 3));
        // A preview inside the metadata and a video after the end, as telephones write them, are
        // not scans of the picture.
        let preview = b"\xff\xe1\x00\x08\xff\xda\xff\xda\xff\xd9";
        let with_extras = [&jpeg[..2], preview, &jpeg[2..], &b"\xff\xda\0\0".repeat(50)].concat();
        assert_eq!(jpeg_scans(&with_extras), (1, 3));
        let scan = b"\xff\xda\x00\x02\x01\x02\xff\x00\x03\xff\xd0";
        let many = [&jpeg[..jpeg.len() - 2], &scan.repeat(9), b"\xff\xd9"].concat();
        assert_eq!(jpeg_scans(&many), (10, 3));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn damaged_images_never_panic(
            format in 0..DECODED.len(),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
            cut in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let mut bytes = encode(&picture(70, 30), DECODED[format]);
            for (at, value) in damage {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if let Some(cut) = cut {
                bytes.truncate(cut.index(bytes.len()));
            }
            if let Ok(png) = thumbnail(&bytes) {
                let (width, height) = shown(&png).dimensions();
                prop_assert!(width <= SIDE && height <= SIDE);
            }
        }

        #[test]
        fn any_bytes_have_a_type_and_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(sniff(&bytes).contains('/'));
            let _ = thumbnail(&bytes);
        }
    }
}
