"""Partner: 1 when a relation of categorie 1 (partner) is in force at ref and says with whom, otherwise 0.

Whose number it is makes no difference and is not kept: only whether the other person's number is filled.
"""

import pytest

from tests.spec.bench import Bench
from tests.spec.bounds import CURRENT, each

FEATURE = "has_partner"


@each(CURRENT)
def test_only_a_relation_in_force_at_ref_counts(bench: Bench, ref: str, cells: dict, counts: bool) -> None:
    bench.ref(ref)
    bench.relatie(categorie=1, **cells)
    assert bench.feature(FEATURE) == (1 if counts else 0)


@pytest.mark.parametrize(("categorie", "expected"), [(1, 1), (2, 0), (3, 0), (4, 0), (0, 0), (99, 0), (None, 0)])
def test_only_categorie_1_is_a_partner(bench: Bench, categorie: int | None, expected: int) -> None:
    bench.relatie(categorie=categorie)
    assert bench.feature(FEATURE) == expected


@pytest.mark.parametrize("subjectnrrelatie", [None, "   "])
def test_a_relation_with_nobody_does_not_count(bench: Bench, subjectnrrelatie: str | None) -> None:
    bench.relatie(categorie=1, subjectnrrelatie=subjectnrrelatie)
    assert bench.feature(FEATURE) == 0


def test_no_relation_is_zero(bench: Bench) -> None:
    assert bench.feature(FEATURE) == 0


def test_several_relations_are_still_one(bench: Bench) -> None:
    bench.relatie(categorie=1, subjectnrrelatie="900")
    bench.relatie(categorie=1, subjectnrrelatie="901")
    assert bench.feature(FEATURE) == 1


def test_the_other_categorie_does_not_get_in_the_way(bench: Bench) -> None:
    bench.relatie(categorie=2, subjectnrrelatie="900")
    bench.relatie(categorie=1, subjectnrrelatie="900", dteinde="2023-10-01")
    assert bench.feature(FEATURE) == 0


def test_one_with_somebody_is_enough(bench: Bench) -> None:
    bench.relatie(categorie=1, subjectnrrelatie=None)
    bench.relatie(categorie=1, subjectnrrelatie="900")
    assert bench.feature(FEATURE) == 1


def test_a_relation_that_somebody_else_has_with_the_applicant_does_not_count(bench: Bench) -> None:
    bench.relatie(categorie=1, subjectnr="900", subjectnrrelatie="500")
    assert bench.feature(FEATURE) == 0


def test_a_relation_with_a_number_that_is_nowhere_else_counts(bench: Bench) -> None:
    bench.relatie(categorie=1, subjectnrrelatie="onbekend-123")
    assert bench.feature(FEATURE) == 1
