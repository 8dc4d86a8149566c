"""The way from seeds to a weight file, walked with a tiny model and the shipped tokenizer."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")
transformers = pytest.importorskip("transformers", reason="the train extra is not installed")
gguf = pytest.importorskip("gguf", reason="the train extra is not installed")

from tinyagent_cli.errors import UsageError  # noqa: E402
from tinyagent_cli.tools.registry import builtin_tool_file  # noqa: E402
from tinyagent_cli.tools.toolfile import read_tool_file  # noqa: E402
from tinyagent_cli.training.device import Device  # noqa: E402
from tinyagent_cli.training.export import export, interleaved  # noqa: E402
from tinyagent_cli.training.planner import train_planner  # noqa: E402
from tinyagent_cli.training.planner_options import PlannerOptions  # noqa: E402
from tinyagent_cli.training.practice import practice  # noqa: E402
from tinyagent_cli.training.rounding import read_rounded  # noqa: E402
from tinyagent_cli.training.run_folder import hash_of_seeds, run_folder  # noqa: E402
from tinyagent_cli.training.tune import Progress, TuneOptions, learning_rate  # noqa: E402

VOCABULARY = 3000
"""Tokens of the tiny base."""
OPTIONS = TuneOptions(tokens=1500, batch_tokens=500, learning_rate=1e-2)


def test_training_writes_weights_and_a_card_and_goes_on(tiny_base: Path, seeds: Path, tmp_path: Path) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    losses: list[float] = []
    tuning = TuneOptions(tokens=6000, batch_tokens=500, learning_rate=1e-2)
    options = PlannerOptions(
        seeds, tmp_path / "tuned.gguf", tmp_path / "work", str(tiny_base), threads=1, validate=2, tuning=tuning
    )
    train_planner(options, builtin, lambda progress: losses.append(progress.loss))
    assert losses[-1] < losses[0]
    card = json.loads((tmp_path / "tuned.json").read_text())
    assert card["progress"]["tokens"] >= tuning.tokens
    assert card["bytes"] == options.target.stat().st_size
    assert str(card["progress"]["tokens"]) in card["plan_success"]
    assert options.target.read_bytes() == (kept(options) / "best.gguf").read_bytes()

    steps: list[int] = []
    before = torch.load(run_folder(options) / "checkpoint.pt", weights_only=True)["step"]
    longer = TuneOptions(tokens=9000, batch_tokens=500, learning_rate=1e-2)
    again = replace(options, target=tmp_path / "more.gguf", validate=0, tuning=longer)
    train_planner(again, builtin, lambda progress: steps.append(progress.step))
    assert steps[0] == before + 1


def kept(options: PlannerOptions) -> Path:
    """Where the best weights of a run are kept, and what was measured of them."""
    return replace(options, work=run_folder(options)).outcome / f"validate-{options.validate}"


def test_what_is_rounded_or_averaged_otherwise_is_kept_apart(tmp_path: Path) -> None:
    options = PlannerOptions(tmp_path, tmp_path / "tuned.gguf", tmp_path / "work")
    ways = [{}, {"bits": 8}, {"calibrate": 0}, {"calibrate": 9}, {"scales": 0.1}, {"keep": 0.5}]
    assert len({replace(options, **way).outcome for way in ways}) == len(ways)
    assert replace(options, bits=16, calibrate=9).outcome == replace(options, bits=16).outcome


def test_other_seeds_or_another_base_are_another_run(tiny_base: Path, seeds: Path, tmp_path: Path) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    few = TuneOptions(tokens=1, batch_tokens=500)
    options = PlannerOptions(
        seeds, tmp_path / "tuned.gguf", tmp_path / "work", str(tiny_base), 16, threads=1, validate=0, tuning=few
    )
    steps: list[int] = []

    def train(options: PlannerOptions) -> None:
        train_planner(options, builtin, lambda progress: steps.append(progress.step))

    train(options)
    train(options)
    assert steps == [1]  # what is finished is only written again
    train(replace(options, base=str(options.target), target=tmp_path / "further.gguf"))
    train(replace(options, met=True))
    (seeds / "more.jsonl").write_text('{"query": "hello there", "plan": []}\n', encoding="utf-8")
    train(options)
    assert steps == [1, 1, 1, 1]


def test_a_planner_is_not_written_over_its_base(tiny_base: Path, seeds: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="over its base"):
        train_planner(PlannerOptions(seeds, tiny_base, tmp_path / "work", str(tiny_base)), {})


def test_workers_share_a_processor_and_no_gpu(seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tinyagent_cli.training.planner.found", lambda wanted: Device.CUDA)
    with pytest.raises(UsageError, match="share a processor"):
        train_planner(PlannerOptions(seeds, tmp_path / "tuned.gguf", tmp_path / "work", workers=2), {})


def test_seeds_that_are_too_long_are_told_at_once(tiny_base: Path, tmp_path: Path) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    tool = {"name": "play", "description": "Plays " + "a song and " * 500, "parameters": []}
    (tmp_path / "long.jsonl").write_text(json.dumps({"query": "play", "tools": [tool], "plan": ["play()"]}) + "\n")
    options = PlannerOptions(tmp_path, tmp_path / "tuned.gguf", tmp_path / "work", str(tiny_base), threads=1)
    with pytest.raises(UsageError, match="every request takes more than 480 tokens"):
        train_planner(options, builtin)


def test_the_last_checkpoint_is_measured_if_its_measurement_was_cut_off(
    tiny_base: Path, seeds: Path, tmp_path: Path
) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    tuning = replace(OPTIONS, round_minutes=1e-6, checkpoint_minutes=0)
    options = PlannerOptions(
        seeds, tmp_path / "tuned.gguf", tmp_path / "work", str(tiny_base), 16, threads=1, validate=1, tuning=tuning
    )
    train_planner(options, builtin)
    record = kept(options) / "choice.json"
    measured = json.loads(record.read_text())
    assert len(measured) > 1
    *earlier, last = measured
    record.write_text(json.dumps({tokens: measured[tokens] for tokens in earlier}))
    train_planner(options, builtin)
    assert last in json.loads(record.read_text())


def test_a_time_limit_ends_a_run(tiny_base: Path, seeds: Path, tmp_path: Path) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    tuning = TuneOptions(tokens=100_000, batch_tokens=500, minutes=0.3 / 60)
    options = PlannerOptions(
        seeds, tmp_path / "tuned.gguf", tmp_path / "work", str(tiny_base), 16, threads=1, validate=0, tuning=tuning
    )
    train_planner(options, builtin)
    assert json.loads((tmp_path / "tuned.json").read_text())["progress"]["tokens"] < tuning.tokens


def test_a_share_of_the_base_is_kept_whatever_the_work_folder_holds(
    tiny_base: Path, seeds: Path, tmp_path: Path
) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    work = tmp_path / "work"

    def written(keep: float, scales: float = 0.0) -> "torch.Tensor":
        target = tmp_path / f"{keep}-{scales}.gguf"
        options = PlannerOptions(
            seeds, target, work, str(tiny_base), 4 if scales else 16, threads=1, validate=2, tuning=OPTIONS,
            scales=scales, keep=keep,
        )  # fmt: skip
        train_planner(options, builtin)
        card = json.loads(target.with_suffix(".json").read_text())
        assert card["keep"] == keep
        assert list(card["plan_success"]) == [str(card["progress"]["tokens"])]
        return weights_of(target)

    before, tuned = weights_of(tiny_base), written(0.0)
    assert not torch.allclose(before, tuned, atol=1e-3)
    assert torch.allclose(written(0.25), 0.75 * tuned + 0.25 * before, atol=1e-4)
    alone, kept = written(0.0, scales=0.5), written(0.75, scales=0.5)
    mean = 0.25 * tuned + 0.75 * before
    assert (kept - mean).norm() < 0.5 * (alone - mean).norm()


def test_adapters_count_less_where_a_share_of_the_base_is_kept(tiny_base: Path, seeds: Path, tmp_path: Path) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    before, found = weights_of(tiny_base), {}
    for keep in (0.0, 0.5):
        target = tmp_path / f"{keep}.gguf"
        options = PlannerOptions(
            seeds, target, tmp_path / "work", str(tiny_base), 16, threads=1, validate=0, tuning=OPTIONS,
            method="lora", rank=4, keep=keep,
        )  # fmt: skip
        train_planner(options, builtin)
        found[keep] = weights_of(target) - before
    assert found[0.0].norm() > 1e-2
    assert torch.allclose(found[0.5], 0.5 * found[0.0], atol=5e-4)
    assert not torch.allclose(found[0.5], found[0.0], atol=5e-4)


def weights_of(path: Path) -> "torch.Tensor":
    """One matrix of a weight file."""
    model = transformers.AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    return model.state_dict()["model.layers.1.mlp.down_proj.weight"]


def test_a_base_that_has_met_the_seeds_is_shown_new_forms_alone(
    tiny_base: Path, seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    shown: list[bool] = []

    def watched(*arguments: Any, written: bool) -> Any:
        shown.append(written)
        return practice(*arguments, written=written)

    monkeypatch.setattr("tinyagent_cli.training.planner.practice", watched)
    few = TuneOptions(tokens=1, batch_tokens=500)
    for met in (False, True):
        target, work = tmp_path / f"{met}.gguf", tmp_path / str(met)
        options = PlannerOptions(seeds, target, work, str(tiny_base), 16, threads=1, validate=0, tuning=few, met=met)
        train_planner(options, builtin)
    assert shown == [True, False]


def test_scales_are_tuned_in_the_end_and_the_codes_stay(tiny_base: Path, seeds: Path, tmp_path: Path) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    work = tmp_path / "work"
    options = PlannerOptions(
        seeds, tmp_path / "tuned.gguf", work, str(tiny_base), threads=1, validate=0, tuning=OPTIONS, scales=0.5
    )
    train_planner(options, builtin)
    assert json.loads((tmp_path / "tuned.json").read_text())["scales"] == 0.5
    (kept,) = work.glob("*/*/scales-*/rounded.npz")
    name = "model.layers.0.mlp.up_proj.weight"
    rounded = torch.from_numpy(read_rounded(kept)[name].values()).reshape(-1, 32)
    model = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file="tuned.gguf", dtype=torch.float32)
    written = model.state_dict()[name].reshape(-1, 32)
    factors = written.norm(dim=1) / rounded.norm(dim=1)
    assert not torch.allclose(factors, torch.ones_like(factors), atol=1e-4)
    assert torch.allclose(written, rounded * factors[:, None], atol=1e-6)


def test_workers_tune_one_model_and_count_their_tokens_together(tiny_base: Path, seeds: Path, tmp_path: Path) -> None:
    builtin = {name: tool.signature for name, tool in read_tool_file(builtin_tool_file(), builtin=True).items()}
    mine = 0

    def count(progress: Progress) -> None:
        nonlocal mine
        mine += 1

    options = PlannerOptions(
        seeds,
        tmp_path / "tuned.gguf",
        tmp_path / "work",
        str(tiny_base),
        threads=2,
        workers=2,
        validate=0,
        tuning=OPTIONS,
        device=Device.CPU,
    )
    train_planner(options, builtin, count)
    progress = json.loads((tmp_path / "tuned.json").read_text())["progress"]
    assert progress["step"] == mine
    assert progress["tokens"] > 500 * mine


def test_exported_weights_compute_what_the_model_computes(tiny_base: Path, tmp_path: Path) -> None:
    """At 16 bits, read back by an independent reader, next-token scores agree."""
    torch.manual_seed(1)
    config = transformers.LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, max_position_embeddings=512, tie_word_embeddings=True,
        rope_theta=100000.0, rms_norm_eps=1e-5,
    )  # fmt: skip
    model = transformers.LlamaForCausalLM(config).eval()
    target = tmp_path / "sixteen.gguf"
    export(dict(model.state_dict()), config, tiny_base, target, bits=16)
    read = transformers.AutoModelForCausalLM.from_pretrained(
        tmp_path, gguf_file=target.name, dtype=torch.float32
    ).eval()
    ids = torch.tensor([[10, 200, 1000, 2900]])
    with torch.no_grad():
        assert torch.allclose(model(ids).logits, read(ids).logits, atol=2e-2)


def test_what_was_rejected_does_not_change_the_hash_of_the_seeds(seeds: Path) -> None:
    (file,) = seeds.glob("*.jsonl")
    before = hash_of_seeds(seeds)
    assert before == hash_of_seeds(file)
    (seeds / "few.rejects.jsonl").write_text("{}\n")
    assert hash_of_seeds(seeds) == before
    file.write_text("")
    assert hash_of_seeds(seeds) != before


def test_interleaving_pairs_the_halves_of_each_head() -> None:
    rows = torch.arange(8.0).reshape(8, 1).numpy()
    assert interleaved(rows, heads=2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_the_learning_rate_warms_up_and_falls_to_its_last_share() -> None:
    options = TuneOptions(learning_rate=1.0, warmup_share=0.1, last_share=0.05)
    shares = [learning_rate(share / 100, options) for share in range(101)]
    assert shares[1] < shares[9] < shares[10] == pytest.approx(1.0)
    assert shares[10:] == sorted(shares[10:], reverse=True)
    assert shares[-1] == pytest.approx(0.05)


def test_a_time_limit_spends_the_budget_as_tokens_do() -> None:
    assert Progress(tokens=10, seconds=30).share(TuneOptions(tokens=100, minutes=1)) == 0.5
    assert Progress(tokens=60, seconds=30).share(TuneOptions(tokens=100)) == 0.6
