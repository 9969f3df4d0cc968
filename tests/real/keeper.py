"""Runs one program until its own standard input ends; then stops it and removes its folder.

The pipe ends whenever the tests end, also when they are killed: no server outlives them. A script by itself, so that
it starts at once: `keeper.py FOLDER USER GROUP PROGRAM ARGUMENT...` (USER and GROUP as numbers, -1 for our own).
"""

import shutil
import signal
import subprocess
import sys
import threading


def main() -> int:
    folder, user, group, *command = sys.argv[1:]
    other = {} if user == "-1" else {"user": int(user), "group": int(group), "extra_groups": []}
    program = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, **other)

    def stop_at_end() -> None:
        sys.stdin.buffer.read()
        program.send_signal(signal.SIGINT)  # for PostgreSQL: end every session now
        try:
            program.wait(10)
        except subprocess.TimeoutExpired:
            program.kill()

    threading.Thread(target=stop_at_end, daemon=True).start()
    code = program.wait()
    shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
