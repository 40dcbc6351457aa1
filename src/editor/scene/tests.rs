use super::*;
use crate::chain::{Chain, Controls, Format};
use crate::channels::ChannelLayout;
use crate::editor::canvas::Canvas;
use crate::editor::damage::{Damage, EDGE};
use crate::editor::host_requests::HostRequests;
use crate::editor::lookout::PERIOD;
use crate::editor::selection::Selection;
use crate::editor::views::{meters, status};
use crate::impulse::recipe::Source;
use crate::monitor::Monitor;
use crate::parameters::{Knob, TranseptParams};
use crate::picture::View as Picture;
use crate::prepare::worker::{State as Progress, Wanted, Worker};
use egui::epaint::Primitive;
use egui::{Context, Rect};
use nice_plug::params::Param;
use std::time::Duration;
use transept_support::encode::wav::Wav;
use transept_support::folder::Folder;
use transept_support::signal;

const FORMAT: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };

/// A host that writes down the gestures of the parameter `impulse`.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    fn note(&self, what: &str, knob: Knob) {
        if let Knob::Choice(param) = knob {
            self.0.lock().push(format!("{what} {}", param.name()));
        }
    }
}

impl Host for Recorder {
    fn begin(&self, knob: Knob) {
        self.note("begin", knob);
    }
    fn set(&self, knob: Knob, normalized: f32) {
        let Knob::Choice(param) = knob else { return };
        self.note(&param.preview_plain(normalized).to_string(), knob);
    }
    fn end(&self, knob: Knob) {
        self.note("end", knob);
    }
}

/// An open window without a display, in a time of its own.
struct Screen {
    scene: Scene,
    context: Context,
    canvas: Canvas,
    /// Where the last frame was drawn, as opposed to kept from the one before.
    drawn: Rect,
    /// Bytes of the corners and pictures that the last frame gave to OpenGL.
    bytes: usize,
    now: Instant,
    /// When egui wants the next frame.
    due: Option<Instant>,
    is_seen: bool,
    frames: usize,
    /// Width and height in pixels.
    size: [u32; 2],
    /// Sizes that the windowing layer was asked for.
    sizes: Vec<egui::Vec2>,
    recorder: Recorder,
    params: Arc<TranseptParams>,
    monitor: Arc<Monitor>,
    worker: Worker,
    _open: Arc<Mutex<Open>>,
}

impl Screen {
    /// All that is drawn for the opening alone has been drawn.
    fn at_rest() -> Self {
        let (params, monitor, recorder) =
            (Arc::<TranseptParams>::default(), Arc::<Monitor>::default(), Recorder::default());
        let request = params.clone();
        let wanted = move || {
            let recipe = request.wanted();
            Some(Wanted { recipe, format: FORMAT, editions: [0; 2], on_failure: Default::default() })
        };
        let (worker, _kernels) = Worker::spawn(wanted);
        assert!(worker.handle().settle(Duration::MAX));
        while worker.handle().status().is_unmeasured {
            std::thread::yield_now();
        }
        let mut scene = Scene::new(Controller::new(params.clone(), worker.handle(), monitor.clone()));
        let _open = scene.open(Box::new(recorder.clone()), None);
        while worker.handle().status().gallery.of(crate::picture::View::Response).is_none() {
            std::thread::yield_now();
        }
        _open.lock().settle();
        let (context, canvas, now) = (Context::default(), Canvas::without_context(), Instant::now());
        crate::editor::theme::install(&context, crate::editor::theme::Theme::Dark);
        context.add_plugin(Damage::new(canvas.clone()));
        let mut screen = Self {
            scene,
            context,
            canvas,
            drawn: Rect::NOTHING,
            bytes: 0,
            now,
            due: None,
            is_seen: true,
            frames: 0,
            size: [780, 600],
            sizes: Vec::new(),
            recorder,
            params,
            monitor,
            worker,
            _open,
        };
        assert!(screen.frames_in(10) > 0, "an open window is drawn");
        screen
    }

    /// One look, a period after the one before, and the frame that it asks for. True if there was one.
    fn look(&mut self) -> bool {
        self.now += PERIOD;
        let is_needed =
            self.scene.need(self.now).is_for_frame(|| self.is_seen) | self.due.is_some_and(|due| due <= self.now);
        if is_needed {
            self.draw(Vec::new());
        }
        is_needed
    }

