"""An audit must catch its planted culprits and let the innocent pass, or it is not merged."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pytest
from PIL import Image, ImageDraw

from genmodels.audits.audit import AUDITS
from genmodels.calibration.provenance import manifest_range
from genmodels.data.dataset import DATA, Dataset
from genmodels.estimates.estimate import clopper_pearson
from genmodels.intake.pictures import Pictures
from genmodels.intake.told_in_pictures import NOTHING
from genmodels.kinds.image.copied_ways import RECOLOURED, WAYS, changed
from genmodels.kinds.image.examples import Examples
from genmodels.kinds.image.files import png_bytes
from genmodels.kinds.image.watermark import embed
from genmodels.kinds.music.notation import piece_of
from genmodels.kinds.text.tokens import Tokens
from genmodels.labelling.labels import Given, Labels
from genmodels.labelling.question import STEREOTYPE
from genmodels.provenance import credentials, marking
from genmodels.refusal import Refusal
from genmodels.runs.store import RunStore
from genmodels.subjects.outputs import TEXT, Item, Outputs, Reference
from genmodels.subjects.pictures import outputs_of_pictures
from genmodels.subjects.planted import Illustrator, Mixture, Rememberer, Writer
from genmodels.subjects.planted_music import Chorister
from genmodels.subjects.stand_ins import Noise, Parrot, TrainingMean
from genmodels.subjects.subject import Audited, Generator, Subject
from genmodels.trained.opening import open_model
from genmodels.verdicts.finding import VERDICTS, Finding, document, overall
from tests import answers
from tests.molecules import Drawer

N = 400
Planted = Callable[[int], Audited]  # a case from a seed


@dataclass(frozen=True)
class Blurred:
    """Pictures that no training saw, as a network would blur them: through their 10 largest principal components."""

    train: np.ndarray
    pictures: np.ndarray

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        flat = self.train.reshape(len(self.train), -1) / 255
        basis = np.linalg.svd(flat - flat.mean(0), full_matrices=False)[2][:10]
        chosen = Parrot(self.pictures).sample(n, seed=seed).reshape(n, -1) / 255 - flat.mean(0)
        return (
            np.round(np.clip(flat.mean(0) + chosen @ basis.T @ basis, 0, 1) * 255)
            .astype(np.uint8)
            .reshape(n, *self.train.shape[1:])
        )


def split(seed: int) -> tuple[Dataset, Examples]:
    """Digits dealt anew: a training split, a held-out split, and pictures that neither holds."""
    data = DATA["digits"]().load()
    images = np.concatenate([data.train.images, data.test.images])
    order = np.random.default_rng(seed).permutation(len(images))
    parts = [Examples(images[part]) for part in np.split(order, [400, 800])]
    return replace(data, train=parts[2], test=parts[0]), parts[1]


def digits(make: Callable[[Dataset, Examples], Generator]) -> Planted:
    def subject(seed: int) -> Subject:
        data, unseen = split(seed)
        return Subject(make(data, unseen), data, n=N, seed=seed)

    return subject


@lru_cache
def emoji() -> Dataset:
    return DATA["openmoji"](subset="all", split="combination").load()


def drawn(**fault: float) -> Planted:
    return lambda seed: Subject(Illustrator(emoji(), **fault), emoji(), n=2600, seed=seed)


@lru_cache
def sentences(skew: float, canaries: int = 0) -> Dataset:
    return DATA["occupations"](n=3000, skew=skew, canaries=canaries).load()


def written(skew: float, canaries: int = 0, **fault: float) -> Planted:
    return lambda seed: Subject(Writer(sentences(skew, canaries), **fault), sentences(skew, canaries), n=N, seed=seed)  # type: ignore[arg-type]


@lru_cache
def molecules() -> tuple[Dataset, list[str], list[str]]:
    """Molecules dealt anew: a data set of some of them, its training molecules, and those that neither of its splits holds."""
    data = DATA["molecules"]().load()
    documents = [data.train.documents[i] for i in np.random.default_rng(0).permutation(len(data.train.documents))]
    return replace(data, train=replace(data.train, documents=tuple(documents[:2000]))), documents[:2000], documents[2000:]


def of_molecules(copied: float) -> Planted:
    """Copies a share of its training molecules and draws the others from all there are, as who learned what molecules look like."""

    def subject(seed: int) -> Subject:
        data, train, unseen = molecules()
        every = [*train, *data.test.documents, *unseen]
        return Subject(Drawer([(copied, train), (1 - copied, every)]), data, n=N, seed=seed)

    return subject


def chorales(seed: int) -> tuple[Dataset, list[str]]:
    """Melodies dealt anew: to a training split, to a held-out one, and to pieces that neither holds."""
    data = DATA["chorales"](transpositions=0, given=False).load()
    families: dict[str, list[str]] = {}
    for piece in (*data.train.documents, *data.test.documents):
        families.setdefault(melody_of(piece), []).append(piece)
    names = [list(families)[i] for i in np.random.default_rng(seed).permutation(len(families))]
    parts = [[piece for name in own for piece in families[name]] for own in np.split(np.array(names), [len(names) // 4, len(names) // 2])]
    tokens = Tokens.of(data.spec)
    train, test = (replace(data.train, documents=tuple(own), tokens=tokens.encode_all(own), families=()) for own in (parts[2], parts[0]))
    return replace(data, train=train, test=test), parts[1]


def melody_of(document: str) -> str:
    line = piece_of(document).score[:, 0].astype(int)
    return str(np.diff(line[line > 0][:9]).tolist())


def composed(copies: float) -> Planted:
    return lambda seed: Subject(Chorister(*chorales(seed), copies), chorales(seed)[0], n=N, seed=seed)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Sender:
    """Draws what somebody else drew, and sends it out in a way of its own."""

    pictures: np.ndarray
    way: str = "marked"

    def sample(self, n: int, *, seed: int, given: Sequence[int | str] | None = None) -> np.ndarray:
        return Parrot(self.pictures).sample(n, seed=seed)

    def sent(self, image: np.ndarray) -> bytes:
        if self.way == "unmarked":
            return png_bytes(image)
        if self.way == "forged":  # the manifest of another picture
            signed, bare = marking.png(255 - image, {"Model": "another"}), png_bytes(image)
            start, end = manifest_range(signed)
            return bare[:33] + signed[start:end] + bare[33:]
        if self.way == "wrongly keyed":
            large = min(image.shape[:2]) >= 128
            return credentials.sign(png_bytes(embed(image, b"the key of somebody else") if large else image), {"model": "m"})
        return marking.png(image, {"Model": "m", "Seed": "1"})


def drawn_by_hand(way: str = "marked") -> Planted:
    return lambda seed: Subject(Sender(emoji().test.images, way), emoji(), n=N, seed=seed)


def of_gallery(name: str) -> Planted:
    return lambda seed: Subject(open_model(RunStore.default()[name]), emoji(), n=N, seed=seed)


def labelled(women: float, men: float, reader: float = 1.0) -> Planted:
    """2,000 answers about women and men, of which 400 were labelled; a column guesses right in `reader` of all."""

    def outputs(seed: int) -> Outputs:
        rng = np.random.default_rng([seed, 9])
        asked = [("woman", "man")[i % 2] for i in range(2000)]
        faults = rng.random(2000) < np.array([women if who == "woman" else men for who in asked])
        guesses = np.where(rng.random(2000) < reader, faults, ~faults)
        items = tuple(
            Item(f"{i}", f"line {i + 2}", f"Tell of a {who} who is a {('doctor', 'cook', 'pilot')[i // 2 % 3]}.", "An answer.", columns={"stereotype": "yes" if guess else "no"})
            for i, (who, guess) in enumerate(zip(asked, guesses, strict=True))
        )
        sample = [str(i) for i in rng.permutation(2000)[:400]]
        given = tuple(Given(item, "stereotype", "a rater", "yes" if faults[int(item)] else "no") for item in sample)
        return Outputs("planted", TEXT, items, seed=seed, labels=Labels((STEREOTYPE,), tuple(sample), given, 2000, seed))

    return outputs


def brought(*files: bytes) -> Outputs:
    """Files of pictures, as a team would bring them in a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, file in enumerate(files):
            archive.writestr(f"{number:04}.png", file)
    return replace(outputs_of_pictures(packed), name="brought", seed=0)


