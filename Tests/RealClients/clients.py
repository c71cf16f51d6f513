"""The same few things done with each client: make a topic, produce, consume from the beginning.

A record is (key, value, headers, timestamp in ms), all bytes except for the timestamp.
"""

import subprocess
import time
import uuid

import confluent_kafka
import confluent_kafka.admin
import kafka
import kafka.admin
import kafka.errors

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def new_topic_name(prefix="t"):
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


# An hour ago: records older than retention.ms go with the first round of retention, thirty seconds after a broker's start.
FIRST_TIMESTAMP = int(time.time()) * 1000 - 3_600_000


def sample_records(count=200, size=300):
    """Records of all kinds: no key, empty value, no value, headers that repeat, bytes that are no text, values that compress and do not."""
    records = []
    for n in range(count):
        key = None if n % 7 == 0 else f"key-{n % 13}".encode()
        value = [b"", bytes([n % 256]) * size, bytes((n * 31 + i * i) % 256 for i in range(size)), f"value {n}".encode()][n % 4]
        if n % 50 == 48 and key:
            value = None
        headers = [("trace", b"\x00\xff%d" % n), ("trace", b"again"), ("empty", b"")] if n % 3 == 0 else []
        records.append((key, value, headers, FIRST_TIMESTAMP + n * 10))
    return records


def admin(served):
    """The admin client of a cluster. It is kept, because its pending calls fail when it is collected."""
    if not hasattr(served, "admin"):
        served.admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": served.bootstrap})
    return served.admin


def create_topic(served, name=None, partitions=1, replicas=1, config=None):
    name = name or new_topic_name()
    topic = confluent_kafka.admin.NewTopic(name, partitions, replicas, config=config or {})
    admin(served).create_topics([topic])[name].result(30)
    return name


_Code = confluent_kafka.KafkaError

# What librdkafka says for a while after brokers went and came back. A partition that has no leader now is unknown to it (rd_kafka_topic_partition_list_query_leaders): -190, as if there were none.
PASSING = {
    _Code.NOT_LEADER_FOR_PARTITION, _Code.LEADER_NOT_AVAILABLE, _Code.REPLICA_NOT_AVAILABLE, _Code.OFFSET_NOT_AVAILABLE, _Code.FENCED_LEADER_EPOCH,
    _Code.UNKNOWN_LEADER_EPOCH, _Code.UNKNOWN_TOPIC_OR_PART, _Code.REQUEST_TIMED_OUT, _Code.COORDINATOR_NOT_AVAILABLE, _Code.COORDINATOR_LOAD_IN_PROGRESS,
    _Code.NOT_COORDINATOR, _Code._UNKNOWN_PARTITION, _Code._UNKNOWN_TOPIC, _Code._TRANSPORT, _Code._ALL_BROKERS_DOWN, _Code._TIMED_OUT, _Code._TIMED_OUT_QUEUE,
    _Code._WAIT_COORD}


def is_passing(failure):
    if isinstance(failure, kafka.errors.KafkaError):
        return failure.retriable
    return isinstance(failure, confluent_kafka.KafkaException) and failure.args[0].code() in PASSING


