"""Who sits here, where a login says it."""

import pytest

from pages.components.person import login_name


@pytest.mark.parametrize(
    ("user", "name"),
    [
        ({}, ""),
        ({"is_logged_in": False, "name": "Ana"}, ""),
        ({"is_logged_in": True, "name": " Ana  Ruiz ", "email": "a@b.c"}, "Ana Ruiz"),
        ({"is_logged_in": True, "name": None, "email": "a@b.c"}, "a@b.c"),
        ({"is_logged_in": True, "sub": "4711"}, "4711"),
    ],
)
def test_a_name_comes_from_the_login_only_after_it(user, name):
    assert login_name(user) == name