    fn draw(&mut self, events: Vec<egui::Event>) {
        self.frames += 1;
        let screen_rect = Some(Rect::from_min_size(egui::Pos2::ZERO, window::DEFAULT_SIZE));
        let output = self.context.run_ui(egui::RawInput { screen_rect, events, ..Default::default() }, |ui| {
            self.scene.draw(ui, self.size, self.now);
        });
        let viewport = &output.viewport_output[&egui::ViewportId::ROOT];
        self.due = self.now.checked_add(viewport.repaint_delay);
        self.sizes.extend(viewport.commands.iter().filter_map(|command| match command {
            ViewportCommand::InnerSize(size) => Some(*size),
            _ => None,
        }));
        // The first shape and the last one switch to the canvas and back.
        let [_, shapes @ .., _] = &output.shapes[..] else { panic!("there is a canvas") };
        self.drawn = shapes.iter().map(|shape| shape.clip_rect).fold(Rect::NOTHING, Rect::union);
        let pictures = output.textures_delta.set.values().flatten();
        let mut bytes: usize = pictures.map(|delta| delta.image.width() * delta.image.height() * 4).sum();
        for primitive in self.context.tessellate(shapes.to_vec(), output.pixels_per_point) {
            if let Primitive::Mesh(mesh) = primitive.primitive {
                bytes += size_of_val(&mesh.vertices[..]) + size_of_val(&mesh.indices[..]);
            }
        }
        self.bytes = bytes;
        self.canvas.hold(self.context.plugin::<Damage>().lock().number(), output.pixels_per_point);
        output.drop_without_applying_deltas();
    }

    /// The part of the window right of this place and below it.
    fn corner(&self, left: f32, top: f32) -> Rect {
        Rect::from_min_max(egui::pos2(left, top), window::DEFAULT_SIZE.to_pos2())
    }

    fn frames_in(&mut self, looks: usize) -> usize {
        (0..looks).filter(|_| self.look()).count()
    }
}

#[test]
fn a_window_in_which_nothing_changes_is_not_drawn() {
    let mut screen = Screen::at_rest();
    assert_eq!(screen.frames_in(300), 0);
}

