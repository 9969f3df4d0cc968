"""Makes a request count once: what is sent again with the same key is the same request, and not another. Pure.

Neither the key nor what was sent can be made from what is kept: the key is hashed, and what was sent, in which the
number of a person may stand, is hashed with the key, which is chance alone.
"""

from __future__ import annotations

import hashlib
import hmac

from shared.events import Once

# a UUID of chance (version 4): what is kept of a request is only as secret as its key
KEY_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


def once_of(actor: str, way: str, key: str, sent: bytes) -> Once:
    """Return what tells a request apart. `way`: by what it came in; `sent`: everything that must be the same again."""
    secret = "\x00".join(("slimme-check/v1/eenmalig", way, actor, key)).encode()
    return Once(hashlib.sha256(secret).hexdigest(), hmac.digest(secret, sent, "sha256").hex())
