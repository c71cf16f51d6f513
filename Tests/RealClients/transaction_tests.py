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


class LibrdkafkaReader:
    """One member of a group, of a topic with one partition."""

    def __init__(self, served, group, topic):
        self.consumer = confluent_kafka.Consumer(
            {"bootstrap.servers": served.bootstrap, "group.id": group, "enable.auto.commit": False, "auto.offset.reset": "earliest",
             "isolation.level": "read_committed", "session.timeout.ms": 6_000, **IMPATIENT})
        self.consumer.subscribe([topic])
        self.place = confluent_kafka.TopicPartition(topic, 0)

    def read(self):
        return [(message.offset(), message.value()) for message in self.consumer.consume(20, 0.2) if not message.error()]

    def committed(self):
        return self.consumer.committed([self.place], timeout=20)[0].offset

    def close(self):
        self.consumer.close()


class KafkaPythonReader:
    """One member of a group, of a topic with one partition."""

    def __init__(self, served, group, topic):
        self.consumer = kafka.KafkaConsumer(
            bootstrap_servers=served.bootstrap, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest", isolation_level="read_committed",
            session_timeout_ms=6_000, heartbeat_interval_ms=500)
        self.consumer.subscribe([topic])
        self.place = kafka.TopicPartition(topic, 0)

    def read(self):
        return [(record.offset, record.value) for record in self.consumer.poll(timeout_ms=200, max_records=20).get(self.place, [])]

    def committed(self):
        return self.consumer.committed(self.place)

    def close(self):
        self.consumer.close()


class Librdkafka:
    name = "confluent-kafka"
    reader = LibrdkafkaReader

    def __init__(self, served, transactional_id, timeout=60_000):
        # By default it forgets all brokers when all of them are down at once, but not that one of them is a group's coordinator, and waits for that one for ever and beyond all of its timeouts
        # (rd_kafka_coord_req_fsm; librdkafka's issues 5511 and 5456).
        self.producer = confluent_kafka.Producer(
            {"bootstrap.servers": served.bootstrap, "transactional.id": transactional_id, "transaction.timeout.ms": timeout, "linger.ms": 2,
             "metadata.recovery.strategy": "none"})
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

    def send_offset(self, offset, reader):
        place = confluent_kafka.TopicPartition(reader.place.topic, reader.place.partition, offset)
        self.producer.send_offsets_to_transaction([place], reader.consumer.consumer_group_metadata(), 30)

    def is_fenced_by(self, error):
        return isinstance(error, confluent_kafka.KafkaException) and error.args[0].fatal()

    def close(self):
        del self.producer


class KafkaPython:
    name = "kafka-python"
    reader = KafkaPythonReader

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

    def send_offset(self, offset, reader):
        self.producer.send_offsets_to_transaction({reader.place: kafka.OffsetAndMetadata(offset, "", -1)}, reader.consumer.group_metadata())

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
                # Records that were never sent need no abort.
                producer.flush()
            ends()
        for partition in (0, 1):
            every = [f"{number}-{place}" for number in range(3) for place in range(3)]
            assert values(served, topic, "read_uncommitted", partition) == every
            assert values(served, topic, "read_committed", partition) == [value for value in every if value[0] != "1"]
        producer.close()

    @test(f"a read_committed reader waits for the open transaction of {client.name}")
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


@test("a transaction that no client ends is aborted after its timeout, and readers continue")
def _(served):
    topic = create_topic(served)
    producer = Librdkafka(served, new_id(), timeout=4_000)
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


@test("an operator lists and describes transactions, and aborts a hanging one")
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


def transform_until_done(client, served, source, target, group, name, count, kill_at):
    """Reads, writes each value twice as large, and commits both together; begins anew after each error, as a supervisor would. The broker is killed once, within a transaction."""
    has_killed = False
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        reader = client.reader(served, group, source)
        producer = None
        try:
            producer = client(served, name, timeout=10_000)
            while time.monotonic() < deadline:
                batch = reader.read()
                if not batch:
                    if reader.committed() == count:
                        return has_killed
                    continue
                producer.begin()
                for _, value in batch:
                    producer.send(target, b"%d" % (2 * int(value)))
                next_offset = batch[-1][0] + 1
                if not has_killed and next_offset > kill_at:
                    producer.flush()
                    has_killed = True
                    served.restart_after_kill()
                producer.send_offset(next_offset, reader)
                producer.commit()
        except (kafka.errors.KafkaError, confluent_kafka.KafkaException):
            # An open transaction is aborted by the next producer with the same transactional.id.
            pass
        finally:
            if producer:
                producer.close()
            reader.close()
    raise AssertionError("not all inputs were transformed")


for client in CLIENTS:

    @test(f"each input of a {client.name} has one output though the broker is killed in the middle of a transaction", own=True)
    def _(served, client=client):
        source, target = create_topic(served), create_topic(served)
        count = 300
        produce(served, source, 1, count)
        assert transform_until_done(client, served, source, target, new_group(), new_id(), count, kill_at=150), "the broker was not killed"
        assert values(served, target, "read_committed") == [str(2 * n) for n in range(count)]


def transactional_records(served, isolation):
    return {str(partition): records for (_, partition), (_, records) in read(served, [("transactional", 0), ("transactional", 1)], isolation).items()}


def check_kafkas_transactions(served, wanted_records):
    for isolation in ("read_uncommitted", "read_committed"):
        found = transactional_records(served, isolation)
        assert found == {partition: content["records"] for partition, content in wanted_records[isolation].items()}, f"{isolation}: {found}"


@test(
    "a transaction that Apache Kafka left open is aborted after its timeout, and its transactional.id stays usable", own=True, prepare=laid_out("dirty"), log_retention_ms=-1)
def _(served):
    expectation = expected()
    ends = expectation["end_offsets"]
    # The timeout passed before the broker started. A marker follows the records of the open transaction.
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
    "a transaction that Apache Kafka left open is ended by the next producer with its transactional.id", own=True, prepare=laid_out("dirty"), log_retention_ms=-1,
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
    # A coordinator that Kafka stopped in the middle of goes on: the groups' transactional ids are fenced and used as usual.
    copier = Librdkafka(served, "copier-classic")
    copier.begin()
    copier.send("copy-out", b"one more")
    copier.commit()
    assert values(served, "copy-out", "read_committed")[-1] == "one more"
