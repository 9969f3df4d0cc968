"""A desk per mailbox, on a folder and a database of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.usecase import FollowUp
from tests.followup.posting import GROUPS, OUTCOMES, Desk, desk_of
from tests.shell.conftest import empty_database, make_workshop
from tests.shell.workshop import Workshop

__all__ = ["empty_database", "make_workshop"]


@pytest.fixture
def make_desk(make_workshop: Callable[[str], Workshop]) -> Callable[[str, FollowUp], Desk]:
    """Make desks by name."""
    return lambda name, follow_up: desk_of(make_workshop(name), follow_up)


@pytest.fixture
def outcomes(make_desk: Callable[[str, FollowUp], Desk]) -> Desk:
    """The mailbox of outcomes."""
    return make_desk("uitkomsten", OUTCOMES)


@pytest.fixture
def groups(make_desk: Callable[[str, FollowUp], Desk]) -> Desk:
    """The mailbox of group attributes."""
    return make_desk("groepskenmerken", GROUPS)
