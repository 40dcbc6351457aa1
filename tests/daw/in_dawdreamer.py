"""The VST3 in dawdreamer, which renders graphs as a bounce does and automates parameters by the sample."""

import os

import dawdreamer
import numpy as np

from harness import keep, promise
from session import FILE_RATE, framed, rooms, saved
from sound import BLOCKS, BUNDLE, RATES, SCRATCH, assert_no_click, comes_to, followed_by_silence, knock, rendered, same

# Halls come in from a worker; in real time a slow machine may need a try more.
TRIES = 200


class Bounce:
    """One instance in a graph of its own: sound in, effect, sound out."""

    def __init__(self, rate, block):
        self.rate = rate
        self.takes = 0
        self.engine = dawdreamer.RenderEngine(rate, block)
        self.effect = self.engine.make_plugin_processor("effect", BUNDLE)
        names = [parameter["name"] for parameter in self.effect.get_parameters_description()]
        self.index = {name: index for index, name in enumerate(names)}

    def put(self, name, raw):
        """Sets a parameter on the host's scale from 0 to 1; a name that is not there is a KeyError."""
        self.effect.set_parameter(self.index[name], raw)

    def load(self, state):
        """Opens a session, which this host reads from a file."""
        path = os.path.join(SCRATCH, "dawdreamer loads")
        with open(path, "wb") as file:
            file.write(state)
        self.effect.load_state(path)

    def play(self, sound):
        """The same frames out as in."""
        self.takes += 1
        name = f"source {self.takes}"
        source = self.engine.make_playback_processor(name, sound)
        self.engine.load_graph([(source, []), (self.effect, [name])])
        # This host cuts to whole frames, and the quotient may lie a little below one.
        self.engine.render((sound.shape[1] + 0.5) / self.rate)
        return self.engine.get_audio()[:, : sound.shape[1]]

    def play_in_the_hall(self, sound, frames):
        """`sound` and silence, once the hall is there."""
        for _ in range(TRIES):
            found = self.play(followed_by_silence(sound, frames))
            if np.any(found[:, sound.shape[1] :]):
                return self.play(followed_by_silence(sound, frames))
        raise AssertionError("the hall never came")


@promise
def parameters():
    """The parameters are there, with the values of a fresh instance"""
    bounce = Bounce(48000, 512)
    texts = {name: bounce.effect.get_parameter_text(index) for name, index in bounce.index.items()}
    for name in ("Dry", "Wet", "Output", "Pre-delay", "Low cut", "High cut", "Width", "Loudness", "Bypass"):
        assert name in texts, f"no parameter {name} among {texts}"
    assert texts["Wet"].startswith("-12"), texts
    assert texts["Dry"].startswith("0"), texts


@promise
def every_block_size():
    """Impulse in, impulse response out: the program's samples at every block size"""
    sound = knock(48000)
    expected = rendered("dawdreamer blocks", 48000, sound)
    for block in BLOCKS:
        same(Bounce(48000, block).play_in_the_hall(sound, expected.shape[1]), expected, f"block {block}")


@promise
def every_rate():
    """The same at every rate"""
    for rate, blocks in RATES:
        sound = knock(rate)
        expected = rendered(f"dawdreamer {rate}", rate, sound)
        for block in blocks:
            found = Bounce(rate, block).play_in_the_hall(sound, expected.shape[1])
            same(found, expected, f"{rate} Hz, block {block}")


@promise
def files():
    """Impulse files of 1, 2 and 4 channels and pairs, named by a session, sound as the program renders them, at their
    own rate and at another"""
    for room in rooms("dawdreamer"):
        for rate in (FILE_RATE, 48000):
            sound = knock(rate)
            expected = rendered(f"{room.name} {rate}", rate, sound, "--wet", "-3", room=room.options)
            bounce = Bounce(rate, 480)
            bounce.load(framed(saved(room.recipe, wet=-3.0)))
            padded = followed_by_silence(sound, expected.shape[1])
            comes_to(lambda: bounce.play(padded), expected, f"{room.name}, {rate} Hz")


@promise
def files_on_a_mono_track():
    """On a mono track they sound as the mean of their channels does"""
    sound = knock(FILE_RATE)[:1]
    for room in rooms("dawdreamer"):
        expected = rendered(f"{room.name} mono", FILE_RATE, sound, "--loudness", "off", room=room.in_mono().options)
        bounce = Bounce(FILE_RATE, 96)
        assert bounce.effect.set_bus(1, 1)
        bounce.load(framed(saved(room.recipe, level=False)))
        padded = followed_by_silence(sound, expected.shape[1])
        comes_to(lambda: bounce.play(padded), expected, room.name)


