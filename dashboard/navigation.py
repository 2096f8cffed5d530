"""Every page: file, title, icon, URL, section, and whether it is in the menu."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.parts import same_tab
from dashboard.safe_text import plain_text

FOLDER = Path(__file__).parent.parent / "pages"


@dataclass(frozen=True)
class Screen:
    """One page; its name is its file and its URL. What is not in the menu is reached from another page."""

    name: str
    title: str
    icon: str
    section: str
    in_menu: bool = True

    @property
    def file(self) -> Path:
        return FOLDER / f"{self.name}.py"


SCREENS = (
    Screen("home", "Home", ":material/home:", ""),
    Screen("runs", "Models", ":material/deployed_code:", ""),
    Screen("model", "Model", ":material/deployed_code:", "", in_menu=False),
    Screen("instruments", "Instruments", ":material/straighten:", "", in_menu=False),
    Screen("latent", "Latent space", ":material/explore:", "", in_menu=False),
    Screen("prompt", "Prompt", ":material/edit_note:", "", in_menu=False),
    Screen("train", "New training", ":material/model_training:", "Create"),
    Screen("data", "Data", ":material/photo_library:", "Create"),
    Screen("audit", "Overview", ":material/gavel:", "Audit"),
    Screen("bias", "Bias", ":material/balance:", "Audit"),
    Screen("memorisation", "Memorisation", ":material/psychology:", "Audit"),
    Screen("deepfake", "Marks and detection", ":material/fingerprint:", "Audit"),
    Screen("label", "Label", ":material/rate_review:", "Audit"),
    Screen("verify", "Check files", ":material/verified:", "More"),
    Screen("applications", "Applications", ":material/apps:", "More"),
    Screen("molecules", "Drug discovery", ":material/science:", "More", in_menu=False),
    Screen("code", "Code", ":material/code:", "More", in_menu=False),
    Screen("music", "Music", ":material/music_note:", "More", in_menu=False),
    Screen("video", "Video", ":material/movie:", "More", in_menu=False),
    Screen("design", "Product design", ":material/draw:", "More", in_menu=False),
    Screen("learn", "Learn", ":material/school:", "More"),
    Screen("glossary", "Glossary", ":material/dictionary:", "More", in_menu=False),
    Screen("about", "Help", ":material/help:", "More"),
)


def sections() -> dict[str, list[Any]]:
    """The menu as `st.navigation` takes it; what is not in it has its address all the same."""
    menu: dict[str, list[Any]] = {}
    for screen in SCREENS:
        page = st.Page(
            screen.file,
            title=screen.title,
            icon=screen.icon,
            url_path=screen.name,
            default=screen.name == "home",
            visibility="visible" if screen.in_menu else "hidden",
        )
        menu.setdefault(screen.section, []).append(page)
    return menu


def paths() -> frozenset[str]:
    """The paths that the screens have in the address, and that of the first one."""
    return frozenset({"/", *(f"/{screen.name}" for screen in SCREENS)})


def dress() -> None:
    """Icon of the browser's tab, width, what the theme can't say, and links that stay in the tab.

    Before `st.navigation`: the icon of a page there is a name of which the browser would fetch the picture from the web.
    """
    name_tab("GenModels")
    st.html(Path(__file__).parent / "app.css")
    same_tab.follow()


def name_tab(title: str) -> None:
    """The title of the browser's tab, as `tab_title` makes it; the icon stays ours."""
    st.set_page_config(page_title=title, page_icon=str(Path(__file__).parent / "icon.png"), layout="wide")


def tab_title(title: str, about: str = "") -> str:
    """What the tab of the browser says, so that tabs and the list behind Back can be told apart.

    >>> tab_title("Bias", "gan-prompts")
    'Bias of gan-prompts · GenModels'
    """
    if title == SCREENS[0].title:
        return "GenModels"
    return f"{title} of {plain_text(about, 60)} · GenModels" if about else f"{title} · GenModels"


def screen(name: str) -> Screen:
    """The screen of that name."""
    return next(each for each in SCREENS if each.name == name)


def link(name: str, label: str = "", icon: str = "", **query: str) -> None:
    """A link to a page, with URL parameters such as `run="..."`."""
    target = screen(name)
    st.page_link(target.file, label=label or target.title, icon=icon or target.icon, query_params=query or None)


def go(name: str, **query: str) -> None:
    """Open a page now."""
    st.switch_page(screen(name).file, query_params=query or None)
