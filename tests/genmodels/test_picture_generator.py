"""Drawing what a prompt says: steps, pictures to begin from, masks, prompts between two; and bad input."""

from __future__ import annotations

import io
import json
import struct
import zlib
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from genmodels.kinds.image.drawing import Drawing
from genmodels.kinds.image.files import open_picture, png_bytes, png_facts
from genmodels.refusal import Refusal
from genmodels.runs.run import Run
from genmodels.trained.opening import open_model
from genmodels.trained.requests import mask_of, picture_facts, start_of

FEW = Drawing(steps=4)


@pytest.fixture(scope="module")
def run(trained) -> Run:
    return Run(trained("diffusion"))


@pytest.fixture(scope="module")
def generator(run: Run):
    return open_model(run)


@pytest.fixture
def start(generator) -> np.ndarray:
    return generator.sample(1, seed=1, given=["circle"])[0]


def final(steps) -> np.ndarray:
    *_, last = steps
    return last.clean


@pytest.mark.parametrize("sampler", ["ddim", "dpm-solver++"])
def test_a_drawing_shows_each_step_with_less_noise(generator, sampler: str) -> None:
    steps = list(generator.draw(["circle", "user"], seeds=[3, 4], drawing=Drawing(sampler=sampler, steps=5), looking=True))
    assert [step.number for step in steps] == [1, 2, 3, 4, 5] and {step.steps for step in steps} == {5}
    assert all(a.level > b.level for a, b in pairwise(steps)) and steps[-1].level == 0
    assert np.array_equal(steps[-1].noisy, steps[-1].clean)
    for step in steps:
        assert step.clean.shape == (2, *generator.spec.shape) and step.clean.dtype == np.uint8
        assert step.attention.shape == (2, 24, 14, 14) and step.attention.min() >= 0 and step.attention.sum(axis=1).max() < 1.01
    assert np.array_equal(final(generator.draw(["circle"], seeds=[3], drawing=Drawing(sampler=sampler, steps=5))), steps[-1].clean[:1])


def test_what_is_looked_at_changes_nothing_and_settings_do(generator) -> None:
    plain = final(generator.draw(["circle"], seeds=[3], drawing=FEW))
    assert np.array_equal(plain, final(generator.draw(["circle"], seeds=[3], drawing=FEW, looking=True)))
    for other in (Drawing(steps=5), Drawing(steps=4, guidance=8), Drawing(steps=4, sampler="ddim"), Drawing(steps=4, negative="user")):
        assert not np.array_equal(plain, final(generator.draw(["circle"], seeds=[3], drawing=other)))


def test_guidance_0_does_not_heed_the_prompt(generator) -> None:
    free = [final(generator.draw([prompt], seeds=[3], drawing=Drawing(steps=4, guidance=0))) for prompt in ("circle", "user")]
    assert np.array_equal(*free)


def test_a_picture_to_begin_from_is_kept_the_more_the_less_strength(generator, start) -> None:
    def distance(strength: float) -> float:
        drawing = Drawing(steps=4, strength=strength)
        drawn = final(generator.draw(["circle"], seeds=[9], drawing=drawing, start=start))[0]
        return float(np.abs(drawn.astype(float) - start).mean())

    assert distance(0.05) < distance(0.5) < distance(1.0)


@pytest.mark.parametrize("sampler", ["ddim", "dpm-solver++"])
def test_outside_a_mask_the_picture_stays_as_it_was(generator, start, sampler: str) -> None:
    mask = np.zeros(generator.spec.shape[:2], bool)
    mask[4:20, 4:20] = True
    drawn = final(generator.draw(["user"], seeds=[9], drawing=Drawing(sampler=sampler, steps=4, strength=1), start=start, mask=mask))[0]
    assert np.array_equal(drawn[~mask], start[~mask]) and not np.array_equal(drawn[mask], start[mask])


def test_between_two_prompts_the_ends_are_the_prompts(generator) -> None:
    shares = [0.0, 0.5, 1.0]
    between = final(generator.draw(["circle"] * 3, seeds=[5] * 3, drawing=FEW, towards=["user"] * 3, shares=shares))
    ends = [final(generator.draw([prompt], seeds=[5], drawing=FEW))[0] for prompt in ("circle", "user")]
    assert np.array_equal(between[0], ends[0]) and np.array_equal(between[2], ends[1])


