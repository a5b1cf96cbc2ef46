"""Tasks of Label Studio, against their documented schema."""

import json

from tests.support.export_files import written
from tests.support.small_export import NAMES, small_content

CHOICE = {
    "type": "object",
    "required": ["from_name", "to_name", "type", "value"],
    "properties": {
        "from_name": {"const": "class"},
        "to_name": {"const": "image"},
        "type": {"const": "choices"},
        "value": {
            "type": "object",
            "required": ["choices"],
            "properties": {"choices": {"type": "array", "items": {"enum": list(NAMES)}}},
        },
        "score": {"type": "number", "minimum": 0, "maximum": 1},
    },
}


# As labelstud.io/guide/tasks and /guide/predictions document what can be imported.
TASKS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["data"],
        "additionalProperties": False,
        "properties": {
            "data": {"type": "object", "required": ["image"]},
            "annotations": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["result"],
                    "properties": {
                        "result": {"type": "array", "items": CHOICE},
                        "was_cancelled": {"type": "boolean"},
                        "ground_truth": {"type": "boolean"},
                    },
                },
            },
            "predictions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["result", "model_version", "score"],
                    "properties": {"result": {"type": "array", "minItems": 1, "items": CHOICE}},
                },
            },
            "meta": {"type": "object"},
        },
    },
}


def test_tasks_follow_label_studios_documented_schema(tmp_path):
    import jsonschema

    folder = written(small_content(), "label-studio", tmp_path / "out", with_junk=True)
    tasks = json.loads((folder / "tasks.json").read_text("utf-8"))
    jsonschema.validate(tasks, TASKS)
    assert tasks[0]["annotations"][0]["result"][0]["value"] == {"choices": ["cat"]}
    assert tasks[0]["predictions"] == []
    assert tasks[11]["annotations"] == []
    assert tasks[11]["predictions"][0]["model_version"] == "guided 12.840"
    assert [task["annotations"][0]["was_cancelled"] for task in tasks[3:6]] == [True, True, False]
    address = tasks[11]["data"]["image"]
    assert address == "/data/local-files/?d=images/000011.png"
    assert (folder / "images" / "000011.png").is_file()


def test_the_setup_of_label_studio_names_the_classes(tmp_path):
    from xml.etree import ElementTree

    folder = written(small_content(), "label-studio", tmp_path / "out")
    view = ElementTree.parse(folder / "config.xml").getroot()
    assert [choice.get("value") for choice in view.iter("Choice")] == list(NAMES)
    assert (view.find("Image").get("value"), view.find("Choices").get("toName")) == (
        "$image",
        "image",
    )
