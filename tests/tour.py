"""The pictures of `docs/tour.md`: starts the dashboard in an empty home and photographs every screen. `python -m tests.tour`."""

from __future__ import annotations

import io
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.navigation import screen
from tests.dashboard.sessions import served
from tests.dashboard.test_browser import ARGUMENTS, CHROMIUM, IDLE

ROOT = Path(__file__).parent.parent
FOLDER, PAGE = ROOT / "docs" / "tour", ROOT / "docs" / "tour.md"
MOST = 60_000  # bytes of a picture
WIDE, PHONE = (1280, 800, 880), (390, 800, 320)  # width and height of the window, width of the picture
MINUTES = 60_000


@dataclass(frozen=True)
class Shot:
    """A screen with its parameters, one sentence, and what one sees; `press` is a button that is pressed first, `then` what comes of it."""

    name: str
    words: str
    seen: str
    query: tuple[tuple[str, str], ...] = ()
    press: str = ""
    then: str = ""
    below: str = ""  # a heading that is scrolled to
    phone: bool = False
    dark: bool = False

    @property
    def file(self) -> str:
        """One a screen, and a further one for each lesson or view of it."""
        more = [value for key, value in self.query if key in ("lesson", "part")]
        return "-".join([self.name, *more, *["phone"] * self.phone, *["dark"] * self.dark]) + ".png"

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
        Shot("runs", "All models, one's own first.", "Models with samples of what they make"),
        Shot("model", "One page a model: what it makes, what its audits say, and the ways on.", "The overview of the model of emoji", run("diffusion-openmoji")),
        Shot("instruments", "What reads, judges and enlarges pictures for the other pages, with counted errors.", "A list of readers and judges"),
    ),
    "Looking inside": (
        Shot("prompt", "A prompt becomes pictures; every step, word and seed can be looked into.", "Pictures of a woman firefighter that were just drawn", run("diffusion-openmoji", prompt="woman firefighter", seed="3"), press="Draw", then="Seed 3"),
        Shot("latent", "A walk between pictures, with the nearest training picture beside each frame.", "A walk that can be played, and the settings above it", run("vae-openmoji"), below="Drawn by the model"),
    ),
    "Training": (
        Shot("train", "A training: samples, curves, and in plain words what goes wrong.", "The training of the VAE of emoji", run("vae-openmoji")),
        Shot("data", "Every data set with its pictures, counts and licence; one's own can be added.", "The data set of digits, training beside held out", (("data", "digits"),)),
    ),
    "Auditing": (
        Shot("audit", "Bring what any model made; each verdict says how often it is wrong.", "The place for outputs, and all subjects with their verdicts"),
        Shot("bias", "Whom does a model draw, how often and how well?", "Findings of bias, each an estimate on its scale", run("diffusion-openmoji")),
        Shot("memorisation", "Is it new, or copied?", "Findings of memorisation of the model of emoji", run("diffusion-openmoji")),
        Shot("deepfake", "Is what a model makes marked, and does the mark survive?", "Findings on marks, each with its error rate", run("diffusion-openmoji")),
        Shot("label", "People label outputs one at a time; the audit judges the shares.", "What to do where nothing was brought yet"),
        Shot("verify", "Where does a file come from? Four witnesses are asked.", "The place for files, and what each witness looks for"),
    ),
    "Applications": (
        Shot("applications", "Five small models at work.", "A list of applications with a sentence each"),
        Shot("molecules", "Molecules are written, searched, walked and compared with known ones.", "The form for molecules", run("transformer-molecules")),
        Shot("code", "Functions are completed, looked at, and run in a cage where one asks for it.", "A function with tests, to be completed", run("transformer-code", problem="clamp")),
        Shot("music", "Chorales in four voices, to look at and to hear.", "The form that composes", run("transformer-chorales")),
        Shot("video", "Clips from a prompt, a picture, or frames that are given.", "The form that films", run("latent-video-motion")),
        Shot("design", "Icons are varied, blended, and drawn as a family.", "The form for variations of an icon", run("diffusion-design")),
    ),
    "Learning": (
        Shot("learn", "Six lessons of five minutes, by doing.", "All lessons as cards"),
        Shot("learn", "A GAN learns in the browser, and says why.", "Points in the plane with the discriminator's field", (("lesson", "gan"),)),
        Shot("learn", "A map of digits to drag a point on.", "The latent map of the lesson on VAEs", (("lesson", "vae"),)),
        Shot("learn", "A sentence from tokens to the next token.", "The first step of the lesson on Transformers", (("lesson", "transformer"),)),
        Shot("learn", "A prompt through every stage to a picture.", "The first step of the lesson from text to image", (("lesson", "text-to-image"),)),
        Shot("learn", "What goes wrong, found live.", "The lesson on risks on a phone, dark", (("lesson", "risks"),), phone=True, dark=True),
        Shot("glossary", "Every term in one sentence.", "The first terms of the glossary"),
        Shot("about", "Help: what is installed, how to, and limits.", "The state of this machine"),
    ),
}  # fmt: skip


def taken(page: Page, address: str, shot: Shot) -> bytes:
    """One screen as PNG, when it is drawn."""
    page.goto(f"{address}/{shot.address}")
    page.locator("h1").first.wait_for()
    page.wait_for_function(IDLE)
    if shot.press:
        page.get_by_role("button", name=shot.press, exact=True).first.click()
        page.get_by_text(shot.then, exact=True).first.wait_for()
        page.wait_for_function(IDLE)
    if shot.below:
        page.get_by_text(shot.below).first.scroll_into_view_if_needed()
    page.wait_for_timeout(2000)  # what a browser draws by itself
    return page.screenshot()


def small(content: bytes, width: int) -> bytes:
    """As a palette PNG that is small enough: with fewer colours, then fewer pixels, until it is."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    for share in (1, 0.85, 0.7, 0.55, 0.4):
        size = (round(width * share), round(width * share * picture.height / picture.width))
        for colours in (128, 64, 32):
            packed = io.BytesIO()
            picture.resize(size, Image.Resampling.LANCZOS).quantize(colours, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
            if packed.tell() <= MOST:
                return packed.getvalue()
    raise ValueError("no size and no number of colours is small enough")


def written() -> str:
    """The page, from the list above."""
    parts = ["# Tour", "", "Every screen, photographed in an empty home by `python -m tests.tour`; how to start: [README](../README.md)."]
    for section, shots in SHOTS.items():
        parts += ["", f"## {section}"]
        for shot in shots:
            parts += ["", f"**{screen(shot.name).title}** (`/{shot.address}`). {shot.words}", "", f"![{shot.seen}](tour/{shot.file})"]
    return "\n".join(parts) + "\n"


def photographed(browser: Browser, address: str, shot: Shot) -> None:
    width, height, shown = PHONE if shot.phone else WIDE
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="dark" if shot.dark else "light")
    page.set_default_timeout(5 * MINUTES)
    try:
        content = small(taken(page, address, shot), shown)
    finally:
        page.close()
    (FOLDER / shot.file).write_bytes(content)
    print(f"{shot.file}: {len(content):,} bytes", flush=True)


def main(wanted: list[str]) -> None:
    """All pictures, or those of the screens that are named."""
    FOLDER.mkdir(exist_ok=True)
    shots = [shot for each in SHOTS.values() for shot in each if not wanted or shot.name in wanted]
    for old in FOLDER.glob("*.png"):
        if old.name not in {shot.file for each in SHOTS.values() for shot in each}:
            old.unlink()
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as (port, _, _), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shot in shots:
            photographed(browser, f"http://127.0.0.1:{port}", shot)
        browser.close()
    PAGE.write_text(written(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
