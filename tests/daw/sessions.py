"""The VST3 in pedalboard, with sessions opened while it sounds: some name no sound, some are damaged or no sessions."""

import json
import os
import threading
import time

import numpy as np
import pedalboard

from harness import keep, promise
from session import FILE_RATE, Room, file_recipe, framed, impulse, noise, saved, unframed
from sound import BUNDLE, PATIENCE, SCRATCH, comes_to, followed_by_silence, knock, rendered, write

RATE = 48000


class Track:
    """One instance that plays on, block after block, as on a track."""

    def __init__(self, state=None):
        self.plugin = pedalboard.load_plugin(BUNDLE)
        if state is not None:
            self.open(state)

    def open(self, state):
        """Opens a session: the plugin's own bytes."""
        self.plugin.raw_state = framed(state)

    def save(self):
        """What the plugin itself saves."""
        return unframed(self.plugin.raw_state)

    def play(self, sound, rate=RATE, anew=False):
        """`sound`, following what was played before, or after silence."""
        return self.plugin.process(sound, rate, buffer_size=64, reset=anew)

    def plays(self, expected, sound, rate=RATE, what=""):
        """Fails unless `sound`, after silence, comes to be these samples."""
        padded = followed_by_silence(sound, expected.shape[1])
        comes_to(lambda: self.play(padded, rate, anew=True), expected, what)


def in_room(name, room, sound, rate=RATE):
    """What the program makes of `sound` in `room`."""
    return rendered(f"sessions {name}", rate, sound, room=room.options)


def in_the_hall(sound):
    """What the program makes of `sound` in the hall."""
    return rendered("sessions hall", RATE, sound)


def no_impulses():
    """Paths by what is wrong with them."""
    contents = {"text": b"Dear diary, this is no sound.\n" * 9, "empty": b""}
    with open(impulse("sessions whole", noise(2, 21)), "rb") as file:
        contents["header"] = file.read()[:30]
    paths = {"missing": "/nowhere/Cathedral.wav"}
    for name, content in contents.items():
        paths[name] = os.path.join(SCRATCH, f"sessions {name}.wav")
        with open(paths[name], "wb") as file:
            file.write(content)
    paths["not a number"] = impulse("sessions nan", np.full((2, 100), np.nan, np.float32))
    return paths


@promise
def no_impulse_while_it_sounds():
    """A session whose file is missing or no audio, opened while a room sounds: the wet path falls silent, the dry one
    passes bit for bit, and what is saved is what was opened"""
    room = Room("sessions sounding", noise(2, 22))
    sound = knock(RATE)
    expected = in_room("before", room, sound)
    for what, path in no_impulses().items():
        track = Track(saved(room.recipe))
        track.plays(expected, sound, what=what)
        state = saved(file_recipe(path))
        opened = Track(state).save()
        track.play(sound)
        track.open(state)
        comes_to(lambda: track.play(sound), sound, what)
        assert track.save() == opened, f"{what}: saved while it sounds, the session has other bytes"
        again = Track(track.save())
        comes_to(lambda: again.play(sound), sound, f"{what}, opened again")
        assert again.save() == opened, f"{what}: saved again, the session has other bytes"
        track.open(saved(room.recipe))
        track.plays(expected, sound, what=f"the room after {what}")


@promise
def a_file_that_comes_back():
    """The session of a missing file, saved again without it, finds the file once it is back"""
    room = Room("sessions lost", noise(4, 23))
    path, away = room.recipe["source"]["path"], os.path.join(SCRATCH, "sessions away.wav")
    sound = knock(RATE)
    expected = in_room("lost", room, sound)
    os.replace(path, away)
    track = Track(saved(room.recipe))
    comes_to(lambda: track.play(sound), sound)
    state = track.save()
    os.replace(away, path)
    Track(state).plays(expected, sound)


def files(room):
    """Where its files are."""
    return [room.recipe["source"][key] for key in ("path", "left", "right") if key in room.recipe["source"]]


def before_a_look(state, room):
    """What is saved of a session as long as nobody has looked at its files."""
    for path in files(room):
        os.replace(path, path + ".away")
    saved_so = Track(state).save()
    for path in files(room):
        os.replace(path + ".away", path)
    return saved_so


def remembered(track, before):
    """What the track saves once the plugin has looked at the file that sounds, a moment after it does."""
    began = time.monotonic()
    while (state := track.save()) == before:
        assert time.monotonic() - began < PATIENCE, "nothing is remembered"
        time.sleep(0.005)
    return state


@promise
def an_impulse_that_is_carried_along():
    """A session carries its impulse along: it sounds the same when its files are others or gone, and is saved again as it
    was"""
    sound = knock(RATE)
    for room in (Room("sessions carried", noise(4, 40)), Room("sessions pair", noise(2, 41), noise(2, 42))):
        expected = in_room("carried", room, sound)
        early = before_a_look(saved(room.recipe), room)
        track = Track(saved(room.recipe))
        track.plays(expected, sound)
        state = remembered(track, early)
        for path in files(room):
            write(path, FILE_RATE, noise(2, 43))
        Track(state).plays(expected, sound, what="the files are others")
        for path in files(room):
            os.remove(path)
        again = Track(state)
        again.plays(expected, sound, what="the files are gone")
        assert again.save() == state, "saved again, the session has other bytes"


