"""Transactions as real clients meet them: what is committed is read and what is aborted is not, zombies are fenced, and each input has one output."""

import time
import uuid

import confluent_kafka
import kafka
import kafka.errors

from clients import IMPATIENT, create_topic
from group_tests import new_group, produce
from kafka_directory_tests import expected, laid_out, read
from served import wait_until
from suite import test

def new_id():
    return f"x-{uuid.uuid4().hex[:10]}"


class Librdkafka:
    name = "confluent-kafka"

    def __init__(self, served, transactional_id, timeout=60_000):
        self.producer = confluent_kafka.Producer(
            {"bootstrap.servers": served.bootstrap, "transactional.id": transactional_id, "transaction.timeout.ms": timeout, "linger.ms": 2})
        self.producer.init_transactions(30)

    def begin(self):
        self.producer.begin_transaction()

    def send(self, topic, value, partition=0):
        self.producer.produce(topic, value=value, partition=partition)

    def flush(self):
        assert self.producer.flush(30) == 0, "records were not answered"

    def commit(self):
        self.producer.commit_transaction(30)

    def abort(self):
        self.producer.abort_transaction(30)

    def is_fenced_by(self, error):
        return isinstance(error, confluent_kafka.KafkaException) and error.args[0].fatal()

    def close(self):
        del self.producer


class KafkaPython:
    name = "kafka-python"

    def __init__(self, served, transactional_id, timeout=60_000):
        self.producer = kafka.KafkaProducer(
            bootstrap_servers=served.bootstrap, transactional_id=transactional_id, transaction_timeout_ms=timeout, linger_ms=2)
        self.producer.init_transactions()

    def begin(self):
        self.producer.begin_transaction()

    def send(self, topic, value, partition=0):
        self.producer.send(topic, value=value, partition=partition)

    def flush(self):
        self.producer.flush(30)

    def commit(self):
        self.producer.commit_transaction()

    def abort(self):
        self.producer.abort_transaction()

    def is_fenced_by(self, error):
        return isinstance(error, (kafka.errors.ProducerFencedError, kafka.errors.InvalidProducerEpochError, kafka.errors.KafkaError))

    def close(self):
        self.producer.close(5)


CLIENTS = [Librdkafka, KafkaPython]


def values(served, topic, isolation, partition=0):
    return [value for _, _, _, value, _ in read(served, [(topic, partition)], isolation)[topic, partition][1]]


def last_stable_offset(served, topic, partition=0):
    consumer = kafka.KafkaConsumer(bootstrap_servers=served.bootstrap, isolation_level="read_committed")
    place = kafka.TopicPartition(topic, partition)
    offset = consumer.end_offsets([place])[place]
    consumer.close()
    return offset


for client in CLIENTS:

    @test(f"what {client.name} commits is read committed, and what it aborts is not")
    def _(served, client=client):
        topic = create_topic(served, partitions=2)
        producer = client(served, new_id())
        for number, ends in enumerate([producer.commit, producer.abort, producer.commit]):
            producer.begin()
            for partition in (0, 1):
                for place in range(3):
                    producer.send(topic, b"%d-%d" % (number, place), partition)
            if ends == producer.abort:
                # What was never sent need not be aborted.
                producer.flush()
            ends()
        for partition in (0, 1):
            every = [f"{number}-{place}" for number in range(3) for place in range(3)]
            assert values(served, topic, "read_uncommitted", partition) == every
            assert values(served, topic, "read_committed", partition) == [value for value in every if value[0] != "1"]
        producer.close()

    @test(f"a reader at read_committed waits for the transaction of {client.name} that is open")
    def _(served, client=client):
        topic = create_topic(served)
        producer = client(served, new_id())
        producer.begin()
        producer.send(topic, b"open")
        producer.flush()
        assert last_stable_offset(served, topic) == 0
        assert values(served, topic, "read_committed") == [] and values(served, topic, "read_uncommitted") == ["open"]
        producer.commit()
        wait_until(lambda: last_stable_offset(served, topic) == 2, 20, "the end of the transaction")
        assert values(served, topic, "read_committed") == ["open"]
        producer.close()

    @test(f"a second {client.name} with the same transactional.id fences the first, whose records are aborted")
    def _(served, client=client):
        topic, name = create_topic(served), new_id()
        zombie = client(served, name)
        zombie.begin()
        zombie.send(topic, b"of the zombie")
        zombie.flush()
        heir = client(served, name)
        heir.begin()
        heir.send(topic, b"of the heir")
        heir.commit()
        try:
            zombie.send(topic, b"late")
            zombie.commit()
            raise AssertionError("the zombie committed")
        except Exception as error:
            assert zombie.is_fenced_by(error), repr(error)
        assert values(served, topic, "read_committed") == ["of the heir"]
        heir.close()


@test("a transaction that nobody ends is aborted after its timeout, and readers go on")
def _(served):
    topic = create_topic(served)
    producer = Librdkafka(served, new_id(), timeout=2_000)
    producer.begin()
    producer.send(topic, b"left alone")
    producer.flush()
    assert last_stable_offset(served, topic) == 0
    wait_until(lambda: last_stable_offset(served, topic) == 2, 20, "the abort")
    assert values(served, topic, "read_committed") == []
    try:
        producer.commit()
        raise AssertionError("a transaction that was aborted was committed")
    except confluent_kafka.KafkaException:
        pass


