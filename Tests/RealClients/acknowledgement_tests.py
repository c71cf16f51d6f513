"""What an acknowledgement says: acks 0, 1 and all, with min.insync.replicas."""

import os

import confluent_kafka
import confluent_kafka.admin

from clients import Confluent, KafkaPython, Kcat, assert_same, create_topic, keys_and_values, sample_records, until_answered
from served import wait_until
from suite import test

for acks in ["0", "1", "all"]:

    @test(f"records with acks={acks} arrive", brokers=3)
    def _(served, acks=acks):
        topic = create_topic(served, replicas=3)
        records = sample_records(100)
        Confluent.produce(served, topic, records, acks=acks)
        wait_until(lambda: len(Confluent.consume(served, topic)) == 100, what="the arrival of all records")
        assert_same(Confluent.consume(served, topic), records, Confluent.name)
        topic = create_topic(served, replicas=3)
        KafkaPython.produce(served, topic, records, acks="all" if acks == "all" else int(acks), enable_idempotence=False)
        wait_until(lambda: len(KafkaPython.consume(served, topic)) == 100, what="the arrival of all records")
        topic = create_topic(served, replicas=3)
        # Its command line separates keys and records by bytes that they must not contain.
        records = [(b"key %d" % n, b"value %d" % n, [], 0) for n in range(100)]
        Kcat.produce(served, topic, records, acks=acks)
        wait_until(lambda: len(Kcat.consume(served, topic)) == 100, what="the arrival of all records")
        assert keys_and_values(Kcat.consume(served, topic)) == keys_and_values(records)


@test("an idempotent producer's records arrive once and in order", brokers=3)
def _(served):
    topic = create_topic(served, replicas=3)
    records = sample_records(2_000, size=20)
    Confluent.produce(served, topic, records, enable_idempotence=True)
    assert_same(Confluent.consume(served, topic), records, Confluent.name)


@test("acks=all is refused below min.insync.replicas, and acks=1 is not", brokers=3, own=True)
def _(served):
    topic = create_topic(served, replicas=3, config={"min.insync.replicas": "3"})
    Confluent.produce(served, topic, sample_records(1), acks="all")
    assert served.stop() == 0
    # The third broker stays away, and its disk with it: of a cluster of three, two are not started.
    os.rename(served.directory + "/data/broker-3", served.directory + "/broker-3")
    served.brokers = 2
    served.start()
    client = confluent_kafka.admin.AdminClient({"bootstrap.servers": served.bootstrap})
    partition = lambda: until_answered(lambda: client.list_topics(topic, timeout=10)).topics[topic].partitions[0]
    wait_until(lambda: sorted(partition().isrs) == [1, 2], 30, what="the ISR without broker 3")
    try:
        Confluent.produce(served, topic, sample_records(1), acks="all", retries=0, message_timeout_ms=5_000)
        raise RuntimeError("it was acknowledged")
    except AssertionError as error:
        assert "NOT_ENOUGH_REPLICAS" in str(error) or "in-sync" in str(error) or "insufficient" in str(error).lower(), error
    Confluent.produce(served, topic, sample_records(1), acks="1")


@test("a fetch waits for records that arrive later, but no longer", brokers=3)
def _(served):
    topic = create_topic(served, replicas=3)
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": served.bootstrap, "group.id": "nobody", "fetch.wait.max.ms": 5_000, "fetch.min.bytes": 1})
    consumer.assign([confluent_kafka.TopicPartition(topic, 0, 0)])
    assert consumer.poll(2) is None
    Confluent.produce(served, topic, sample_records(3))
    message = consumer.poll(3)
    assert message is not None and not message.error(), "the record did not come at once"
