"""Ends of the whole process: clean shutdowns and kills."""

import json
import os
import re
import signal
import subprocess
import time

from clients import Confluent, assert_same, create_topic, sample_records
from production import Production
from served import Served, free_ports
from suite import test


@test("SIGTERM ends the cluster with exit code 0, and a restart finds everything", brokers=3, own=True, offsets_topic_num_partitions=50)
def _(served):
    topic = create_topic(served, replicas=3)
    Confluent.produce(served, topic, sample_records())
    assert served.stop() == 0
    served.start()
    assert_same(Confluent.consume(served, topic), sample_records(), Confluent.name)
    Confluent.produce(served, topic, sample_records())
    assert_same(Confluent.consume(served, topic), sample_records() + sample_records(), Confluent.name)


for brokers in [1, 3]:

    @test(f"kill -9 of {brokers} broker{'s' if brokers > 1 else ''} during production loses nothing acknowledged and repeats nothing", brokers=brokers, own=True)
    def _(served, brokers=brokers):
        topic = create_topic(served, replicas=brokers)
        production = Production(served, topic)
        production.wait_for(3_000)
        served.restart_after_kill()
        time.sleep(1)
        production.end()
        production.check()


@test("three kills in a row leave a cluster that works", brokers=3, own=True)
def _(served):
    topic = create_topic(served, partitions=3, replicas=3)
    expected = []
    for _ in range(3):
        Confluent.produce(served, topic, sample_records(50))
        expected += sample_records(50)
        served.restart_after_kill()
        assert_same(Confluent.consume(served, topic), expected, Confluent.name)


@test("a temporary data directory is reported, and removed at the end")
def _(served):
    process = subprocess.Popen([Served.binary, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    facts = json.loads(read_object(process.stdout))
    assert os.path.isdir(facts["data"]) and len(facts["brokers"]) == 1, facts
    process.send_signal(signal.SIGINT)
    told = process.stderr.read().decode()
    assert process.wait(60) == 0
    assert re.search("data is kept in .* until the end", told), told
    assert not os.path.exists(facts["data"])


def read_object(stream):
    """The first JSON object of a stream that continues."""
    text = ""
    while not (text.strip() and text.count("{") == text.count("}")):
        line = stream.readline().decode()
        assert line, f"the stream ended: {text}"
        text += line
    return text


@test("a second process cannot use the port or the data directory, and is told what to do")
def _(served):
    result = subprocess.run([Served.binary, "serve", "--port", str(served.port)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 64 and f"port {served.port}" in result.stderr and "--port" in result.stderr, result.stderr
    result = subprocess.run(
        [Served.binary, "serve", "--port", str(free_ports(2)), "--data", served.directory + "/data"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 64 and "in use by another process" in result.stderr and "--data" in result.stderr, result.stderr
    result = subprocess.run(
        [Served.binary, "serve", "--config", "min.insync.replica=2"], capture_output=True, text=True, timeout=60)
    assert result.returncode == 64 and "min.insync.replicas" in result.stderr, result.stderr
