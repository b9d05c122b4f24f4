"""A Ray cluster in a process of its own: a head that computes nothing, and nodes that compute one run each.

`python -m tests.runs.ray_cluster NODES` prints its address and the process of each node as JSON, kills the node whose number it reads, and
ends with its input."""

import json
import sys
from typing import Any


def main(nodes: int) -> None:
    from ray.cluster_utils import Cluster

    node: dict[str, Any] = {"object_store_memory": 80_000_000, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **node})
    try:
        workers = [cluster.add_node(num_cpus=1, **node) for _ in range(nodes)]
        processes = [worker.all_processes["raylet"][0].process.pid for worker in workers]
        print(json.dumps({"address": cluster.address, "nodes": processes}), flush=True)
        for line in sys.stdin:
            cluster.remove_node(workers[int(line)], allow_graceful=False)
            print("removed", flush=True)
    finally:
        cluster.shutdown()


if __name__ == "__main__":
    main(int(sys.argv[1]))
