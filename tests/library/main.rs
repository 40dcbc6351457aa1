//! What the library does outside the audio thread: files and spaces become impulses, impulses become kernels.

mod acoustics;
mod complaints;
mod decode;
mod findings;
mod layers;
mod level;
mod morph;
mod prepare;
mod presets;
mod reader;
mod resample;
mod size;
mod sound;
mod space_texts;
mod spaces;
mod two_impulses;
