"""The scales of a rounded model are tuned, and a run that was cut off goes on with the same codes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")

from tinyagent_cli.training.examples import Branch, Example, example  # noqa: E402
from tinyagent_cli.training.scale_tuning import divided, tune_scales  # noqa: E402
from tinyagent_cli.training.tune import Progress, TuneOptions  # noqa: E402

OPTIONS = TuneOptions(tokens=240, learning_rate=1e-2, round_minutes=1e-6, checkpoint_minutes=0)
EXAMPLE = example([Branch((5, 6, 7, 8), (9, 10, 11), (1.0, 3.0, 1.0)), Branch((5, 6, 12), (13, 14), (3.0, 1.0))])


def tiny() -> "torch.nn.Module":
    torch.manual_seed(0)
    return transformers.LlamaForCausalLM(
        transformers.LlamaConfig(
            vocab_size=64, hidden_size=64, intermediate_size=96, num_hidden_layers=1, num_attention_heads=2,
            num_key_value_heads=1, tie_word_embeddings=True,
        )
    )  # fmt: skip


def batches(step: int) -> Iterator[list[Example]]:
    while True:
        yield [EXAMPLE]


def test_the_loss_falls_and_the_codes_stay(tmp_path: Path) -> None:
    losses: list[float] = []
    model = tiny()
    rounded, progress = tune_scales(
        model, [[5, 6, 7]], batches, OPTIONS, tmp_path, report=lambda progress: losses.append(progress.loss)
    )
    assert progress.tokens >= OPTIONS.tokens
    assert losses[-1] < losses[0]
    for name, matrix in rounded.items():
        assert torch.allclose(model.state_dict()[name], torch.from_numpy(matrix.values()), atol=1e-3)


def test_a_run_that_was_cut_off_goes_on_with_its_rounding(tmp_path: Path) -> None:
    def cut(progress: Progress) -> None:
        if progress.step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tune_scales(tiny(), [[5, 6, 7]], batches, OPTIONS, tmp_path, report=cut)
    steps: list[int] = []
    # Other texts would round otherwise.
    again, _ = tune_scales(
        tiny(), [[40, 41, 42]], batches, OPTIONS, tmp_path, report=lambda progress: steps.append(progress.step)
    )
    uncut, _ = tune_scales(tiny(), [[5, 6, 7]], batches, OPTIONS, tmp_path / "uncut")
    assert steps[0] == 5
    for name, matrix in again.items():
        assert (matrix.codes == uncut[name].codes).all()
        assert matrix.scales == pytest.approx(uncut[name].scales, rel=1e-2)


def test_the_budget_is_divided() -> None:
    first, then = divided(TuneOptions(tokens=1000, minutes=60, learning_rate=1e-4), 0.25)
    assert (first.tokens, first.minutes, first.learning_rate) == (750, 45, 1e-4)
    assert (then.tokens, then.minutes, then.weight_decay) == (250, 15, 0)
