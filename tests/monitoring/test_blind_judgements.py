"""Of what the sample drew the first assessment counts, because it alone was blind: it is what opens the score."""

from tests.monitoring.test_counting import BEFORE, NOW, count, judged, weighed


def test_of_what_was_drawn_the_first_assessment_counts_whatever_is_said_once_the_score_is_open() -> None:
    told = [
        weighed(1, False, sampled=True),
        weighed(1, True, sampled=True),
        weighed(2, False),
        weighed(2, True),
    ]
    tally = count([judged(number) for number in (1, 2)], assessments=told)
    assert tally.sampled_assessments == {"1/nee": 1}
    assert tally.assessments == {"1/ja": 1}, "of what was not drawn the newest"


def test_who_judged_blind_in_an_earlier_month_is_not_counted_again_when_the_score_is_known() -> None:
    told = [weighed(1, False, sampled=True, at=BEFORE), weighed(1, True, sampled=True, at=NOW)]
    assert count([judged(1)], assessments=told).sampled_assessments == {}
    assert count([judged(1)], assessments=told[1:]).sampled_assessments == {"1/ja": 1}
