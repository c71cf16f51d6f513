"""Numbered records that are produced while brokers and controllers come and go."""

import threading

import confluent_kafka

from clients import Confluent
from served import wait_until


class Production:
    """Records with acks=all and idempotence to partition 0 of a topic, one after another until `end`."""

    def __init__(self, served, topic):
        self.acknowledged = []
        self._served = served
        self._topic = topic
        self._producer = confluent_kafka.Producer(
            {"bootstrap.servers": served.bootstrap, "acks": "all", "enable.idempotence": True, "linger.ms": 2, "message.timeout.ms": 60_000,
             "queue.buffering.max.messages": 2_000})
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _delivered(self, error, message):
        if not error:
            self.acknowledged.append(message.value())

    def _run(self):
        number = 0
        while not self._is_over.is_set():
            try:
                self._producer.produce(self._topic, value=b"record %d" % number, partition=0, on_delivery=self._delivered)
                number += 1
                self._producer.poll(0)
            except BufferError:
                self._producer.poll(0.05)
        self._producer.flush(60)

    def wait_for(self, count):
        """Waits for that many more acknowledgements."""
        wanted = len(self.acknowledged) + count
        wait_until(lambda: len(self.acknowledged) >= wanted, 30, f"{count} more acknowledgements")

    def end(self):
        """Waits for the answers to what was sent."""
        self._is_over.set()
        self._thread.join()

    def check(self):
        """Everything acknowledged is there, and nothing is there twice."""
        read = [value for _, value, _, _ in Confluent.consume(self._served, self._topic)]
        missing = set(self.acknowledged) - set(read)
        assert not missing, f"{len(missing)} of {len(self.acknowledged)} acknowledged records are missing, such as {min(missing)}"
        assert len(set(read)) == len(read), f"{len(read) - len(set(read))} records came twice"
