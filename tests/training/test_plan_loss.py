"""Requests that share a list of tools are trained as if each stood alone behind it."""

from random import Random

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")

from tinyagent_cli.training.examples import Example, Ids, example  # noqa: E402
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


def alone(model: "transformers.LlamaForCausalLM", prompt: Ids, plan: Ids) -> float:
    """The summed loss of one request, by the library's own masks and positions."""
    scores = model(torch.tensor([prompt + plan])).logits[0, len(prompt) - 1 : -1]
    return float(torch.nn.functional.cross_entropy(scores, torch.tensor(plan), reduction="sum").item())


@pytest.mark.parametrize("padded", [False, True])
def test_the_loss_is_that_of_each_request_alone(model: "transformers.LlamaForCausalLM", padded: bool) -> None:
    rng = Random(2)
    tools = ids(rng, 9)
    pairs = [(tools + ids(rng, 5), ids(rng, 6)), (tools + ids(rng, 3), ids(rng, 4)), (tools + ids(rng, 7), ids(rng, 2))]
    other = (ids(rng, 4), ids(rng, 3))
    batch = [example(pairs), example([other])] if padded else [example(pairs)]
    everyone = [*pairs, other] if padded else pairs
    expected = sum(alone(model, prompt, plan) for prompt, plan in everyone) / sum(len(plan) for _, plan in everyone)
    assert plan_loss(model, batch).item() == pytest.approx(expected, rel=1e-5)


def test_what_prompts_have_in_common_is_held_once() -> None:
    shared = example([((1, 2, 3, 4), (9,)), ((1, 2, 5), (8, 7))])
    assert shared == Example((1, 2), (((3, 4), (9,)), ((5,), (8, 7))))
    assert len(shared) == 8
    assert example([((1, 2), (3,))]) == Example((1, 2), (((), (3,)),))
