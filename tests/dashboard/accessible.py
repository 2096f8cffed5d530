"""axe-core on a page in Chromium, and what of its findings is Streamlit's, with the reason."""

from __future__ import annotations

from importlib import resources
from typing import Any

from playwright.sync_api import Page

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
THEMES = ("light", "dark")

# Rule, part of the selector or of the element, and why it is not ours: docs/accessibility.md has the same lines.
STREAMLITS = (
    ("list", "stSidebarNavItems", "The menu puts the heading of a section between a list and its items; streamlit/streamlit#8399."),
    ("listitem", "stSidebarNav", "The same: the items of a section lie in a division; streamlit/streamlit#8399."),
    ("presentation-role-conflict", "stFileUploaderDropzone", "The place for dropped files has a label and no role; it left the order of Tab in streamlit/streamlit#15928."),
)

RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.flatMap(rule => rule.nodes.map(node => {
  const element = node.target.flat().length == 1 ? document.querySelector(node.target[0]) : null
  const inside = []
  for (let each = element; each; each = each.parentElement) inside.push(each.dataset.testid || '')
  return {rule: rule.id, impact: rule.impact, html: node.html.slice(0, 300), inside: inside.join(' '), says: node.failureSummary}
}))"""


def ours(found: dict[str, Any]) -> bool:
    """Is this finding of axe ours to mend?"""
    return not any(found["rule"] == rule and (part in found["html"] or part in found["inside"]) for rule, part, _ in STREAMLITS)


def findings(page: Page, theme: str) -> list[dict[str, Any]]:
    """What axe finds of ours on the page in this theme, of any impact."""
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.wait_for_function("theme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme == theme", arg=theme)
    page.wait_for_timeout(300)  # colours fade
    if not page.evaluate("typeof axe == 'object'"):
        page.evaluate(AXE)
    return [found for found in page.evaluate(RUN) if ours(found)]