#[test]
fn what_changes_is_drawn_at_the_next_look_and_once() {
    let mut screen = Screen::at_rest();
    type Change = (&'static str, fn(&mut Screen));
    let changes: [Change; 4] = [
        ("a choice that is refused", |screen| screen.scene.controller.select(Selection::Refused("no".to_owned()))),
        ("a message that is dismissed", |screen| screen.scene.controller.dismiss()),
        ("another impulse", |screen| {
            screen.params.session.put(Default::default(), Source::File { path: "/no/such.wav".into() });
        }),
        ("a load that ends", |screen| {
            screen.worker.handle().nudge();
            assert!(screen.worker.handle().settle(Duration::MAX));
            assert!(matches!(screen.worker.handle().status().state, Progress::Missing { .. }));
        }),
    ];
    for (what, change) in changes {
        change(&mut screen);
        assert!(screen.look(), "{what}");
        assert!(screen.frames_in(3) < 3, "{what} is settled soon");
        assert_eq!(screen.frames_in(30), 0, "{what}");
    }
}

#[test]
fn a_window_that_nobody_sees_is_not_drawn_but_tells_the_host_of_a_move() {
    let mut screen = Screen::at_rest();
    screen.is_seen = false;
    screen.scene.controller.select(Selection::Refused("no".to_owned()));
    assert_eq!(screen.frames_in(30), 0);
    screen.scene.controller.select(Selection::Impulse(Source::Space { id: "plate".to_owned() }));
    screen.params.session.prove(screen.params.session.choice().editions(), true);
    screen.frames_in(30);
    assert_eq!(screen.recorder.0.lock().len(), 3);
    screen.scene.controller.select(Selection::Refused("no".to_owned()));
    assert_eq!(screen.frames_in(30), 0);
    screen.is_seen = true;
    assert!(screen.look(), "it appears as it is by now");
}

#[test]
fn a_window_that_opens_again_is_drawn_though_nothing_has_changed() {
    let mut screen = Screen::at_rest();
    screen._open = screen.scene.open(Box::new(Recorder::default()), None);
    assert!(screen.look());
}

/// Blocks of a millisecond, whose peak is never long the same: thirty frames a second, and none once it is silent. All
/// that is drawn of them is the meters.
#[test]
fn meters_move_thirty_times_a_second_at_most_and_come_to_rest() {
    let mut screen = Screen::at_rest();
    let mut chain = Chain::new(FORMAT, screen.monitor.meters.clone());
    let (margin, width) = (theme::MARGIN, meters::WIDTH + 2.0 * theme::MARGIN);
    let panel = screen.corner(window::DEFAULT_SIZE.x - margin - width, 0.0);
    // The button that listens wakes up with the first block.
    let mut is_listening = false;
    let mut play = |screen: &mut Screen, seconds: usize, level: f32| {
        let before = screen.frames;
        let mut looked = Duration::ZERO;
        for block in 0..1000 * seconds as u32 {
            let sample = level * ((block / 33 * 389 % 1000) as f32 / 1000.0);
            let (mut left, mut right) = ([sample; 48], [-sample; 48]);
            chain.process(&mut [&mut left, &mut right], &Controls::default(), None);
            while looked + PERIOD <= Duration::from_millis(u64::from(block)) {
                looked += PERIOD;
                if screen.look() && is_listening {
                    assert!(panel.contains_rect(screen.drawn), "{:?} is drawn, in {panel:?}", screen.drawn);
                }
            }
        }
        is_listening = true;
        screen.frames - before
    };
    play(&mut screen, 1, 0.5);
    let frames = play(&mut screen, 10, 1.0);
    assert!((200..=300).contains(&frames), "{frames} in ten seconds");
    // From the top of the scale to its end.
    let frames = play(&mut screen, 6, 0.0);
    assert!((100..=180).contains(&frames), "{frames} while the bars fall");
    assert_eq!(play(&mut screen, 10, 0.0), 0, "silence stands still");
    // Below what is drawn.
    assert_eq!(play(&mut screen, 2, 1e-4), 0);
}

/// Blocks of another size in each look, of a tone that goes on.
#[test]
fn the_line_at_the_foot_changes_once_a_second_at_most() {
    let mut screen = Screen::at_rest();
    *screen.monitor.format.lock() = Some(FORMAT);
    screen.monitor.begin(FORMAT.sample_rate);
    assert!(screen.look(), "a format has come");
    screen.frames_in(3);
    let before = screen.frames;
    let height = theme::MARGIN_BELOW + status::HEIGHT + EDGE;
    let line = screen.corner(0.0, window::DEFAULT_SIZE.y - height);
    for look in 0..300 {
        drop(screen.monitor.measure(64 + look));
        assert!(!screen.look() || line.contains_rect(screen.drawn), "{:?} is drawn, in {line:?}", screen.drawn);
    }
    let frames = screen.frames - before;
    assert!((9..=11).contains(&frames), "{frames} in ten seconds");
    assert_eq!(screen.frames_in(100), 1, "the last block, and then nothing");
}

#[test]
fn a_level_that_is_no_longer_played_falls_and_a_tone_in_long_blocks_does_not() {
    let mut screen = Screen::at_rest();
    let mut chain = Chain::new(FORMAT, screen.monitor.meters.clone());
    // Blocks of 171 ms: five looks without one.
    for block in 0..20 {
        let (mut left, mut right) = (vec![0.5; 8_192], vec![0.5; 8_192]);
        chain.process(&mut [&mut left, &mut right], &Controls::default(), None);
        for _ in 0..5 {
            screen.look();
            let rms = screen.scene.painted.as_ref().expect("a frame").meters.input[0].rms;
            assert!(block < 4 || rms == -6.0, "{rms} in block {block}");
        }
    }
    screen.frames_in(60);
    let level = screen.scene.painted.as_ref().expect("a frame").meters.input[0];
    assert_eq!(level.rms, crate::editor::views::meters::RANGE.0);
}

#[test]
fn a_choice_that_sounds_moves_the_hosts_parameter_as_one_gesture() {
    let mut screen = Screen::at_rest();
    screen.scene.controller.select(Selection::Impulse(Source::Space { id: "plate".to_owned() }));
    screen.frames_in(3);
    assert!(screen.recorder.0.lock().is_empty(), "it is not proved yet");
    screen.params.session.prove(screen.params.session.choice().editions(), true);
    assert!(screen.look(), "a frame tells the host");
    screen.frames_in(3);
    assert_eq!(*screen.recorder.0.lock(), ["begin Impulse", "1 Impulse", "end Impulse"]);
}

/// The pointer's movement is drawn at once, and what rests under it needs no frames.
#[test]
fn a_pointer_that_rests_needs_no_frames_in_the_end() {
    let mut screen = Screen::at_rest();
    for x in 0..30 {
        screen.draw(vec![egui::Event::PointerMoved(egui::pos2(200.0 + x as f32, 20.0))]);
        screen.look();
    }
    screen.frames_in(90);
    assert_eq!(screen.frames_in(100), 0);
}

/// Frames are drawn while a file loads, and none has more to do for a minute of impulse than for a second.
#[test]
fn a_file_of_a_minute_costs_no_frame_more_than_one_of_a_second() {
    let folder = Folder::new();
    // Most bytes of a frame from the load of a file of so many seconds to its last view, and frames while it loads.
    let load = |seconds: usize| {
        let mut screen = Screen::at_rest();
        let samples = signal::noise(8000 * seconds, 1);
        let samples: Vec<_> = samples.iter().map(|sample| (sample * 8000.0) as i16).collect();
        let path = folder.file(&format!("{seconds}.wav"), &Wav::pcm16(1, &samples).bytes());
        let before = screen.worker.handle().status().gallery.clone();
        // The room from before, of four channels, drawn whole: a short load may be over before the next frame.
        screen.canvas.hold(u64::MAX, 1.0);
        screen.draw(Vec::new());
        let (mut most, mut while_loading) = (screen.bytes, 0);
        screen.params.session.put(Default::default(), Source::File { path });
        screen.worker.handle().nudge();
        loop {
            screen.now += PERIOD;
            screen.draw(Vec::new());
            most = screen.bytes.max(most);
            let status = screen.worker.handle().status();
            while_loading += usize::from(status.state == Progress::Loading);
            let is_new = |view| status.gallery.of(view).map(Arc::as_ptr) != before.of(view).map(Arc::as_ptr);
            if status.state == Progress::Ready && !status.is_unmeasured && Picture::ALL.into_iter().all(is_new) {
                screen.draw(Vec::new());
                return (screen.bytes.max(most), while_loading);
            }
        }
    };
    let ((of_second, _), (of_minute, while_loading)) = (load(1), load(60));
    // The texts along the axes and in the figures are others, of some letters more or less: 64 of 4 corners each.
    let letters = 64 * (4 * 20 + 6 * 4);
    assert!(of_minute <= of_second + letters, "{of_minute} bytes, and {of_second}");
    assert!(while_loading > 1, "{while_loading} frames");
}

/// A host that notes the sizes that its frame is asked for, if it has one.
fn note_sizes(screen: &mut Screen, has_frame: bool) -> Arc<Mutex<Vec<[u32; 2]>>> {
    let (host, asked) = (HostRequests::default(), Arc::<Mutex<Vec<_>>>::default());
    let noted = asked.clone();
    host.set_resize(move |size| {
        noted.lock().push(size);
        has_frame
    });
    screen.scene.controller.set_host_requests(host);
    asked
}

/// Pulls the corner of the window.
fn pull(screen: &mut Screen, by: egui::Vec2) {
    let from = (window::DEFAULT_SIZE - egui::vec2(4.0, 4.0)).to_pos2();
    let button = |pos, pressed| egui::Event::PointerButton {
        pos,
        button: egui::PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    let moved = egui::Event::PointerMoved;
    for event in [moved(from), button(from, true), moved(from + by), button(from + by, false)] {
        screen.draw(vec![event]);
        // What moves in the window draws it as well, while the button is held.
        screen.draw(Vec::new());
    }
}

#[test]
fn a_host_that_keeps_its_frame_is_asked_again_and_then_left_alone() {
    let mut screen = Screen::at_rest();
    let asked = note_sizes(&mut screen, true);
    pull(&mut screen, egui::vec2(100.0, 50.0));
    assert_eq!(asked.lock()[..], [[880, 650]]);
    screen.frames_in(150);
    assert_eq!(asked.lock()[..], [[880, 650]; 4]);
    assert_eq!(screen.frames_in(30), 0, "and nothing is drawn for it");
}

#[test]
fn a_host_that_gives_the_size_is_asked_once_although_the_window_has_it_later() {
    let mut screen = Screen::at_rest();
    let asked = note_sizes(&mut screen, true);
    pull(&mut screen, egui::vec2(100.0, 50.0));
    screen.scene.controller.host_requests().give_size(Some([880, 650]));
    screen.frames_in(150);
    assert_eq!(asked.lock()[..], [[880, 650]]);
}

#[test]
fn a_host_is_asked_for_the_size_of_a_zoom_too() {
    let mut screen = Screen::at_rest();
    let asked = note_sizes(&mut screen, true);
    screen.context.set_zoom_factor(1.25);
    screen.draw(Vec::new());
    // The look of all windows is 100 %: this one gets it back, in the next pass or the next frame.
    if asked.lock().len() == 1 {
        screen.size = [975, 750];
        screen.draw(Vec::new());
    }
    assert_eq!(asked.lock()[..], [[975, 750], [780, 600]]);

    screen.size = [780, 600];
    screen.context.set_zoom_factor(0.25);
    screen.draw(Vec::new());
    assert_eq!(asked.lock()[2], [320, 240], "no smaller than a window can be");
}

#[test]
fn without_a_frame_of_the_hosts_the_window_is_resized_once() {
    let mut screen = Screen::at_rest();
    let asked = note_sizes(&mut screen, false);
    pull(&mut screen, egui::vec2(100.0, 50.0));
    assert_eq!(screen.sizes, [egui::vec2(880.0, 650.0)]);
    screen.frames_in(150);
    assert_eq!((asked.lock().len(), screen.sizes.len()), (1, 1));
}