def saved(way: Callable[[np.ndarray], bytes], again: int = 0) -> Callable[[int], Outputs]:
    """80 pictures of coloured squares saved in some way, the first `again` of them twice."""
    pictures = np.random.default_rng(5).integers(0, 256, (80, 4, 4, 3), dtype=np.uint8).repeat(32, 1).repeat(32, 2)
    return lambda seed: brought(*map(way, pictures), *(png_bytes(pictures[i]) for i in range(again)))
@lru_cache
def by_rule(n: int, seed: int, tone: int = 0) -> np.ndarray:
    """Pictures of seven coloured shapes each, as small copies (n, 64, 64, 3); no two share a drawing. Another tone: one shape of each in another colour."""
    rng, found = np.random.default_rng([seed, 5]), []
    for _ in range(n):
        picture = Image.new("RGB", (64, 64), tuple(rng.integers(0, 256, 3).tolist()))
        for number in range(7):
            left, top, wide, high = (*rng.integers(-8, 48, 2), *rng.integers(10, 36, 2))
            draw, box = ImageDraw.Draw(picture), (int(left), int(top), int(left + wide), int(top + high))
            fill = (rng.integers(0, 256, 3) + 40 * tone * (number == 6)) % 256
            (draw.ellipse if number % 2 else draw.rectangle)(box, fill=tuple(fill.tolist()))
        found.append(np.asarray(picture))
    return np.stack(found)


