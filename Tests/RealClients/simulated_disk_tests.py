"""The disks of a simulated cluster: `trial serve` starts on what `trial replay --disks` wrote, and real clients read what the simulated brokers had acknowledged."""

import json
import os
import subprocess
import tempfile

from clients import read_with_librdkafka
from served import Served
from suite import test

_SCENARIO = """
name: simulated
about: A broker of three is killed and comes back.
topics: [{ name: t, partitions: 2, replicas: [[1, 2, 3], [2, 3, 1]] }]
workload: [{ produce: { topic: t, rate: 100/s, config: { acks: all } } }]
faults: [{ from: 1s, to: 2s, kill: 2 }]
duration: 4s
"""

_acknowledged = {}


def simulated(data):
    with tempfile.TemporaryDirectory() as folder:
        with open(folder + "/simulated.yaml", "w") as file:
            file.write(_SCENARIO)
        done = subprocess.run([Served.binary, "replay", folder + "/simulated.yaml", "--json", "--quiet", "--disks", data], capture_output=True, check=True)
    _acknowledged["count"] = json.loads(done.stdout)["delivery"]["acked"]
    assert sorted(os.listdir(data)) == ["broker-1", "broker-2", "broker-3", "cluster-id", "controller-1"], os.listdir(data)


@test("the records of a simulated cluster are read from its disks", own=True, brokers=3, prepare=simulated, log_retention_ms=-1)
def _(served):
    read = read_with_librdkafka(served, [("t", 0), ("t", 1)])
    count = sum(len(messages) for _, messages in read.values())
    assert count == _acknowledged["count"] > 300, (count, _acknowledged)
    assert all(message.offset() == index for _, messages in read.values() for index, message in enumerate(messages))
