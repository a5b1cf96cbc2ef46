"""What was named with its group is told apart from what somebody saw."""

import numpy as np

from ssvae_core.labels.by_eye import answers, grouped, labels_by_eye
from ssvae_core.labels.history import NONE, Event, replay


def test_names_of_groups_are_answers_and_no_labels_by_eye():
    said = [(0, "label", 1), (1, "group", 2), (2, "group", 2), (2, "label", 0)]
    events = [Event(k, str(k), 0, kind, 0.0, e, cls) for k, (e, kind, cls) in enumerate(said, 1)]
    history = replay(events, "abc")
    labels = np.array([1, 2, 0, NONE], np.int16)
    assert grouped(history).tolist() == [1]
    assert labels_by_eye(labels, history).tolist() == [1, NONE, 0, NONE]
    assert answers(np.array([0, 0, 1, 1], np.uint8), labels, history).tolist() == [0, 2, 1, 1]
    assert labels.tolist() == [1, 2, 0, NONE]
