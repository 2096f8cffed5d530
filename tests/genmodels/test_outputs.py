"""What a team brings: pictures and answers are opened, whatever they came in, and nothing of them is dropped silently."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas
import pytest
from PIL import Image, PngImagePlugin

from genmodels.commands.main import main
from genmodels.refusal import Refusal
from genmodels.review.audit_outputs import looked_at
from genmodels.subjects.answers import outputs_of_answers
from genmodels.subjects.opening import open_outputs
from genmodels.subjects.pictures import outputs_of_pictures

TOLD = "a red car\nNegative prompt: blur\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 77, Size: 64x64, Model: dreamer"
COMFY = {
    "3": {"class_type": "KSampler", "inputs": {"seed": 5, "steps": 20, "cfg": 8.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0, "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "m.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a green boat", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "text", "clip": ["4", 1]}},
}


def picture(number: int, mode: str = "RGB", size: int = 64) -> Image.Image:
    return Image.fromarray(np.random.default_rng(number).integers(0, 256, (4, 4, 3), dtype=np.uint8)).resize((size, size)).convert(mode)


def png(number: int, **texts: str) -> bytes:
    info, buffer = PngImagePlugin.PngInfo(), io.BytesIO()
    for name, text in texts.items():
        info.add_text(name, text)
    picture(number).save(buffer, "PNG", pnginfo=info)
    return buffer.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Pictures of every mode, with prompts in every place where tools leave them, and files that are none."""
    there = tmp_path / "theirs"
    there.mkdir()
    (there / "webui.png").write_bytes(png(1, parameters=TOLD))
    (there / "comfy.png").write_bytes(png(2, prompt=json.dumps(COMFY)))
    (there / "bare.png").write_bytes(png(3))
    (there / "beside.png").write_bytes(png(4, parameters=TOLD))
    (there / "beside.txt").write_text("a caption beside it")
    (there / "listed.png").write_bytes(png(5))
    (there / "metadata.jsonl").write_text('{"file_name": "listed.png", "text": "a yellow house", "seed": 12}\nno json\n{"file_name": "gone.png", "text": "x"}\n')
    for number, (mode, ending) in enumerate((("CMYK", "jpg"), ("P", "gif"), ("L", "webp"), ("RGBA", "png"), ("I;16", "png"))):
        image = Image.fromarray(np.full((9, 7), 40_000, np.uint16)) if mode == "I;16" else picture(10 + number, mode)
        image.save(there / f"mode{number}.{ending}")
    (there / "half.png").write_bytes(png(6)[:60])
    (there / "empty.png").write_bytes(b"")
    (there / "readme.md").write_text("# no picture")
    return there


def test_pictures_and_their_prompts_are_read_and_what_is_none_is_named(folder: Path) -> None:
    outputs = outputs_of_pictures(folder)
    told = {item.place: (item.prompt, item.seed) for item in outputs.items}
    assert told["webui.png"] == ("a red car", 77) and told["comfy.png"] == ("a green boat", 5)
    assert told["bare.png"] == ("", None) and told["beside.png"] == ("a caption beside it", 77) and told["listed.png"] == ("a yellow house", 12)
    assert outputs.n == 10 and outputs.pictures is not None and outputs.pictures.small.shape == (10, 64, 64, 3)
    assert {each.name: bool(each.reason) for each in outputs.left_out} == dict.fromkeys(("half.png", "empty.png", "readme.md", "metadata.jsonl, line 2", "gone.png"), True)
    assert outputs.content is not None and outputs.content(0) == (folder / "bare.png").read_bytes()
    assert outputs.items[[item.place for item in outputs.items].index("webui.png")].settings["model"] == "dreamer"


def test_a_zip_is_as_good_as_its_folder(folder: Path, tmp_path: Path) -> None:
    packed = tmp_path / "theirs.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"inside/{file.name}")
    one, other = outputs_of_pictures(folder), outputs_of_pictures(packed)
    assert [item.prompt for item in one.items] == [item.prompt for item in other.items]
    assert other.content is not None and [other.content(i) for i in (3, 0, 3)] == [one.content(i) for i in (3, 0, 3)]  # type: ignore[misc]
    assert one.pictures is not None and other.pictures is not None and (one.pictures.small == other.pictures.small).all()


