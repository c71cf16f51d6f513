"""Groups of consumers as their clients meet them: members that come and go, commits that survive, listings and lag."""

import threading
import time
import uuid

import confluent_kafka
import confluent_kafka.admin
import kafka
import kafka.admin

from clients import Confluent, create_topic, sample_records
from served import wait_until
from suite import test


def new_group():
    return f"g-{uuid.uuid4().hex[:10]}"


class Member:
    """A kafka-python consumer that is polled by its own thread until it closes or is abandoned."""

    def __init__(self, served, group, topic, **config):
        self.consumer = kafka.KafkaConsumer(
            bootstrap_servers=served.bootstrap, group_id=group, auto_offset_reset="earliest", session_timeout_ms=6_000, heartbeat_interval_ms=200,
            **config)
        self.consumer.subscribe([topic])
        self.owned = set()
        self.values = []
        self.ends = False
        self.failure = None
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        try:
            while not self.ends:
                # kafka-python 3.0.12 loses what it was assigned where a poll ends between JoinGroup and the answer to SyncGroup: it never rejoins, and sends no heartbeats.
                for batch in self.consumer.poll(timeout_ms=3_000).values():
                    self.values += [record.value for record in batch]
                self.owned = {place.partition for place in self.consumer.assignment()}
            self.consumer.close()
        except Exception as error:
            self.failure = error

    def close(self):
        self.ends = True
        self.thread.join(30)
        assert not self.failure, self.failure


def each_owned_once(members, partitions):
    for member in members:
        # A member whose thread has ended owns nothing: report the error that ended it.
        if member.failure:
            raise member.failure
    owned = [partition for member in members for partition in member.owned]
    return sorted(owned) == list(range(partitions)) and all(member.owned for member in members)


def produce(served, topic, partitions, count):
    producer = kafka.KafkaProducer(bootstrap_servers=served.bootstrap)
    futures = [producer.send(topic, value=b"%d" % n, partition=n % partitions) for n in range(count)]
    for future in futures:
        future.get(20)
    producer.close(10)


for brokers in [1, 3]:

    @test(f"three members of a group join and leave, and each partition is owned once, with {brokers} broker{'s' if brokers > 1 else ''}", brokers=brokers)
    def _(served, brokers=brokers):
        topic, group = create_topic(served, partitions=6, replicas=brokers), new_group()
        members = []
        try:
            for _ in range(3):
                members.append(Member(served, group, topic))
                wait_until(lambda: each_owned_once(members, 6), 60, f"the assignment of {len(members)} members")
            assert all(len(member.owned) == 2 for member in members), [member.owned for member in members]
            produce(served, topic, 6, 300)
            wait_until(lambda: sum(len(member.values) for member in members) == 300, 30, "the arrival of all records")
            assert len({value for member in members for value in member.values}) == 300
            while len(members) > 1:
                members.pop().close()
                wait_until(lambda: each_owned_once(members, 6), 60, f"the assignment of {len(members)} members")
        finally:
            for member in members:
                member.close()


@test("a group's commits survive kill -9 of the broker, and its members continue after them", own=True)
def _(served):
    topic, group = create_topic(served, partitions=2), new_group()
    produce(served, topic, 2, 100)
    first = Member(served, group, topic, enable_auto_commit=False)
    wait_until(lambda: len(first.values) == 100, 60, "the arrival of all records")
    first.close()
    places = [kafka.TopicPartition(topic, partition) for partition in range(2)]
    committer = kafka.KafkaConsumer(bootstrap_servers=served.bootstrap, group_id=group, enable_auto_commit=False)
    committer.assign(places)
    committer.commit({place: kafka.OffsetAndMetadata(30 + place.partition, "", -1) for place in places})
    committer.close()
    served.restart_after_kill()
    reader = kafka.KafkaConsumer(bootstrap_servers=served.bootstrap, group_id=group, enable_auto_commit=False)
    assert [reader.committed(place) for place in places] == [30, 31]
    reader.close()
    second = Member(served, group, topic, enable_auto_commit=False)
    wait_until(lambda: len(second.values) == 100 - 30 - 31, 60, "the arrival of what was not committed")
    second.close()


@test("a consumer with automatic commits continues where it was")
def _(served):
    topic, group = create_topic(served), new_group()
    Confluent.produce(served, topic, sample_records(50))
    for expected in [50, 0]:
        consumer = kafka.KafkaConsumer(
            topic, bootstrap_servers=served.bootstrap, group_id=group, auto_offset_reset="earliest", enable_auto_commit=True)
        read = 0
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and (read < expected or not consumer.assignment()):
            read += sum(len(batch) for batch in consumer.poll(timeout_ms=200).values())
        if not expected:
            read += sum(len(batch) for batch in consumer.poll(timeout_ms=1_000).values())
        consumer.close()
        assert read == expected, f"{read} records came, {expected} were expected"


@test("groups are listed with their states, described, read with their lag, and deleted")
def _(served):
    topic, group, simple = create_topic(served, partitions=2), new_group(), new_group()
    produce(served, topic, 2, 20)
    places = [kafka.TopicPartition(topic, partition) for partition in range(2)]
    alone = kafka.KafkaConsumer(bootstrap_servers=served.bootstrap, group_id=simple, enable_auto_commit=False)
    alone.assign(places)
    alone.commit({places[0]: kafka.OffsetAndMetadata(4, "by hand", -1), places[1]: kafka.OffsetAndMetadata(10, "", -1)})
    ends = alone.end_offsets(places)
    alone.close()
    member = Member(served, group, topic)
    wait_until(lambda: len(member.values) == 20, 60, "the arrival of all records")
    admin = kafka.admin.KafkaAdminClient(bootstrap_servers=served.bootstrap)
    listed = {entry["group_id"]: entry for entry in admin.list_groups()}
    assert listed[group]["group_state"] == "Stable" and listed[group]["group_type"] == "classic", listed[group]
    assert listed[simple]["group_state"] == "Empty", listed[simple]
    offsets = admin.list_group_offsets({simple: None})[simple]
    assert {place.partition: ends[place] - offsets[place].offset for place in places} == {0: 6, 1: 0}
    assert offsets[places[0]].metadata == "by hand"
    member.close()
    confluent = confluent_kafka.admin.AdminClient({"bootstrap.servers": served.bootstrap})
    assert group in {entry.group_id for entry in confluent.list_consumer_groups().result(20).valid}
    for name, future in confluent.delete_consumer_groups([group, simple]).items():
        future.result(20)
    remaining = {entry["group_id"] for entry in admin.list_groups()}
    assert group not in remaining and simple not in remaining, remaining
    admin.close()


@test("members of librdkafka share the partitions, also with cooperative assignment")
def _(served):
    for strategy in ["range", "cooperative-sticky"]:
        topic, group = create_topic(served, partitions=6), new_group()
        consumers = [
            confluent_kafka.Consumer(
                {"bootstrap.servers": served.bootstrap, "group.id": group, "auto.offset.reset": "earliest", "session.timeout.ms": 6_000,
                 "heartbeat.interval.ms": 200, "partition.assignment.strategy": strategy}) for _ in range(3)]
        for consumer in consumers:
            consumer.subscribe([topic])

        def is_shared():
            for consumer in consumers:
                consumer.poll(0.1)
            owned = [[place.partition for place in consumer.assignment()] for consumer in consumers]
            return sorted(sum(owned, [])) == list(range(6)) and all(len(part) == 2 for part in owned)

        wait_until(is_shared, 60, f"the assignment by {strategy}")
        for consumer in consumers:
            consumer.close()
