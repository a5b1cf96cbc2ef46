"""Keys and the log: 200 actions at human speed while the model trains, and a slow server."""

from __future__ import annotations

import random

from tests.support.desk import LAB

ACTIONS = 200
PAUSE = 50  # ms after what a key did is on screen: two to three actions a second
WEIGHTS = {"label": 60, "accept": 12, "undo": 8, "redo": 6, "unsure": 5, "junk": 4, "skip": 5}
KEYS = {"accept": "Enter", "undo": "z", "redo": "Shift+Z", "unsure": "u", "junk": "j", "skip": "x"}

# What the key is about, read in the very moment in which it is pressed.
LISTEN = f"""
window.script = []
addEventListener("keydown", (event) => {{
  if (event.key === "Shift") return
  const lab = {LAB}
  const guess = lab.focus === null ? null : lab.guessOf(lab.focus)
  window.script.push({{ focus: lab.focus, guess: guess?.best ?? null,
    undo: lab.describe("undo"), redo: lab.describe("redo") }})
}}, true)
"""


def expected(action, digit, seen):
    """The event that an action must leave: kind, example, class; None where it can do nothing."""
    if action in ("undo", "redo"):
        return (action, None, None) if seen[action] else None
    if seen["focus"] is None or (action == "accept" and seen["guess"] is None):
        return None
    if action == "label":
        return "label", seen["focus"], digit
    if action == "accept":
        return "label", seen["focus"], seen["guess"]
    return action, seen["focus"], None


def test_the_log_of_two_hundred_actions_is_their_script_event_by_event(mnist_desk):
    draw = random.Random(4)
    mnist_desk.press("1", "2", "3")
    mnist_desk.guesses_for(3)
    mnist_desk.until(f"{LAB}?.state.trainer.state === 'training'")
    mnist_desk.settled()
    begun = len(mnist_desk.app.store.events(mnist_desk.session))
    mnist_desk.js(LISTEN)
    actions = []
    for _ in range(ACTIONS):
        action = draw.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        digit = draw.randrange(10)
        mnist_desk.until(f"{LAB}?.focus !== null")
        mnist_desk.press(str(digit) if action == "label" else KEYS[action])
        actions.append((action, digit))
        mnist_desk.page.wait_for_timeout(PAUSE)
    mnist_desk.settled()
    script = [
        event
        for (action, digit), seen in zip(actions, mnist_desk.js("window.script"), strict=True)
        if (event := expected(action, digit, seen))
    ]
    events = mnist_desk.app.store.events(mnist_desk.session)[begun:]
    assert [(event.kind, event.example, event.label) for event in events] == script
    assert len({kind for kind, *_ in script}) == 6
    assert len(script) > 0.9 * ACTIONS
    undone, standing = [], []
    for event in events:  # an undo is about the last that stands, a redo about the last undone
        if event.kind == "undo":
            undone.append(standing.pop() if standing else "before")
            assert undone[-1] in (event.target, "before")
        elif event.kind == "redo":
            standing.append(undone.pop())
            assert standing[-1] in (event.target, "before")
        else:
            standing.append(event.op_id)
            undone.clear()
    mnist_desk.until(f"{LAB}?.state.snapshot.label_seq === {LAB}?.state.labels.seq")


def test_while_a_label_after_an_undo_is_on_its_way_there_is_nothing_to_redo(mnist_desk):
    mnist_desk.press("1")
    mnist_desk.settled()
    mnist_desk.page.context.set_offline(True)
    mnist_desk.press("z")
    assert mnist_desk.js(f"{LAB}.describe('redo')") is not None
    mnist_desk.press("2")
    assert mnist_desk.js(f"{LAB}.describe('redo')") is None
    assert mnist_desk.js(f"{LAB}.describe('undo')") is not None
    mnist_desk.press("Shift+Z")
    mnist_desk.page.context.set_offline(False)
    mnist_desk.settled()
    assert [event.kind for event in mnist_desk.app.store.events(mnist_desk.session)] == [
        "label",
        "undo",
        "label",
    ]
