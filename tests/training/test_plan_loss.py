"""Requests that share a list of tools are trained as if each stood alone behind it."""

from random import Random

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")

from tinyagent_cli.training.examples import Branch, Example, Ids, example  # noqa: E402
from tinyagent_cli.training.loss import plan_loss  # noqa: E402


@pytest.fixture(scope="module")
def model() -> "transformers.LlamaForCausalLM":
    config = transformers.LlamaConfig(
        vocab_size=500, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=128, tie_word_embeddings=True,
    )  # fmt: skip
    torch.manual_seed(0)
    return transformers.LlamaForCausalLM(config)


def ids(rng: Random, count: int) -> Ids:
    return tuple(rng.randrange(500) for _ in range(count))


def branch(rng: Random, prompt: Ids, count: int) -> Branch:
    return Branch(prompt, ids(rng, count), tuple(rng.choice([1.0, 3.0]) for _ in range(count)))


def alone(model: "transformers.LlamaForCausalLM", one: Branch) -> float:
    """The weighted sum of one request's losses, by the library's own masks and positions."""
    scores = model(torch.tensor([one.prompt + one.plan])).logits[0, len(one.prompt) - 1 : -1]
    losses = torch.nn.functional.cross_entropy(scores, torch.tensor(one.plan), reduction="none")
    return float((losses * torch.tensor(one.weights)).sum().item())


@pytest.mark.parametrize("padded", [False, True])
def test_the_loss_is_that_of_each_request_alone(model: "transformers.LlamaForCausalLM", padded: bool) -> None:
    rng = Random(2)
    tools = ids(rng, 9)
    together = [branch(rng, tools + ids(rng, rest), count) for rest, count in ((5, 6), (3, 4), (7, 2))]
    other = branch(rng, ids(rng, 4), 3)
    batch = [example(together), example([other])] if padded else [example(together)]
    everyone = [*together, other] if padded else together
    expected = sum(alone(model, one) for one in everyone) / sum(sum(one.weights) for one in everyone)
    assert plan_loss(model, batch).item() == pytest.approx(expected, rel=1e-5)


def test_what_prompts_have_in_common_is_held_once() -> None:
    shared = example([Branch((1, 2, 3, 4), (9,), (3.0,)), Branch((1, 2, 5), (8, 7), (1.0, 3.0))])
    assert shared == Example((1, 2), (Branch((3, 4), (9,), (3.0,)), Branch((5,), (8, 7), (1.0, 3.0))))
    assert len(shared) == 8
    assert example([Branch((1, 2), (3,), (1.0,))]) == Example((1, 2), (Branch((), (3,), (1.0,)),))
