//! What the jobs of a batch share, and that nobody hears it.

use super::{RATE, busy, file, frames};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use transept::cancel::Token;
use transept::impulse::recipe::Recipe;
use transept::render::{Batch, Change, Job, RenderError, render};
use transept::settings::{Settings, find};
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};

fn bytes(job: &Job) -> Vec<u8> {
    std::fs::read(&job.output).expect("written")
}

#[test]
fn an_impulse_is_read_once_for_all_jobs_of_one_format() {
    let folder = Folder::new();
    let job = busy(&folder);
    render(&job, &Token::never(), |_| {}).expect("rendered");
    let alone = bytes(&job);
    let batch = Batch::default();
    batch.render(&job, &Token::never(), |_| {}).expect("rendered");
    assert!(bytes(&job) == alone);
    std::fs::remove_file(folder.path("room.wav")).expect("removed");
    for block in [64, 1000] {
        // A chain that was played before is silent again.
        batch.render(&Job { block: frames(block), ..job.clone() }, &Token::never(), |_| {}).expect("rendered");
        assert!(bytes(&job) == alone, "blocks of {block}");
    }
    // Another rate is prepared anew, and so misses the file.
    let other = Job { sample_rate: Some(44_100), ..job };
    let error = batch.render(&other, &Token::never(), |_| {}).expect_err("the file is gone");
    assert!(matches!(error, RenderError::Impulse(_)) && error.to_string().contains("room.wav"), "{error}");
}

/// A job in which the impulse changes shape, and the level moves.
fn automated(folder: &Folder, dry: &str) -> Job {
    let mut settings = Settings::default();
    let source = Recipe::of(file(folder.path("room.wav"))).source;
    let recipe = |settings: &Settings| Arc::new(settings.recipe(source.clone(), None));
    let (start, controls) = (recipe(&settings), settings.controls(None));
    let mut changes = Vec::new();
    for (seconds, id, text) in [(0.05, "wet", "-6 dB"), (0.1, "decay_high", "50 %"), (0.2, "size", "80 %")] {
        let value = find(id).and_then(|setting| setting.read(text)).expect("a value");
        assert!(settings.set(id, value));
        changes.push(Change { seconds, recipe: recipe(&settings), controls: settings.controls(None) });
    }
    let output = folder.path(&format!("wet {dry}"));
    Job { controls, changes: changes.into(), ..Job::new(folder.path(dry), start, output) }
}

#[test]
fn automated_jobs_of_a_batch_give_the_bytes_that_each_gives_alone() {
    let folder = Folder::new();
    folder.wave("room.wav", RATE, &[decaying_noise(9000, 16), decaying_noise(9000, 17)]);
    let jobs: Vec<Job> = (0..4)
        .map(|number| {
            let name = format!("{number}.wav");
            folder.wave(&name, RATE, &[noise(20_000, number), noise(20_000, number + 10)]);
            automated(&folder, &name)
        })
        .collect();
    let alone: Vec<Vec<u8>> = jobs
        .iter()
        .map(|job| {
            render(job, &Token::never(), |_| {}).expect("rendered");
            bytes(job)
        })
        .collect();
    let batch = Batch::default();
    for _ in 0..2 {
        std::thread::scope(|scope| {
            for job in &jobs {
                scope.spawn(|| batch.render(job, &Token::never(), |_| {}).expect("rendered"));
            }
        });
        for (job, alone) in jobs.iter().zip(&alone) {
            assert!(bytes(job) == *alone);
        }
    }
}

#[test]
fn an_impulse_that_cannot_be_used_fails_every_job_with_one_error() {
    let folder = Folder::new();
    let job = Job { recipe: Recipe::of(file(folder.path("nowhere.wav"))).into(), ..busy(&folder) };
    let batch = Batch::default();
    let errors = [(); 2].map(|()| match batch.render(&job, &Token::never(), |_| {}) {
        Err(RenderError::Impulse(error)) => error,
        other => panic!("{other:?}"),
    });
    assert!(Arc::ptr_eq(&errors[0], &errors[1]));
}

#[test]
fn a_job_that_is_cancelled_while_it_prepares_leaves_the_impulse_to_the_next() {
    let folder = Folder::new();
    let job = busy(&folder);
    let batch = Batch::default();
    // The dry file is open by then.
    let asked = AtomicBool::new(false);
    let cancel = || asked.swap(true, Ordering::Relaxed);
    assert!(matches!(batch.render(&job, &Token::new(&cancel), |_| {}), Err(RenderError::Cancelled(_))));
    batch.render(&job, &Token::never(), |_| {}).expect("rendered");
}
