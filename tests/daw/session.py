"""Sessions as a host on JUCE keeps them, and impulse files for them to name."""

import json
import os
import struct

import numpy as np

from sound import SCRATCH, write

# The digits of JUCE's own base 64, which takes the bits from the lowest on.
DIGITS = ".ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+"

# Hz of the impulse files.
FILE_RATE = 44100


def framed(own):
    """What the plugin itself saves, in the XML and the frame that JUCE puts around it."""
    bits = int.from_bytes(own, "little")
    digits = "".join(DIGITS[bits >> 6 * place & 63] for place in range((len(own) * 8 + 5) // 6))
    component = f"<IComponent>{len(own)}.{digits}</IComponent>"
    xml = f'<?xml version="1.0" encoding="UTF-8"?> <VST3PluginState>{component}</VST3PluginState>'.encode()
    return b"VC2!" + struct.pack("<I", len(xml)) + xml + b"\0"


def unframed(state):
    """The plugin's own bytes in a host's."""
    length, digits = state.decode("latin-1").split("<IComponent>")[1].split("</IComponent>")[0].split(".", 1)
    bits = sum(DIGITS.index(digit) << 6 * place for place, digit in enumerate(digits))
    return (bits & (1 << 8 * int(length)) - 1).to_bytes(int(length), "little")


def saved(recipe, embedding=None, **params):
    """A session with this recipe, and parameters where they are not the default: what the plugin itself saves. `embedding`
    is `never`, `when-small` or `always`."""
    kinds = {name: {"bool" if isinstance(value, bool) else "f32": value} for name, value in params.items()}
    fields = {"recipe": json.dumps(recipe)}
    if embedding is not None:
        fields["memory"] = json.dumps({"version": 2, "embedding": embedding})
    return json.dumps({"version": "0.1.0", "params": kinds, "fields": fields}).encode()


def file_recipe(path):
    """A recipe of one file."""
    return {"version": 1, "source": {"kind": "file", "path": path}, "level": "match"}


def noise(channels, seed, seconds=0.1):
    """Noise that decays by 60 dB, another in each channel."""
    frames = int(FILE_RATE * seconds)
    decay = 0.1 * 10 ** (-3 * np.arange(frames) / frames)
    return (np.random.default_rng(seed).uniform(-1, 1, (channels, frames)) * decay).astype(np.float32)


def impulse(name, taps):
    """Writes an impulse file; its path."""
    path = os.path.join(SCRATCH, f"{name}.wav")
    write(path, FILE_RATE, taps)
    return path


class Room:
    """An impulse of one file or a pair: as a session has it, as the program is told of it, and its samples."""

    def __init__(self, name, *files):
        self.name = name
        self.files = files
        paths = [impulse(f"{name} {number}", taps) for number, taps in enumerate(files)]
        self.recipe = file_recipe(paths[0])
        if len(paths) == 2:
            self.recipe["source"] = {"kind": "pair", "left": paths[0], "right": paths[1]}
        self.options = [word for path in paths for word in ("--impulse", path)]

    def in_mono(self):
        """What a mono track gets: the mean of all channels, as a room of its own. A power of two, hence exact."""
        channels = np.concatenate(self.files)
        total = channels[0]
        for channel in channels[1:]:
            total = total + channel
        return Room(f"{self.name} in mono", (total / np.float32(len(channels)))[None])


def rooms(prefix):
    """One of each kind; `prefix` tells the files of the hosts apart."""
    return [
        Room(f"{prefix} 1 channel", noise(1, 11)),
        Room(f"{prefix} 2 channels", noise(2, 12)),
        Room(f"{prefix} 4 channels", noise(4, 13)),
        Room(f"{prefix} pair", noise(2, 14), noise(2, 15)),
        Room(f"{prefix} pair of mono", noise(1, 16), noise(1, 17)),
    ]
