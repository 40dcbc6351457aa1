//! What the audio thread does for an audition.
use assert_no_alloc::assert_no_alloc;
use std::sync::Arc;
use transept::audition::{Audition, Auditioner, Signal};
use transept::chain::Format;
use transept::channels::{Bus, ChannelLayout};

/// Beginning, sounding, changing, stopping, ending by itself and at once.
#[test]
fn auditioning_allocates_nothing() {
    let audition = Arc::<Audition>::default();
    let mut auditioner = Auditioner::new(audition.clone());
    let format = Format { sample_rate: 44_100, layout: ChannelLayout::Through(Bus::Surround51) };
    let mut channels = [[0.0_f32; 441]; 6];
    let mut play = |blocks: usize| {
        for _ in 0..blocks {
            let mut io = channels.each_mut().map(|channel| &mut channel[..]);
            assert_no_alloc(|| auditioner.add(&mut io, format));
        }
    };
    play(1);
    for signal in Signal::ALL {
        audition.start(signal);
        play(5);
        audition.start(signal);
        play(300);
        assert_eq!(audition.sounding(), None, "{signal:?}");
        audition.start(signal);
        play(1);
        audition.stop();
        play(2);
    }
    audition.start(Signal::Speech);
    play(1);
    assert_no_alloc(|| auditioner.end());
    assert!(channels.iter().flatten().any(|sample| *sample != 0.0));
}
