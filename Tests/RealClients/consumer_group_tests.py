"""Groups of KIP-848 as librdkafka sees them."""

import confluent_kafka
import confluent_kafka.admin
import kafka

from clients import IMPATIENT, create_topic, until_answered
from group_tests import new_group, produce
from served import wait_until
from suite import test


def consumer(served, group, **config):
    return confluent_kafka.Consumer(
        {"bootstrap.servers": served.bootstrap, "group.id": group, "group.protocol": "consumer", "auto.offset.reset": "earliest", **IMPATIENT, **config})


def owned(members):
    return [sorted(place.partition for place in member.assignment()) for member in members]


def is_shared(members, partitions, values):
    for member in members:
        values += [message.value() for message in member.consume(1_000, 0.05) if not message.error()]
    parts = owned(members)
    return sorted(sum(parts, [])) == list(range(partitions)) and all(parts)


@test("members of group.protocol=consumer join and leave, and each partition is owned once")
def _(served):
    topic, group, values = create_topic(served, partitions=6), new_group(), []
    members = []
    for _ in range(3):
        members.append(consumer(served, group))
        members[-1].subscribe([topic])
        # Before that, one member may have its first partition while another must still give one back.
        wait_until(
            lambda: is_shared(members, 6, values) and all(len(part) * len(members) == 6 for part in owned(members)), 60,
            f"an even assignment of {len(members)} members")
    produce(served, topic, 6, 120)
    wait_until(lambda: is_shared(members, 6, values) and len(values) == 120, 60, "the arrival of all records")
    assert len(set(values)) == 120
    while len(members) > 1:
        members.pop().close()
        wait_until(lambda: is_shared(members, 6, values), 60, f"the assignment of {len(members)} members")
    admin = confluent_kafka.admin.AdminClient({"bootstrap.servers": served.bootstrap})
    described = admin.describe_consumer_groups([group])[group].result(20)
    assert len(described.members) == 1, described.members
    listed = {entry["group_id"]: entry for entry in kafka.KafkaAdminClient(bootstrap_servers=served.bootstrap).list_groups()}
    assert listed[group]["group_state"] == "Stable" and listed[group]["group_type"].lower() == "consumer", listed[group]
    members.pop().close()
    admin.delete_consumer_groups([group])[group].result(20)


@test("commits of group.protocol=consumer survive kill -9 of the broker", own=True)
def _(served):
    topic, group, values = create_topic(served, partitions=2), new_group(), []
    produce(served, topic, 2, 40)
    first = consumer(served, group, **{"enable.auto.commit": False})
    first.subscribe([topic])
    wait_until(lambda: is_shared([first], 2, values) and len(values) == 40, 60, "the arrival of all records")
    first.commit(offsets=[confluent_kafka.TopicPartition(topic, 0, 5), confluent_kafka.TopicPartition(topic, 1, 6)], asynchronous=False)
    served.restart_after_kill()
    wait_until(lambda: is_shared([first], 2, values), 60, "the member's return")
    committed = until_answered(lambda: first.committed([confluent_kafka.TopicPartition(topic, partition) for partition in range(2)], timeout=20))
    assert [place.offset for place in committed] == [5, 6], committed
    first.close()


@test("a pattern of group.protocol=consumer is resolved by the broker")
def _(served):
    group, values = new_group(), []
    topic = create_topic(served, partitions=2)
    member = consumer(served, group)
    member.subscribe([f"^{topic[:-1]}."])
    produce(served, topic, 2, 10)
    wait_until(lambda: is_shared([member], 2, values) and len(values) == 10, 60, "the records of the topic that matches")
    member.close()


@test("members of both protocols share a group, whose type changes with the first and the last member of a protocol")
def _(served):
    topic, group, values = create_topic(served, partitions=6), new_group(), []
    members = []

    def classic():
        return confluent_kafka.Consumer(
            {"bootstrap.servers": served.bootstrap, "group.id": group, "auto.offset.reset": "earliest", "session.timeout.ms": 6_000,
             "heartbeat.interval.ms": 200, **IMPATIENT})

    def settle(what):
        wait_until(lambda: is_shared(members, 6, values), 60, f"the assignment {what}")

    def add(member, what):
        member.subscribe([topic])
        members.append(member)
        settle(f"with {what}")

    def kind():
        admin = kafka.KafkaAdminClient(bootstrap_servers=served.bootstrap)
        listed = {entry["group_id"]: entry["group_type"].lower() for entry in admin.list_groups()}
        admin.close()
        return listed[group]

    def read(count):
        produce(served, topic, 6, count)
        wait_until(lambda: is_shared(members, 6, values) and len(set(values)) == count, 60, f"the arrival of {count} values")

    add(classic(), "a classic member")
    add(classic(), "a second one")
    assert kind() == "classic"
    read(60)
    add(consumer(served, group), "a member of the other protocol")
    assert kind() == "consumer"
    add(classic(), "another classic member")
    read(120)
    for _ in range(2):
        members.pop(0).close()
        settle("without a classic member")
    assert kind() == "consumer"
    # The member of KIP-848 comes first now.
    members.pop(0).close()
    settle("of the classic member that is left")
    assert kind() == "classic"
    read(180)
    members.pop().close()
