"""What was produced by one client is consumed by each, byte for byte."""

import confluent_kafka
import confluent_kafka.admin

from clients import CODECS, FIRST_TIMESTAMP, Confluent, KafkaPython, Kcat, admin, assert_same, create_topic, keys_and_values, new_topic_name, sample_records
from suite import test

for codec in CODECS:
    for producer in [Confluent, KafkaPython]:

        @test(f"what {producer.name} produces with {codec} comes back byte for byte from all three clients", brokers=3)
        def _(served, producer=producer, codec=codec):
            topic = create_topic(served, replicas=3)
            records = sample_records()
            producer.produce(served, topic, records, codec)
            for consumer in [Confluent, KafkaPython]:
                assert_same(consumer.consume(served, topic), records, consumer.name)
            read = Kcat.consume(served, topic)
            assert keys_and_values(read) == keys_and_values(records) and [r[3] for r in read] == [r[3] for r in records]

    @test(f"what kcat produces with {codec} comes back byte for byte from all three clients", brokers=3)
    def _(served, codec=codec):
        topic = create_topic(served, replicas=3)
        records = [(b"key-%d" % n, (b"value %d " % n) * (1 + n % 20), [], 0) for n in range(300)]
        Kcat.produce(served, topic, records, codec)
        for consumer in [Confluent, KafkaPython, Kcat]:
            assert_same(keys_and_values(consumer.consume(served, topic)), keys_and_values(records), consumer.name)
        assert all(headers == [("by", b"kcat")] for _, _, headers, _ in Confluent.consume(served, topic))


@test("records of a million bytes come back whole", brokers=3)
def _(served):
    topic = create_topic(served, replicas=3)
    records = [(b"%d" % n, bytes((n + i * 7) % 256 for i in range(1000)) * 1000, [], FIRST_TIMESTAMP) for n in range(4)]
    Confluent.produce(served, topic, records, message_max_bytes=1_048_000)
    assert_same(Confluent.consume(served, topic), records, Confluent.name)
    assert_same(KafkaPython.consume(served, topic), records, KafkaPython.name)


@test("a record above max.message.bytes is refused, and the next one is accepted", brokers=3)
def _(served):
    topic = create_topic(served, config={"max.message.bytes": "1000"})
    try:
        Confluent.produce(served, topic, [(None, b"x" * 5000, [], FIRST_TIMESTAMP)])
        raise AssertionError("it was taken")
    except AssertionError as error:
        assert "MSG_SIZE_TOO_LARGE" in str(error) or "too large" in str(error).lower(), error
    Confluent.produce(served, topic, [(None, b"small", [], FIRST_TIMESTAMP)])
    assert [value for _, value, _, _ in Confluent.consume(served, topic)] == [b"small"]


@test("a topic is created by the first record that is sent to it", brokers=3)
def _(served):
    topic = new_topic_name("auto")
    KafkaPython.produce(served, topic, sample_records(5))
    assert_same(KafkaPython.consume(served, topic), sample_records(5), KafkaPython.name)


@test("log append time is the broker's", brokers=3)
def _(served):
    topic = create_topic(served, config={"message.timestamp.type": "LogAppendTime"})
    Confluent.produce(served, topic, sample_records(10))
    assert all(timestamp > 1_700_000_001_000 for _, _, _, timestamp in Confluent.consume(served, topic))


@test("offsets are found by timestamp", brokers=3)
def _(served):
    topic = create_topic(served, replicas=3)
    Confluent.produce(served, topic, sample_records(100))
    consumer = confluent_kafka.Consumer({"bootstrap.servers": served.bootstrap, "group.id": "nobody"})
    for timestamp, offset in [(FIRST_TIMESTAMP, 0), (FIRST_TIMESTAMP + 505, 51), (FIRST_TIMESTAMP + 990, 99)]:
        found = consumer.offsets_for_times([confluent_kafka.TopicPartition(topic, 0, timestamp)], timeout=20)[0].offset
        assert found == offset, f"{timestamp} was found at {found}"
    assert consumer.get_watermark_offsets(confluent_kafka.TopicPartition(topic, 0), timeout=20) == (0, 100)
    consumer.close()


@test("deleted records are gone, and the rest stays", brokers=3)
def _(served):
    topic = create_topic(served, replicas=3)
    Confluent.produce(served, topic, sample_records(100))
    place = confluent_kafka.TopicPartition(topic, 0, 40)
    assert admin(served).delete_records([place])[place].result(30).low_watermark == 40
    assert_same(Confluent.consume(served, topic), sample_records(100)[40:], Confluent.name)
    assert_same(KafkaPython.consume(served, topic), sample_records(100)[40:], KafkaPython.name)