@promise
def session():
    """A saved session has the same settings and the same sound when opened again"""
    sound = knock(48000)
    first = Bounce(48000, 512)
    for name, raw in (("Wet", 0.7), ("Dry", 0.3), ("High cut", 0.4), ("Loudness", 0.0)):
        first.put(name, raw)
    before = first.play_in_the_hall(sound, 96000)
    path = os.path.join(SCRATCH, "dawdreamer session")
    first.effect.save_state(path)
    second = Bounce(48000, 512)
    second.effect.load_state(path)
    for name, index in first.index.items():
        # Texts: until it asks the plugin, the host remembers the value that it sent and not the step next to it.
        now, then = second.effect.get_parameter_text(index), first.effect.get_parameter_text(index)
        assert now == then, f"{name} is {now}, was {then}"
    same(second.play_in_the_hall(sound, 96000), before)


@promise
def latency():
    """Latency is 0, also after settings that move the wet signal"""
    bounce = Bounce(48000, 512)
    assert bounce.effect.get_latency_samples() == 0
    bounce.put("Pre-delay", 1.0)
    bounce.play(knock(48000))
    assert bounce.effect.get_latency_samples() == 0


@promise
def automation():
    """Automation by the sample moves the level where it is drawn, and does not click"""
    bounce = Bounce(48000, 480)
    bounce.put("Wet", 0.0)
    frames = 48000
    # The dry level is off in the second half, with fast turns in between.
    drawn = np.ones(frames, np.float32) * bounce.effect.get_parameter(bounce.index["Dry"])
    drawn[12000:18000:2] = 0.0
    drawn[frames // 2 :] = 0.0
    assert bounce.effect.set_automation(bounce.index["Dry"], drawn)
    constant = np.full((2, frames), 0.5, np.float32)
    bounce.play(constant)
    sound = bounce.play(constant)
    # The dry level goes between 0 dB and off, so the way is the input.
    assert_no_click(sound, 48000, 0.5)
    assert np.all(np.abs(sound[:, 4800:9600] - 0.5) < 1e-3), "the level moved before it was drawn to"
    assert np.all(np.abs(sound[:, 40000:]) < 1e-3), "the level did not follow"


@promise
def shapes_are_automated():
    """Automated shapes bounce to the bytes that the program renders"""
    block, frames = 480, 48000
    sound = followed_by_silence(knock(48000, 0.6), frames)
    # Frames, settings, and values on the host's scale: at the ends of blocks, where every host agrees on the sample.
    moves = ((10, "decay_high", "Decay highs", 0.3), (10, "late", "Early/late", 0.7), (25, "size", "Size", 0.35),
             (26, "attack", "Attack", 0.2), (55, "wet", "Wet", 0.8), (70, "decay_low", "Decay lows", 0.8))
    bounce = Bounce(48000, block)
    lines = []
    for number, name, shown, raw in moves:
        index = bounce.index[shown]
        before = bounce.effect.get_parameter(index)
        bounce.effect.set_parameter(index, raw)
        lines.append(f"{number * block / 48000:.9f}, {name}, {bounce.effect.get_parameter_text(index)}\n")
        drawn = np.full(frames, before, np.float32)
        drawn[number * block :] = raw
        assert bounce.effect.set_automation(index, drawn)
    path = os.path.join(SCRATCH, "dawdreamer automation.csv")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)
    expected = rendered("dawdreamer automation", 48000, sound, "--automation", path, "--no-tail")
    comes_to(lambda: bounce.play(sound), expected)
    same(bounce.play(sound), expected, "once more")


@promise
def the_impulse_is_chosen():
    """The parameter Impulse names the spaces, and what it goes to is what sounds"""
    sound = knock(48000)
    bounce = Bounce(48000, 512)
    index = bounce.index["Impulse"]
    assert bounce.effect.get_parameter_text(index) == "Hall", bounce.effect.get_parameter_text(index)
    for slot, name in ((1, "Plate"), (2, "Room")):
        bounce.put("Impulse", slot / 127)
        assert bounce.effect.get_parameter_text(index) == name, bounce.effect.get_parameter_text(index)
        expected = rendered(f"dawdreamer {name}", 48000, sound, room=("--space", name.lower()))
        comes_to(lambda: bounce.play(followed_by_silence(sound, expected.shape[1])), expected)


@promise
def bounces_are_equal():
    """Every bounce gives the same bytes, from the first on"""
    sound = knock(44100)
    expected = rendered("dawdreamer bounce", 44100, sound)
    bounce = Bounce(44100, 441)
    bounce.play_in_the_hall(sound, expected.shape[1])
    for _ in range(3):
        same(bounce.play(followed_by_silence(sound, expected.shape[1])), expected)


keep()
