"""Runs a command as a process of its own and tells what it took: seconds, megabytes of 10^6 bytes at most, and its end.

A script without imports of ours, started by measuring.py: a process begins with the memory of who starts it, so that
one that a large benchmark started would seem as large. This one has a few megabytes.
"""

import os
import sys
import time

said, *command = sys.argv[1:]
to_file = [(os.POSIX_SPAWN_OPEN, 1, said, os.O_WRONLY | os.O_CREAT, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2)]
began = time.perf_counter()
child = os.posix_spawnp(command[0], command, os.environ, file_actions=to_file)
_, status, usage = os.wait4(child, 0)
print(time.perf_counter() - began, usage.ru_maxrss * 1024 / 1e6, os.waitstatus_to_exitcode(status))
