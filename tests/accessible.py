"""What keeps people out who see, hear or move otherwise: axe-core, and the contrast of text."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[1] / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
# In Streamlit's own markup, which is not ours to change: selector -> why it is left out.
LEFT_OUT: dict[str, str] = {}

RUN = """
async ({ leftOut }) => {
  const exclude = leftOut.map((one) => [one])
  const { violations } = await axe.run({ include: [document], exclude })
  return violations.map(({ id, impact, nodes }) =>
    ({ id, impact, where: nodes.map(({ html }) => html.slice(0, 160)) }))
}
"""

# axe-core finds no background for text on a fixed element in a shadow root ("bgOverlap"), and then
# decides nothing. This reckons it from the colours of an element's ancestors, as WCAG defines it:
# 4.5, for large text 3. What is disabled or hidden, and icons, need none.
FAINT = """
() => {
  const NEEDS_NONE = ".off, :disabled, [aria-disabled=true], .cannot *, .ms, option, .twin"
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
  const rgba = (css) => {
    canvas.clearRect(0, 0, 1, 1)
    canvas.fillStyle = css
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data
    return [r, g, b, a / 255]
  }
  const over = ([r, g, b, a], under) => [r, g, b].map((v, k) => v * a + under[k] * (1 - a))
  const luminance = (colour) => {
    const [r, g, b] = colour.slice(0, 3).map((v) => v / 255)
      .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const found = []
  const look = (element, ground) => {
    const style = getComputedStyle(element)
    if (element.matches(NEEDS_NONE)) return
    if (!element.checkVisibility({ visibilityProperty: true })) return
    const here = over(rgba(style.backgroundColor), ground)
    const words = [...element.childNodes].filter((node) => node.nodeType === 3)
      .map((node) => node.data.trim()).join("")
    if (words && style.opacity !== "0") {
      const ink = over(rgba(style.color), here)
      const [high, low] = [luminance(ink), luminance(here)].sort((a, b) => b - a)
      const ratio = (high + 0.05) / (low + 0.05)
      const size = parseFloat(style.fontSize)
      const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (ratio < (isLarge ? 3 : 4.5) - 0.01)
        found.push(`${words.slice(0, 40)} (${element.className}): ${ratio.toFixed(2)}`)
    }
    for (const child of element.children) look(child, here)
  }
  const roots = [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")]
  for (const { shadowRoot } of roots)
    for (const top of shadowRoot?.querySelectorAll(".desk, .corner") ?? [])
      look(top, rgba(getComputedStyle(document.body).backgroundColor))
  return found
}
"""


def complaints(page: Page) -> list[str]:
    """What is serious or critical on what the page shows now; [] if nothing is."""
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(RUN, {"leftOut": list(LEFT_OUT)})
    grave = [one for one in found if one["impact"] in GRAVE]
    said = [f"{one['id']} ({one['impact']}): {where}" for one in grave for where in one["where"]]
    return said + [f"too faint: {words}" for words in page.evaluate(FAINT)]
