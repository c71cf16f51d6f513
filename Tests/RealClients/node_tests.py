"""Nodes that are processes of their own and find each other: brokers, controllers, and nodes that are both."""

import time

from clients import Confluent, admin, assert_same, create_topic, read_with_librdkafka, sample_records
from kafka_directory_tests import THREE_VOTERS, check_records, expected, unpacked
from production import Production
from served import ServedNodes, wait_until
from suite import test

# A kill is noticed soon.
_CONFIG = dict(
    offsets_topic_num_partitions=4, min_insync_replicas=2, broker_session_timeout_ms=3_000, broker_heartbeat_interval_ms=500, controller_quorum_fetch_timeout_ms=1_500,
    controller_quorum_election_timeout_ms=700)


def _leader(served, topic):
    return admin(served).list_topics(topic, timeout=10).topics[topic].partitions[0].leader


for _words, _nodes in [
    ("three nodes that are brokers and controllers", {id: ["broker", "controller"] for id in (1, 2, 3)}),
    ("three brokers and three controllers", {1: ["broker"], 2: ["broker"], 3: ["broker"], 101: ["controller"], 102: ["controller"], 103: ["controller"]}),
]:

    @test(
        f"{_words}, processes of which the active controller and a leader are killed and come back, lose nothing acknowledged and repeat nothing",
        make=lambda nodes=_nodes: ServedNodes(nodes, **_CONFIG))
    def _(served):
        topic = create_topic(served, replicas=3)
        production = Production(served, topic)
        production.wait_for(500)

        active = served.active_controller
        served.kill(active)
        wait_until(lambda: served.active_controller != active, 20, "another active controller")
        production.wait_for(300)
        served.start(active)

        leader = _leader(served, topic)
        served.kill(leader)
        production.wait_for(300)
        served.start(leader)
        production.wait_for(300)
        production.end()

        production.check()


@test("nodes that are stopped one after another and started again find everything", make=lambda: ServedNodes({id: ["broker", "controller"] for id in (1, 2, 3)}, **_CONFIG))
def _(served):
    topic = create_topic(served, replicas=3)
    Confluent.produce(served, topic, sample_records())
    for id in served.nodes:
        began = time.monotonic()
        assert served.stop(id) == 0
        assert time.monotonic() - began < 20, "a controlled shutdown asks the controllers that are left"
        served.start(id)
    assert_same(Confluent.consume(served, topic), sample_records(), Confluent.name)


for _end in ["clean", "dirty"]:

    @test(
        f"the directory of a combined node of Apache Kafka 4.3 is served as it is after a {_end} end", make=lambda end=_end: ServedNodes(
            {1: ["broker", "controller"]}, prepare=lambda _, data: unpacked(end, data), log_retention_ms=-1, offsets_topic_num_partitions=2, offsets_topic_replication_factor=1,
            transaction_state_log_replication_factor=1, transaction_state_log_min_isr=1))
    def _(served):
        check_records(served, expected())
        assert served.stop(1) == 0
        served.start(1)
        check_records(served, expected())


_THREE = {id: ["broker", "controller"] for id in (1, 2, 3)}
# Where the voters listen by what Kafka wrote, except the third, which has moved.
_PORTS = {1: 27_201, 2: 27_202}


@test(
    "the three voters of a dynamic quorum of Apache Kafka 4.3 form one again, of which one has moved, and serve what they wrote",
    make=lambda: ServedNodes(
        _THREE, prepare=lambda id, data: unpacked(f"node-{id}", data, THREE_VOTERS), features={"kraft.version": 1}, controllers=_PORTS, log_retention_ms=-1, **_CONFIG))
def _(served):
    expectation = expected(THREE_VOTERS)
    places = [(topic, int(partition)) for topic, partitions in expectation["topics"].items() for partition in partitions]
    assert sum(len(messages) for _, messages in read_with_librdkafka(served, places, "read_committed").values()) == expectation["acked"]
    topic = create_topic(served, replicas=3)
    # The third tells its address to the leader two periods after it has found it: without that nobody could be elected with its vote alone.
    time.sleep(2 * _CONFIG["controller_quorum_fetch_timeout_ms"] / 1_000 + 1)
    lost = 2 if served.active_controller == 2 else 1
    served.kill(lost)
    wait_until(lambda: served.active_controller != lost, 20, "an active controller of the two that are left")
    Confluent.produce(served, topic, sample_records())
    served.start(lost)
    assert_same(Confluent.consume(served, topic), sample_records(), Confluent.name)


@test(
    "nodes that are formatted as the first voters of a dynamic quorum go on when one is killed and comes back", make=lambda: ServedNodes(
        _THREE, features={"kraft.version": 1}, directories={1: "J8aAPcfLQt2bqs1JT_rMgQ", 2: "qdJ4XBvuTOOn12DNTKgbvw", 3: "wFrLtH9kT7yZVyfNQkUvlA"}, **_CONFIG))
def _(served):
    topic = create_topic(served, replicas=3)
    active = served.active_controller
    served.kill(active)
    wait_until(lambda: served.active_controller != active, 20, "another active controller")
    Confluent.produce(served, topic, sample_records())
    served.start(active)
    assert_same(Confluent.consume(served, topic), sample_records(), Confluent.name)
