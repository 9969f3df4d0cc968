"""Does work in a thread beside what is done anyway: a machine has more than one core.

Only what has no effect is done so; what is stored, and in which order, stays with who asks for the pieces.
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
        while found := coming.result():
            coming = thread.submit(list, islice(waiting, 1))
            yield found.pop()


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[None]:
    """Do work in a thread while this lasts, and wait for it; what goes wrong in it is raised at the end."""
    with ThreadPoolExecutor(1) as thread:
        doing = thread.submit(work)
        yield
        doing.result()
