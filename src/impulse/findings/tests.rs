use super::*;
use crate::impulse::random::Random;

fn room(seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..9600).map(|n| random.bell() * (-0.001 * n as f32).exp()).collect()
}

fn found_in(channels: Vec<Vec<f32>>, is_one_file: bool) -> Vec<Finding> {
    let mut impulse = Impulse::new(channels, 48_000).expect("valid");
    look(&mut impulse, Looking { keep_offset: false, is_one_file }, &Token::never()).expect("not cancelled")
}

#[test]
fn of_ordinary_rooms_nothing_is_said() {
    assert_eq!(found_in(vec![room(1)], true), []);
    assert_eq!(found_in(vec![room(1), room(2)], true), []);
    assert_eq!(found_in(vec![room(1), room(2), room(3), room(4)], false), [], "a pair of files says what it is");
}

#[test]
fn channels_that_are_silent_or_the_same_are_named() {
    let silence = vec![0.0; 9600];
    assert_eq!(found_in(vec![silence.clone(); 2], true), [Finding::Silence]);
    assert_eq!(
        found_in(vec![room(1), silence.clone()], true),
        [Finding::DeadChannels { names: vec!["right".to_owned()] }]
    );
    let four = vec![room(1), silence.clone(), silence, room(2)];
    assert_eq!(found_in(four, false), [Finding::DeadChannels { names: vec!["LR".to_owned(), "RL".to_owned()] }]);
    let faint: Vec<f32> = room(2).iter().map(|sample| 1e-5 * sample).collect();
    let rest = Finding::DeadChannels { names: vec!["left".to_owned()] };
    assert_eq!(found_in(vec![faint, room(1)], true), [rest], "half a step of 16 bits is nothing");
    assert_eq!(found_in(vec![room(1); 2], true), [Finding::IdenticalChannels]);
    assert_eq!(found_in(vec![room(1); 4], false), [Finding::IdenticalChannels]);
}

#[test]
fn an_order_that_nothing_names_is_said() {
    assert_eq!(found_in((1..5).map(room).collect(), true), [Finding::AssumedOrder]);
}

#[test]
fn a_peak_in_the_middle_is_said_with_its_delay() {
    let mut backwards = room(1);
    backwards.reverse();
    let filter = [&backwards[..], &[2.0], &room(1)].concat();
    assert_eq!(found_in(vec![filter], true), [Finding::PeakInTheMiddle { delay: 0.2 }]);
}

#[test]
fn zeros_at_the_end_hide_no_offset() {
    let mut random = Random::new(1);
    let mut channel: Vec<f32> = (0..48_000).map(|n| random.bell() * (-0.001 * n as f32).exp() + 0.01).collect();
    channel.resize(72_000, 0.0);
    let stored = Impulse::new(vec![channel], 48_000).expect("valid");
    let (looking, mut tidied) = (Looking { keep_offset: true, is_one_file: true }, stored.clone());
    let (found, zeros) = tidy(&mut tidied, looking, &Token::never()).expect("not cancelled");
    assert!(matches!(found[..], [Finding::ConstantOffset { is_kept: true, .. }]), "{found:?}");
    assert_eq!((zeros, tidied.len()), (24_000, 48_000));
    assert_eq!(tidied.channels()[0], stored.channels()[0][..48_000]);
}

