//! The picture of the last frame, kept in a framebuffer of our own.
//!
//! OpenGL does not promise that a window still holds its last frame when the next one is drawn, and the framework
//! clears it. So frames are drawn into the picture, which is then copied to the window. Two shapes around those of the
//! frame call this while egui draws: [`Canvas::enter`] and [`Canvas::leave`].

use egui::{PaintCallback, Rect, Shape};
use egui_glow::CallbackFn;
use egui_glow::glow::{self, Context, HasContext};
use parking_lot::Mutex;
use std::sync::Arc;

/// The picture of one window's last frame. Clones share it. It goes with the window's OpenGL context.
#[derive(Debug, Clone)]
pub struct Canvas(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    /// False if there is no framebuffer to be had.
    is_able: bool,
    picture: Option<Picture>,
    /// What the picture shows whole.
    holds: Option<Edition>,
    /// True if the frame that is being drawn is in it whole at the end.
    is_sound: bool,
    /// The window's own framebuffer, while ours is drawn into.
    window: Option<glow::Framebuffer>,
}

#[derive(Debug)]
struct Picture {
    /// In pixels.
    size: [u32; 2],
    framebuffer: glow::Framebuffer,
    colours: glow::Renderbuffer,
}

/// A frame, at a scale.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edition {
    /// Its number.
    pub number: u64,
    /// Pixels of a point.
    pub scale: f32,
}

impl Canvas {
    /// A canvas for a window's context.
    #[must_use]
    pub fn new(gl: &Context) -> Self {
        let is_able = gl.version().major >= 3 || gl.supported_extensions().contains("GL_ARB_framebuffer_object");
        Self(Arc::new(Mutex::new(State { is_able, ..State::default() })))
    }

    /// False if frames have to be drawn whole, into the window itself.
    #[must_use]
    pub fn is_able(&self) -> bool {
        self.0.lock().is_able
    }

    /// True if the picture shows this frame whole.
    #[must_use]
    pub fn holds(&self, edition: Edition) -> bool {
        self.0.lock().holds == Some(edition)
    }

    /// A shape that has those after it drawn into the picture: over the frame `before`, which the picture shows, or
    /// all of a frame.
    pub fn enter(&self, screen: Rect, before: Option<Edition>) -> Shape {
        self.shape(screen, move |state, gl, size, _| state.enter(gl, size, before))
    }

    /// A shape that ends what `enter` began, and copies the picture to the window. The frame gets this number.
    pub fn leave(&self, screen: Rect, number: u64) -> Shape {
        self.shape(screen, move |state, gl, size, scale| state.leave(gl, size, Edition { number, scale }))
    }

    /// A canvas that needs no context, for frames that nobody draws.
    #[cfg(test)]
    pub fn without_context() -> Self {
        Self(Arc::new(Mutex::new(State { is_able: true, ..State::default() })))
    }

    /// Has the canvas hold a frame, as if it had been drawn.
    #[cfg(test)]
    pub fn hold(&self, number: u64, scale: f32) {
        self.0.lock().holds = Some(Edition { number, scale });
    }

    fn shape(&self, rect: Rect, draw: impl Fn(&mut State, &Context, [u32; 2], f32) + Send + Sync + 'static) -> Shape {
        let state = self.0.clone();
        let callback = CallbackFn::new(move |info, painter| {
            draw(&mut state.lock(), painter.gl(), info.screen_size_px, info.pixels_per_point);
        });
        PaintCallback { rect, callback: Arc::new(callback) }.into()
    }
}

#[expect(unsafe_code, reason = "OpenGL is called by it")]
impl State {
    fn enter(&mut self, gl: &Context, size: [u32; 2], before: Option<Edition>) {
        let held = self.holds.take();
        let is_kept = self.picture.as_ref().is_some_and(|picture| picture.size == size);
        // The window may have changed since the frame was laid out; then the next frame is drawn whole.
        self.is_sound = before.is_none() || (is_kept && held == before);
        if !is_kept && self.is_able {
            self.discard(gl);
            self.picture = Picture::new(gl, size);
            self.is_able = self.picture.is_some();
        }
        let Some(picture) = &self.picture else { return };
        // SAFETY: the context of the window is current, and the framebuffer is of it.
        unsafe {
            self.window = gl.get_parameter_framebuffer(glow::DRAW_FRAMEBUFFER_BINDING);
            gl.bind_framebuffer(glow::FRAMEBUFFER, Some(picture.framebuffer));
        }
    }

    fn leave(&mut self, gl: &Context, [width, height]: [u32; 2], edition: Edition) {
        if self.picture.is_none() {
            return;
        }
        let (width, height) = (width as i32, height as i32);
        // SAFETY: as above; both framebuffers are of this size.
        unsafe {
            gl.bind_framebuffer(glow::DRAW_FRAMEBUFFER, self.window);
            gl.disable(glow::SCISSOR_TEST);
            let colours = glow::COLOR_BUFFER_BIT;
            gl.blit_framebuffer(0, 0, width, height, 0, 0, width, height, colours, glow::NEAREST);
            gl.bind_framebuffer(glow::FRAMEBUFFER, self.window);
        }
        self.holds = self.is_sound.then_some(edition);
    }

    fn discard(&mut self, gl: &Context) {
        if let Some(Picture { framebuffer, colours, .. }) = self.picture.take() {
            // SAFETY: the context of the window is current, and both are of it.
            unsafe {
                gl.delete_framebuffer(framebuffer);
                gl.delete_renderbuffer(colours);
            }
        }
    }
}

#[expect(unsafe_code, reason = "OpenGL is called by it")]
impl Picture {
    /// `None` if the driver has no framebuffer of this size.
    fn new(gl: &Context, size: [u32; 2]) -> Option<Self> {
        // SAFETY: the context of the window is current.
        unsafe {
            let before = gl.get_parameter_framebuffer(glow::DRAW_FRAMEBUFFER_BINDING);
            let (colours, framebuffer) = (gl.create_renderbuffer().ok()?, gl.create_framebuffer().ok()?);
            gl.bind_renderbuffer(glow::RENDERBUFFER, Some(colours));
            gl.renderbuffer_storage(glow::RENDERBUFFER, glow::RGBA8, size[0] as i32, size[1] as i32);
            gl.bind_framebuffer(glow::FRAMEBUFFER, Some(framebuffer));
            let place = glow::COLOR_ATTACHMENT0;
            gl.framebuffer_renderbuffer(glow::FRAMEBUFFER, place, glow::RENDERBUFFER, Some(colours));
            let status = gl.check_framebuffer_status(glow::FRAMEBUFFER);
            gl.bind_framebuffer(glow::FRAMEBUFFER, before);
            if status == glow::FRAMEBUFFER_COMPLETE {
                return Some(Self { size, framebuffer, colours });
            }
            gl.delete_framebuffer(framebuffer);
            gl.delete_renderbuffer(colours);
            None
        }
    }
}
