"""A block with a secret, of a class that no server knows by itself, for the worlds of Prefect 2 and 3."""

from __future__ import annotations

import prefect
from prefect.blocks.core import Block

# Prefect 2 has blocks by pydantic 1, also where pydantic 2 is installed.
if prefect.__version__.startswith("2."):
    from pydantic.v1 import SecretStr
else:
    from pydantic import SecretStr


class WarehouseLogin(Block):
    """Who logs in to the warehouse."""

    _block_type_name = "Warehouse Login"
    _block_type_slug = "warehouse-login"
    user: str
    password: SecretStr
