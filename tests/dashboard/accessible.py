"""axe-core on a page in Chromium, and what of its findings is Streamlit's, with the reason."""

from __future__ import annotations

from importlib import resources
from typing import Any

from playwright.sync_api import Page

AXE = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
THEMES = ("light", "dark")
# What axe is asked besides everything in the light: in the dark its rules of colour, since nothing else differs.
ONLY = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}

# Rule, part of the selector or of the element, and why it is not ours: docs/accessibility.md has the same lines.
STREAMLITS = (
    ("list", "stSidebarNavItems", "The menu puts the heading of a section between a list and its items; streamlit/streamlit#8399."),
    ("listitem", "stSidebarNav", "The same: the items of a section lie in a division; streamlit/streamlit#8399."),
    ("presentation-role-conflict", "stFileUploaderDropzone", "The place for dropped files has a label and no role; it left the order of Tab in streamlit/streamlit#15928."),
)

RUN = """async only => (await axe.run(document, {resultTypes: ['violations'], ...only})).violations.flatMap(rule => rule.nodes.map(node => {
  const element = node.target.flat().length == 1 ? document.querySelector(node.target[0]) : null
  const inside = []
  for (let each = element; each; each = each.parentElement) inside.push(each.dataset.testid || '')
  return {rule: rule.id, impact: rule.impact, html: node.html.slice(0, 300), inside: inside.join(' '), says: node.failureSummary}
}))"""


def ours(found: dict[str, Any]) -> bool:
    """Is this finding of axe ours to mend?"""
    return not any(found["rule"] == rule and (part in found["html"] or part in found["inside"]) for rule, part, _ in STREAMLITS)


def findings(page: Page, theme: str) -> list[dict[str, Any]]:
    """What axe finds of ours on the page in this theme, of any impact; in the dark by its rules of colour, which alone can differ."""
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    page.wait_for_function("theme => getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme == theme", arg=theme)
    page.wait_for_timeout(300)  # colours fade
    if not page.evaluate("typeof axe == 'object'"):
        page.evaluate(AXE)
    return [found for found in page.evaluate(RUN, ONLY[theme]) if ours(found)]


# Every element that Tab reaches, open shadow roots too, gets the focus as Tab gives it; a ring is an outline of the element,
# or of the box of a field around it, of 2 pixels or more and 3 : 1 or more against what lies behind it.
RINGS = """async () => {
  const parent = node => node.parentElement ?? node.getRootNode().host ?? null
  const channels = colour => (colour.match(/[0-9.]+/g) ?? []).map(Number)
  const light = colour => channels(colour).slice(0, 3).map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0)
  const contrast = (one, other) => { const [less, more] = [light(one), light(other)].sort((a, b) => a - b); return (more + 0.05) / (less + 0.05) }
  const behind = node => { for (let at = node; at; at = parent(at)) { const colour = getComputedStyle(at).backgroundColor; if ((channels(colour)[3] ?? 1) === 1) return colour } return 'rgb(255, 255, 255)' }
  const small = node => { const box = node.getBoundingClientRect(); return Math.min(box.width, box.height) < 8 }
  const cut = node => node && small(node) && getComputedStyle(node).overflow !== 'visible'
  const seenWell = node => node.checkVisibility({opacityProperty: true}) && !small(node) && !cut(parent(node))
  const ringed = node => { const style = getComputedStyle(node); return seenWell(node) && style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2 && contrast(style.outlineColor, behind(parent(node) ?? node)) >= 3 }
  const found = node => { for (let at = node, i = 0; i < 4 && at; i++, at = parent(at)) if (ringed(at)) return true; return false }
  const all = root => [...root.querySelectorAll('*')].flatMap(node => node.shadowRoot ? [node, ...all(node.shadowRoot)] : [node])
  const reached = all(document).filter(node => node.tabIndex >= 0 && !node.disabled && node.checkVisibility({visibilityProperty: true}) && !node.closest('iframe, [inert]'))
  const wrong = []
  let seen = 0
  for (const node of reached) {
    node.focus({preventScroll: true})
    if (node.getRootNode().activeElement !== node || !node.matches(':focus-visible')) continue
    seen++
    for (let i = 0; i < 20 && !found(node); i++) await new Promise(done => setTimeout(done, 50))  // a transition ends
    if (!found(node)) wrong.push(node.outerHTML.slice(0, 160))
  }
  document.activeElement?.blur()
  return [seen, wrong]
}"""
MOVING = """() => document.getAnimations().filter(each => each.playState === 'running' && (each.effect?.getComputedTiming().activeDuration ?? 0) > 20)
  .map(each => `${each.animationName ?? each.transitionProperty} of ${each.effect?.target?.outerHTML?.slice(0, 120)}`)"""


def without_ring(page: Page) -> list[str]:
    """What the keyboard reaches on the page without a ring that shows it."""
    page.keyboard.press("Tab")  # from here on focus counts as the keyboard's
    seen, wrong = page.evaluate(RINGS)
    assert seen > 10, "the menu alone has more places"
    return list(wrong)


def moving(page: Page) -> list[str]:
    """What moves by itself on the page: animations and transitions that run."""
    return list(page.evaluate(MOVING))
