"""The words of the trail: every verb that the code can write has them, and none is there that nobody writes."""

from __future__ import annotations

import pytest

from portal.audit.verbs import GROUPS, VERBS
from portal.kernel.bilingual import LANGUAGES, Language
from tests.architecture.verbs import written_verbs


def test_every_verb_that_is_written_has_words_and_no_words_are_left_over() -> None:
    written = written_verbs()
    assert len(written) > 100, "the calls are found"
    nameless = {verb: place for verb, place in written.items() if verb not in VERBS}
    assert not nameless
    assert not set(VERBS) - set(written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_verbs_are_called_the_same(language: Language) -> None:
    titles = [title.text(language) for title in VERBS.values()]
    assert len(titles) == len(set(titles)) == sum(len(verbs) for _, verbs in GROUPS)
    assert all(titles)
