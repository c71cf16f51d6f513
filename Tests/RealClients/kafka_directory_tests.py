"""The log directories of Apache Kafka 4.3.0, after SIGTERM and after SIGKILL with a transaction open: `trial serve` opens them, shows what Kafka's own clients saw in them, goes on, and opens what it
made of them.

`Fixtures/kafka-4.3.0.tar.xz` holds the directories `clean` and `dirty` of one node that was broker and controller, and `expected.json`: records, groups with their types, states and offsets.
`Fixtures/kafka-4.3.0-three-voters.tar.xz` holds `node-1` to `node-3`, the three voters of a dynamic quorum, after SIGTERM.
"""

import json
import os
import shutil
import tarfile
import tempfile

import confluent_kafka
import kafka
import kafka.admin

from clients import IMPATIENT, read_with_librdkafka, until_answered
from served import wait_until
from suite import test

_FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "Fixtures")
LONE_NODE, THREE_VOTERS = (f"{_FIXTURES}/{name}.tar.xz" for name in ("kafka-4.3.0", "kafka-4.3.0-three-voters"))


def expected(fixture=LONE_NODE):
    with tarfile.open(fixture) as archive:
        return json.load(archive.extractfile("expected.json"))


def unpacked(name, data, fixture=LONE_NODE):
    """One of the directories, as Kafka wrote it."""
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fixture) as archive:
            archive.extractall(folder, filter="data")
        shutil.copytree(f"{folder}/{name}", data)


def laid_out(end):
    """Puts Kafka's directories where `trial serve` looks for its own: broker and controller have one each."""

    def prepare(data):
        os.makedirs(data + "/controller-1")
        os.makedirs(data + "/broker-1")
        logs = data + "/broker-1/kafka-logs"
        unpacked(end, logs)
        shutil.move(logs + "/__cluster_metadata-0", data + "/controller-1/__cluster_metadata-0")
        # It names the voter of another quorum.
        os.remove(data + "/controller-1/__cluster_metadata-0/quorum-state")
        with open(logs + "/meta.properties") as properties:
            identity = next(line.split("=")[1].strip() for line in properties if line.startswith("cluster.id="))
        with open(data + "/cluster-id", "w") as file:
            file.write(identity + "\n")

    return prepare


def text(value):
    return None if value is None else value.decode()


def read(served, places, isolation):
    """The first offset of each of these (topic, partition), and all of its records."""
    return {
        place: (low, [
            [message.offset(), message.timestamp()[1], text(message.key()), text(message.value()), [[key, text(value)] for key, value in message.headers() or []]]
            for message in messages])
        for place, (low, messages) in read_with_librdkafka(served, places, isolation).items()}


def groups(served):
    """The state, the type and the committed offsets of each group."""
    admin = kafka.admin.KafkaAdminClient(bootstrap_servers=served.bootstrap)
    found = {}
    for entry in admin.list_groups():
        name = entry["group_id"]
        offsets = admin.list_group_offsets({name: None})[name]
        found[name] = {
            "state": entry["group_state"].upper(), "type": entry["group_type"].upper(),
            # The client that wrote the note ended it with a zero byte.
            "offsets": {f"{place.topic}-{place.partition}": [offset.offset, offset.metadata.rstrip("\0") or None, offset.leader_epoch] for place, offset in offsets.items()},
        }
    admin.close()
    return found


def check_records(served, expectation):
    for isolation in ("read_uncommitted", "read_committed"):
        wanted = {
            (topic, int(partition)): (content["low"], content["records"])
            for topic, contents in expectation["topics"].items() for partition, content in (contents[isolation] or {}).items()}
        found = read(served, list(wanted), isolation)
        for place in wanted:
            assert found[place] == wanted[place], f"{place} {isolation}: {found[place]}"


for end in ["clean", "dirty"]:

    @test(
        f"a directory of Apache Kafka 4.3 keeps its groups and compacted topics, and stays usable, after a {end} end", own=True, prepare=laid_out(end),
        log_retention_ms=-1, offsets_topic_num_partitions=2)
    def _(served, end=end):
        expectation = expected()
        found = until_answered(lambda: groups(served))
        assert found == expectation["groups"], found
        check_records(served, expectation)

        # Groups of both types continue after the offsets that they committed to Kafka.
        for protocol in ["classic", "consumer"]:
            group = f"readers-{protocol}"
            reader = confluent_kafka.Consumer(
                {"bootstrap.servers": served.bootstrap, "group.id": group, "group.protocol": protocol, "enable.auto.commit": False,
                 "auto.offset.reset": "error", **IMPATIENT})
            reader.subscribe(["plain-zstd"])
            read = []

            def has_read_all():
                for message in reader.consume(100, 0.2):
                    assert not message.error(), message.error()
                    read.append(message.offset())
                return len(read) >= 80

            wait_until(has_read_all, 60, f"the rest of plain-zstd for {group}")
            assert read == list(range(120, 200)), read
            reader.commit(asynchronous=False)
            reader.close()
            expectation["groups"][group]["offsets"]["plain-zstd-0"] = [200, None, 0]
        hand = kafka.KafkaConsumer(bootstrap_servers=served.bootstrap, group_id="by-hand", enable_auto_commit=False)
        place = kafka.TopicPartition("plain-gzip", 0)
        hand.assign([place])
        hand.commit({place: kafka.OffsetAndMetadata(78, "another note", 0)})
        hand.close()
        expectation["groups"]["by-hand"]["offsets"]["plain-gzip-0"] = [78, "another note", 0]

        if end == "dirty":
            served.restart_after_kill()
        else:
            served.restart_after_stop()
        # The members of the groups that were read on are gone: after a kill when their sessions have ended.
        wait_until(lambda: until_answered(lambda: groups(served)) == expectation["groups"], 60, "the same groups with what they committed")
        check_records(served, expectation)