def test_a_prompt_is_read_word_by_word(generator) -> None:
    read = generator.read("arrow quixotry left")
    assert [word.known for word in read.words] == [True, False, True] and "quixotry" in read.notice
    assert not generator.read("arrow left").notice
    assert "not read" in generator.read("arrow " * 30).notice


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"prompts": ["x" * 1001]}, "1,001 characters"), ({"prompts": ["qqqq zzzz"]}, "knows none of the words of 'qqqq zzzz'"),
     ({"prompts": ["<>!"]}, "knows none of the words"), ({"prompts": []}, "0 prompts"), ({"prompts": ["circle"] * 5, "seeds": range(5)}, "1 to 4"),
     ({"mask": np.ones((28, 28), bool)}, "give a picture to begin from"), ({"start": np.zeros((9, 9, 1), np.uint8)}, "shape"),
     ({"start": np.zeros((28, 28, 1), np.uint8), "mask": np.ones((3, 3), bool)}, "mask is bool of shape"),
     ({"towards": ["user"], "shares": [1.5]}, "shares from 0 to 1")],
)  # fmt: skip
def test_what_can_not_be_drawn_is_refused_in_a_sentence(generator, arguments: dict, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        list(generator.draw(**({"prompts": ["circle"], "seeds": [0], "drawing": FEW} | arguments)))


def test_a_gan_follows_prompts_in_one_go(trained) -> None:
    captions = {"data": "icons", "source": {"family": "font-awesome"}}
    run = Run(trained("gan", recipe={"latent": 4, "width": 8, "captioned": True}, epochs=1, **captions))
    gan = open_model(run)
    (step,) = gan.draw(["circle", "user"], seeds=[1, 1], drawing=FEW)
    assert (step.number, step.steps, step.level) == (1, 1, 0) and not np.array_equal(*step.clean)
    assert np.array_equal(gan.sample(1, seed=1, given=["circle"])[0], step.clean[0])
    with pytest.raises(Refusal, match="one go"):
        gan.draw(["circle"], seeds=[1], drawing=FEW, start=step.clean[0])
    assert run.history["kernel_distance"].notna().any()


# Files


def bomb(side: int) -> bytes:
    """A PNG of `side` x `side` pixels in a few kilobytes."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(bytes(1 + (side + 7) // 8) * side, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_uploads_are_read_or_refused() -> None:
    shape = (32, 32, 3)
    cmyk, frames = io.BytesIO(), io.BytesIO()
    Image.new("CMYK", (50, 40), (0, 255, 255, 0)).save(cmyk, "JPEG")
    Image.new("RGB", (40, 40), "red").save(frames, "GIF", save_all=True, append_images=[Image.new("RGB", (40, 40), "blue")])
    for content in (cmyk.getvalue(), frames.getvalue()):
        array = start_of(content, shape)
        assert array.shape == shape and array[16, 16, 0] > 200 > 60 > array[16, 16, 2]
    huge = bomb(30_000)
    assert len(huge) < 200_000
    for content, said in ((b"GIF89a", "damaged|no PNG"), (b"hello", "no PNG"), (huge, "too many pixels"), (b"", "no PNG")):
        with pytest.raises(Refusal, match=said):
            start_of(content, shape)
    with pytest.raises(Refusal, match="nothing is white"):
        mask_of(png_bytes(np.zeros((40, 40, 3), np.uint8)), shape)
    assert mask_of(png_bytes(np.full((32, 32, 3), 255, np.uint8)), shape).all()


def test_the_command_line_draws_the_same_and_says_how(run: Run, generator, genmodels, inside, home, tmp_path) -> None:
    import shutil

    shutil.copytree(run.path, home / "runs" / run.id)
    out = tmp_path / "out"
    answer = genmodels("sample", run.id, "-n", 2, "--seed", 7, "--given", "circle", "--set", "steps=4", "--out", out, "--json")
    assert answer.returncode == 0, answer.stderr
    files = json.loads(answer.stdout)["files"]
    drawn = np.stack([np.asarray(open_picture(open(file, "rb").read()))[..., :1] for file in files])
    assert np.array_equal(drawn, generator.sample(2, seed=7, given=["circle"], drawing=FEW))
    facts = png_facts(open(files[1], "rb").read())
    assert facts == picture_facts(run, "circle", 8, FEW) | {name: facts[name] for name in facts if name not in picture_facts(run, "circle", 8, FEW)}
    assert Drawing.from_dict(json.loads(facts["Settings"])) == FEW and facts["Seed"] == "8" and facts["Made by"] == "a model"
    for arguments, said in ((["--set", "steps=0"], "steps is '0'"), (["--given", "qqqq"], "knows none"), (["--from", __file__], "no PNG")):
        bad = inside("sample", run.id, *arguments, "--out", tmp_path / "bad")
        assert bad.returncode == 2 and said in bad.stderr and "Traceback" not in bad.stderr and not (tmp_path / "bad").exists()
