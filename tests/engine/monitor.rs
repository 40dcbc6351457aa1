//! What the audio thread does for a window that is open.
use assert_no_alloc::assert_no_alloc;
use transept::monitor::{Load, Monitor};

/// Through several seconds of audio, each of which is put into the ring.
#[test]
fn measuring_allocates_nothing() {
    let monitor = Monitor::default();
    monitor.begin(48_000);
    monitor.open();
    monitor.meters.watch(true);
    for frames in [64, 480, 0, 100_000].into_iter().cycle().take(80) {
        assert_no_alloc(|| {
            let whole = monitor.measure(frames);
            assert!(whole.is_some() && monitor.measure(1).is_none());
            monitor.set_tail(frames);
        });
    }
    let figures = monitor.figures();
    assert_eq!((figures.block, figures.largest, figures.tail), (100_000, 100_000, Some(100_000)));
    assert!(matches!(figures.load, Load::Pending | Load::Unknown), "the counter's rate is not known before a second");
}