def test_hostile_texts_of_a_picture_are_harmless(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(1, parameters="<script>\u202e\x1b[31m\x00 a car\nSteps: 1, Sampler: x, Seed: 99999999999999999999999, CFG scale: 1"))
    (tmp_path / "b.png").write_bytes(png(2, prompt="[" * 5000))
    (tmp_path / "c.png").write_bytes(png(3, prompt=json.dumps({"1": {"class_type": "KSampler", "inputs": {"positive": ["1", 0], "negative": ["1", 0], "model": ["1", 0]}}})))
    outputs = outputs_of_pictures(tmp_path)
    assert outputs.n == 3 and all(item.prompt.isprintable() for item in outputs.items) and outputs.items[0].seed is None


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_answers_are_read_from_every_table(tmp_path: Path, ending: str) -> None:
    rows = pandas.DataFrame({"Prompt": ["Who?", "What?"], "Response": ["She, of course", "=1+1"], "lang": ["en", "de"]})
    file = tmp_path / f"answers.{ending}"
    match ending:
        case "csv":
            file.write_bytes(rows.to_csv(index=False, sep=";").encode("utf-16"))
        case "tsv":
            rows.to_csv(file, index=False, sep="\t")
        case "jsonl":
            rows.to_json(file, orient="records", lines=True)
        case _:
            rows.to_parquet(file)
    outputs = outputs_of_answers(file)
    assert [(item.prompt, item.text, item.columns["lang"]) for item in outputs.items] == [("Who?", "She, of course", "en"), ("What?", "=1+1", "de")]
    assert list(outputs.prompts) == ["Who?", "What?"] and "prompts: prompt, answers: response" in outputs.took


def test_answers_of_servers_and_several_answers_a_prompt(tmp_path: Path) -> None:
    batch = tmp_path / "batch.jsonl"
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hi"}}
    lines = [{"custom_id": "q1", "response": {"status_code": 200, "body": {"choices": [choice]}}}, {"custom_id": "q2", "response": {"body": {"choices": []}}, "error": "x"}]
    batch.write_text("\n".join(map(json.dumps, lines)) + "\n{half")
    outputs = outputs_of_answers(batch)
    assert [(item.id, item.text) for item in outputs.items] == [("q1", "Hi")]
    assert {each.name for each in outputs.left_out} == {"line 2", "line 3"}
    chat = tmp_path / "chat.jsonl"
    chat.write_text(json.dumps({"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi"}]}))
    assert [(item.prompt, item.text) for item in outputs_of_answers(chat).items] == [("Hello", "Hi")]
    several = tmp_path / "several.csv"
    several.write_text("prompt,answer_1,answer_2\nWho?,me,you\nWhat?,,this\n")
    assert [(item.place, item.text) for item in outputs_of_answers(several).items] == [("line 2, answer 1", "me"), ("line 2, answer 2", "you"), ("line 3", "this")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"left,right\n1,2\n", "holds the answers"),
        ("a.csv", b"", "a.csv"),
        ("a.jsonl", b"{broken", "no record that can be read"),
        ("a.jsonl", b"[" * 100_000, "a.jsonl"),
        ("a.parquet", b"PAR1 and nothing else", "no whole .parquet file"),
        ("a.csv", b"response\n" + b"\x00\x01\x02" * 400, "a.csv"),
        ("a.csv", b"prompt,response\nWho?,\n", "holds no answer"),
        ("a.zip", b"PK\x05\x06", "a.zip"),
        ("a.bin", b"whatever", "bring a folder or zip of pictures, or a table of answers"),
    ],
)
def test_what_can_not_be_read_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Refusal) as refused:
        open_outputs(tmp_path / name)
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_what_is_called_a_zip_and_is_none_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "made.zip").write_bytes(b"PK not a zip")
    with pytest.raises(Refusal, match=r"made\.zip is no zip file"):
        open_outputs(tmp_path / "made.zip")


def test_a_folder_without_a_picture_and_a_missing_one_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no picture")
    for path in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(Refusal, match=r"None of the|There is no"):
            open_outputs(path)


def test_the_command_audits_what_was_brought(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(folder), "--out", str(tmp_path / "out"), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["outputs"]["n"] == 10 and document["outputs"]["left_out_count"] == 5 and document["subject"] == "theirs"
    assert {finding["audit"] for finding in document["findings"]} >= {"marks", "repeats"} and document == json.loads((tmp_path / "out" / "audit.json").read_text())
    reasons = {row["audit"]: row["reason"] for row in document["checks"]}
    assert not reasons["repeats"] and "asks the model for samples" in reasons["memorisation"], "what can't be asked is known beforehand"
    assert main(["audit", str(tmp_path / "nowhere"), "--out", str(tmp_path / "out2")]) == 2
    said = capsys.readouterr().err
    assert "bring a folder or zip of pictures" in said and said.count("\n") == 1


def test_empty_answers_are_kept_and_counted(tmp_path: Path) -> None:
    """An empty answer may be a refusal: it is an answer, and is told as empty."""
    table = tmp_path / "answers.csv"
    table.write_text("prompt,response\nWho?,me\nWhat?,\n")
    outputs = outputs_of_answers(table)
    assert [item.text for item in outputs.items] == ["me", ""] and "1 of 2 answers are empty" in outputs.took and not outputs.left_out
    assert looked_at(outputs)["outputs"]["empty"] == 1
