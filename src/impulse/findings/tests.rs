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
    assert_eq!(found_in(vec![room(1), silence.clone()], true), [Finding::DeadChannels { names: vec!["right"] }]);
    let four = vec![room(1), silence.clone(), silence, room(2)];
    assert_eq!(found_in(four, false), [Finding::DeadChannels { names: vec!["LR", "RL"] }]);
    let faint: Vec<f32> = room(2).iter().map(|sample| 1e-5 * sample).collect();
    let rest = Finding::DeadChannels { names: vec!["left"] };
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
fn every_finding_has_an_id_of_its_own_and_says_one_line() {
    let all = [
        (Finding::ConstantOffset { share: 0.0123, is_kept: false }, "a constant offset of 1.23 % of the peak is taken"),
        (Finding::ConstantOffset { share: 0.0123, is_kept: true }, "a constant offset of 1.23 % of the peak is kept"),
        (Finding::Silence, "every sample is zero"),
        (Finding::DeadChannels { names: vec!["LR"] }, "the channel LR is silent"),
        (Finding::DeadChannels { names: vec!["LR", "RL"] }, "the channels LR, RL are silent"),
        (Finding::IdenticalChannels, "all channels are identical"),
        (Finding::AssumedOrder, "its four channels are taken as LL LR RL RR"),
        (Finding::PeakInTheMiddle { delay: 0.170_67 }, "(linear phase), which delays by 170.7 ms"),
        (Finding::OppositePolarity, "both impulses are of opposite polarity"),
        (Finding::TailCutOff, "its tail is cut off at 60 s"),
        (Finding::NotFinite { count: 1 }, "1 sample that"),
        (Finding::ChunksLeftOut { names: vec!["bext".to_owned(), "cue ".to_owned()] }, "does not go along: bext, cue "),
        (Finding::KnownByContent, "is rendered because it holds sound"),
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
    assert_eq!(ids.len(), all.len() - 2, "two are said in two ways");
}
