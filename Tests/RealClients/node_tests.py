"""Nodes that are processes of their own and find each other: brokers, controllers, and nodes that are both."""

import time

from clients import Confluent, admin, assert_same, create_topic, sample_records
from kafka_directory_tests import check_records, expected, unpacked
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
