//! Sound through an instance: blocks, automation, the tail.

use anyhow::{Context, Result, anyhow, ensure};
use clack_extensions::tail::{PluginTail, TailLength};
use clack_host::events::event_types::ParamValueEvent;
use clack_host::events::spaces::CoreEventSpace;
use clack_host::prelude::*;

use super::{Guest, Host};
use crate::wave::Sound;

/// A parameter's value from a frame on.
#[derive(Clone, Copy)]
pub struct Point {
    /// Counted from the start of the take.
    pub frame: usize,
    /// Of the parameter.
    pub id: ClapId,
    /// Plain.
    pub value: f64,
}

/// What is to be played.
pub struct Take<'a> {
    /// Hz.
    pub rate: u32,
    /// Planar input; one channel or two.
    pub input: &'a Sound,
    /// Channels that come out.
    pub outputs: usize,
    /// Frames per block, repeated from the start when they are used up.
    pub blocks: &'a [usize],
    /// Play on after the input, until the tail that the plugin reports is over.
    pub tail: bool,
    /// In order of their frames.
    pub automation: &'a [Point],
}

/// What the plugin tells its host of a parameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Told {
    /// A user takes hold of it.
    Begin(ClapId),
    /// Its value, plain.
    Value(ClapId, f64),
    /// The user lets go.
    End(ClapId),
}

/// What came out.
pub struct Played {
    /// Planar output.
    pub sound: Sound,
    /// What the plugin told of its parameters meanwhile.
    pub told: Vec<Told>,
    /// Frames that the plugin says it sounds on, asked after the input.
    pub tail: usize,
}

/// An instance that sounds; the instance itself stays with the main thread, which may save and load meanwhile.
pub struct Playing(StartedPluginAudioProcessor<Host>);

impl Guest {
    /// Activates the instance, plays `take`, and deactivates it.
    pub fn play(&mut self, take: &Take) -> Result<Played> {
        let largest = *take.blocks.iter().max().context("a take has blocks")?;
        let mut playing = self.start(take.rate, largest)?;
        let played = playing.play(take);
        self.stop(playing)?;
        played
    }

    /// Activates the instance at `rate` Hz, for blocks of at most `largest` frames.
    pub fn start(&mut self, rate: u32, largest: usize) -> Result<Playing> {
        let format = PluginAudioConfiguration {
            sample_rate: f64::from(rate),
            min_frames_count: 1,
            max_frames_count: largest as u32,
        };
        let stopped = self
            .instance
            .activate(|_, ()| (), format)
            .map_err(|error| anyhow!("the CLAP does not activate: {error}"))?;
        let started = on_stage(|| stopped.start_processing())?;
        started.map(Playing).map_err(|error| anyhow!("the CLAP does not start processing: {error}"))
    }

    /// Deactivates the instance.
    pub fn stop(&mut self, playing: Playing) -> Result<()> {
        let stopped = on_stage(|| playing.0.stop_processing())?;
        self.instance.deactivate(stopped);
        Ok(())
    }
}

impl Playing {
    /// Plays `take`, following what was played before. Its rate is the one of the start.
    pub fn play(&mut self, take: &Take) -> Result<Played> {
        ensure!(!take.blocks.contains(&0), "a block of no frames never gets to the end");
        on_stage(|| blocks(&mut self.0, take))?
    }
}

/// Does `part` on a thread that is not the main one, and waits for it.
fn on_stage<T: Send>(part: impl FnOnce() -> T + Send) -> Result<T> {
    std::thread::scope(|scope| scope.spawn(part).join()).map_err(|_| anyhow!("the audio thread panicked"))
}

fn blocks(processor: &mut StartedPluginAudioProcessor<Host>, take: &Take) -> Result<Played> {
    let dry_frames = take.input[0].len();
    let mut sound: Sound = vec![Vec::new(); take.outputs];
    let mut told = Vec::new();
    let mut sizes = take.blocks.iter().cycle();
    let mut position = 0;
    let mut end = dry_frames;
    let mut tail = None;
    loop {
        if position >= dry_frames && tail.is_none() {
            let frames = reported_tail(processor)?;
            tail = Some(frames);
            end += if take.tail { frames } else { 0 };
        }
        if position >= end {
            return Ok(Played { sound, told, tail: tail.unwrap_or(0) });
        }
        // Cut where the input ends, so that the tail is asked for exactly there.
        let border = if position < dry_frames { dry_frames } else { end };
        let size = (*sizes.next().expect("a cycle has no end")).min(border - position);
        let block = one_block(processor, take, position, size, &mut told)?;
        for (sound, block) in sound.iter_mut().zip(block) {
            sound.extend(block);
        }
        position += size;
    }
}

fn one_block(
    processor: &mut StartedPluginAudioProcessor<Host>,
    take: &Take,
    position: usize,
    size: usize,
    told: &mut Vec<Told>,
) -> Result<Sound> {
    let sample = |channel: &Vec<f32>, frame: usize| channel.get(frame).copied().unwrap_or(0.0);
    let mut input: Sound =
        take.input.iter().map(|channel| (position..position + size).map(|f| sample(channel, f)).collect()).collect();
    // What an output buffer held before must not matter.
    let mut output: Sound = vec![vec![f32::NAN; size]; take.outputs];
    let mut events = EventBuffer::new();
    for point in take.automation.iter().filter(|point| (position..position + size).contains(&point.frame)) {
        let time = (point.frame - position) as u32;
        events.push(&ParamValueEvent::new(time, point.id, Pckn::match_all(), point.value));
    }

    let mut input_ports = AudioPorts::with_capacity(input.len(), 1);
    let mut output_ports = AudioPorts::with_capacity(output.len(), 1);
    let input = input_ports.with_input_buffers([AudioPortBuffer {
        latency: 0,
        channels: AudioPortBufferType::f32_input_only(input.iter_mut().map(InputChannel::variable)),
    }]);
    let mut buffers = output_ports.with_output_buffers([AudioPortBuffer {
        latency: 0,
        channels: AudioPortBufferType::f32_output_only(output.iter_mut().map(Vec::as_mut_slice)),
    }]);
    let events = InputEvents::from_buffer(&events);
    let mut answers = EventBuffer::new();
    processor
        .process(
            &input,
            &mut buffers,
            &events,
            &mut OutputEvents::from_buffer(&mut answers),
            Some(position as u64),
            None,
        )
        .map_err(|error| anyhow!("the block at frame {position} failed: {error}"))?;
    told.extend(answers.iter().filter_map(|event| match event.as_core_event()? {
        CoreEventSpace::ParamGestureBegin(event) => event.param_id().map(Told::Begin),
        CoreEventSpace::ParamValue(event) => event.param_id().map(|id| Told::Value(id, event.value())),
        CoreEventSpace::ParamGestureEnd(event) => event.param_id().map(Told::End),
        _ => None,
    }));
    Ok(output)
}

fn reported_tail(processor: &mut StartedPluginAudioProcessor<Host>) -> Result<usize> {
    let handle = processor.plugin_handle();
    let tail: PluginTail = handle.get_extension().context("the CLAP has no tail")?;
    match tail.get(&handle) {
        TailLength::Finite(frames) => Ok(frames as usize),
        TailLength::Infinite => Err(anyhow!("the CLAP says that its tail never ends")),
    }
}
