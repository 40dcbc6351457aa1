//! What hosts write around the state of a plugin in their own files.
//!
//! | file | what is around the state |
//! |---|---|
//! | CLAP | its length, in 8 bytes before it |
//! | `.vstpreset` | a header with the plugin's class, chunks, and their list at the end; the state is the chunk `Comp` |
//! | JUCE's hosts | the element `IComponent` of an XML text, in base 64 of JUCE's own; before it `VC2!` and a length |
//!
//! Nothing that a file says of a length is believed: what is taken is a part of the file.

use super::MAGIC;
use data_encoding::{BitOrder, Encoding, Specification};
use std::borrow::Cow;

/// How JUCE's binary form of an XML text begins; 4 bytes of its length follow.
const JUCE: &[u8] = b"VC2!";

/// JUCE's digits for base 64, of which the first digit has the lowest bits.
const JUCE_DIGITS: &str = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+";

/// Files that people have, by how they begin: their name, and what to do instead.
const OTHERS: [(&[u8], &str, &str); 11] = [
    (b"CcnK", "a VST2 preset or bank", IN_THE_WINDOW),
    (b"BtWg", "a preset of Bitwig Studio", IN_THE_WINDOW),
    (b"bplist", "a property list, as of an Audio Unit", IN_THE_WINDOW),
    (b"<REAPER_PROJECT", "a REAPER project", IN_THE_WINDOW),
    (b"PK\x03\x04", "an archive, as a DAWproject is", "unpack it and give the plugin's file in its folder `plugins`"),
    (b"\x1f\x8b", "a file packed by gzip, as an Ableton Live set is", IN_THE_WINDOW),
    (b"RIFF", "a RIFF file, as WAV is", AS_IMPULSE),
    (b"FORM", "an AIFF file", AS_IMPULSE),
    (b"fLaC", "a FLAC file", AS_IMPULSE),
    (b"version =", "a preset already", "give it as --preset"),
    (b"[impulse]", "a preset already", "give it as --preset"),
];
const IN_THE_WINDOW: &str = "open it in its host and save a preset in the plugin's window, or a .vstpreset";
const AS_IMPULSE: &str = "an impulse response is given as --impulse";

/// The state in the bytes of a file: a Zstandard frame, or its JSON.
///
/// # Errors
/// What the file is instead, or what is wrong with it.
pub(super) fn unwrapped(bytes: &[u8]) -> Result<Cow<'_, [u8]>, String> {
    if is_state(bytes) {
        return Ok(bytes.into());
    }
    // Before a state that is in neither form, its length.
    if let Some((length, rest)) = bytes.split_first_chunk::<8>()
        && (is_state(rest) || u64::from_le_bytes(*length) == rest.len() as u64)
    {
        return Ok(rest.into());
    }
    if bytes.starts_with(b"VST3") {
        return of_vstpreset(bytes).map(Cow::from);
    }
    let text = bytes.strip_prefix(JUCE).and_then(|rest| rest.get(4..)).unwrap_or(bytes);
    let text = text.trim_ascii_start();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    if text.starts_with(b"<?xml") || text.starts_with(b"<VST3PluginState") {
        return of_xml(text).map(Cow::from);
    }
    let begins = |(beginning, ..): &&(&[u8], &str, &str)| bytes.starts_with(beginning);
    Err(match OTHERS.iter().find(begins) {
        Some((_, kind, instead)) => format!("it is {kind}; {instead}"),
        None => format!("it begins like none that is known; {IN_THE_WINDOW}"),
    })
}

fn is_state(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC) || bytes.trim_ascii_start().starts_with(b"{")
}

/// The chunk `Comp` of a preset in Steinberg's form.
fn of_vstpreset(bytes: &[u8]) -> Result<&[u8], String> {
    let cut = || "it is a .vstpreset that is cut off or damaged".to_owned();
    let class = bytes.get(8..40).and_then(|class| std::str::from_utf8(class).ok()).ok_or_else(cut)?;
    let list = number(bytes, 40).and_then(|at| bytes.get(at..)).ok_or_else(cut)?;
    let entries = list.strip_prefix(b"List").and_then(|list| list.get(4..)).ok_or_else(cut)?;
    let comp = entries.chunks_exact(20).find(|entry| entry.starts_with(b"Comp"));
    let comp = comp.ok_or("it is a .vstpreset without a state of the plugin (no chunk Comp)")?;
    let place = number(comp, 4).zip(number(comp, 12));
    let range = place.and_then(|(begin, length)| Some(begin..begin.checked_add(length)?));
    let state = range.and_then(|range| bytes.get(range)).ok_or_else(cut)?;
    if is_state(state) { Ok(state) } else { Err(format!("it is a .vstpreset of another plugin, of class {class}")) }
}

/// 8 bytes, little endian, as an offset.
fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..)?.first_chunk::<8>()?;
    usize::try_from(u64::from_le_bytes(*bytes)).ok()
}