@test("an operator lists and describes transactions, and aborts one that hangs")
def _(served):
    topic, name = create_topic(served), new_id()
    producer = Librdkafka(served, name)
    producer.begin()
    producer.send(topic, b"open")
    producer.flush()
    admin = kafka.KafkaAdminClient(bootstrap_servers=served.bootstrap)
    listed = {entry.transactional_id: entry for entries in admin.list_transactions().values() for entry in entries}
    assert str(listed[name].state).endswith(("Ongoing", "ONGOING")), listed[name]
    described = admin.describe_transactions([name])[name]
    assert described.producer_id == listed[name].producer_id, described
    place = kafka.TopicPartition(topic, 0)
    writers = admin.describe_producers([place])[place].active_producers
    assert [writer.producer_id for writer in writers] == [described.producer_id], writers
    assert writers[0].current_transaction_start_offset == 0, writers
    admin.abort_transaction(kafka.admin.AbortTransactionSpec(place, writers[0].producer_id, writers[0].producer_epoch))
    wait_until(lambda: last_stable_offset(served, topic) == 2, 20, "the abort")
    assert values(served, topic, "read_committed") == []
    admin.close()


def transform_until_done(served, source, target, group, name, count, kill_at):
    """Reads, writes each value twice as large, and commits both together; begins anew after each error, as a supervisor would. The broker is killed once, within a transaction. By kafka-python: librdkafka
    2.16 may wait for ever for a group's coordinator that went away within a transaction."""
    has_killed = False
    place = kafka.TopicPartition(source, 0)
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=served.bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest", isolation_level="read_committed",
            session_timeout_ms=6_000, heartbeat_interval_ms=500)
        producer = kafka.KafkaProducer(bootstrap_servers=served.bootstrap, transactional_id=name, transaction_timeout_ms=10_000)
        try:
            producer.init_transactions()
            consumer.subscribe([source])
            while time.monotonic() < deadline:
                batch = consumer.poll(timeout_ms=200, max_records=20).get(place, [])
                if not batch:
                    if consumer.committed(place) == count:
                        return has_killed
                    continue
                producer.begin_transaction()
                for record in batch:
                    producer.send(target, value=b"%d" % (2 * int(record.value)), partition=0)
                if not has_killed and batch[-1].offset >= kill_at:
                    producer.flush(30)
                    has_killed = True
                    served.restart_after_kill()
                producer.send_offsets_to_transaction({place: kafka.OffsetAndMetadata(batch[-1].offset + 1, "", -1)}, consumer.group_metadata())
                producer.commit_transaction()
        except kafka.errors.KafkaError:
            # What was open is aborted by whoever begins with the same transactional.id.
            pass
        finally:
            producer.close(5)
            consumer.close()
    raise AssertionError("not all inputs were transformed")


@test("each input has one output though the broker is killed in the middle of a transaction", own=True)
def _(served):
    source, target = create_topic(served), create_topic(served)
    count = 300
    produce(served, source, 1, count)
    assert transform_until_done(served, source, target, new_group(), new_id(), count, kill_at=150), "the broker was not killed"
    assert values(served, target, "read_committed") == [str(2 * n) for n in range(count)]


def transactional_records(served, isolation):
    return {str(partition): records for (_, partition), (_, records) in read(served, [("transactional", 0), ("transactional", 1)], isolation).items()}


def check_kafkas_transactions(served, wanted_records):
    for isolation in ("read_uncommitted", "read_committed"):
        found = transactional_records(served, isolation)
        assert found == {partition: content["records"] for partition, content in wanted_records[isolation].items()}, f"{isolation}: {found}"


@test(
    "a transaction that Apache Kafka left open is aborted when its time is over, and its transactional.id goes on", own=True, prepare=laid_out("dirty"), log_retention_ms=-1)
def _(served):
    expectation = expected()
    ends = expectation["end_offsets"]
    # The time was over before the broker came up. A marker stands behind what was open.
    for partition in (0, 1):
        end = ends["high_watermark"][f"transactional-{partition}"] + 1
        wait_until(lambda: last_stable_offset(served, "transactional", partition) == end, 30, "the end of the transaction")
    check_kafkas_transactions(served, expectation["topics"]["transactional"])
    producer = Librdkafka(served, "tx-open")
    producer.begin()
    producer.send("transactional", b"on it goes")
    producer.commit()
    served.restart_after_kill()
    assert values(served, "transactional", "read_committed")[-1] == "on it goes"


@test(
    "a transaction that Apache Kafka left open is ended by who takes its transactional.id over", own=True, prepare=laid_out("dirty"), log_retention_ms=-1,
    transaction_abort_timed_out_transaction_cleanup_interval_ms=3_600_000)
def _(served):
    expectation = expected()
    check_kafkas_transactions(served, expectation["topics"]["transactional"])
    for partition in (0, 1):
        wanted = expectation["end_offsets"]["last_stable_offset"][f"transactional-{partition}"]
        assert last_stable_offset(served, "transactional", partition) == wanted
    producer = KafkaPython(served, "tx-open")
    for partition in (0, 1):
        end = expectation["end_offsets"]["high_watermark"][f"transactional-{partition}"] + 1
        wait_until(lambda: last_stable_offset(served, "transactional", partition) == end, 30, "the end of the transaction")
    check_kafkas_transactions(served, expectation["topics"]["transactional"])
    producer.close()
    # A coordinator that Kafka stopped in the middle of goes on: the groups' transactional ids are fenced and used as ever.
    copier = Librdkafka(served, "copier-classic")
    copier.begin()
    copier.send("copy-out", b"one more")
    copier.commit()
    assert values(served, "copy-out", "read_committed")[-1] == "one more"
