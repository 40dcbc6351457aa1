"""The VST3's window in dawdreamer, opened and closed on a display without a screen while automation plays."""

import gc
import threading

import dawdreamer
import numpy as np

from harness import keep, promise
from sound import BUNDLE, knock


def automated(engine, effect, turns):
    """Renders with a parameter drawn as a zigzag, `turns` times."""
    source = engine.make_playback_processor("source", np.tile(knock(48000), 5))
    engine.load_graph([(source, []), (effect, ["source"])])
    for parameter in effect.get_parameters_description():
        if parameter["name"] in ("Wet", "Width", "High cut"):
            zigzag = (np.arange(48000) % 997 / 997).astype(np.float32)
            assert effect.set_automation(parameter["index"], zigzag)
    for _ in range(turns):
        engine.render(1.0)
        assert np.isfinite(engine.get_audio()).all()


keep()
