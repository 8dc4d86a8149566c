"""The rule by which tools are offered."""

from collections.abc import Sequence

from tinyagent_cli.plan.signature import Signature
from tinyagent_cli.retrieval import LexicalRetriever, Ranked, select
from tinyagent_cli.retrieval.select import MOST_OWN, likely

LEARNED = [Signature(name) for name in "abcde"]


class FixedRetriever:
    """A retriever with given probabilities for the tools it knows."""

    def __init__(self, **scores: float) -> None:
        self.scores = scores

    def rank(self, request: str, tools: Sequence[Signature]) -> list[Ranked]:
        known = [Ranked(tool.name, self.scores[tool.name]) for tool in tools if tool.name in self.scores]
        return sorted(known, key=lambda item: -item.score)


def names(tools: Sequence[Signature]) -> list[str]:
    return [tool.name for tool in tools]


def test_every_likely_tool_is_offered_best_first() -> None:
    retriever = FixedRetriever(a=0.6, b=0.9, c=0.51, d=0.8, e=0.5)
    assert names(select("x", LEARNED, retriever)) == ["b", "d", "a", "c"]


def test_never_fewer_than_the_best_three() -> None:
    retriever = FixedRetriever(a=0.01, b=0.2, c=0.02, d=0.0, e=0.3)
    assert names(select("x", LEARNED, retriever)) == ["e", "b", "c"]


def test_half_is_not_more_likely_than_not() -> None:
    ranked = [Ranked(name, 0.5) for name in "abcd"]
    assert likely(ranked) == ranked[:3]


def test_few_tools_of_the_users_own_are_all_offered_after_the_learned_ones() -> None:
    own = [Signature(f"own_{i}") for i in range(MOST_OWN)]
    offered = names(select("x", [*own, *LEARNED], FixedRetriever(a=0.9, b=0.1, c=0.1, d=0.1, e=0.1)))
    assert offered == ["a", "b", "c", *names(own)]


def test_of_many_own_tools_those_that_share_words_are_offered() -> None:
    own = [Signature(f"tool_{chr(97 + i) * 3}", (), "Something else.") for i in range(20)]
    own.append(Signature("feed_cat", (), "Fills the bowl."))
    offered = names(select("feed the cat please", own, FixedRetriever()))
    assert len(offered) == MOST_OWN
    assert offered[0] == "feed_cat"


def test_fewer_tools_than_three_are_all_offered() -> None:
    assert names(select("x", LEARNED[:2], FixedRetriever(a=0.1, b=0.2))) == ["b", "a"]


def test_no_tools_give_nothing() -> None:
    assert select("x", [], LexicalRetriever()) == []
