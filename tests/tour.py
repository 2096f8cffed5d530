"""The pictures of `docs/tour.md`: starts the dashboard in an empty home, does on each screen what a user does there first, and photographs what comes. `python -m tests.tour`."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urljoin

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.navigation import screen
from tests.dashboard.sessions import served
from tests.dashboard.test_browser import ARGUMENTS, CHROMIUM, IDLE

ROOT = Path(__file__).parent.parent
FOLDER, PAGE = ROOT / "docs" / "tour", ROOT / "docs" / "tour.md"
MOST = 50_000  # bytes of a picture
WIDE, PHONE = (1280, 800, 960), (390, 800, 390)  # width and height of the window, width of the picture
MINUTES = 60_000
PROMPTS = ("woman firefighter, dark skin tone", "man astronaut, light skin tone", "woman cook, medium skin tone", "man judge, dark skin tone")  # of what is brought to the pages

Step = Callable[[Page, Path], None]  # what a user does, who has files in a folder


def press(name: str) -> Step:
    return lambda page, _: page.get_by_role("button", name=name, exact=True).first.click()


def sees(text: str) -> Step:
    """Waits until a result is there, and the page is at rest."""

    def step(page: Page, _: Path) -> None:
        page.get_by_text(text).filter(visible=True).first.wait_for()
        page.wait_for_function(IDLE)

    return step


def brings(file: str) -> Step:
    return lambda page, files: page.locator("input[type=file]").first.set_input_files(str(files / file))


def writes(field: str, text: str) -> Step:
    def step(page: Page, _: Path) -> None:
        page.get_by_role("textbox", name=field).fill(text)
        page.get_by_role("textbox", name=field).press("Enter")

    return step


def goes(name: str) -> Step:
    def step(page: Page, _: Path) -> None:
        page.goto(urljoin(page.url, f"/{name}"))
        page.locator("h1").first.wait_for()

    return step


TO_LABEL = (
    goes("audit"),
    sees("What the model made"),
    brings("drawn.zip"),
    press("Look at what can be checked"),
    sees("What can be checked"),
    goes("label"),
    press("Draw examples to label"),
    press("Does it show what was asked for?"),
    press("Begin to label"),
    writes("Who labels?", "Ann"),
    sees("It was asked for"),
)


@dataclass(frozen=True)
class Shot:
    """A screen with its parameters, one sentence, and what one sees; `does` is what is done on it first."""

    name: str
    words: str
    seen: str
    query: tuple[tuple[str, str], ...] = ()
    does: tuple[Step, ...] = ()
    below: str = ""  # a heading, else a text, that is scrolled to the upper edge
    phone: bool = False
    dark: bool = False

    @property
    def file(self) -> str:
        """One a screen, and a further one for each lesson or view of it."""
        more = [value for key, value in self.query if key in ("lesson", "part")]
        return "-".join([self.name, *more, *["phone"] * self.phone, *["dark"] * self.dark]) + ".webp"

    @property
    def address(self) -> str:
        path = "" if self.name == "home" else self.name
        return f"{path}?{urlencode(self.query)}" if self.query else path


def run(name: str, **more: str) -> tuple[tuple[str, str], ...]:
    return (("run", name), *more.items())


SHOTS: dict[str, tuple[Shot, ...]] = {
    "Where one begins": (
        Shot("home", "Three ways in, and four trained models by what they make.", "Three doors with a picture each, and below them cards of models"),
        Shot("home", "The same on a phone in the dark theme.", "The first page, narrow and dark", phone=True, dark=True),
        Shot("runs", "All models, one's own first.", "Models that came with it, with samples of what they make and one number each"),
        Shot("model", "One page a model: what it makes, what its audits say, and the ways on.", "The overview of the model of emoji, its verdicts and links in the header", run("diffusion-openmoji")),
        Shot("instruments", "What reads, judges and enlarges pictures for the other pages, with counted errors.", "A list of readers and judges"),
    ),
    "Looking inside": (
        Shot("prompt", "A prompt becomes pictures; every step, word and seed can be looked into.", "Pictures of a woman firefighter that were just drawn, almost the same from every seed", run("diffusion-openmoji", prompt="woman firefighter", seed="3"), (press("Draw"), sees("Seed 3"))),
        Shot("latent", "A walk between pictures, with the nearest training picture beside each frame.", "A frame of a walk beside the nearest training picture, the player, and the distance along the walk", run("vae-openmoji"), below="Seeds 1, 2, 3"),
    ),
    "Training": (
        Shot("train", "A training: samples, curves, and in plain words what goes wrong.", "Samples of the VAE of emoji, its loss, and a warning that it overfits", run("vae-openmoji"), below="Smoothing"),
        Shot("data", "Every data set with its pictures, counts and licence; one's own can be added.", "The data set of digits, training beside held out", (("data", "digits"),)),
    ),
    "Auditing": (
        Shot("audit", "Bring what any model made; each verdict says how often it is wrong.", "The place for outputs, and below it the first subjects with their verdicts"),
        Shot("bias", "Whom does a model draw, how often and how well?", "How well each group is drawn, with intervals, beside real pictures", run("diffusion-openmoji"), below="How well each group is drawn"),
        Shot("memorisation", "Is it new, or copied?", "Drawings, each beside the training picture that is nearest to it", run("diffusion-openmoji"), below="Nearest to a training picture"),
        Shot("deepfake", "Is what a model makes marked, and does the mark survive?", "Findings on marks, each an estimate beside its limit, with its error rate", run("diffusion-openmoji"), below="On this page"),
        Shot("label", "People label outputs one at a time; the audit judges the shares.", "A drawing, what it was asked for, and a button for each answer", does=TO_LABEL),
        Shot("verify", "Where does a file come from? Five readings of it, each with how often it is wrong.", "A drawing that is marked: its manifest, its metadata, its watermark, its entry in the ledger, and a detector that abstained", does=(brings("one.png"), sees("Marked by us"), sees("Ledger")), below="All findings (HTML)"),
    ),
    "Applications": (
        Shot("applications", "Five small models at work.", "A list of applications with a sentence and an example each"),
        Shot("molecules", "Molecules are written, searched, walked and compared with known ones.", "How many of 48 texts are molecules, and cards of these with their numbers", run("transformer-molecules"), (press("Generate"), sees("With alerts")), "48 molecules"),
        Shot("code", "Functions are completed, looked at, and run in a cage where one asks for it.", "Two of four functions that were completed, with what the checks say of them: most do not parse", run("transformer-code", problem="clamp"), (press("Complete"), sees("Does it solve the problem?")), "Change"),
        Shot("music", "Chorales in four voices, to look at and to hear.", "The piano roll of a piece that was just composed, a colour a voice", run("transformer-chorales"), (press("Compose"), sees("Staves")), "Change"),
        Shot("video", "Clips from a prompt, a picture, or frames that are given.", "A clip of a red car in its player, and all of its frames", run("latent-video-motion"), (press("a red car moving left slowly"), sees("Strip (PNG)")), "Change"),
        Shot("design", "Icons are varied, blended, and drawn as a family.", "Eight variations of an icon of a house", run("diffusion-design"), (press("Vary"), sees("In use")), "Change"),
    ),
    "Learning": (
        Shot("learn", "Six lessons of five minutes, by doing.", "All lessons as cards"),
        Shot("learn", "A GAN learns in the browser, and says why.", "Points in the plane with the discriminator's field, and both losses", (("lesson", "gan"),)),
        Shot("learn", "A map of digits to drag a point on.", "Two latent maps, of a VAE and of an ordinary autoencoder, and what they decode to", (("lesson", "vae"),), below="2. Walk about in the map"),
        Shot("learn", "A sentence from tokens to the next token.", "The probabilities of the next token", (("lesson", "transformer"), ("step", "5 Next token")), below="Your sentence"),
        Shot("learn", "A prompt through every stage to a picture.", "The step Denoising: a woman firefighter after the last step, and below what the network predicts", (("lesson", "text-to-image"), ("step", "3 Denoising")), below="Your prompt"),
        Shot("learn", "What goes wrong, found live.", "The lesson on risks on a phone, dark: 200 digits drawn, and how many of them are read as a 0", (("lesson", "risks"),), (press("Draw 200 pictures and count"), sees("In the training data")), "Share of 0", phone=True, dark=True),
        Shot("glossary", "Every term in one sentence.", "The first terms of the glossary"),
        Shot("about", "Help: what is installed, how to, and limits.", "How to, beside the limits"),
    ),
}  # fmt: skip


def taken(page: Page, address: str, shot: Shot, files: Path) -> bytes:
    """One screen as PNG, when all is done and drawn."""
    page.goto(f"{address}/{shot.address}")
    page.locator("h1").first.wait_for()
    page.wait_for_function(IDLE)
    for step in shot.does:
        step(page, files)
        page.wait_for_function(IDLE)
    if shot.below:
        page.wait_for_timeout(2000)  # what comes later would move it
        heading, text = page.get_by_role("heading", name=shot.below), page.get_by_text(shot.below)
        place = (heading if heading.count() else text).filter(visible=True).first
        above = "80px" if shot.phone else "32px"  # on a phone a bar lies over the page
        place.evaluate("(e, above) => { e.style.scrollMarginTop = above; e.scrollIntoView({ block: 'start' }); }", above)
    page.mouse.move(WIDE[0], 400)  # from the menu and the buttons
    page.wait_for_timeout(2000)  # what a browser draws by itself
    return page.screenshot()


def small(content: bytes, width: int) -> bytes:
    """As a WebP that is small enough: the best quality that is."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture = picture.resize((width, round(width * picture.height / picture.width)), Image.Resampling.LANCZOS)
    for quality in (80, 70, 60, 50, 40, 30):
        packed = io.BytesIO()
        picture.save(packed, "WEBP", quality=quality, method=6)
        if packed.tell() <= MOST:
            return packed.getvalue()
    raise ValueError("no quality is small enough")