/// The component's state in an XML text of JUCE's, up to the zero at its end.
fn of_xml(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let damaged = |reason: &dyn std::fmt::Display| format!("it is an XML text that cannot be read: {reason}");
    let text = std::str::from_utf8(bytes).map_err(|error| damaged(&error))?;
    let document = roxmltree::Document::parse(text).map_err(|error| damaged(&error))?;
    let component = document.descendants().find(|node| node.has_tag_name("IComponent"));
    let Some(component) = component else {
        let root = document.root_element().tag_name().name();
        return Err(format!(
            "it is an XML text <{root}> without a VST3 plugin's state (<IComponent>); {IN_THE_WINDOW}"
        ));
    };
    let (length, digits) = component.text().unwrap_or_default().trim().split_once('.').unwrap_or_default();
    let state = juce_base64().decode(digits.as_bytes()).map_err(|error| damaged(&error))?;
    if length.parse() != Ok(state.len()) {
        return Err(damaged(&format_args!("{length} bytes are said to be in it, and there are {}", state.len())));
    }
    if is_state(&state) { Ok(state) } else { Err("it holds the state of another plugin".to_owned()) }
}

fn juce_base64() -> Encoding {
    let mut specification = Specification::new();
    specification.symbols.push_str(JUCE_DIGITS);
    specification.bit_order = BitOrder::LeastSignificantFirst;
    specification.ignore.push_str(" \t\r\n");
    specification.encoding().expect("64 different digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATE: &[u8] = b"{\"params\":{},\"fields\":{}}";

    /// A preset in Steinberg's form with this state.
    fn vstpreset(state: &[u8]) -> Vec<u8> {
        let mut bytes = [&b"VST3\x01\0\0\0"[..], b"5472616E736570745265766572623031"].concat();
        bytes.extend((48 + state.len() as u64).to_le_bytes());
        bytes.extend(state);
        bytes.extend(b"List\x01\0\0\0Comp");
        bytes.extend(48_u64.to_le_bytes());
        bytes.extend((state.len() as u64).to_le_bytes());
        bytes
    }

    /// An XML text as JUCE writes it.
    fn juce(state: &[u8]) -> String {
        let digits = juce_base64().encode(state);
        let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
        let component = format!("<IComponent>{}.{digits}</IComponent>", state.len());
        format!("{declaration} <VST3PluginState>{component}<IEditController>0.</IEditController></VST3PluginState>")
    }

    fn in_binary(xml: &str) -> Vec<u8> {
        [JUCE, &(xml.len() as u32).to_le_bytes(), xml.as_bytes(), b"\0"].concat()
    }

    #[test]
    fn juces_digits_have_the_lowest_bits_first() {
        // 0x4D 0x61: 001101 000101 100110 in six bits each from the lowest on, of which the last has two.
        let bits = u32::from_le_bytes([0x4d, 0x61, 0, 0]);
        let digits: String =
            (0..3).map(|at| JUCE_DIGITS.as_bytes()[(bits >> (6 * at) & 63) as usize] as char).collect();
        assert_eq!(juce_base64().encode(&[0x4d, 0x61]), digits);
    }

    #[test]
    fn a_state_is_found_in_what_each_host_writes_around_it() {
        let frame = zstd::encode_all(STATE, 1).expect("packed");
        for state in [STATE, &frame] {
            let xml = juce(state);
            let bare = xml.split_once("?> ").expect("a declaration").1;
            for wrapped in [
                state.to_vec(),
                [&(state.len() as u64).to_le_bytes(), state].concat(),
                vstpreset(state),
                in_binary(&xml),
                xml.clone().into_bytes(),
                bare.as_bytes().to_vec(),
            ] {
                let found = unwrapped(&wrapped);
                assert_eq!(found.as_deref(), Ok(state), "{:?}", String::from_utf8_lossy(&wrapped));
            }
        }
    }

    #[test]
    fn what_is_something_else_is_told_by_its_name_with_what_to_do() {
        let other = vstpreset(b"something else");
        let strange = in_binary(&juce(b"something else"));
        for (bytes, word) in [
            (&other[..], "another plugin, of class 5472616E"),
            (&strange, "another plugin"),
            (&other[..60], "cut off"),
            (b"VST3", "cut off"),
            (b"CcnK\0\0\0\0FxBk", "VST2"),
            (b"BtWg0003", "Bitwig"),
            (b"<?xml version=\"1.0\"?><plist version=\"1.0\"/>", "<plist>"),
            (b"<?xml <", "cannot be read"),
            (b"PK\x03\x04", "unpack it"),
            (b"\x1f\x8b\x08", "Live"),
            (b"RIFF\0\0\0\0WAVE", "--impulse"),
            (b"version = 1", "--preset"),
            (b"", "none that is known"),
        ] {
            let reason = unwrapped(bytes).expect_err("no state");
            assert!(reason.contains(word), "{reason}");
        }
    }

    #[test]
    fn a_length_that_a_file_claims_is_not_believed() {
        let whole = vstpreset(STATE);
        for at in (40..48).chain(whole.len() - 16..whole.len()) {
            let mut bytes = whole.clone();
            bytes[at] = 0xff;
            unwrapped(&bytes).expect_err("it leads out of the file");
        }
        let longer = juce(STATE).replace(&format!("{}.", STATE.len()), "99999999999999.");
        assert!(unwrapped(longer.as_bytes()).is_err_and(|reason| reason.contains("are said to be in it")));
        let huge = [JUCE, &u32::MAX.to_le_bytes(), juce(STATE).as_bytes()].concat();
        assert_eq!(unwrapped(&huge).as_deref(), Ok(STATE), "the length before the text counts for nothing");
    }
}
