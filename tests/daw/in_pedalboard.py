"""The VST3 in pedalboard, which is built on JUCE as many DAWs are."""

import threading

import numpy as np
import pedalboard

from harness import keep, promise
from session import FILE_RATE, Room, framed, noise, rooms, saved
from sound import BLOCKS, BUNDLE, RATES, assert_no_click, comes_to, followed_by_silence, knock, knocks, rendered, same

NAMES = {"dry", "wet", "output", "pre_delay", "low_cut", "high_cut", "width", "loudness", "bypass"}


def instance():
    """A fresh instance; its parameters are there by name, because pedalboard ignores names that it does not know."""
    plugin = pedalboard.load_plugin(BUNDLE)
    missing = NAMES - set(plugin.parameters)
    assert not missing, f"no parameters {sorted(missing)} among {sorted(plugin.parameters)}"
    return plugin


def put(plugin, name, raw):
    """Sets a parameter on the host's scale from 0 to 1; pedalboard's own setter would round to a thousandth."""
    plugin.parameters[name].raw_value = raw


def ready(plugin, rate, block):
    """Waits for the hall: live, a slow machine may need longer than the plugin lets a host wait."""
    tap = np.zeros((2, rate // 2), np.float32)
    tap[:, 0] = 1.0
    for _ in range(200):
        if np.any(plugin.process(tap, rate, buffer_size=max(block, 512), reset=True)[:, rate // 4 :]):
            return
    raise AssertionError("the hall never came")


def played(plugin, sound, rate, block, frames):
    """`sound` and silence through a plugin that starts from silence."""
    ready(plugin, rate, block)
    return plugin.process(followed_by_silence(sound, frames), rate, buffer_size=block, reset=True)


@promise
def every_block_size():
    """Impulse in, impulse response out: the program's samples at every block size"""
    sound = knock(48000)
    expected = rendered("pedalboard blocks", 48000, sound)
    for block in BLOCKS:
        same(played(instance(), sound, 48000, block, expected.shape[1]), expected, f"block {block}")


@promise
def every_rate():
    """The same at every rate"""
    for rate, blocks in RATES:
        sound = knock(rate)
        expected = rendered(f"pedalboard {rate}", rate, sound)
        for block in blocks:
            same(played(instance(), sound, rate, block, expected.shape[1]), expected, f"{rate} Hz, block {block}")


@promise
def one_instance_at_all_rates():
    """One instance follows the host from rate to rate, and back"""
    plugin = instance()
    for rate in (48000, 96000, 44100, 48000):
        sound = knock(rate)
        expected = rendered(f"pedalboard follows {rate}", rate, sound)
        same(played(plugin, sound, rate, 256, expected.shape[1]), expected, f"{rate} Hz")


@promise
def files():
    """Impulse files of 1, 2 and 4 channels and pairs, named by a session, sound as the program renders them, at their
    own rate and at another"""
    for room in rooms("pedalboard"):
        for rate in (FILE_RATE, 96000):
            sound = knock(rate)
            expected = rendered(f"{room.name} {rate}", rate, sound, "--wet", "-3", room=room.options)
            plugin = instance()
            plugin.raw_state = framed(saved(room.recipe, wet=-3.0))
            padded = followed_by_silence(sound, expected.shape[1])
            comes_to(lambda: plugin.process(padded, rate, buffer_size=441), expected, f"{room.name}, {rate} Hz")


@promise
def files_on_a_mono_track():
    """On a mono track they sound as the mean of their channels does"""
    sound = knock(FILE_RATE)[:1]
    for room in rooms("pedalboard"):
        expected = rendered(f"{room.name} mono", FILE_RATE, sound, "--loudness", "off", room=room.in_mono().options)
        plugin = instance()
        plugin.raw_state = framed(saved(room.recipe, level=False))
        padded = followed_by_silence(sound, expected.shape[1])
        comes_to(lambda: plugin.process(padded, FILE_RATE, buffer_size=96), expected, room.name)


@promise
def mono():
    """A mono track works, and keeps its dry signal in place"""
    plugin = instance()
    put(plugin, "wet", 0.0)
    sound = knock(48000)[:1]
    same(plugin.process(sound, 48000, buffer_size=96), sound)


@promise
def more_channels():
    """Tracks of 3 to 8 channels sound as the program renders files of as many, in the hall and in an impulse of one
    channel for each; in the LFE of 5.1 and 7.1 there is no hall"""
    for channels, lfe in ((3, None), (4, None), (5, None), (6, 3), (8, 3)):
        sound = knocks(channels, FILE_RATE)
        expected = rendered(f"pedalboard {channels} in the hall", FILE_RATE, sound)
        padded = followed_by_silence(sound, expected.shape[1])
        plugin = instance()
        comes_to(lambda: plugin.process(padded, FILE_RATE, buffer_size=441), expected, f"{channels} channels, hall")
        silent = [channel for channel, tail in enumerate(expected[:, sound.shape[1] :]) if not np.any(tail)]
        assert silent == ([] if lfe is None else [lfe]), f"of {channels} channels {silent} have no tail"
        room = Room(f"pedalboard {channels} of {channels}", noise(channels, 30 + channels))
        expected = rendered(room.name, FILE_RATE, sound, room=room.options)
        padded = followed_by_silence(sound, expected.shape[1])
        plugin = instance()
        plugin.raw_state = framed(saved(room.recipe))
        comes_to(lambda: plugin.process(padded, FILE_RATE, buffer_size=96), expected, f"{channels} channels, each its own")


@promise
def session():
    """A saved session has the same settings and the same sound when opened again"""
    plugin = instance()
    for name, raw in (("wet", 0.7), ("dry", 0.3), ("high_cut", 0.4), ("pre_delay", 0.2), ("loudness", 0.0)):
        put(plugin, name, raw)
    sound = knock(48000)
    before = played(plugin, sound, 48000, 512, 96000)
    saved = plugin.raw_state
    opened = instance()
    opened.raw_state = saved
    for name in NAMES:
        # Texts: until it asks the plugin, the host remembers the value that it sent and not the step next to it.
        now, then = opened.parameters[name].string_value, plugin.parameters[name].string_value
        assert now == then, f"{name} is {now}, was {then}"
    same(played(opened, sound, 48000, 512, 96000), before)
    assert opened.raw_state == saved, "saved again, the session has other bytes"


@promise
def a_session_is_loaded_while_it_plays():
    """A session that is loaded from another thread while sound plays takes effect, and nothing breaks"""
    saved = instance()
    put(saved, "dry", 0.0)
    put(saved, "wet", 0.0)
    # The host tells the plugin of its values with the next block.
    saved.process(knock(48000), 48000)
    state = saved.raw_state
    plugin = instance()
    noise = np.random.default_rng(2).uniform(-0.1, 0.1, (2, 48000)).astype(np.float32)
    loader = threading.Thread(target=lambda: setattr(plugin, "raw_state", state))
    loader.start()
    plugin.process(noise, 48000, buffer_size=64, reset=False)
    loader.join()
    plugin.process(noise, 48000, buffer_size=64, reset=False)
    assert not np.any(plugin.process(noise, 48000, buffer_size=64, reset=True)), "dry and wet are off, but there is sound"


@promise
def latency():
    """Latency is 0 whatever is set, and stays 0"""
    plugin = instance()
    assert plugin.reported_latency_samples == 0
    put(plugin, "pre_delay", 1.0)
    put(plugin, "loudness", 0.0)
    plugin.process(knock(48000), 48000, buffer_size=64)
    assert plugin.reported_latency_samples == 0


@promise
def bypass():
    """Bypass lets every bit through"""
    plugin = instance()
    put(plugin, "bypass", 1.0)
    sound = knock(48000)
    plugin.process(sound, 48000, buffer_size=64)
    same(plugin.process(sound, 48000, buffer_size=64, reset=True), sound)


@promise
def dry():
    """Without the wet signal the dry one is untouched and in its place"""
    for block in (1, 64, 441):
        plugin = instance()
        put(plugin, "wet", 0.0)
        sound = knock(48000)
        plugin.process(sound, 48000, buffer_size=64)
        same(plugin.process(sound, 48000, buffer_size=block, reset=True), sound, f"block {block}")


@promise
def automation():
    """Automation between the blocks does not click"""
    plugin = instance()
    put(plugin, "wet", 0.0)
    constant = np.full((2, 512), 0.5, np.float32)
    plugin.process(constant, 48000, buffer_size=512)
    parts = []
    for block in range(120):
        if block % 10 == 0:
            put(plugin, "dry", 0.0 if block % 20 == 0 else 1.0)
        if block % 25 == 0:
            put(plugin, "bypass", float(block % 50 == 0))
        parts.append(plugin.process(constant, 48000, buffer_size=512, reset=False))
    sound = np.concatenate(parts, axis=1)
    assert sound.max() > 1.9 and sound.min() < 0.01, "the level did not move"
    # The level moves the output from 0 to `loud`, and bypass meanwhile from there to the input: the steps of both add.
    loud = 0.5 * 10 ** (12 / 20)
    assert_no_click(sound, 48000, loud + (loud - 0.5))


@promise
def non_finite_input():
    """NaN and infinity in the input are gone from the output at once"""
    plugin = instance()
    sound = knock(48000)
    sound[0, 100:200:3] = np.nan
    sound[1, 150:250:7] = np.inf
    assert np.isfinite(plugin.process(sound, 48000, buffer_size=64)).all()


keep()
