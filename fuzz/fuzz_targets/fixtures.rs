//! Arbitrary bytes as fixtures: they are loaded or refused, and nothing else happens.
#![no_main]

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use people_mock::dialects;
use people_mock::fixtures::{self, Layer};

fuzz_target!(|input: (u8, &[u8])| {
    // The first byte chooses the file, so that each gets its share.
    let (which, text) = input;
    let files: Vec<_> = dialects::ALL
        .iter()
        .flat_map(|vendor| vendor.files.iter().map(|file| Path::new(vendor.name).join(file.name)))
        .collect();
    let file = files[usize::from(which) % files.len()].clone();
    let layer = Layer::Memory(Arc::new([(file, Bytes::copy_from_slice(text))].into()));
    if let Err(errors) = fixtures::load(&[layer]) {
        assert!(!errors.is_empty());
        for error in errors {
            let _ = format!("{error:#}");
        }
    }
});
