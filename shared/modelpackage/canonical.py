"""One way to write JSON, so that equal content is equal bytes and a digest over it means something."""

from __future__ import annotations

import hashlib
import json


def canonical_json(content: object) -> bytes:
    """Return content as UTF-8 JSON: sorted keys, LF, numbers in their shortest form, NaN and infinities refused.

    >>> canonical_json({"b": 0.63, "a": 1})
    b'{\\n "a": 1,\\n "b": 0.63\\n}\\n'
    """
    return (json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def sha256(content: bytes) -> str:
    """Return the sha256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
