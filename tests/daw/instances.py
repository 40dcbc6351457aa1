"""Several instances of the VST3 in one process, coming and going at bad moments."""

import gc
import threading

import numpy as np
import pedalboard

from harness import keep, promise
from sound import BUNDLE, followed_by_silence, knock, rendered, same

SILENCE = np.zeros((2, 64), np.float32)


def moved(plugin, rate=48000):
    """Plays on a thread of its own, with every block another value: the moves are queued when it ends."""

    def play():
        for step in range(100):
            plugin.parameters["wet"].raw_value = step % 90 / 100
            plugin.parameters["bypass"].raw_value = step % 2
            plugin.parameters["loudness"].raw_value = step // 2 % 2
            plugin.process(SILENCE, rate, buffer_size=64, reset=False)

    thread = threading.Thread(target=play)
    thread.start()
    thread.join()


@promise
def one_goes_while_work_is_queued():
    """An instance that goes with automation and halls still queued leaves the other playing, fifty times"""
    sound = knock(48000)
    expected = rendered("instances", 48000, sound)
    stays = pedalboard.load_plugin(BUNDLE)
    for turn in range(50):
        goes = pedalboard.load_plugin(BUNDLE)
        goes.process(SILENCE, 44100 if turn % 2 else 96000, buffer_size=64)
        moved(goes)
        del goes
        if turn % 10 == 0:
            gc.collect()
            stays.process(SILENCE, 48000, buffer_size=64, reset=False)
    gc.collect()
    for _ in range(200):
        found = stays.process(followed_by_silence(sound, expected.shape[1]), 48000, buffer_size=64, reset=True)
        if np.any(found[:, sound.shape[1] :]):
            break
    same(stays.process(followed_by_silence(sound, expected.shape[1]), 48000, buffer_size=64, reset=True), expected)


@promise
def the_last_one_goes():
    """When the last instance goes, with work queued, the host lives; and the next first one plays"""
    for _ in range(10):
        plugin = pedalboard.load_plugin(BUNDLE)
        moved(plugin)
        del plugin
        gc.collect()
    plugin = pedalboard.load_plugin(BUNDLE)
    plugin.parameters["wet"].raw_value = 0.0
    plugin.process(knock(48000), 48000, buffer_size=64)
    same(plugin.process(knock(48000), 48000, buffer_size=64, reset=True), knock(48000))


@promise
def many_at_once():
    """Eight instances on eight threads, each at its own rate, come and go together"""

    def live(rate):
        for _ in range(3):
            plugin = plugins.pop()
            plugin.process(knock(rate), rate, buffer_size=96)
            gone.append(plugin)

    # Made and dropped on this thread, as hosts do; played on theirs.
    plugins = [pedalboard.load_plugin(BUNDLE) for _ in range(24)]
    gone = []
    threads = [threading.Thread(target=live, args=(rate,)) for rate in (22050, 44100, 48000, 88200, 96000, 44100, 48000, 8000)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gone) == 24


keep()
