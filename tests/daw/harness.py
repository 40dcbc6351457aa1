"""Runs the promises of a script and tells how many were kept, in the one line that `cargo xtask test` reads."""

import gc
import os
import sys
import time
import traceback

_promises = []


def promise(function):
    """Marks a test; its docstring says what is promised."""
    _promises.append(function)
    return function


def keep():
    """Runs every promise, in order, and ends the process.

    The end is immediate: what software OpenGL does while Python tears itself down is not under test. What the plugin does
    when its last instance goes is, and therefore happens before, in `gc.collect`.
    """
    failed = 0
    for function in _promises:
        text = " ".join(function.__doc__.split())
        began = time.monotonic()
        try:
            function()
            print(f"ok      {text} ({time.monotonic() - began:.1f} s)")
        except Exception:  # a failed promise must not hide the ones after it
            failed += 1
            print(f"FAILED  {text}")
            traceback.print_exc(file=sys.stdout)
        gc.collect()
    print(f"{len(_promises) - failed} passed, {failed} failed")
    sys.stdout.flush()
    os._exit(1 if failed else 0)
