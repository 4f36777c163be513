"""Seeds a Prefect server with at least one of everything that a client can configure.

Usage: ``python every_kind.py API_URL``, by the Python of the server's own version. Prints ``{kind: count}``.
"""

from __future__ import annotations

import json
import os
import sys

# Set before prefect is imported, because it reads its settings once.
os.environ["PREFECT_API_URL"] = sys.argv[1]

from every_kind_automations import seed_automations, seed_saved_searches
from every_kind_blocks import seed_blocks
from every_kind_deployments import seed_deployments
from every_kind_pools import filter_queue, seed_pools
from every_kind_values import seed_limits, seed_values
from world_api import Api, summary


def main() -> None:
    api = Api(sys.argv[1])
    seed_values(api)
    shared_limit = seed_limits(api)
    blocks = seed_blocks(api)
    ids = seed_pools(api, blocks)
    ids |= seed_deployments(api, blocks, shared_limit)
    filter_queue(api, ids["etl/prod"])
    seed_automations(api, ids, blocks)
    seed_saved_searches(api, ids)
    counts = summary(api)
    if api.version >= (3, 7, 0):
        api.put("/admin/storage", {"default_result_storage_block_id": blocks["results"]})
        counts["default-result-storage"] = 1
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
