"""Reverberation times that `transept inspect` tells, against pyroomacoustics, where decays are regular.

Both integrate backwards and lay a straight line by least squares through the curve, from -5 dB on. They differ in
three things, and every tolerance here comes of these:

1. The lower end of pyroomacoustics' line is 20 or 30 dB below the first sample under -5 dB, not below -5 dB. That makes
   the line longer by `LONGER` dB.
2. Transept adds what would have come behind the end of the file; pyroomacoustics does not. At the line's lower end that
   is `BEHIND` dB.
3. Transept lays the line through 4096 points at most. That is one part in 100 000 here.

Points that a line of `D` dB has more at an end, over `x` dB and `r` dB away from it, turn it by `6 x r / D²` of its slope:
their lever is half its length, and its moment a twelfth of its length cubed. A decay of energy is `10 / ln 10` dB wide.
"""

import json
import os
import subprocess

import numpy as np
import pyroomacoustics
from pyroomacoustics.experimental import measure_rt60

from harness import keep, promise
from sound import PROGRAM, SCRATCH, write

# What makes a decay regular here. Where the line ends, it goes on for no longer than this, in dB of the line, …
LONGER = 0.05
# … it is never farther from its line than this, in dB, …
BEND = 1.0
# … and 30 dB more are seen than T30 needs: a thousandth of what is still to come at -35 dB comes after the end.
SEEN = 65.0
BEHIND = 10 * np.log10(1 + 10 ** ((35 - SEEN) / 10))


def tolerance(decibels):
    """How far both may be apart, as a share: 0.10 % of T20 and 0.05 % of T30."""
    return 6 * (LONGER * BEND + 10 / np.log(10) * BEHIND) / decibels**2 + 1e-5


def regular(sound, rate, decibels):
    """Asserts that a decay is regular down to the end of a line over so many dB."""
    rest = np.cumsum(sound[::-1].astype(float) ** 2)[::-1]
    curve = 10 * np.log10(rest[rest > 0] / rest[0])
    assert curve[-1] < -SEEN, f"it ends at {curve[-1]:.1f} dB"
    first = np.argmax(curve < -5)
    line = np.arange(first, np.argmax(curve < -5 - decibels))
    longer = decibels * (np.argmax(curve < curve[first] - decibels) - line[-1] - 1) / len(line)
    assert longer < LONGER, f"the line goes on for {longer:.3f} dB"
    bend = np.abs(np.polyval(np.polyfit(line / rate, curve[line], 1), line / rate) - curve[line]).max()
    assert bend < BEND, f"it bends by {bend:.2f} dB"


def above(sound, rate, edge=200.0):
    """What lies above a frequency in Hz, behind 0.1 s of silence that the filter rings in: Transept tells of what is
    above 88 Hz, pyroomacoustics of everything. At 88 Hz an edge at 200 Hz leaves one part in 400 million."""
    sound = np.concatenate([np.zeros(rate // 10), sound])
    frequencies = np.fft.rfftfreq(2 * len(sound), 1 / rate)
    gains = (1 + (edge / np.maximum(frequencies, 1e-6)) ** 24) ** -0.5
    return np.fft.irfft(np.fft.rfft(sound, 2 * len(sound)) * gains)[: len(sound)].astype(np.float32)


def agree(name, rate, sound):
    """Asserts that T20 and T30 of an impulse are the same for both."""
    sound = above(sound, rate)
    path = os.path.join(SCRATCH, f"{name}.wav")
    write(path, rate, sound[np.newaxis])
    told = subprocess.run([PROGRAM, "inspect", path, "--json"], check=True, capture_output=True, text=True).stdout
    told = json.loads(told)
    for figure, decibels in (("t20", 20), ("t30", 30)):
        regular(sound, rate, decibels)
        ours, theirs = told[figure], measure_rt60(sound, fs=rate, decay_db=decibels)
        assert ours is not None, f"{name}: no {figure}: {told['not_measurable'][figure]}"
        error = ours / theirs - 1
        print(f"        {name}: {figure} {ours:.4f} s, {100 * error:+.4f} %")
        assert abs(error) <= tolerance(decibels), f"{name}: {figure} is {ours} s, and {theirs} s by pyroomacoustics"


@promise
def noise_that_dies_away():
    """Noise that dies away has the T20 and T30 that pyroomacoustics finds"""
    for time, rate, seed in ((0.4, 48000, 1), (1.2, 44100, 2), (3.0, 96000, 3)):
        frames = np.arange(int(1.6 * time * rate))
        noise = np.random.default_rng(seed).standard_normal(len(frames))
        agree(f"noise of {time} s", rate, 0.1 * noise * 10 ** (-3 * frames / (time * rate)))


@promise
def rooms_of_image_sources():
    """Boxes of image sources have the T20 and T30 that pyroomacoustics finds"""
    for name, rate, size, absorption, order, source, microphone in (
        ("office", 48000, [6.2, 4.7, 3.1], 0.3, 60, [1.3, 1.1, 1.5], [4.4, 3.2, 1.3]),
        ("classroom", 48000, [12.3, 9.1, 5.2], 0.25, 60, [2.3, 3.1, 1.7], [9.4, 5.2, 1.3]),
        ("hall", 44100, [16.3, 13.1, 10.2], 0.25, 60, [2.3, 3.1, 1.7], [12.4, 9.2, 1.3]),
    ):
        walls = pyroomacoustics.Material(absorption)
        room = pyroomacoustics.ShoeBox(size, fs=rate, materials=walls, max_order=order)
        room.add_source(source).add_microphone(microphone)
        room.compute_rir()
        agree(name, rate, room.rir[0][0])


if __name__ == "__main__":
    keep()
