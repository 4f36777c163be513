"""Variables and limits of the world of every kind."""

from __future__ import annotations

from world_api import Api

VARIABLES = 205
PEM = "-----BEGIN CERTIFICATE-----\nMIIB+jCC: #not a comment\n  indented\n\ttabbed\n-----END CERTIFICATE-----\n"


def seed_values(api: Api) -> None:
    special = {
        "top_float": 5.0,
        "top_half": 0.5,
        "top_int": 5,
        "big_int": 9007199254740993,
        "negative": -17,
        "nothing": None,
        "yes": True,
        "no": False,
        "empty": "",
        "norway": "no",
        "number_like": "0123",
        "date_like": "2024-01-01",
        "tilde": "~",
        "ref_like": "<ref:flow/etl> and <<ref:",
        "jinja": "{{ prefect.variables.registry }}",
        "unicode": "ünïcödé \u2028 😀",
        "certificate": PEM,
        "registry": "registry.example/data",
        "nested": {"a": {"b": [1, 1.0, 1.5, None, True, {"c": 9007199254740993}]}, "z": {}, "list": []},
        "mixed_list": [1, 1.0, "1", None, False, [], {}],
        "key_order": {"z": 1, "a": 2, "10": 3, "9": 4},
    }
    for name, value in special.items():
        api.variable(name, value, ["special", "every-kind"] if name == "nested" else [])
    for number in range(VARIABLES - len(special)):
        # From 3.4.1 on a name may have a dash.
        dash = "-" if number == 0 and api.version >= (3, 4, 1) else "_"
        api.variable(f"setting{dash}{number:03d}", f"value {number}", ["filler"] if number % 10 == 0 else [])


def seed_limits(api: Api) -> str:
    """Twelve global limits and five tag limits; returns the ID of the one that deployments share."""
    shared = api.limit("db-pool", 5)
    api.limit("api rate", 10, slot_decay_per_second=0.5)
    api.limit("whole decay", 10, slot_decay_per_second=1.0)
    api.limit("switched-off", 3, active=False)
    api.limit("nothing at all", 0)
    api.limit("ünï #1?", 2)
    api.limit("tagged-not", 2)
    for number in range(5):
        api.limit(f"service-{number}", number + 1)
    for tag, limit in {"gpu": 1, "big query": 4, "env:prod": 2, "#channel": 3, "none": 0}.items():
        api.tag_limit(tag, limit)
    return shared