@promise
def a_file_in_the_library():
    """A session that does not carry its impulse finds the file in the user's folders under another name; as long as it is
    missing the wet path is silent and nothing is lost on save"""
    room = Room("sessions wanted", noise(2, 44))
    sound = knock(RATE)
    expected = in_room("wanted", room, sound)
    early = before_a_look(saved(room.recipe, embedding="never"), room)
    track = Track(saved(room.recipe, embedding="never"))
    track.plays(expected, sound)
    state = remembered(track, early)
    library = os.path.join(SCRATCH, "library", "below")
    os.makedirs(library, exist_ok=True)
    os.replace(room.recipe["source"]["path"], os.path.join(library, "another name.wav"))

    missing = Track(state)
    comes_to(lambda: missing.play(sound), sound, "in no folder")
    assert missing.save() == state, "saved without its file, the session has other bytes"
    settings = os.path.join(os.environ["TRANSEPT_CONFIG"], "library.toml")
    with open(settings, "w", encoding="utf-8") as file:
        file.write(f"folders = [{json.dumps(os.path.dirname(library))}]")
    try:
        found = Track(state)
        found.plays(expected, sound, what="in the user's folders")
        after = remembered(found, state)
    finally:
        os.remove(settings)
    Track(after).plays(expected, sound, what="where it was found")


@promise
def another_rate_and_layout_while_it_loads():
    """Rate and layout may change while a session's room is still being built: in the end it is the one for the last"""
    # Long enough that the next change comes while it is being built.
    long = Room("sessions long", noise(4, 24, seconds=8.0))
    short = Room("sessions short", noise(2, 25))
    expected = in_room("long", long, knock(RATE))
    track = Track()
    for room in (long, short, long):
        track.open(saved(room.recipe))
        for channels, rate in ((2, 96000), (1, 44100), (2, 192000), (2, RATE)):
            track.play(np.zeros((channels, 64), np.float32), rate)
    track.plays(expected, knock(RATE))
    mono = long.in_mono()
    track.open(saved(long.recipe, level=False))
    track.play(np.zeros((2, 64), np.float32), 96000)
    sound = knock(FILE_RATE)[:1]
    track.plays(rendered("sessions mono", FILE_RATE, sound, "--loudness", "off", room=mono.options), sound, FILE_RATE)


@promise
def older_sessions():
    """What an older version did not save has its default"""
    room = Room("sessions old", noise(1, 26))
    sound = knock(RATE)
    old = {"source": room.recipe["source"]}
    Track(saved(old)).plays(in_room("old", room, sound), sound)


@promise
def newer_sessions():
    """A newer version's recipe is kept and saved again, and the hall sounds in its place; what else is new is left aside"""
    room = Room("sessions new", noise(2, 27))
    sound = knock(RATE)
    Track(saved(room.recipe | {"mood": "blue"}, dream=3.0)).plays(in_room("new", room, sound), sound)
    newer = [room.recipe | {"version": 99}, {"version": 1, "source": {"kind": "dream"}}]
    for recipe in newer:
        track = Track(saved(recipe))
        track.plays(in_the_hall(sound), sound, what=str(recipe))
        again = Track(track.save())
        again.plays(in_the_hall(sound), sound, what=f"again {recipe}")
        assert again.save() == track.save() != Track().save(), f"{recipe} is forgotten"


@promise
def damaged_sessions():
    """Damaged sessions and somebody else's, opened while a room sounds, are no crash: the sound goes on and is finite, and
    a good session opened after each sounds as ever"""
    room = Room("sessions good", noise(2, 28))
    sound = knock(RATE)
    expected = in_room("good", room, sound)
    good = saved(room.recipe)
    track = Track(good)
    track.plays(expected, sound)
    chance = np.random.default_rng(29)
    packed = track.save()
    states = [b"null", b"{}", b"[[[[", b"(\xb5/\xfd", bytes(64), b"somebody else's", b"{" * 5000]
    for state in (good, packed):
        for _ in range(30):
            damaged = bytearray(state[: chance.integers(1, len(state))] if chance.integers(3) == 0 else state)
            for place in chance.integers(0, len(damaged), 4):
                damaged[place] = chance.integers(256)
            states.append(bytes(damaged))
    for number, state in enumerate(states):
        track.open(state)
        assert np.isfinite(track.play(sound)).all(), f"{number}: {state!r}"
        if number % 10 == 9:
            track.open(good)
            track.plays(expected, sound, what=f"after {number}")
    # Frames that are not JUCE's never reach the plugin.
    for state in (b"", b"\xff" * 4096, framed(good)[:-40], b"VC2!" + bytes(40)):
        track.plugin.raw_state = state
        assert np.isfinite(track.play(sound)).all()
    track.open(good)
    track.plays(expected, sound, what="at last")


@promise
def sessions_by_the_dozen():
    """Sessions opened one after the other on another thread while it sounds: the last one stays"""
    rooms = [Room(f"sessions dozen {number}", noise(number, 30 + number)) for number in (1, 2, 4)]
    states = [saved(room.recipe) for room in rooms] + [saved(file_recipe("/nowhere/Cathedral.wav")), b"{}"]
    sound = knock(RATE)
    track = Track()
    is_over = threading.Event()
    troubles = []

    def play():
        while not is_over.is_set():
            if not np.isfinite(track.play(sound)).all():
                troubles.append("a sample is not finite")

    player = threading.Thread(target=play)
    player.start()
    for turn in range(60):
        track.open(states[turn % len(states)])
    track.open(states[1])
    is_over.set()
    player.join()
    assert not troubles, troubles
    track.plays(in_room("dozen", rooms[1], sound), sound)


keep()
