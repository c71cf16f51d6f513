import Client
import Primitives
import Testing
import Wire

@Suite struct ProducerBlockingTests {
  @Test func `Records wait for memory in order`() {
    let fixture = ProducerFixture {
      $0.batchSize = 1_000
      $0.bufferMemory = 3_000
    }
    fixture.answersByItself = false
    let value = Bytes(Array(repeating: 66, count: 800))
    for token in 0..<6 { fixture.producer.send(topic: "t", partition: 0, value: value, token: UInt64(token)) }
    fixture.world.run(for: .milliseconds(50))
    #expect(fixture.producer.blockedRecordCount == 3)
    #expect(fixture.producer.availableMemory == 0)
    #expect(fixture.requests.count == 3)
    for call in fixture.requests { fixture.accept(call) }
    fixture.answersByItself = true
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 6 })
    #expect(fixture.acknowledgedTokens == Array(0..<6))
    #expect(fixture.producer.blockedRecordCount == 0)
    #expect(fixture.producer.incompleteRecordCount == 0)
    #expect(fixture.producer.availableMemory == 3_000)
  }

  @Test func `A record that gets no memory fails after max.block.ms`() {
    let fixture = ProducerFixture {
      $0.batchSize = 1_000
      $0.bufferMemory = 1_000
      $0.maxBlock = .seconds(5)
    }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: Bytes(Array(repeating: 1, count: 900)), token: 0)
    fixture.world.run(for: .seconds(1))
    fixture.producer.send(topic: "t", partition: 0, value: Bytes(Array(repeating: 1, count: 900)), token: 1)
    fixture.world.run(for: .milliseconds(4_999))
    #expect(fixture.failed.isEmpty)
    fixture.world.run(for: .milliseconds(1))
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.bufferExhausted, .notWritten)])
    #expect(fixture.failedTokens == [1])
  }

  @Test func `A topic that does not exist fails after max.block.ms`() {
    let fixture = ProducerFixture { $0.maxBlock = .seconds(3) }
    fixture.producer.send(topic: "missing", value: "x", token: 4)
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.metadataUnavailable, .notWritten)])
    #expect(fixture.world.now == Instant(nanoseconds: 3_000_000_000))
    // Asked again and again, with a growing backoff.
    #expect((4...20).contains(fixture.cluster.requests))
  }

  @Test func `A topic that appears in time is used`() {
    let fixture = ProducerFixture()
    fixture.producer.send(topic: "later", value: "x", token: 4)
    fixture.world.run(for: .seconds(2))
    fixture.cluster.addTopic("later", leaders: [1])
    #expect(fixture.world.run(upTo: .seconds(3)) { fixture.acknowledgedTokens == [4] })
  }

  @Test func `A partition that appears in time is used`() {
    let fixture = ProducerFixture()
    fixture.producer.send(topic: "t", partition: 1, value: "x", token: 4)
    fixture.world.run(for: .seconds(2))
    #expect(fixture.acknowledged.isEmpty)
    fixture.cluster.topics[0].partitions.append(ScriptedCluster.Partition(leader: 1))
    #expect(fixture.world.run(upTo: .seconds(3)) { fixture.acknowledgedTokens == [4] })
  }

  @Test func `Metadata is asked for again at its maximum age`() {
    let fixture = ProducerFixture()
    fixture.producer.send(topic: "t", value: "x")
    fixture.world.run(for: .seconds(10))
    #expect(fixture.cluster.requests == 1)
    fixture.world.run(for: .seconds(300))
    #expect(fixture.cluster.requests == 2)
  }

  @Test func `An older broker is addressed in its own versions`() {
    let fixture = ProducerFixture()
    fixture.brokers[0].newestVersions = [.produce: 7, .metadata: 5]
    fixture.producer.send(topic: "t", partition: 0, value: "x", token: 1)
    #expect(fixture.world.run(upTo: .seconds(3)) { fixture.acknowledgedTokens == [1] })
    #expect(fixture.brokers[0].received.map(\.version) == [5, 7])
  }

  @Test func `A client that lost all brokers asks the bootstrap servers again`() {
    let fixture = ProducerFixture()
    fixture.producer.send(topic: "t", value: "x", token: 1)
    _ = fixture.world.run { fixture.acknowledgedTokens == [1] }
    // The broker that the metadata names is gone; the bootstrap address is served by another one now.
    let elsewhere = fixture.world.addBroker(1, port: 9_777)
    fixture.cluster.brokers = [elsewhere]
    elsewhere.cluster = fixture.cluster
    elsewhere.on(ProduceRequest.self) { [unowned fixture] request, answer in
      fixture.accept(ProduceCall(broker: 1, request: request, cluster: fixture.cluster, answer: answer))
    }
    fixture.world.run(for: .seconds(301))
    #expect(fixture.producer.metadata.brokers.map(\.address.port) == [9_777])
    elsewhere.stop()
    let back = fixture.brokers[0]
    fixture.cluster.brokers = [back]
    fixture.producer.send(topic: "t", value: "x", token: 2)
    #expect(fixture.world.run(upTo: .seconds(20)) { fixture.acknowledgedTokens == [1, 2] })
  }
}
