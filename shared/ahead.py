"""Makes the next piece of work in a thread while this one is used: a machine has more than one core.

Only what has no effect is made ahead; what is stored, and in which order, stays with who asks for the pieces.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice


def one_ahead[T](pieces: Iterable[T]) -> Generator[T]:
    """Yield the pieces in order; when one is yielded the next is being made, and none after that.

    What goes wrong while a piece is made is raised where that piece is asked for. Who may stop early closes this
    iterator, which waits for the piece that is being made: no thread is left behind.
    """
    waiting = iter(pieces)
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(list, islice(waiting, 1))
        while found := coming.result():
            coming = thread.submit(list, islice(waiting, 1))
            yield found.pop()