#[test]
fn every_finding_has_an_id_of_its_own_and_says_one_line() {
    let all = [
        (Finding::ConstantOffset { share: 0.0123, is_kept: false }, "a constant offset of 1.23 % of the peak is taken"),
        (Finding::ConstantOffset { share: 0.0123, is_kept: true }, "a constant offset of 1.23 % of the peak is kept"),
        (Finding::Silence, "every sample is zero"),
        (Finding::DeadChannels { names: vec!["LR".to_owned()] }, "the channel LR is silent"),
        (Finding::DeadChannels { names: vec!["LR".to_owned(), "RL".to_owned()] }, "the channels LR, RL are silent"),
        (Finding::IdenticalChannels, "all channels are identical"),
        (Finding::AssumedOrder, "its four channels are taken as LL LR RL RR"),
        (
            Finding::AssumedChannels { channels: 5, order: "L R C Ls Rs".to_owned() },
            "its 5 channels are taken as L R C Ls Rs, because nothing in the file says what they are",
        ),
        (
            Finding::AssumedLayout { channels: 4, order: "L R Ls Rs".to_owned() },
            "its 4 channels are taken as L R Ls Rs, because nothing in the file says what they are; --layout quad or",
        ),
        (Finding::FromFuma, "its channels are ambisonics in FuMa, and were brought to AmbiX"),
        (Finding::PeakInTheMiddle { delay: 0.170_67 }, "(linear phase), which delays by 170.7 ms"),
        (Finding::OppositePolarity, "both impulses are of opposite polarity"),
        (Finding::LevelLimited { missing: 3.21 }, "more than the 12 dB that are made up for; it stays 3.2 dB softer"),
        (Finding::LevelLimited { missing: -0.5 }, "it stays 0.5 dB louder"),
        (Finding::AssumedMixingTime { seconds: 0.1604 }, "divided at 160 ms, from its reverberation time"),
        (
            Finding::EndInDoubt,
            "what is at its end may be noise or a late decay, so it is not trimmed there; a time trims it anyway",
        ),
        (Finding::DullTop { above: 11_160.0, is_in_noise: true }, "dull above 11.2 kHz, because its own highs cannot"),
        (Finding::DullTop { above: 812.3, is_in_noise: false }, "nothing above 812 Hz, because its own band ends too"),
        (Finding::TailCutOff, "its tail is cut off at 60 s"),
        (
            Finding::DecayNotMeasurable { places: ["lows", "500 Hz"].map(str::to_owned).to_vec() },
            "its decay is not measurable, and stays as recorded: lows, 500 Hz",
        ),
        (
            Finding::DecayAssumed { places: vec!["63 Hz".to_owned()] },
            "is scaled by what little is seen of it or by other frequencies: 63 Hz",
        ),
        (Finding::TailNotCleaned { reason: None }, "its tail is as recorded: no steady noise is seen at its end"),
        (Finding::TailNotCleaned { reason: Some(NotMeasurable::NoDecay) }, "not cleaned: nothing dies away"),
        (
            Finding::TailAssumed { octaves: vec![63.0, 125.0] },
            "seen around 63, 125 Hz; its tail goes on there as in the octaves next to them",
        ),
        (
            Finding::NotFinite { count: 1 },
            "1 sample that is NaN, infinite or beyond 1e15 is replaced by silence; if sound",
        ),
        (Finding::ChunksLeftOut { names: vec!["bext".to_owned(), "cue ".to_owned()] }, "does not go along: bext, cue "),
        (Finding::KnownByContent, "is taken for one because it holds sound"),
        (Finding::FlacBits, "24 bits"),
        (Finding::Clipped { count: 12, peak: 2.0 }, "12 samples clipped, peak 6.0 dB"),
    ];
    let mut ids: Vec<_> = all.iter().map(|(finding, _)| finding.id()).collect();
    for (finding, text) in &all {
        let said = finding.to_string();
        assert!(said.contains(text) && !said.contains('\n') && !said.ends_with('.'), "{said}");
        assert!(finding.id().bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()), "{}", finding.id());
    }
    ids.dedup();
    assert_eq!(ids.len(), all.len() - 5, "five are said in two ways");
}

/// One of each kind: the one behind a kind in their list. A new kind breaks this until it has a place in it.
fn behind(finding: Option<&Finding>) -> Option<Finding> {
    Some(match finding {
        None => Finding::ConstantOffset { share: 0.1, is_kept: false },
        Some(Finding::ConstantOffset { .. }) => Finding::Silence,
        Some(Finding::Silence) => Finding::DeadChannels { names: vec!["left".to_owned()] },
        Some(Finding::DeadChannels { .. }) => Finding::IdenticalChannels,
        Some(Finding::IdenticalChannels) => Finding::AssumedOrder,
        Some(Finding::AssumedOrder) => Finding::AssumedChannels { channels: 5, order: "L R C Ls Rs".to_owned() },
        Some(Finding::AssumedChannels { .. }) => Finding::AssumedLayout { channels: 4, order: "L R Ls Rs".to_owned() },
        Some(Finding::AssumedLayout { .. }) => Finding::FromFuma,
        Some(Finding::FromFuma) => Finding::PeakInTheMiddle { delay: 0.1 },
        Some(Finding::PeakInTheMiddle { .. }) => Finding::OppositePolarity,
        Some(Finding::OppositePolarity) => Finding::LevelLimited { missing: 1.0 },
        Some(Finding::LevelLimited { .. }) => Finding::AssumedMixingTime { seconds: 0.1 },
        Some(Finding::AssumedMixingTime { .. }) => Finding::EndInDoubt,
        Some(Finding::EndInDoubt) => Finding::DullTop { above: 1e4, is_in_noise: true },
        Some(Finding::DullTop { .. }) => Finding::TailCutOff,
        Some(Finding::TailCutOff) => Finding::DecayNotMeasurable { places: vec!["lows".to_owned()] },
        Some(Finding::DecayNotMeasurable { .. }) => Finding::DecayAssumed { places: vec!["63 Hz".to_owned()] },
        Some(Finding::DecayAssumed { .. }) => Finding::TailNotCleaned { reason: None },
        Some(Finding::TailNotCleaned { .. }) => Finding::TailAssumed { octaves: vec![63.0] },
        Some(Finding::TailAssumed { .. }) => Finding::NotFinite { count: 1 },
        Some(Finding::NotFinite { .. }) => Finding::KnownByContent,
        Some(Finding::KnownByContent) => Finding::FlacBits,
        Some(Finding::FlacBits) => Finding::ChunksLeftOut { names: vec!["id3".to_owned()] },
        Some(Finding::ChunksLeftOut { .. }) => Finding::Clipped { count: 1, peak: 1.5 },
        Some(Finding::Clipped { .. }) => return None,
    })
}

#[test]
fn the_manual_lists_every_kind_and_no_other() {
    let kinds = std::iter::successors(behind(None), |finding| behind(Some(finding)));
    let mut kinds: Vec<&str> = kinds.map(|finding| finding.id()).collect();
    let manual = include_str!("../../../docs/json.md");
    let (_, table) = manual.split_once("\n| id |").expect("a table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    // A cell may name several, each in marks of code.
    let mut listed: Vec<&str> =
        rows.flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2)).collect();
    kinds.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, kinds);
}
