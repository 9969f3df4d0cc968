#!/bin/sh
# Prints the path of a Python 3.13. A version manager may hide one that is there, so every candidate is run and must
# say 3.13 itself. Where there is none, uv (from the package index) fetches one; else one sentence says what to do.
accept() {
  found=$("$1" -c 'import sys; print(sys.executable if sys.version_info[:2] == (3, 13) else "")' 2>/dev/null) || return 1
  [ -n "$found" ] && echo "$found"
}
for candidate in "$PYTHON" python3.13 python3 \
  "$HOME"/.pyenv/versions/3.13*/bin/python3.13 "${PYENV_ROOT:-/nonexistent}"/versions/3.13*/bin/python3.13 \
  /usr/bin/python3.13 /usr/local/bin/python3.13 /opt/python/cp313-cp313/bin/python; do
  [ -n "$candidate" ] || continue
  accept "$candidate" && exit 0
done
uv=$(command -v uv) || {
  home=${TMPDIR:-/tmp}/slimme-check-uv-$(id -u)
  uv=$home/bin/uv
  [ -x "$uv" ] || { python3 -m venv "$home" && "$home/bin/pip" install --quiet uv; } >/dev/null 2>&1
}
candidate=$("$uv" python find 3.13 2>/dev/null) && accept "$candidate" && exit 0
"$uv" python install --quiet 3.13 >/dev/null 2>&1
candidate=$("$uv" python find 3.13 2>/dev/null) && accept "$candidate" && exit 0
echo "No Python 3.13 found and none could be fetched: install it, or set PYTHON=/path/to/python3.13." >&2
exit 1
