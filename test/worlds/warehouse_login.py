"""A block with a secret, of a custom class, for the worlds of Prefect 2 and 3."""

from __future__ import annotations

import prefect
from prefect.blocks.core import Block

# Prefect 2 uses pydantic 1 for blocks, even if pydantic 2 is installed.
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
