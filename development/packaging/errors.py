"""What packaging can refuse."""

from __future__ import annotations

from shared.errors import SlimmeCheckError


class PackagingRefused(SlimmeCheckError):
    """No package is made: the export, the policy or the privacy guard stands in the way."""

    code = "SC-620"
