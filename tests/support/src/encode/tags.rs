//! Tags that taggers put behind files of any format.

/// ID3v1: 128 bytes.
#[must_use]
pub fn id3v1() -> Vec<u8> {
    [b"TAG".as_slice(), &[b' '; 125]].concat()
}

/// APEv2 with a header, a footer and one item of text.
#[must_use]
pub fn apev2() -> Vec<u8> {
    let item = b"\x04\0\0\0\0\0\0\0Title\0Hall";
    let frame = |is_header: u32| {
        let fields = [2000, item.len() as u32 + 32, 1, 1 << 31 | is_header << 29].map(u32::to_le_bytes).concat();
        [b"APETAGEX".as_slice(), &fields, &[0; 8]].concat()
    };
    [&frame(1)[..], item, &frame(0)].concat()
}
