"""The VST3's window in dawdreamer, opened, closed and used by a pointer on a display without a screen."""

import ctypes
import gc
import os
import subprocess
import sys
import threading
import time

import dawdreamer
import numpy as np

from harness import keep, promise
from sound import BUNDLE, knock

# Far more than a window takes to come up, so that a hang ends.
PATIENCE = 120

# As the X protocol numbers them.
BAD_WINDOW, QUERY_TREE = 3, 15


class XError(ctypes.Structure):
    """Xlib's XErrorEvent."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("resource", ctypes.c_ulong),
        ("serial", ctypes.c_ulong),
        ("error", ctypes.c_ubyte),
        ("request", ctypes.c_ubyte),
        ("minor", ctypes.c_ubyte),
    ]


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(XError))
def on_x_error(_, event):
    """This host asks for the windows around its own while the window manager takes away the frame of one that closes, and
    leaves Xlib's handler in place, which then ends the process. Any other error still does."""
    error = event.contents
    if (error.error, error.request) != (BAD_WINDOW, QUERY_TREE):
        print(f"X error {error.error} of request {error.request} for {error.resource:#x}")
        sys.stdout.flush()
        os._exit(1)
    return 0


ctypes.CDLL("libX11.so.6").XSetErrorHandler(on_x_error)


def windows():
    """The ids of the windows that the window manager knows."""
    # It fails where the manager has not yet had any window to tell of.
    listed = subprocess.run(["wmctrl", "-l"], capture_output=True, text=True).stdout
    return {line.split()[0] for line in listed.splitlines()}


class Session:
    """One instance, and automation that runs in a thread of its own as in a DAW that plays."""

    def __init__(self):
        self.engine = dawdreamer.RenderEngine(48000, 256)
        self.effect = self.engine.make_plugin_processor("effect", BUNDLE)
        source = self.engine.make_playback_processor("source", np.tile(knock(48000), 5))
        self.engine.load_graph([(source, []), (self.effect, ["source"])])
        self.rounds = 0
        self.troubles = []
        self.ended = False

    def automate(self):
        """Every time anew: when a window closes, this host puts in the place of each automation the value of that moment."""
        automated = 0
        for parameter in self.effect.get_parameters_description():
            if parameter["name"] in ("Wet", "Dry", "Width", "High cut", "Pre-delay"):
                # Not all at once, so that dry and wet are never off together.
                zigzag = (np.arange(48000) + 200 * automated) % 997 / 997
                automated += self.effect.set_automation(parameter["index"], zigzag.astype(np.float32))
        assert automated == 5, "not all parameters are there"

    def play(self):
        """Until `ended`: one second of automation after the other."""
        try:
            while not self.ended:
                try:
                    self.engine.render(1.0)
                except RuntimeError as trouble:
                    # The same replacement, seen half-way from the thread that plays.
                    if "parameter with no samples" not in str(trouble):
                        raise
                    continue
                sound = self.engine.get_audio()
                assert np.isfinite(sound).all(), "a sample is not finite"
                assert np.any(sound), "silence"
                self.rounds += 1
        except Exception as trouble:
            self.troubles.append(trouble)

    def close_after(self, rounds):
        """Waits for the window and for so many seconds of automation under it, then closes it as a user does."""
        try:
            began = time.monotonic()
            while not windows():
                assert time.monotonic() - began < PATIENCE, "no window came up"
                time.sleep(0.05)
            seen, opened = self.rounds, time.monotonic()
            # Half a second besides, for the window to draw some frames.
            while (self.rounds < seen + rounds or time.monotonic() < opened + 0.5) and not self.troubles:
                assert time.monotonic() - began < PATIENCE, "the automation stands still under the window"
                time.sleep(0.05)
        except Exception as trouble:
            self.troubles.append(trouble)
        finally:
            for window in windows():
                subprocess.run(["wmctrl", "-i", "-c", window], check=True)

    def open_and_close(self, rounds):
        """Shows the window while automation plays under it; returns when both are over."""
        self.ended = False
        self.automate()
        player = threading.Thread(target=self.play)
        closer = threading.Thread(target=self.close_after, args=(rounds,))
        player.start()
        closer.start()
        self.effect.open_editor()
        closer.join()
        self.ended = True
        player.join()
        assert not self.troubles, self.troubles
        assert not windows(), "the window is still there"


@promise
def the_window_opens_and_closes_under_automation():
    """The window opens and closes while automation plays, five times, and the sound goes on"""
    session = Session()
    for _ in range(5):
        session.open_and_close(3)


@promise
def an_instance_goes_after_its_window():
    """An instance whose window was open goes, and the next one opens its own"""
    for _ in range(3):
        session = Session()
        session.open_and_close(1)
        del session
        gc.collect()


def use(*words):
    """Has a pointer use the window."""
    subprocess.run([os.environ["TRANSEPT_HANDS"], "hands", *map(str, words)], check=True)


@promise
def a_pointer_uses_the_window_and_the_host_sees_it():
    """A pointer drags, undoes, compares and browses, and the host sees where the parameters are then"""
    session = Session()
    numbers = {p["name"]: p["index"] for p in session.effect.get_parameters_description()}
    troubles = []

    def texts():
        return {name: session.effect.get_parameter_text(numbers[name]) for name in ("Fade out", "Wet", "Impulse")}

    def work():
        began = time.monotonic()
        while not windows():
            assert time.monotonic() - began < PATIENCE, "no window came up"
            time.sleep(0.05)
        # For the picture of the impulse; where it takes longer, all of it is done again.
        time.sleep(1.5)
        use("drag", "Fade out handle", -120, 0)
        use("click", "Undo (Ctrl+Z)")
        use("click", "Redo (Ctrl+Shift+Z)")
        # The other settings are a copy at first.
        use("click", "Compare")
        use("drag", "Wet", 20, 0)
        use("click", "Compare")
        use("click", "Browse")
        use("click", "Last row")
        # The pointer leaves the list, and what was tried is kept.
        use("click", "Browse")

    def work_and_close():
        try:
            work()
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            for window in windows():
                subprocess.run(["wmctrl", "-i", "-c", window], check=True)

    before, began = texts(), time.monotonic()
    after = before
    # This host answers for its parameters only while no window is open.
    while after["Fade out"] == before["Fade out"] and not troubles:
        assert time.monotonic() - began < PATIENCE, "the handle does not move"
        worker = threading.Thread(target=work_and_close)
        worker.start()
        session.effect.open_editor()
        worker.join()
        after = texts()
    assert not troubles, troubles
    assert after["Wet"] == before["Wet"], f"not the first settings again: {after}"
    assert after["Impulse"] != before["Impulse"], f"nothing was chosen in the browser: {after}"


@promise
def another_instance_goes_while_automation_is_queued():
    """Of two automated instances the one without a window goes, and the other opens its window again and plays on"""
    session = Session()
    for _ in range(3):
        other = Session()
        other.automate()
        player = threading.Thread(target=other.play)
        player.start()
        session.open_and_close(2)
        other.ended = True
        player.join()
        assert not other.troubles, other.troubles
        del other, player
        gc.collect()
    session.open_and_close(1)


keep()
