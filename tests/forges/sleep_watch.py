"""Hears each `time.sleep` of the main thread, in which tests publish; servers sleep in their own."""

import sys
import threading

SLEPT = []  # seconds; tests empty it
_MAIN = threading.main_thread()


def _hear(event, arguments):
    if event == "time.sleep" and threading.current_thread() is _MAIN:
        SLEPT.append(arguments[0])


sys.addaudithook(_hear)
