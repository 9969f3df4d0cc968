"""Who this worker is: a process on a machine, so that on the same machine a dead one need not be waited for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

_SEPARATOR = "|"


class ProcessOwner:
    """Names this process; a process that ended, or whose number went to another process, is gone."""

    def __init__(self) -> None:
        """Look once who we are."""
        self._machine = _SEPARATOR.join((socket.gethostname(), f"{_boot()} {_namespace()}".strip()))

    def me(self) -> str:
        """Return machine, process number and start time of this process."""
        number = os.getpid()
        return _SEPARATOR.join((self._machine, str(number), _started(number)))

    def is_gone(self, owner: str) -> bool:
        """Say whether that process certainly ended; a process elsewhere cannot be seen, so the lease decides."""
        machine, _, rest = owner.rpartition(_SEPARATOR)[0].rpartition(_SEPARATOR)
        started = owner.rpartition(_SEPARATOR)[2]
        if machine != self._machine or not rest.isdigit():
            return False
        try:
            os.kill(int(rest), 0)  # signal 0 only asks whether it exists
        except ProcessLookupError:
            return True
        except OSError:
            return False
        now_started = _started(int(rest))
        return bool(started and now_started) and now_started != started


def _started(number: int) -> str:
    try:
        stat = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    # a zombie has ended; only its parent has not asked about it yet
    return "" if len(fields) < 20 else ("ended" if fields[0] == "Z" else fields[19])


def _boot() -> str:
    """Return the id of this start of the machine: names of machines, and of namespaces on them, occur twice."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""
