"""Lets the tests of the stages import each other's helpers, whatever started pytest."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
