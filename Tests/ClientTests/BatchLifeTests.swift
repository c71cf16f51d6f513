import Client
import Primitives
import Testing
import Wire

/// What a producer tells of the life of its batches.
@Suite struct BatchLifeTests {
  /// A producer that knows the cluster and has a connection.
  func warmFixture(_ configure: @escaping (inout ProducerConfiguration) -> Void) -> ProducerFixture {
    let fixture = ProducerFixture(leaders: [1, 1], configure)
    fixture.producer.send(topic: "t", partition: 0, value: "warm up", token: 1_000)
    fixture.producer.flush {}
    _ = fixture.world.run { fixture.acknowledgedTokens.count == 1 }
    return fixture
  }

  @Test func `A batch that waits for its linger is ready when that is over, and is then sent`() {
    let fixture = warmFixture { $0.linger = .milliseconds(50) }
    let sentAt = fixture.world.now
    fixture.producer.send(topic: "t", partition: 0, value: "x")
    fixture.world.run(for: .milliseconds(20))
    fixture.producer.send(topic: "t", partition: 0, value: "y")
    #expect(fixture.world.run { fixture.acknowledged.count == 2 })
    let life = fixture.acknowledged[1].life
    #expect(life.opened == sentAt)
    #expect(life.ready == sentAt + .milliseconds(50))
    #expect(life.firstDrained == life.ready && life.drained == life.ready)
    #expect(life.attempts == 1)
    #expect(life.plainBytes == life.sentBytes && life.plainBytes == fixture.requests[1].partitions[0].records.count)
  }

  @Test func `A batch is ready when it is full, however long its linger is`() {
    let fixture = warmFixture {
      $0.linger = .seconds(10)
      $0.batchSize = 1_000
    }
    let value = Bytes(Array(repeating: 65, count: 100))
    for token in 0..<4 { fixture.producer.send(topic: "t", partition: 0, value: value, token: UInt64(token)) }
    fixture.world.run(for: .milliseconds(30))
    let fullAt = fixture.world.now
    for token in 4..<12 { fixture.producer.send(topic: "t", partition: 0, value: value, token: UInt64(token)) }
    #expect(fixture.world.run { fixture.acknowledged.count == 2 })
    let life = fixture.acknowledged[1].life
    #expect(life.ready == fullAt && life.firstDrained == fullAt)
    #expect(life.opened == fullAt - .milliseconds(30))
  }

  @Test func `A batch that waits for the in-flight limit was ready before it was sent`() {
    let fixture = warmFixture {
      $0.linger = .zero
      $0.maxInFlightRequestsPerConnection = 1
    }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "first")
    _ = fixture.world.run { fixture.requests.count == 2 }
    let sentAt = fixture.world.now
    fixture.producer.send(topic: "t", partition: 0, value: "second")
    fixture.world.run(for: .milliseconds(40))
    fixture.accept(fixture.requests[1])
    _ = fixture.world.run { fixture.requests.count == 3 }
    fixture.accept(fixture.requests[2])
    #expect(fixture.world.run { fixture.acknowledged.count == 3 })
    let life = fixture.acknowledged[2].life
    #expect(life.ready == sentAt)
    #expect(life.firstDrained == sentAt + .milliseconds(40) + TestWorld.latency)
  }

  @Test func `A retried batch has the times of its first and its last attempt`() {
    let fixture = warmFixture { $0.linger = .zero }
    fixture.answersByItself = false
    let sentAt = fixture.world.now
    fixture.producer.send(topic: "t", partition: 0, value: "x")
    for attempt in 1...3 {
      _ = fixture.world.run { fixture.requests.count == 1 + attempt }
      if attempt < 3 { fixture.requests[attempt].fail(.notEnoughReplicas) } else { fixture.accept(fixture.requests[attempt]) }
    }
    #expect(fixture.world.run { fixture.acknowledged.count == 2 })
    let life = fixture.acknowledged[1].life
    #expect(life.attempts == 3)
    #expect(life.ready == sentAt && life.firstDrained == sentAt)
    #expect(life.drained >= sentAt + .milliseconds(200))
  }

  @Test func `A flush makes a batch ready before its linger is over`() {
    let fixture = warmFixture { $0.linger = .seconds(60) }
    fixture.producer.send(topic: "t", partition: 0, value: "x")
    fixture.world.run(for: .milliseconds(10))
    let flushedAt = fixture.world.now
    fixture.producer.flush {}
    #expect(fixture.world.run { fixture.acknowledged.count == 2 })
    #expect(fixture.acknowledged[1].life.ready == flushedAt)
  }

  @Test func `Records that wait for memory make the other batches ready`() {
    let fixture = warmFixture {
      $0.linger = .seconds(60)
      $0.bufferMemory = 20_000
    }
    let room = fixture.roomCount
    let value = Bytes(Array(repeating: 65, count: 10_000))
    fixture.producer.send(topic: "t", partition: 0, value: "small", token: 1)
    fixture.world.run(for: .milliseconds(10))
    let wantedAt = fixture.world.now
    fixture.producer.send(topic: "t", partition: 1, value: value, token: 2)
    #expect(fixture.producer.blockedRecordCount == 1)
    #expect(fixture.world.run { fixture.acknowledged.count == 2 })
    #expect(fixture.acknowledged[1].life.ready == wantedAt)
    #expect(fixture.producer.blockedRecordCount == 0)
    #expect(fixture.roomCount == room + 1)
  }

  @Test func `A compressed batch has its size before and after compression`() {
    let fixture = warmFixture { $0.compression = .lz4 }
    for token in 0..<50 { fixture.producer.send(topic: "t", partition: 0, value: "the same words again and again", token: UInt64(token)) }
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 51 })
    let life = fixture.acknowledged[1].life
    #expect(life.sentBytes == fixture.requests[1].partitions[0].records.count)
    #expect(life.plainBytes > 1_500 && life.plainBytes > 5 * life.sentBytes)
  }

  @Test func `A batch that was never sent says so`() {
    let fixture = warmFixture {
      $0.connection.requestTimeout = .seconds(1)
      $0.deliveryTimeout = .seconds(2)
    }
    fixture.brokers[0].stop()
    fixture.world.run(for: .milliseconds(100))
    fixture.producer.send(topic: "t", partition: 0, value: "x")
    #expect(fixture.world.run { !fixture.failed.isEmpty })
    #expect(fixture.failed[0].failure == ProduceFailure(.deliveryTimedOut, .notWritten))
    #expect(fixture.failed[0].life?.attempts == 0)
    #expect(fixture.failed[0].life?.drained == .distantFuture)
    #expect(fixture.failed[0].life?.sentBytes == 0)
  }

  @Test func `A record that was never in a batch has no batch times`() {
    let fixture = ProducerFixture { $0.maxRequestSize = 1_000 }
    fixture.producer.send(topic: "t", partition: 0, value: Bytes(Array(repeating: 1, count: 1_000)))
    #expect(fixture.failed.count == 1 && fixture.failed[0].life == nil)
  }
}
