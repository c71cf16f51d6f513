"""What clients learn about the cluster and its topics, and what they change."""

import json

import confluent_kafka
import confluent_kafka.admin
import kafka.admin

from clients import Confluent, KafkaPython, Kcat, admin, create_topic, new_topic_name, run
from served import wait_until
from suite import test


@test("kcat lists three brokers", brokers=3)
def _(served):
    listing = json.loads(run("kcat", "-b", served.bootstrap, "-L", "-J"))
    assert [broker["id"] for broker in sorted(listing["brokers"], key=lambda broker: broker["id"])] == [1, 2, 3], listing
    names = {broker["name"] for broker in listing["brokers"]}
    assert names == set(served.bootstrap.split(",")), names


@test("every client creates topics that the others see", brokers=3)
def _(served):
    names = []
    for client in [Confluent, KafkaPython, Kcat]:
        name = new_topic_name(client.name)
        client.create_topic(served, name)
        names.append(name)
    wait_until(lambda: set(names) <= set(admin(served).list_topics(timeout=10).topics), what="seeing all topics")


@test("a topic with three replicas has them all in sync", brokers=3)
def _(served):
    name = create_topic(served, partitions=6, replicas=3)

    def all_in_sync():
        partitions = admin(served).list_topics(name, timeout=10).topics[name].partitions.values()
        return len(partitions) == 6 and all(sorted(p.isrs) == [1, 2, 3] for p in partitions)

    wait_until(all_in_sync, what="all replicas in sync")
    leaders = {p.leader for p in admin(served).list_topics(name, timeout=10).topics[name].partitions.values()}
    assert leaders == {1, 2, 3}, f"leaders are {leaders}"


@test("a topic that exists is not created again, and one with too many replicas is refused", brokers=3)
def _(served):
    name = create_topic(served)
    for again, code in [(name, "TOPIC_ALREADY_EXISTS"), (new_topic_name(), "INVALID_REPLICATION_FACTOR")]:
        try:
            create_topic(served, again, replicas=1 if again == name else 4)
            raise AssertionError(f"{code} was expected")
        except confluent_kafka.KafkaException as error:
            assert error.args[0].name() == code, error


@test("a deleted topic is gone", brokers=3)
def _(served):
    name = create_topic(served, replicas=3)
    admin(served).delete_topics([name])[name].result(30)
    wait_until(lambda: name not in admin(served).list_topics(timeout=10).topics, what="the topic's end")


@test("partitions are added to a topic", brokers=3)
def _(served):
    name = create_topic(served)
    admin(served).create_partitions([confluent_kafka.admin.NewPartitions(name, 4)])[name].result(30)
    wait_until(lambda: len(admin(served).list_topics(name, timeout=10).topics[name].partitions) == 4, what="seeing four partitions")


@test("settings of topics are described and changed", brokers=3)
def _(served):
    name = create_topic(served, config={"retention.ms": "3600000"})
    resource = confluent_kafka.admin.ConfigResource(confluent_kafka.admin.ConfigResource.Type.TOPIC, name)

    def is_known():
        # The controller answers before every broker has heard of the topic.
        try:
            return admin(served).describe_configs([resource])[resource].result(30)
        except confluent_kafka.KafkaException as error:
            if error.args[0].name() != "UNKNOWN_TOPIC_OR_PART":
                raise

    wait_until(is_known, what="every broker's hearing of the topic")
    described = is_known()
    assert described["retention.ms"].value == "3600000" and not described["retention.ms"].is_default
    assert described["segment.bytes"].value == "1073741824" and described["segment.bytes"].is_default
    changed = confluent_kafka.admin.ConfigResource(
        confluent_kafka.admin.ConfigResource.Type.TOPIC, name,
        incremental_configs=[
            confluent_kafka.admin.ConfigEntry(
                "max.message.bytes", "4096", incremental_operation=confluent_kafka.admin.AlterConfigOpType.SET)])
    admin(served).incremental_alter_configs([changed])[changed].result(30)
    wait_until(lambda: admin(served).describe_configs([resource])[resource].result(30)["max.message.bytes"].value == "4096")


@test("settings that no topic can have are refused by name, and the topic is not created")
def _(served):
    for setting, value in [("retention.ms", "soon"), ("segment.bytes", "1"), ("no.such.setting", "1"), ("cleanup.policy", "shred")]:
        name = new_topic_name()
        try:
            create_topic(served, name, config={setting: value})
            assert False, f"{setting}={value} was taken"
        except confluent_kafka.KafkaException as error:
            assert error.args[0].code() == confluent_kafka.KafkaError.INVALID_CONFIG, error
            assert setting in error.args[0].str(), error
        assert name not in admin(served).list_topics(timeout=10).topics


@test("one request creates no more than ten thousand partitions")
def _(served):
    try:
        create_topic(served, partitions=10_001)
        assert False, "10 001 partitions were made"
    except confluent_kafka.KafkaException as error:
        assert error.args[0].code() == confluent_kafka.KafkaError.POLICY_VIOLATION, error


@test("the log directory is described with its path and the space of its device")
def _(served):
    name = create_topic(served)
    client = kafka.admin.KafkaAdminClient(bootstrap_servers=served.bootstrap)
    try:
        described = str(client.describe_log_dirs())
        assert served.directory + "/data/broker-1" in described and name in described, described
    finally:
        client.close()


@test("settings of a broker are described", brokers=3)
def _(served):
    resource = confluent_kafka.admin.ConfigResource(confluent_kafka.admin.ConfigResource.Type.BROKER, "2")
    described = admin(served).describe_configs([resource])[resource].result(30)
    assert described["node.id"].value == "2", described["node.id"]
    assert described["min.insync.replicas"].value == "1", described["min.insync.replicas"]


@test("confluent-kafka describes the cluster", brokers=3)
def _(served):
    cluster = admin(served).describe_cluster().result(30)
    assert sorted(node.id for node in cluster.nodes) == [1, 2, 3] and len(cluster.cluster_id) == 22, cluster.cluster_id


@test("kafka-python describes the cluster, its topics and its features", brokers=3)
def _(served):
    name = create_topic(served, partitions=2, replicas=3)
    client = kafka.admin.KafkaAdminClient(bootstrap_servers=served.bootstrap)
    try:
        assert len(client.describe_cluster()["brokers"]) == 3
        topics = client.describe_topics([name])
        assert len(topics[0]["partitions"]) == 2, topics
        assert "metadata.version" in str(client.describe_features())
    finally:
        client.close()
