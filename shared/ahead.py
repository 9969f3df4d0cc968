"""Does work in a thread beside what is done anyway: a machine has more than one core.

Only what nobody else sees is done so. What is stored is stored by one thread at a time, in order.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice


def one_ahead[T](pieces: Iterable[T]) -> Generator[T]:
    """Yield the pieces in order; when one is yielded the next is being made, and none after that.

    What goes wrong while a piece is made is raised where that piece is asked for. Who may stop early closes this
    iterator, which waits for the piece that is being made: no thread is left behind.
    """
    waiting = iter(pieces)
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(list, islice(waiting, 1))
        try:
            while found := coming.result():
                coming = thread.submit(list, islice(waiting, 1))
                yield found.pop()
        finally:
            del coming  # or a fault and this frame keep each other, with all that the pieces are made of


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[Callable[[], object]]:
    """Do work in a thread while this lasts; gives what waits for it, and waits at the end in any case.

    What goes wrong in it is raised by that waiting, unless something went wrong here already: that is what is told.
    """
    with ThreadPoolExecutor(1) as thread:
        doing = thread.submit(work)
        try:
            yield doing.result
            doing.result()
        finally:
            del doing  # as above
