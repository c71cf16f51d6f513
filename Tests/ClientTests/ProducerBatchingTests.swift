import Client
import Primitives
import Testing
import Wire

@Suite struct ProducerBatchingTests {
  @Test func `Records of one linger travel together`() throws {
    let fixture = ProducerFixture()
    for token in 0..<10 { fixture.producer.send(topic: "t", partition: 0, value: Bytes("v\(token)"), token: UInt64(token)) }
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 10 })
    #expect(fixture.requests.count == 1)
    #expect(try fixture.requests[0].recordCount() == 10)
    #expect(fixture.acknowledgedTokens == Array(0..<10))
    #expect(fixture.acknowledged[0].baseOffset == 0)
    #expect(fixture.log[TopicPartition("t", 0)]?.first == "v0")
  }

  @Test func `A single record waits for the linger and no longer`() {
    let fixture = ProducerFixture { $0.linger = .milliseconds(50) }
    fixture.producer.send(topic: "t", value: "warm up")
    _ = fixture.world.run { fixture.acknowledgedTokens.count == 1 }
    let before = fixture.world.now
    fixture.producer.send(topic: "t", value: "x")
    _ = fixture.world.run { fixture.acknowledgedTokens.count == 2 }
    let took = fixture.world.now - before
    #expect(took >= .milliseconds(50) && took <= .milliseconds(55))
  }

  @Test func `A full batch does not wait for the linger`() throws {
    let fixture = ProducerFixture {
      $0.linger = .seconds(10)
      $0.batchSize = 1_000
    }
    let value = Bytes(Array(repeating: 65, count: 100))
    for token in 0..<20 { fixture.producer.send(topic: "t", partition: 0, value: value, token: UInt64(token)) }
    fixture.world.run(for: .seconds(1))
    // 61 bytes of header and 107 for each record: eight fit. Two full batches went, the rest waits.
    #expect(fixture.requests.count == 2)
    #expect(fixture.acknowledgedTokens == Array(0..<16))
    #expect(try fixture.requests.allSatisfy { try $0.recordCount() == 8 })
    for call in fixture.requests { #expect(call.partitions.allSatisfy { $0.records.count <= 1_000 }) }
  }

  @Test func `A record larger than a batch gets a batch of its own`() throws {
    let fixture = ProducerFixture { $0.batchSize = 100 }
    fixture.producer.send(topic: "t", partition: 0, value: Bytes(Array(repeating: 1, count: 5_000)), token: 1)
    fixture.producer.send(topic: "t", partition: 0, value: "of a size of its own", token: 2)
    #expect(fixture.world.run { fixture.acknowledgedTokens == [1, 2] })
    #expect(fixture.requests.count == 2)
  }

  @Test func `One request carries one batch of each partition of a broker`() {
    let fixture = ProducerFixture(leaders: [1, 2, 1, 2], brokers: 2)
    for partition in 0..<4 { fixture.producer.send(topic: "t", partition: Int32(partition), value: "x", token: UInt64(partition)) }
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 4 })
    let byBroker = Dictionary(grouping: fixture.requests, by: \.broker).mapValues { $0.flatMap { $0.partitions.map(\.partition.partition) }.sorted() }
    #expect(byBroker == [1: [0, 2], 2: [1, 3]])
  }

  @Test func `A record above the request size fails without being sent`() {
    let fixture = ProducerFixture { $0.maxRequestSize = 1_000 }
    var result: Result<RecordMetadata, ProduceFailure>?
    fixture.producer.send(topic: "t", value: Bytes(Array(repeating: 1, count: 1_000))) { result = $0 }
    #expect(result == .failure(ProduceFailure(.recordTooLarge(size: 1_082, limit: 1_000), .notWritten)))
    fixture.world.run(for: .seconds(1))
    #expect(fixture.requests.isEmpty)
  }

  @Test func `A completion knows the offset of its record`() {
    let fixture = ProducerFixture()
    var found: [RecordMetadata] = []
    for index in 0..<3 {
      fixture.producer.send(topic: "t", partition: 0, timestamp: Timestamp(milliseconds: Int64(index)), value: "x") { result in
        if case .success(let metadata) = result { found.append(metadata) }
      }
    }
    _ = fixture.world.run { found.count == 3 }
    #expect(found.map(\.offset) == [0, 1, 2])
    #expect(found.map(\.timestamp.milliseconds) == [0, 1, 2])
    #expect(found.allSatisfy { $0.partition == TopicPartition("t", 0) })
  }

  @Test(arguments: [Compression.gzip, .snappy, .lz4, .zstd])
  func `Compressed batches contain what was sent`(codec: Compression) throws {
    let fixture = ProducerFixture { $0.compression = codec }
    for index in 0..<500 { fixture.producer.send(topic: "t", partition: 0, value: Bytes("the same words again \(index % 7)"), token: UInt64(index)) }
    #expect(fixture.world.run { fixture.acknowledgedTokens.count == 500 })
    #expect(fixture.log[TopicPartition("t", 0)]?[8] == "the same words again 1")
    let sizes = fixture.requests.flatMap { $0.partitions.map(\.records.count) }
    #expect(sizes.reduce(0, +) < 500 * 15)
  }

  @Test func `With acks=0 a record counts when it is sent`() {
    let fixture = ProducerFixture { $0.acks = .none }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "x", token: 9)
    #expect(fixture.world.run { fixture.acknowledgedTokens == [9] })
    #expect(fixture.acknowledged[0].baseOffset == .unknown)
    fixture.world.run(for: .seconds(1))
    #expect(fixture.requests.count == 1)
    #expect(fixture.producer.availableMemory == fixture.producer.configuration.bufferMemory)
  }

  @Test func `Flush sends immediately and waits for everything`() {
    let fixture = ProducerFixture { $0.linger = .seconds(60) }
    for token in 0..<5 { fixture.producer.send(topic: "t", partition: 0, value: "x", token: UInt64(token)) }
    var isFlushed = false
    fixture.producer.flush { isFlushed = true }
    #expect(!isFlushed)
    #expect(fixture.world.run(upTo: .seconds(1)) { isFlushed })
    #expect(fixture.acknowledgedTokens.count == 5)
  }

  @Test func `Close fails what is not sent in time`() {
    let fixture = ProducerFixture { $0.linger = .seconds(60) }
    fixture.answersByItself = false
    fixture.producer.send(topic: "t", partition: 0, value: "x", token: 1)
    var isClosed = false
    fixture.producer.close(timeout: .seconds(1)) { isClosed = true }
    fixture.world.run(for: .milliseconds(999))
    #expect(!isClosed)
    fixture.world.run(for: .seconds(1))
    #expect(isClosed)
    #expect(fixture.failed.map(\.failure) == [ProduceFailure(.closed, .unknown)])
    fixture.producer.send(topic: "t", value: "late", token: 2)
    #expect(fixture.failed.last?.failure == ProduceFailure(.closed, .notWritten))
  }

  @Test func `A producer without an owner reports when it is closed`() {
    let fixture = ProducerFixture { $0.linger = .zero }
    fixture.answersByItself = false
    var producer: Producer? = Producer(reactor: fixture.world.reactor, configuration: fixture.producer.configuration)
    producer?.send(topic: "t", partition: 0, value: "x", token: 1)
    #expect(fixture.world.run { !fixture.requests.isEmpty })
    var isClosed = false
    producer?.close(timeout: .milliseconds(10)) { isClosed = true }
    producer = nil
    fixture.world.run(for: .milliseconds(20))
    #expect(isClosed)
  }
}

extension Bytes: ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral, ExpressibleByStringLiteral {
  public init(stringLiteral text: String) { self.init(text) }
}
