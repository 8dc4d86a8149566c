"""Masters collect steps that are too small for the weights the model computes with."""

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")
gguf = pytest.importorskip("gguf", reason="the train extra is not installed")

from tinyagent_cli.training.masters import Masters, to_4_bits  # noqa: E402


def tiny() -> "torch.nn.Module":
    torch.manual_seed(0)
    config = transformers.LlamaConfig(
        vocab_size=64, hidden_size=64, intermediate_size=96, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=1, tie_word_embeddings=True,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config)
    model.get_input_embeddings().requires_grad_(False)
    return model


def test_4_bits_are_those_of_the_weight_file() -> None:
    torch.manual_seed(1)
    weights = torch.randn(40, 96) * 0.1
    weights[0, :32] = 0
    packed = gguf.quants.quantize(weights.numpy(), gguf.GGMLQuantizationType.Q4_0)
    unpacked = gguf.quants.dequantize(packed, gguf.GGMLQuantizationType.Q4_0)
    assert torch.equal(to_4_bits(weights), torch.from_numpy(unpacked))


def test_steps_too_small_for_16_bits_add_up() -> None:
    model = tiny()
    masters = Masters(model, torch.bfloat16)
    shown = model.model.norm.weight
    for _ in range(100):
        for master in masters.weights:
            master.add_(1e-3)
        masters.show()
    assert shown.dtype == torch.bfloat16
    assert shown[0].item() == pytest.approx(1.1, abs=0.01)


def test_the_model_computes_with_4_bits_and_gets_its_masters_back() -> None:
    model = tiny()
    exact = {name: weight.clone() for name, weight in model.state_dict().items()}
    masters = Masters(model, torch.float32, coarse=True)
    matrix = model.model.layers[0].mlp.up_proj.weight
    name = "model.layers.0.mlp.up_proj.weight"
    assert torch.equal(matrix, to_4_bits(exact[name]))
    assert torch.equal(model.get_input_embeddings().weight, exact["model.embed_tokens.weight"])
    assert all(torch.equal(weight, exact[key]) for key, weight in masters.state().items())
    masters.restore()
    assert all(torch.equal(weight, exact[key]) for key, weight in model.state_dict().items())


def test_gradients_reach_the_masters() -> None:
    model = tiny()
    masters = Masters(model, torch.float32, coarse=True)
    model(input_ids=torch.arange(8)[None], labels=torch.arange(8)[None]).loss.backward()
    masters.take_gradients()
    assert all(master.grad is not None and master.grad.abs().sum() > 0 for master in masters.weights)
    assert all(weight.grad is None for weight in model.parameters())