def drawn(home: Path) -> Path:
    """What is brought to the pages, drawn by the model of emoji in this home and so marked: a drawing, and a zip of some with their prompts."""
    folder = home / "drawn"
    given = [each for prompt in PROMPTS for each in ("--given", prompt)]
    command = [sys.executable, "-m", "genmodels", "sample", "diffusion-openmoji", *given, "--out", str(folder)]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"GENMODELS_HOME": str(home)}, check=True, capture_output=True)
    pictures = sorted(folder.glob("*.png"))
    with zipfile.ZipFile(folder / "drawn.zip", "w") as packed:
        table = io.StringIO()
        csv.writer(table).writerows([("file", "caption"), *zip((each.name for each in pictures), PROMPTS, strict=True)])
        packed.writestr("captions.csv", table.getvalue())
        for each in pictures:
            packed.write(each, each.name)
    pictures[0].rename(folder / "one.png")
    return folder


def written() -> str:
    """The page, from the list above."""
    parts = ["# Tour", "", "Every screen, photographed in an empty home by `python -m tests.tour`, which does first what a user does there; how to start: [README](../README.md)."]
    for section, shots in SHOTS.items():
        parts += ["", f"## {section}"]
        for shot in shots:
            parts += ["", f"**{screen(shot.name).title}** (`/{shot.address}`). {shot.words}", "", f"![{shot.seen}](tour/{shot.file})"]
    return "\n".join(parts) + "\n"


def photographed(browser: Browser, address: str, shot: Shot, files: Path) -> None:
    width, height, shown = PHONE if shot.phone else WIDE
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if shot.dark else "light")
    page.set_default_timeout(5 * MINUTES)
    try:
        content = small(taken(page, address, shot, files), shown)
    finally:
        page.close()
    (FOLDER / shot.file).write_bytes(content)
    print(f"{shot.file}: {len(content):,} bytes", flush=True)


def main(wanted: list[str]) -> None:
    """All pictures, or those of the files or screens that are named."""
    FOLDER.mkdir(exist_ok=True)
    every = [shot for each in SHOTS.values() for shot in each]
    for old in FOLDER.iterdir():
        if old.name not in {shot.file for shot in every}:
            old.unlink()
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as (port, _, _), sync_playwright() as playwright:
        files = drawn(Path(home))
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shot in every:
            if not wanted or {shot.name, Path(shot.file).stem} & set(wanted):
                photographed(browser, f"http://127.0.0.1:{port}", shot, files)
        browser.close()
    PAGE.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
