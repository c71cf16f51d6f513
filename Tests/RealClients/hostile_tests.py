"""Bytes on the socket that no client would send. The broker must keep serving."""

import os
import random
import socket
import struct
import time

from clients import Confluent, create_topic, sample_records
from suite import test


def connect(served):
    return socket.create_connection(("127.0.0.1", served.port), timeout=20)


def still_serves(served):
    topic = create_topic(served)
    Confluent.produce(served, topic, sample_records(5))
    assert Confluent.consume(served, topic) == sample_records(5)


def is_closed(connection, seconds=10):
    """Whether the broker closed the connection; anything it sent before is ignored."""
    connection.settimeout(seconds)
    try:
        while connection.recv(65_536):
            pass
        return True
    except (ConnectionResetError, BrokenPipeError):
        return True
    except socket.timeout:
        return False


def api_versions(correlation_id, version=0, client_id=b"test"):
    tagged_fields = b"\x00" if version >= 3 else b""
    body = struct.pack(">hhih", 18, version, correlation_id, len(client_id)) + client_id + tagged_fields
    return struct.pack(">i", len(body)) + body


def receive(connection):
    """One response: its correlation id and the rest."""

    def exactly(count):
        data = b""
        while len(data) < count:
            part = connection.recv(count - len(data))
            assert part, "the broker closed the connection"
            data += part
        return data

    frame = exactly(struct.unpack(">i", exactly(4))[0])
    return struct.unpack(">i", frame[:4])[0], frame[4:]


@test("lengths that are too large or negative close the connection, and no memory is allocated for them")
def _(served):
    before = resident_bytes(served)
    connections = [connect(served) for _ in range(50)]
    for number, connection in enumerate(connections):
        connection.sendall(struct.pack(">i", [2_147_483_647, -1, -2_147_483_648, 104_857_601][number % 4]) + b"x" * 100)
    assert all(is_closed(connection) for connection in connections)
    # The largest legal length, announced on many connections, with nothing after it.
    connections = [connect(served) for _ in range(50)]
    for connection in connections:
        connection.sendall(struct.pack(">i", 104_857_600) + b"x" * 10)
    time.sleep(0.5)
    grown = resident_bytes(served) - before
    assert grown < 200_000_000, f"memory grew by {grown} bytes"
    for connection in connections:
        connection.close()
    still_serves(served)


