"""Progress on stderr, for whatever takes longer than a second."""

import sys
import threading
import time
from typing import Self

from reviewbot.domain.visible import visible

PATIENCE_S = 1.0


class StderrProgress:
    """Shows the latest words once they have stood for a second; on a terminal in one line, else a line each."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._words = ""
        self._shown = ""
        self._since = time.monotonic()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __call__(self, words: str) -> None:
        """Say what is going on now."""
        self._words, self._since = words, time.monotonic()

    def __enter__(self) -> Self:
        """Begin to watch."""
        if not self._quiet:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop, and wipe the line on a terminal."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._shown and sys.stderr.isatty():
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def _watch(self) -> None:
        while not self._end.wait(0.1):
            if self._words != self._shown and time.monotonic() - self._since >= PATIENCE_S:
                self._shown = self._words
                line = visible(self._shown)
                sys.stderr.write(f"\r\x1b[K{line}…" if sys.stderr.isatty() else f"{line}\n")
                sys.stderr.flush()
