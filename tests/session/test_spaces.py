"""What is near an example in each space, and the graphs that a session has."""

import numpy as np
import pytest

from ssvae_core.atlas.atlas import nearest_neighbours
from ssvae_core.atlas.first_map import principal_components
from ssvae_core.atlas.graphs import PIXELS
from ssvae_core.data import SOURCES, Dataset
from ssvae_core.errors import NotFound
from ssvae_core.protocol.queries_of_spaces import SpaceValues
from ssvae_core.session.groups import ProposedGroups
from ssvae_core.session.model_queries import ModelQueries
from ssvae_core.session.spaces import Spaces
from tests.session.test_groups import ended

VALUES = np.random.default_rng(0).normal(0, 1, (100, 3)).astype(np.float16)
IMAGES = np.random.default_rng(1).integers(0, 255, (60, 6, 6, 1), np.uint8)


@pytest.fixture
def new_session(workspace, monkeypatch):
    """A session on these examples, and how often its trainer was asked."""
    asked = []

    def read_features(self, space=""):
        asked.append(space)
        return SpaceValues(1, "pixels", {"pixels": "Pixels"}, values)

    def new(images):
        data = Dataset("some", "Some", images, ("a", "b"))
        monkeypatch.setitem(SOURCES, "some", lambda: data)
        monkeypatch.setattr(ModelQueries, "read_features", read_features)
        return workspace.session(workspace.create("S", "some").id), asked

    values = VALUES
    return new


def test_the_most_alike_are_the_nearest_by_counting(new_session):
    session, asked = new_session(VALUES.astype(np.float32))
    spaces = Spaces(session)
    apart = np.linalg.norm(VALUES.astype(float) - VALUES[5].astype(float), axis=1)
    found = spaces.alike(5, 12, "pixels")
    assert found == np.argsort(apart)[1:13].tolist()
    assert spaces.alike(5, 0, "pixels") == []
    assert len(spaces.alike(5, 1000, "pixels")) == 99
    assert len(asked) == 1  # kept for a moment
    with pytest.raises(NotFound):
        spaces.alike(100, 5, "pixels")


def test_the_graph_of_a_first_map_is_that_of_the_pixels(new_session):
    session, _ = new_session(IMAGES)
    neighbours, distances = Spaces(session).graph(PIXELS)
    expected = nearest_neighbours(principal_components(IMAGES))
    assert np.array_equal(neighbours, expected[0])
    assert np.allclose(distances, expected[1], rtol=1e-2)
    assert Spaces(session).graph("dreams") is None


def test_images_that_nothing_has_looked_at_are_grouped_by_who_is_near_whom(new_session):
    session, _ = new_session(IMAGES)
    groups = ProposedGroups(session)
    groups.propose(4)
    found = ended(groups).listed()
    assert found["title"] == "Pixels, by who is near whom"
    assert sum(group["size"] for group in found["groups"]) == 60
    groups.split(found["groups"][0]["id"])
    assert len(groups.listed()["groups"]) == 5