def resident_bytes(served):
    with open(f"/proc/{served.process.pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def fetch(topic, correlation_id, wait, most):
    name = topic.encode()
    body = (
        struct.pack(">hhih", 1, 4, correlation_id, 1) + b"c" + struct.pack(">iiiibih", -1, wait, 1, most, 0, 1, len(name)) + name
        + struct.pack(">iiqi", 1, 0, 0, most))
    return struct.pack(">i", len(body)) + body


def await_leader(connection, topic):
    """Waits until the broker leads the topic. The controller responds as soon as the topic is created, and a fetch that the broker refuses does not wait."""
    deadline = time.monotonic() + 20
    while True:
        connection.sendall(fetch(topic, 1, 0, 1_000_000))
        _, answer = receive(connection)
        # Throttle time, topics, the name, partitions, the partition's index; then its error.
        error, = struct.unpack_from(">h", answer, 4 + 4 + 2 + len(topic) + 4 + 4)
        if error == 0:
            return
        assert time.monotonic() < deadline, f"fetch answers with error {error}"
        time.sleep(0.01)


@test("after a request that waits, no other is read, however much its client sends")
def _(served):
    topic = create_topic(served)
    before = resident_bytes(served)
    connection = connect(served)
    await_leader(connection, topic)
    connection.sendall(fetch(topic, 1, 30_000, 1_000_000))
    connection.settimeout(1)
    taken, large = 0, struct.pack(">i", 10_000_000) + b"x" * 10_000_000
    try:
        while taken < 300_000_000:
            taken += connection.send(large[taken % len(large):])
    except socket.timeout:
        pass
    grown = resident_bytes(served) - before
    connection.close()
    assert taken < 50_000_000, f"the broker took {taken} bytes"
    assert grown < 50_000_000, f"memory grew by {grown} bytes"
    still_serves(served)


@test("clients that request much and read nothing use a bounded part of memory, and others are served")
def _(served):
    topic = create_topic(served)
    Confluent.produce(served, topic, [(None, os.urandom(900_000), [], 1_700_000_000_000 + n) for n in range(60)])
    before = resident_bytes(served)
    connections = []
    for _ in range(20):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.settimeout(20)
        connection.connect(("127.0.0.1", served.port))
        connection.sendall(b"".join(fetch(topic, number, 100, 55_000_000) for number in range(20)))
        connections.append(connection)
    time.sleep(1)
    still_serves(served)
    grown = resident_bytes(served) - before
    for connection in connections:
        connection.close()
    assert grown < 400_000_000, f"memory grew by {grown} bytes"
    still_serves(served)


@test("garbage closes its connection and harms no other client")
def _(served):
    garbage = random.Random(1)
    for text in [b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 40, bytes(1_000)]:
        with connect(served) as connection:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            is_closed(connection)
    for _ in range(50):
        with connect(served) as connection:
            try:
                connection.sendall(garbage.randbytes(garbage.randrange(1, 5_000)))
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass
    still_serves(served)


@test("random bodies after headers of every API and version never stop the broker")
def _(served):
    garbage = random.Random(2)
    for api in range(0, 93):
        for version in range(0, 20):
            if api in (4, 5, 6, 7, 19, 20, 34, 35, 37, 43, 45, 57) and version % 4:
                continue
            with connect(served) as connection:
                body = struct.pack(">hhih", api, version, 7, 1) + b"c" + b"\x00" * garbage.randrange(2)
                body += garbage.choice([b"", garbage.randbytes(garbage.randrange(200)), b"\xff" * 60, b"\x00" * 60, b"\x7f\xff\xff\xff" * 10])
                try:
                    connection.sendall(struct.pack(">i", len(body)) + body)
                except OSError:
                    pass
        assert served.is_alive, f"the broker ended with API {api}"
    still_serves(served)


@test("mutated requests of a real client never stop the broker")
def _(served):
    garbage = random.Random(3)
    topic = create_topic(served)
    requests = recorded_requests(served, topic)
    assert len(requests) >= 4, f"only {len(requests)} requests were recorded"
    for _ in range(600):
        body = bytearray(garbage.choice(requests))
        for _ in range(garbage.randrange(1, 6)):
            body[garbage.randrange(4, len(body))] = garbage.choice([0, 1, 0x7F, 0x80, 0xFF, garbage.randrange(256)])
        if garbage.random() < 0.2:
            body = body[: garbage.randrange(8, len(body))]
        with connect(served) as connection:
            try:
                connection.sendall(struct.pack(">i", len(body)) + body)
            except OSError:
                pass
        assert served.is_alive, "the broker ended"
    still_serves(served)


def recorded_requests(served, topic):
    """The requests that a client sends to produce and consume, recorded by a proxy that forwards them."""
    import threading

    requests = []
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)

    def pump(source, target, record):
        data = b""
        try:
            while True:
                part = source.recv(65_536)
                if not part:
                    break
                target.sendall(part)
                if record:
                    data += part
                    while len(data) >= 4 and len(data) >= 4 + struct.unpack(">i", data[:4])[0]:
                        length = struct.unpack(">i", data[:4])[0]
                        requests.append(data[4:4 + length])
                        data = data[4 + length:]
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def accept():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            broker = connect(served)
            broker.settimeout(None)
            threading.Thread(target=pump, args=(client, broker, True), daemon=True).start()
            threading.Thread(target=pump, args=(broker, client, False), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    connection = socket.create_connection(listener.getsockname())
    connection.sendall(api_versions(1))
    receive(connection)
    connection.close()
    # Bootstrapping goes through the proxy; the later requests are written by hand, because clients connect to the advertised address.
    import confluent_kafka

    client = confluent_kafka.Producer({"bootstrap.servers": "127.0.0.1:%d" % listener.getsockname()[1]})
    client.list_topics(topic, timeout=10)
    name = topic.encode()
    records = bytes.fromhex("0000000000000000000000380000000002")
    requests.append(
        struct.pack(">hhih", 0, 3, 9, 1) + b"c" + struct.pack(">hhiih", -1, 1, 1_000, 1, len(name)) + name
        + struct.pack(">iii", 1, 0, len(records)) + records)
    requests.append(
        struct.pack(">hhih", 1, 4, 9, 1) + b"c" + struct.pack(">iiiibih", -1, 10, 1, 1_000_000, 0, 1, len(name)) + name
        + struct.pack(">iiqi", 1, 0, 0, 1_000_000))
    requests.append(struct.pack(">hhih", 2, 1, 9, 1) + b"c" + struct.pack(">iih", -1, 1, len(name)) + name + struct.pack(">iiq", 1, 0, -1))
    listener.close()
    return requests


@test("half a request, and a client that disconnects, harm no other client")
def _(served):
    for cut in [1, 3, 4, 5, 10, len(api_versions(1)) - 1]:
        with connect(served) as connection:
            connection.sendall(api_versions(1)[:cut])
    still_serves(served)


@test("a request that arrives a byte at a time is answered")
def _(served):
    with connect(served) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in api_versions(42):
            connection.sendall(bytes([byte]))
            time.sleep(0.005)
        assert receive(connection)[0] == 42


@test("two thousand requests in a row are all answered, in order")
def _(served):
    with connect(served) as connection:
        connection.sendall(b"".join(api_versions(number) for number in range(2_000)))
        for number in range(2_000):
            assert receive(connection)[0] == number


@test("a client that sends requests and never reads does not delay others")
def _(served):
    with connect(served) as silent:
        silent.settimeout(1)
        try:
            for _ in range(20):
                silent.sendall(b"".join(api_versions(number) for number in range(2_000)))
        except OSError:
            pass
        started = time.monotonic()
        still_serves(served)
        assert time.monotonic() - started < 15


@test("three hundred idle connections do not prevent another one from working")
def _(served):
    connections = [connect(served) for _ in range(300)]
    still_serves(served)
    for connection in connections:
        connection.close()


@test("an ApiVersions request of a future version is answered with the supported versions")
def _(served):
    with connect(served) as connection:
        connection.sendall(api_versions(5, version=99))
        correlation_id, body = receive(connection)
        assert correlation_id == 5 and struct.unpack(">h", body[:2])[0] == 35
