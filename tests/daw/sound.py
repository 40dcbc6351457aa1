"""Signals, WAV files of 32-bit floats, and the `transept` program: the other side of every comparison."""

import os
import struct
import subprocess
import time

import numpy as np

BUNDLE = os.environ["TRANSEPT_VST3"]
PROGRAM = os.environ["TRANSEPT_PROGRAM"]
SCRATCH = os.environ["TRANSEPT_SCRATCH"]

# One frame, odd ones, powers of two, and what DAWs use.
BLOCKS = (1, 3, 17, 64, 96, 441, 512, 8192)

# The rates of a DAW, each with two of the block sizes; 48 kHz gets all of them.
RATES = ((22050, (17, 512)), (44100, (441, 64)), (88200, (96, 8192)), (96000, (512, 3)), (192000, (17, 8192)))

# Seconds in which every level, and bypass, moves to a new value: in a line.
RAMP = 0.02

# Seconds; far more than any room takes, so that a hang ends.
PATIENCE = 60


def knock(rate, seconds=0.2):
    """An impulse on the left, another later on the right, and seeded noise between them: (2, frames) of float32."""
    frames = int(rate * seconds)
    sound = np.zeros((2, frames), np.float32)
    sound[0, 7] = 1.0
    sound[1, frames // 2] = -0.5
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (2, frames // 3 - frames // 4))
    sound[:, frames // 4 : frames // 3] = noise.astype(np.float32)
    return sound


def knocks(channels, rate, seconds=0.2):
    """An impulse in each channel, one after another: (channels, frames) of float32."""
    frames = int(rate * seconds)
    sound = np.zeros((channels, frames), np.float32)
    for channel in range(channels):
        sound[channel, 7 + channel * frames // channels] = 1.0 if channel % 2 == 0 else -0.5
    return sound


def write(path, rate, sound):
    """Writes planar float32 samples."""
    channels, _ = sound.shape
    data = np.ascontiguousarray(sound.T, dtype="<f4").tobytes()
    form = struct.pack("<HHIIHH", 3, channels, rate, rate * channels * 4, channels * 4, 32)
    body = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data)) + data
    with open(path, "wb") as file:
        file.write(b"RIFF" + struct.pack("<I", len(body)) + body)


def read(path):
    """Reads what the program wrote: the rate, and planar float32 samples."""
    with open(path, "rb") as file:
        content = file.read()
    assert content[:4] == b"RIFF" and content[8:12] == b"WAVE", f"{path} is no WAV file"
    place, channels, rate, bits = 12, None, None, None
    while place < len(content):
        name, size = content[place : place + 4], struct.unpack_from("<I", content, place + 4)[0]
        if name == b"fmt ":
            _, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content, place + 8)
        if name == b"data":
            assert bits == 32, f"{path} has {bits} bits"
            samples = np.frombuffer(content, "<f4", size // 4, place + 8)
            return rate, samples.reshape(-1, channels).T.copy()
        place += 8 + size + size % 2
    raise AssertionError(f"{path} has no samples")


def rendered(name, rate, sound, *options, room=("--space", "hall")):
    """What `transept render` makes of `sound` in the hall or another room, tail and all; `name` tells the files apart."""
    dry, wet = os.path.join(SCRATCH, f"{name} dry.wav"), os.path.join(SCRATCH, f"{name} rendered.wav")
    write(dry, rate, sound)
    subprocess.run([PROGRAM, "render", dry, *room, *options, "-o", wet, "--overwrite"], check=True, capture_output=True)
    found, result = read(wet)
    assert found == rate, f"rendered at {found} Hz instead of {rate}"
    return result


def followed_by_silence(sound, frames):
    """`sound` and then zeros, `frames` in all: room for the tail."""
    return np.pad(sound, ((0, 0), (0, frames - sound.shape[1])))


def same(found, expected, what=""):
    """Fails where the samples differ in any bit, and says where."""
    assert found.shape == expected.shape, f"{what}: {found.shape} samples against {expected.shape}"
    differs = np.ascontiguousarray(found, np.float32).view(np.uint32) != np.ascontiguousarray(expected).view(np.uint32)
    if differs.any():
        channel, frame = (int(place) for place in np.argwhere(differs)[0])
        worst = float(np.abs(found - expected).max())
        raise AssertionError(
            f"{what}: {int(differs.sum())} of {differs.size} samples differ by at most {worst:g}, first in channel "
            f"{channel} at frame {frame}: {found[channel, frame]!r} against {expected[channel, frame]!r}"
        )


def comes_to(play, expected, what=""):
    """Plays until the samples are these: in real time a room comes when it is ready. Fails as `same` does."""
    began = time.monotonic()
    while not np.array_equal(found := play(), expected) and time.monotonic() - began < PATIENCE:
        pass
    same(found, expected, what)


def assert_no_click(sound, rate, way):
    """Of a constant input: no step is larger than `way` cut into the even steps of a ramp. `way` is as far as the output
    moves when everything that is automated goes from one end to the other at once. The thousandth is for rounding: a value
    below 4 is rounded by 1.2e-7 at each of the 960 steps, which the steps after it share out evenly: 1.2e-7 times
    1 + 1/2 + … + 1/960 at most, in the last one."""
    largest = way / (rate * RAMP) * 1.001
    step = largest_step(sound)
    assert step <= largest, f"a step of {step}, and {largest} is the ramp's"


def largest_step(sound):
    """The largest difference of two samples that follow each other."""
    return float(np.abs(np.diff(sound, axis=1)).max())