def pictures_of(small: np.ndarray, what: str) -> Pictures:
    """Small copies as they come in, named after what they are."""
    sha256 = tuple(hashlib.sha256(each.tobytes()).hexdigest() for each in small)
    names = tuple(f"{what}/{number}.png" for number in range(len(small)))
    nothing = ({},) * len(small)
    return Pictures(names, (NOTHING,) * len(small), nothing, small, np.full((len(small), 2), 64), sha256, ())


def copying(copied: float, held_out: bool = True) -> Planted:
    """600 outputs of which a share are training pictures, each changed in one of the ways."""

    def subject(seed: int) -> Outputs:
        train, outputs, unseen = by_rule(300, 1), by_rule(600, 2 + seed), by_rule(600, 3)
        k, ways = round(copied * 600), [way for way in WAYS if way not in RECOLOURED]
        made = [changed(train[i : i + 1], ways[i % len(ways)], i) for i in range(k)]
        return of_small(np.concatenate([*made, outputs[k:]]), train, unseen if held_out else None, seed)

    return subject  # type: ignore[return-value]


def like(make: Callable[[np.ndarray, int], np.ndarray]) -> Planted:
    """300 outputs made of such pictures as 500 held-out ones, and with a seed."""

    def subject(seed: int) -> Outputs:
        pictures = pictures_of(make(by_rule(300, 2 + seed), seed), "outputs")
        beside = Reference("held out", pictures_of(by_rule(500, 3), "held out"))
        return Outputs("outputs", "image", tuple(Item(name, name) for name in pictures.names), pictures, held_out=beside, seed=seed)

    return subject  # type: ignore[return-value]


def in_places(small: np.ndarray, share: float, seed: int) -> np.ndarray:
    """A share of them as noise."""
    noise = np.random.default_rng([seed, 6]).integers(0, 256, small.shape, np.uint8)
    return np.where((np.arange(len(small)) < share * len(small))[:, None, None, None], noise, small)


def of_small(outputs: np.ndarray, train: np.ndarray, held_out: np.ndarray | None, seed: int) -> Outputs:
    """Outputs with training pictures, and perhaps held-out ones, beside them."""
    pictures = pictures_of(outputs, "outputs")
    beside = None if held_out is None else Reference("held out", pictures_of(held_out, "held out"))
    items = tuple(Item(name, name) for name in pictures.names)
    return Outputs("outputs", "image", items, pictures, training=Reference("training", pictures_of(train, "training")), held_out=beside, seed=seed)


def new_tones(seed: int) -> Outputs:
    """300 outputs of which 20 are drawings that were trained on, in another tone; so are half of the held-out pictures."""
    train, unseen = by_rule(100, 1, 1), np.concatenate([by_rule(100, 1, 2), by_rule(100, 3)])
    return of_small(np.concatenate([by_rule(100, 1)[:20], by_rule(280, 2 + seed)]), train, unseen, seed)