def until_answered(ask, seconds=30):
    """Repeats a call as applications do, as long as it fails only with transient errors, and returns its result."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ask()
        except Exception as failure:
            if not is_passing(failure) or time.monotonic() > deadline:
                raise
        time.sleep(0.05)


# librdkafka reports the end of a partition with the first empty fetch, and a consumer that closes waits for the fetch in flight.
IMPATIENT = {"fetch.wait.max.ms": 10, "fetch.queue.backoff.ms": 10}


def watermarks(consumer, topic, partition):
    """The first and the end offset of a partition. The client asks the leader that it knows, so its metadata is refreshed each time."""

    def ask():
        consumer.list_topics(topic, timeout=10)
        return consumer.get_watermark_offsets(confluent_kafka.TopicPartition(topic, partition), timeout=10)

    return until_answered(ask)


def read_with_librdkafka(served, places, isolation="read_uncommitted"):
    """The first offset of each of these (topic, partition), and its messages to the end, read by one consumer."""
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": served.bootstrap, "group.id": "nobody", "enable.auto.commit": False, "enable.partition.eof": True, "check.crcs": True,
         "isolation.level": isolation, **IMPATIENT})
    # With a leader that is not known yet it would wait for half a second before it asks where a partition begins.
    for topic in {topic for topic, _ in places}:
        until_answered(lambda: consumer.list_topics(topic, timeout=10))
    consumer.assign([confluent_kafka.TopicPartition(topic, partition, confluent_kafka.OFFSET_BEGINNING) for topic, partition in places])
    messages, beginnings = {place: [] for place in places}, {}
    while len(beginnings) < len(places):
        message = consumer.poll(30)
        assert message is not None, f"nothing came for 30 s after {sum(map(len, messages.values()))} records, not even the end of {set(places) - set(beginnings)}"
        place = (message.topic(), message.partition())
        if not message.error():
            messages[place].append(message)
        elif message.error().code() == _Code._PARTITION_EOF:
            beginning, end = watermarks(consumer, *place)
            # Records that were appended meanwhile are read as well.
            if message.offset() >= end or isolation == "read_committed":
                beginnings[place] = beginning
        else:
            raise AssertionError(str(message.error()))
    consumer.close()
    return {place: (beginnings[place], messages[place]) for place in places}


class Confluent:
    name = "confluent-kafka"

    @staticmethod
    def create_topic(served, name, partitions=1, replicas=1):
        create_topic(served, name, partitions, replicas)

    @staticmethod
    def produce(served, topic, records, codec="none", **config):
        failures = []
        producer = confluent_kafka.Producer(
            {"bootstrap.servers": served.bootstrap, "compression.type": codec, "linger.ms": 20}
            | {name.replace("_", "."): value for name, value in config.items()})
        for key, value, headers, timestamp in records:
            producer.produce(
                topic, key=key, value=value, headers=headers, timestamp=timestamp, partition=0,
                on_delivery=lambda error, _: failures.append(str(error)) if error else None)
        assert producer.flush(60) == 0, "records were not answered"
        assert not failures, f"{len(failures)} records failed: {failures[0]}"

    @staticmethod
    def consume(served, topic, partition=0):
        _, messages = read_with_librdkafka(served, [(topic, partition)])[topic, partition]
        return [(message.key(), message.value(), message.headers() or [], message.timestamp()[1]) for message in messages]


class KafkaPython:
    name = "kafka-python"

    @staticmethod
    def create_topic(served, name, partitions=1, replicas=1):
        client = kafka.admin.KafkaAdminClient(bootstrap_servers=served.bootstrap)
        client.create_topics([kafka.admin.NewTopic(name, partitions, replicas)])
        client.close()

    @staticmethod
    def produce(served, topic, records, codec="none", **config):
        producer = kafka.KafkaProducer(
            bootstrap_servers=served.bootstrap, compression_type=None if codec == "none" else codec, linger_ms=20, **config)
        futures = [
            producer.send(topic, key=key, value=value, headers=headers, timestamp_ms=timestamp, partition=0)
            for key, value, headers, timestamp in records]
        producer.flush(60)
        for future in futures:
            future.get(10)
        producer.close(10)

    @staticmethod
    def consume(served, topic, partition=0):
        consumer = kafka.KafkaConsumer(bootstrap_servers=served.bootstrap, group_id=None, enable_auto_commit=False)
        place = kafka.TopicPartition(topic, partition)
        consumer.assign([place])
        consumer.seek_to_beginning(place)
        end = consumer.end_offsets([place])[place]
        records = []
        while consumer.position(place) < end:
            for batch in consumer.poll(timeout_ms=10_000).values():
                records += [(r.key, r.value, [(name, value) for name, value in r.headers], r.timestamp) for r in batch]
        consumer.close()
        return records


class Kcat:
    """Its command line takes one header per message, and no timestamps: it writes keys and values, and reads everything."""

    name = "kcat"

    @staticmethod
    def create_topic(served, name, partitions=1, replicas=1):
        # A metadata request creates the topic if auto.create.topics.enable allows that.
        run("kcat", "-b", served.bootstrap, "-L", "-t", name)

    @staticmethod
    def produce(served, topic, records, codec="none", **config):
        lines = b"".join((key or b"") + b"\x01" + (value or b"") + b"\x02" for key, value, _, _ in records)
        options = [part for name, value in config.items() for part in ("-X", f"{name.replace('_', '.')}={value}")]
        run("kcat", "-b", served.bootstrap, "-P", "-t", topic, "-p", "0", "-z", codec, "-K", "\x01", "-D", "\x02", "-H", "by=kcat", *options, stdin=lines)

    @staticmethod
    def consume(served, topic, partition=0):
        text = run(
            "kcat", "-b", served.bootstrap, "-C", "-t", topic, "-p", str(partition), "-o", "beginning", "-e", "-q", "-X", "check.crcs=true",
            "-X", "fetch.wait.max.ms=10", "-f", "%K:%S:%T:%h:\x01%k\x01%s\x02")
        return parse_kcat(text)


def parse_kcat(text):
    """Keys and values are preceded by their lengths, so that they may contain any bytes."""
    records = []
    at = 0
    while at < len(text):
        end = text.index(b":\x01", at)
        key_length, value_length, timestamp, headers = text[at:end].split(b":", 3)
        at = end + 2
        key = text[at:at + max(0, int(key_length))]
        at += len(key) + 1
        value = text[at:at + max(0, int(value_length))]
        at += len(value) + 1
        records.append(
            (key if int(key_length) >= 0 else None, value if int(value_length) >= 0 else None, headers, int(timestamp)))
    return records


def run(*command, stdin=None, timeout=60):
    result = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout)
    assert result.returncode == 0, f"{command[0]} ended with {result.returncode}: {result.stderr.decode(errors='replace')[-500:]}"
    return result.stdout


def keys_and_values(records):
    """The fields that every client can read. Some clients show a missing key or value as empty."""
    return [(key or b"", value or b"") for key, value, _, _ in records]


def assert_same(read, expected, reader=""):
    """Reports where two lists of records differ, not only that they do."""
    for at, (left, right) in enumerate(zip(read, expected)):
        assert left == right, f"{reader} read record {at} as {str(left)[:200]} instead of {str(right)[:200]}"
    assert len(read) == len(expected), f"{reader} read {len(read)} records instead of {len(expected)}"
