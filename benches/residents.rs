//! Instances as a plugin has them, without a host: a worker and a chain each.

use crate::RATE;
use crate::signal::room;
use std::sync::Arc;
use std::time::Duration;
use transept::cancel::Token;
use transept::chain::{Chain, Controls, Format};
use transept::channels::ChannelLayout;
use transept::engine::Delivery;
use transept::handover::Port;
use transept::impulse::Impulse;
use transept::impulse::recipe::{Recipe, Source};
use transept::prepare::worker::{Client, OnFailure, Wanted, Worker};
use transept::prepare::{Content, Identity, Located, PrepareError};

const FORMAT: Format = Format { sample_rate: RATE, layout: ChannelLayout::Stereo };

/// Seconds of the impulse.
const SECONDS: usize = 6;

/// An instance whose file is what a session would have found.
struct Asks {
    /// False if nobody is to know the file again.
    is_shared: bool,
}

impl Client for Asks {
    fn poll(&self) -> Option<Wanted> {
        let recipe = Recipe::file("/room.wav");
        Some(Wanted { recipe, format: FORMAT, editions: [1; 2], on_failure: OnFailure::Silence })
    }

    fn locate(&self, _: &Source, _: bool, _: &Token) -> Result<Located, PrepareError> {
        let identity = self.is_shared.then(|| Identity("the room".into()));
        Ok(Located::new(identity, |_| {
            let channels = [1, 2].map(|seed| room(SECONDS * RATE as usize, seed)).into();
            Ok(Content::Sure(Impulse::new(channels, RATE).expect("valid")))
        }))
    }
}

/// An instance.
pub type Resident = (Worker, Port<Delivery>, Chain);

/// Plays so many instances until everything that they hold is in use. `is_shared` says whether they know that their
/// impulse is one.
///
/// # Panics
/// If a worker cannot build.
#[must_use]
pub fn play(count: usize, is_shared: bool) -> Vec<Resident> {
    let mut instances: Vec<Resident> = (0..count)
        .map(|_| {
            let (worker, audio) = Worker::spawn(Asks { is_shared });
            (worker, Port::new(audio), Chain::new(FORMAT, Arc::default()))
        })
        .collect();
    for (worker, ..) in &instances {
        assert!(worker.handle().settle(Duration::MAX), "the worker lives");
        // Measured for people as well: until then it holds more.
        while worker.handle().status().is_unmeasured {
            std::thread::park_timeout(Duration::from_millis(1));
        }
    }
    let controls = Controls::default();
    for start in (0..2 * SECONDS * RATE as usize).step_by(512) {
        for (_, port, chain) in &mut instances {
            let mut block = [(); 2].map(|()| [0.0; 512]);
            block.iter_mut().flatten().enumerate().for_each(|(at, sample)| *sample = ((start + at) % 97) as f32 * 1e-3);
            let [left, right] = &mut block;
            port.pass(|incoming| chain.process(&mut [left, right], &controls, incoming));
        }
    }
    instances
}