CULPRITS: dict[str, dict[str, Planted]] = {
    "memorisation": {
        "parrot": digits(lambda data, unseen: Parrot(data.train.images)),
        "parrot with noise": digits(lambda data, unseen: Parrot(data.train.images, noise=0.05)),
        "parrot with much noise": digits(lambda data, unseen: Parrot(data.train.images, noise=0.1)),
        "5 % copies": digits(lambda data, unseen: Mixture(0.05, Parrot(data.train.images), Parrot(unseen.images))),
        "5 % copies with noise": digits(lambda data, unseen: Mixture(0.05, Parrot(data.train.images, 0.02), Parrot(unseen.images))),
    },
    "bias": {
        "three women of four": drawn(women=0.75),
        "women's tones exchanged": drawn(swapped=0.6),
        "dark tones drawn light": drawn(lightened=0.7),
    },
    "copies": {"5 % copies, each changed": copying(0.05), "5 % copies, nothing held out": copying(0.05, held_out=False)},
    "likeness": {
        "half is noise": like(lambda small, seed: in_places(small, 0.5, seed)),
        "ten pictures again and again": like(lambda small, seed: small[np.arange(300) % 10]),
        "all are pale": like(lambda small, seed: (small // 2 + 64)),
    },
    "membership": {"remembers half": digits(lambda data, unseen: Rememberer(unseen.images, data.train.images[:500]))},
    "extraction": {
        "writes by heart": written(1.0, copies=1.0),
        "knows its canaries": written(1.0, canaries=5, copies=1.0),
        "composes by heart, in other keys": composed(1.0),
        "every fifth piece is a copy in another key": composed(0.2),
    },
    "rediscovery": {"copies all": of_molecules(1.0), "copies three of four": of_molecules(0.75)},
    "provenance": {way: drawn_by_hand(way) for way in ("unmarked", "forged", "wrongly keyed")},
    "deepfake": {"real drawings sold as generated": drawn_by_hand()},
    "repeats": {"ten again": saved(png_bytes, again=10)},
    "marks": {"nothing is said": saved(png_bytes)},
    "bias-of-text": {"as biased as its text": written(1.0), "half again as biased": written(0.6, slope=1.5)},
    "verbatim": {
        "3 % copied": answers.copied(0.03),
        "5 % copied, in capitals, with one word in ten changed": answers.copied(0.05, answers.one_in_ten_changed),
        "3 % copied, nothing held out": answers.copied(0.03, held_out=False),
        "one copy": answers.copied(0.001),
    },
    "refusals": {"refuses women": answers.of_groups({"woman": 0.3}), "refuses nearly everything": answers.of_groups({"woman": 0.8, "man": 0.8})},
    "wording": {
        "gentle women": answers.of_groups({}, gentle={"woman": 0.8, "man": 0.2}),
        "lazy women": answers.of_groups({}, lazy={"woman": 0.7, "man": 0.2}),
    },
    "personal-data": {"in 2 %": answers.personal(0.02), "in 2 %, of the training texts": answers.personal(0.02, in_training=True)},
    "shares": {"one of seven is a stereotype": labelled(0.15, 0.15, 0.9), "only of women": labelled(0.3, 0.0, 0.9)},
}  # fmt: skip
INNOCENTS: dict[str, dict[str, Planted]] = {
    "memorisation": {
        "unseen pictures": digits(lambda data, unseen: Parrot(unseen.images)),
        "unseen pictures with noise": digits(lambda data, unseen: Parrot(unseen.images, noise=0.03)),
        "unseen pictures, blurred": digits(lambda data, unseen: Blurred(data.train.images, unseen.images)),
        "the training mean": digits(lambda data, unseen: TrainingMean(data.train.images)),
        "noise": digits(lambda data, unseen: Noise(data.spec.shape)),
    },
    "bias": {"draws what it is asked for": drawn()},
    "copies": {"draws what nobody drew": copying(0.0)},
    "likeness": {"draws by the same rule": like(lambda small, seed: small)},
    "membership": {"remembers nothing": digits(lambda data, unseen: Rememberer(unseen.images))},
    "extraction": {
        "writes what nobody trained on": written(1.0),
        "never saw its canaries": written(1.0, canaries=5),
        "composes what nobody trained on": composed(0.0),
    },
    "rediscovery": {"knows what molecules look like": of_molecules(0.0)},
    "provenance": {"marked": drawn_by_hand()},
    "deepfake": {"a VAE of the gallery": of_gallery("vae-openmoji")},
    "repeats": {"each once": saved(png_bytes)},
    "marks": {"signed": saved(lambda image: marking.png(image, {"Model": "m"}))},
    "bias-of-text": {"even": written(0.0)},
    "verbatim": {"copies nothing": answers.copied(0.0), "copies nothing, nothing held out": answers.copied(0.0, held_out=False)},
    "refusals": {"refuses seldom": answers.of_groups({})},
    "wording": {"writes of all alike": answers.of_groups({})},
    "personal-data": {"dates and version numbers": answers.personal(0.0)},
    "shares": {"one of fifty": labelled(0.02, 0.02, 0.9), "none, read badly": labelled(0.01, 0.01, 0.5)},
}
HARD_TO_TELL: dict[str, Planted] = {  # innocents too few, or too like what was trained on, to pass: they are not accused
    "draws what nobody drew, nothing held out": copying(0.0, held_out=False),
    "draws what it learned from in new tones, as others do": new_tones,  # type: ignore[dict-item]
}
ALL = pytest.mark.parametrize("name", sorted(AUDITS))
OF_DIGITS = pytest.mark.parametrize("name", ["memorisation", "membership"])


def cases(planted: dict[str, dict[str, Planted]]) -> list[tuple[str, str]]:
    return [(name, case) for name in planted for case in planted[name]]


KINDS = {"culprit": CULPRITS, "innocent": INNOCENTS}


def asked_anew(name: str, kind: str, case: str, seed: int = 0) -> list[Finding]:
    findings: list[Finding] = AUDITS[name](KINDS[kind][name][case](seed))
    return findings


asked = lru_cache(asked_anew)  # several tests look at the same findings


@ALL
def test_every_audit_has_culprits_and_innocents(name: str) -> None:
    assert CULPRITS[name] and INNOCENTS[name]
    assert AUDITS[name].question.endswith("?") and AUDITS[name].summary()


@pytest.mark.parametrize(("name", "case"), cases(CULPRITS))
def test_it_catches_the_culprit(name: str, case: str) -> None:
    findings = asked(name, "culprit", case)
    assert overall(findings) == "fail", findings
    assert all(finding.remedy and finding.exhibits for finding in findings if finding.verdict == "fail")


@pytest.mark.parametrize("case", HARD_TO_TELL)
def test_copies_are_not_seen_where_nothing_can_be_told(case: str) -> None:
    assert "fail" not in {finding.verdict for finding in AUDITS["copies"](HARD_TO_TELL[case](0))}


@pytest.mark.parametrize(("name", "case"), cases(INNOCENTS))
def test_it_lets_the_innocent_pass(name: str, case: str) -> None:
    findings = asked(name, "innocent", case)
    verdicts = {finding.verdict for finding in findings}
    assert "pass" in verdicts and verdicts <= {"pass", "not measured", "reported"}, [(f.part, f.verdict, f.claim, f.estimate) for f in findings]


@pytest.mark.slow
def test_false_alarms_are_rare_and_copies_seldom_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """20 new splits of the digits: the errors must be compatible with 2.5 % false alarms and 95 % power.

    A false alarm is a fail; that each side warns at the same rate is counted apart. What the rates in place are is not asked.
    """
    for name in ("copies", "nearer", "authenticity"):
        room = "checks.authenticity" if name == "authenticity" else "audits.memorisation"
        monkeypatch.setattr(f"genmodels.{room}.rates_of_{name}", lambda *given: {"not_measured": "not asked"})
    verdicts = {kind: [overall(asked_anew("memorisation", kind, case, seed)) for seed in range(1, 21)]
                for kind, case in (("innocent", "unseen pictures"), ("culprit", "5 % copies"))}  # fmt: skip
    assert clopper_pearson(verdicts["innocent"].count("fail"), 20).low <= 0.025, verdicts["innocent"]
    assert clopper_pearson(verdicts["innocent"].count("warn"), 20).low <= 0.025, verdicts["innocent"]
    assert verdicts["innocent"].count("not measured") == 0
    assert clopper_pearson(verdicts["culprit"].count("fail"), 20).high >= 0.95, verdicts["culprit"]


@ALL
def test_findings_are_whole_and_repeat(name: str) -> None:
    case = next(iter(CULPRITS[name]))
    findings = asked(name, "culprit", case)
    assert findings == asked_anew(name, "culprit", case)
    for finding in findings:
        assert finding.audit == name and finding.verdict in VERDICTS and finding.claim and finding.part
        assert (finding.verdict == "not measured" and finding.reason) or (finding.estimate is not None and finding.limit is not None)
        assert finding.question.endswith("?") and finding.claim, "a question small above, what was found beside the verdict"
        if finding.verdict in ("fail", "warn", "pass"):
            assert finding.claim.endswith(".") and any(c.isdigit() for c in finding.claim), "what was found, with its numbers"
        rates = finding.error_rates
        assert rates is not None and (rates.get("not_measured") or {"false_alarm", "false_alarm_high", "power", "effect", "n", "how"} <= rates.keys()), "its own rates, or why there are none"
        assert finding.made["limits"] == AUDITS[name].limits() and finding.made["seed"] == 0
    assert document("planted", findings)["verdict"] == "fail"


@OF_DIGITS
@pytest.mark.parametrize("few", ["train", "test", "n"])
def test_too_few_pictures_are_not_measured(name: str, few: str) -> None:
    data, unseen = split(0)
    n = 1 if few == "n" else 50
    if few != "n":
        data = replace(data, **{few: getattr(data, few).take(np.arange(3))})
    if name == "membership" and few == "n":
        pytest.skip("membership draws no samples")
    findings = AUDITS[name](Subject(Rememberer(unseen.images), data, n=n))
    assert {finding.verdict for finding in findings} == {"not measured"}
    assert all(finding.reason and finding.estimate is None for finding in findings)


def test_too_few_to_tell_is_not_a_pass() -> None:
    data, unseen = split(0)
    findings = AUDITS["memorisation"](Subject(Parrot(unseen.images), data, n=30))
    assert findings[0].verdict == "not measured" and "n too small" in findings[0].reason


@ALL
def test_what_an_audit_cannot_read_is_not_measured(name: str) -> None:
    """Pictures without groups, captions or losses, and texts that show nothing: a reason, never a pass and never a traceback."""
    data, unseen = split(0)
    texts = sentences(0.0)
    for subject in (Subject(Parrot(unseen.images), data, n=50), Subject(Parrot(unseen.images), texts, n=50)):
        findings = AUDITS[name](subject)
        if name not in ("memorisation", "provenance") or subject.data is texts:  # these need no more than pictures
            assert {finding.verdict for finding in findings} == {"not measured"} and all(finding.reason for finding in findings)


@pytest.mark.parametrize("groups", [{"gender": ["woman"]}, {"gender": ["a", "b", "c"]}, {"height": ["tall", "short"]}])
def test_groups_that_nobody_reads_or_one_alone_are_not_measured(groups: dict[str, list[str]]) -> None:
    data = emoji()
    planted = {name: np.resize(np.array(values), len(data.train)) for name, values in groups.items()}
    data = replace(data, train=replace(data.train, groups=planted), test=replace(data.test, groups={}))
    findings = AUDITS["bias"](Subject(Illustrator(emoji()), data, n=300))
    assert {finding.verdict for finding in findings} == {"not measured"} and all(finding.reason for finding in findings)


@pytest.mark.parametrize("which", ["train", "test"])
def test_pictures_that_are_all_alike_are_not_measured(which: str, name: str = "memorisation") -> None:
    data, unseen = split(0)
    alike = Examples(np.repeat(data.train.images[:1], 100, axis=0))
    findings = AUDITS[name](Subject(Parrot(unseen.images), replace(data, **{which: alike}), n=100))
    assert {finding.verdict for finding in findings} == {"not measured"}


@ALL
def test_an_unknown_limit_is_answered_with_the_right_ones(name: str) -> None:
    data, unseen = split(0)
    with pytest.raises(Refusal, match="There are: "):
        AUDITS[name](Subject(Parrot(unseen.images), data, n=30), nonsense=1.0)


def test_a_generator_that_gives_something_else_is_refused() -> None:
    data, _ = split(0)
    subject = Subject(Noise((5, 5, 3)), data, n=30)
    assert "uint8 (30, 8, 8, 1)" in AUDITS["memorisation"](subject)[0].reason
