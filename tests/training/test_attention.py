"""Tuning on a processor attends by plain matrix products, and computes what torch's own attention computes."""

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")

from tinyagent_cli.training.attention import NAME, use_two_products  # noqa: E402
from tinyagent_cli.training.examples import Branch, example  # noqa: E402
from tinyagent_cli.training.loss import plan_loss  # noqa: E402

BATCH = [
    example([Branch((1, 2, 3, 4, 5), (6, 7), (1.0, 3.0)), Branch((1, 2, 8), (9, 10, 11), (3.0, 1.0, 1.0))]),
    example([Branch((12, 13), (14, 15, 16), (1.0, 1.0, 3.0))]),
]


@pytest.fixture(params=[8, 16], ids=["heads share the width", "heads have their own width"])
def model(request: pytest.FixtureRequest) -> "transformers.LlamaForCausalLM":
    config = transformers.LlamaConfig(
        vocab_size=50, hidden_size=48, intermediate_size=64, num_hidden_layers=2, num_attention_heads=6,
        num_key_value_heads=2, head_dim=request.param, max_position_embeddings=64, tie_word_embeddings=True,
    )  # fmt: skip
    torch.manual_seed(0)
    return transformers.LlamaForCausalLM(config)


def test_loss_and_gradients_are_those_of_torch(model: "transformers.LlamaForCausalLM") -> None:
    def computed() -> list["torch.Tensor"]:
        model.zero_grad()
        loss = plan_loss(model, BATCH)
        loss.backward()
        gradients = [weight.grad.clone() for weight in model.parameters() if weight.grad is not None]
        return [loss.detach(), *gradients]

    expected = computed()
    use_two_products(model)
    assert model.config._attn_implementation == NAME
    found = computed()
    assert len(found) == len(expected) > 10
    assert all(torch.allclose(one, other, atol=1e-6) for one, other in zip(found, expected, strict=True))


def test_without_a_mask_a_token_sees_those_before_it(model: "transformers.LlamaForCausalLM") -> None:
    ids = torch.tensor([[3, 1, 4, 1, 5, 9, 2, 6]])
    with torch.no_grad():
        expected = model(ids).logits
        use_two_products(model)
        assert torch.allclose(model(ids).logits, expected, atol=1e-6)


def test_tokens_that_are_masked_are_not_seen(model: "transformers.LlamaForCausalLM") -> None:
    ids, mask = torch.tensor([[9, 9, 3, 1, 4]]), torch.tensor([[0, 0, 1, 1, 1]])
    with torch.no_grad():
        expected = model(ids, attention_mask=mask).logits[:, 2:]
        use_two_products(model)
        assert torch.allclose(model(ids, attention_mask=mask).logits[:, 2:], expected, atol=1e-6)


def test_a_plan_is_written_as_with_torch(model: "transformers.LlamaForCausalLM") -> None:
    ids = torch.tensor([[3, 1, 4]])
    expected = model.generate(ids, max_new_tokens=5, do_sample=False)
    use_two_products(model)
    assert model.generate(ids, max_new_tokens=5, do_sample=False).tolist() == expected.tolist()
