"""Seeds a server with blocks that declare secrets in every shape that a field of a block can have.

Usage: ``python secret_shapes.py API_URL``. Each secret is a text ``CANARY<number>x`` of its own. Prints ``{"canaries": n}``.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["PREFECT_API_URL"] = sys.argv[1]

from typing import Annotated, Any, Dict, List, Literal, Optional, Tuple, Union

from prefect.blocks.core import Block
from prefect.blocks.fields import SecretDict
from pydantic import AliasGenerator, BaseModel, ConfigDict, Field, Json, RootModel, Secret, SecretBytes, SecretStr
from pydantic.alias_generators import to_camel

planted = 0


def canary() -> str:
    global planted
    planted += 1
    return f"CANARY{planted:03d}x"


class Cred(BaseModel):
    user: str = "me"
    token: SecretStr


class CamelCred(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    user_name: str = "me"
    api_token: SecretStr


class OutCred(BaseModel):
    model_config = ConfigDict(alias_generator=AliasGenerator(serialization_alias=to_camel))
    api_token: SecretStr


class AliasCred(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    token: SecretStr = Field(alias="tk")


class RootMap(RootModel[Dict[str, SecretStr]]):
    pass


class RootList(RootModel[List[Cred]]):
    pass


class KeyLogin(BaseModel):
    kind: Literal["key"] = "key"
    key: SecretStr


class NestedLogin(BaseModel):
    kind: Literal["nested"] = "nested"
    inner: Optional[Cred] = None


class ShapeChild(Block):
    model_config = ConfigDict(populate_by_name=True)
    tok: SecretStr = Field(alias="childTok")


class AliasShapes(Block):
    model_config = ConfigDict(populate_by_name=True)
    host: str = "db.example"
    aliased: SecretStr = Field(alias="apiToken")
    odd: SecretStr = Field(alias="x")
    pin: Secret[str] = Field(alias="p")
    camel: CamelCred
    out: OutCred
    child: ShapeChild


class SerializedShapes(Block):
    host: str = "db.example"
    ser: SecretStr = Field(serialization_alias="serToken")
    headers: SecretDict = Field(serialization_alias="httpHeaders")


class DictShapes(Block):
    model_config = ConfigDict(populate_by_name=True)
    headers: SecretDict = Field(alias="httpHeaders")
    models: Dict[str, Cred]
    lists: Dict[str, List[Cred]]
    dicts: Dict[str, Dict[str, Cred]]
    dict_aliased: Dict[str, AliasCred]
    texts: Dict[str, SecretStr]
    secret_dicts: Dict[str, SecretDict]
    blocks: Dict[str, ShapeChild]
    optional: Optional[Dict[str, Optional[Cred]]] = None


class ModelShapes(Block):
    root_map: RootMap
    root_list: RootList
    login: Union[KeyLogin, NestedLogin] = Field(discriminator="kind")
    logins: List[Union[KeyLogin, NestedLogin]]
    raw: SecretBytes
    text: Json[Cred]
    pair: Tuple[str, SecretStr]
    listed: List[SecretStr]
    number: Secret[str]


class ApiKey(SecretStr):
    pass


class OpenCred(BaseModel):
    model_config = ConfigDict(extra="allow")
    token: SecretStr


class MoreShapes(Block):
    either: Union[KeyLogin, Cred]
    maybe: Optional[SecretStr] = None
    maybes: List[Optional[SecretStr]]
    triple: Tuple[SecretStr, int, SecretStr]
    varied: Tuple[SecretStr, ...]
    annotated: Annotated[SecretStr, Field(description="annotated")]
    annotated_items: List[Annotated[SecretStr, Field(min_length=1)]]
    deep: Dict[str, Dict[str, SecretStr]]
    deeper: Dict[str, List[Dict[str, SecretStr]]]
    open: OpenCred
    opens: List[OpenCred]
    subclass: ApiKey
    secret_list: Secret[List[str]]
    secret_dict: Secret[Dict[str, str]]
    creds_text: Json[List[Cred]]
    union_items: List[Union[Cred, SecretStr]]
    union_values: Dict[str, Union[SecretStr, Cred]]
    children: List[ShapeChild] = []
    named: Optional[ShapeChild] = None


def cred() -> Dict[str, Any]:
    return {"token": canary()}


def nested() -> Dict[str, Any]:
    return {"kind": "nested", "inner": cred()}


AliasShapes.model_validate(
    {
        "apiToken": canary(), "x": canary(), "p": canary(), "camel": {"apiToken": canary()},
        "out": {"api_token": canary()}, "child": {"childTok": canary()},
    }
).save("alias")
SerializedShapes.model_validate({"ser": canary(), "headers": {"k": canary(), "l": canary()}}).save("serialized")
DictShapes.model_validate(
    {
        "httpHeaders": {"k": canary()}, "models": {"a": cred(), "b": cred()}, "lists": {"a": [cred(), cred()]},
        "dicts": {"a": {"b": cred()}}, "dict_aliased": {"a": {"tk": canary()}}, "texts": {"a": canary()},
        "secret_dicts": {"a": {"k": canary()}}, "blocks": {"a": {"childTok": canary()}}, "optional": {"a": cred()},
    }
).save("dict")
ModelShapes.model_validate(
    {
        "root_map": {"a": canary()}, "root_list": [cred(), cred()], "login": nested(),
        "logins": [{"kind": "key", "key": canary()}, nested()], "raw": canary().encode(),
        "text": json.dumps(cred()), "pair": ("x", canary()), "listed": [canary(), canary()], "number": canary(),
    }
).save("model")
named_child = ShapeChild.model_validate({"childTok": canary()})
named_child.save("named-child")
MoreShapes.model_validate(
    {
        "either": cred(), "maybe": canary(), "maybes": [None, canary()], "triple": (canary(), 1, canary()),
        "varied": (canary(), canary()), "annotated": canary(), "annotated_items": [canary()],
        "deep": {"a": {"b": canary()}}, "deeper": {"a": [{"b": canary()}]},
        "open": {**cred(), "region": "eu"}, "opens": [{**cred(), "region": {"a": [1]}}], "subclass": canary(),
        "secret_list": [canary(), canary()], "secret_dict": {"a": canary()}, "creds_text": json.dumps([cred()]),
        "union_items": [cred(), canary()], "union_values": {"a": canary(), "b": cred()},
        "children": [{"childTok": canary()}], "named": named_child,
    }
).save("more")
print(json.dumps({"canaries": planted}))
