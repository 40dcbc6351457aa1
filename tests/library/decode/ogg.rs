//! Ogg around streams of whatever kind.

use super::{assert_decodes, decoded};
use transept::audio::AudioError;
use transept::impulse::decode::DecodeError;
use transept_support::encode::flac::{floats, ramp};
use transept_support::encode::ogg::{FIRST, LAST, flac_in_ogg, page};

#[test]
fn ogg_that_lost_its_last_page_is_called_truncated() {
    let (first, last) = (page(FIRST, 0, &[b"\x01vorbis"]), page(LAST, 1, &[&[0; 300]]));
    for bytes in [&first[..20], &first, &[&first[..], &last[..5]].concat(), &[&first[..], &last[..200]].concat()] {
        let error = decoded(bytes).expect_err("no last page");
        assert!(matches!(error, DecodeError::Audio(AudioError::Truncated { .. })), "{error}");
    }
}

#[test]
fn ogg_that_holds_something_else_is_refused_with_its_name() {
    for (packet, name) in [
        (&b"OpusHead\x01\x01\0\0\x80\xbb\0\0\0\0\0"[..], "it is Opus in Ogg, which is not read"),
        (b"Speex   1.2.0", "it is Speex in Ogg"),
        (b"\x80theora\x03\x02\x01", "it is Theora in Ogg"),
        (b"whatever", "it is something unknown in Ogg"),
    ] {
        let bytes = [page(FIRST, 0, &[packet]), page(0, 1, &[b"OpusTags"]), page(LAST, 2, &[&[0; 100]])].concat();
        let error = decoded(&bytes).expect_err("no Vorbis");
        assert!(matches!(error, DecodeError::Audio(AudioError::Foreign { .. })), "{error}");
        assert!(error.to_string().contains(name), "{error}");
    }
    let error = decoded(&[page(FIRST, 0, &[b"\x01vorbis"]), page(LAST, 1, &[&[0; 30]])].concat());
    let error = error.expect_err("it says Vorbis and no more");
    assert!(error.to_string().contains("ends before its samples begin"), "{error}");
}

#[test]
fn flac_in_ogg_decodes_exactly() {
    let samples = ramp(256, 37);
    assert_decodes("FLAC in Ogg", &flac_in_ogg(&samples), &[floats(&samples)]);
}

#[test]
fn a_tag_behind_the_last_page_is_left_aside_and_another_recording_is_not() {
    let samples = ramp(256, 37);
    let whole = flac_in_ogg(&samples);
    assert_decodes("a tag", &[&whole[..], b"TAG", &[0; 125]].concat(), &[floats(&samples)]);
    let error = decoded(&[&whole[..], &whole].concat()).expect_err("two recordings");
    assert!(error.to_string().contains("several recordings"), "{error}");
}
