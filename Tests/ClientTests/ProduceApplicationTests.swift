import Client
import Primitives
import Testing
import Wire
import Workloads

/// A produce application with a scripted broker of two topics, and everything it noted.
private final class LoadFixture {
  let world = TestWorld()
  let recorder = HistoryRecorder()
  let log = LoadLog()
  let application: ProduceApplication
  private let broker: ScriptedBroker
  private let cluster: ScriptedCluster
  /// Whether Produce requests are answered.
  var answers = true
  private var ends: [TopicPartition: Int64] = [:]

  static let stop = Instant.zero + .seconds(1)

  init(
    _ load: LoadShape, topics: [String] = ["t"], values: ValuePlan = ValuePlan(), records: Int? = nil, start: Instant = .zero,
    _ configure: (inout ProducerConfiguration) -> Void = { _ in }
  ) {
    broker = world.addBroker(1)
    cluster = ScriptedCluster([broker])
    for topic in ["t", "u"] { cluster.addTopic(topic, leaders: [1]) }
    var configuration = ProducerConfiguration()
    configuration.connection.bootstrapServers = [broker.address]
    configuration.isIdempotent = false
    configure(&configuration)
    application = ProduceApplication(
      host: world, configuration: configuration,
      plan: ProduceApplication.Plan(topics: topics, load: load, records: records, start: start, stop: Self.stop),
      pool: RecordPool(values: values, keys: .none, seed: 1), recorder: recorder, log: log)
    world.node = application
    broker.on(ProduceRequest.self) { [unowned self] request, answer in
      guard answers else { return }
      let call = ProduceCall(broker: 1, request: request, cluster: cluster, answer: answer)
      call.respond { partition, records in
        let end = self.ends[partition] ?? 0
        self.ends[partition] = end + Int64((try? RecordBatch.splitting(records).reduce(0) { $0 + Int($1.recordCount) }) ?? 0)
        return (.none, end)
      }
    }
    application.start()
  }

  /// Records that were sent and are in no finished batch.
  var open: Int { log.records.count { $0.batch < 0 } }
}

@Suite struct ProduceApplicationTests {
  @Test func `An open loop that had to wait sends everything that is due, each record with its intended time`() {
    let fixture = LoadFixture(.constant(.perSecond(1_000)))
    // The first record waits for metadata, as Kafka's send does, and the others wait behind it.
    fixture.world.run(for: .milliseconds(3))
    #expect(fixture.log.records.count == 1)
    fixture.world.run(until: LoadFixture.stop + .seconds(1))
    #expect(fixture.log.records.count == 1_000)
    for (number, record) in fixture.log.records.enumerated() { #expect(record.intended == .zero + .milliseconds(Int64(number))) }
    let late = fixture.log.records.filter { $0.sent > $0.intended }
    #expect(late.count >= 3 && late.count < 50)
    #expect(Set(late.map(\.sent)).count == 1)
    #expect(fixture.application.isDone)
  }

  @Test func `Every record finds its batch, and the times of a batch are in order`() {
    let fixture = LoadFixture(.poisson(.perSecond(2_000)))
    fixture.world.run(until: LoadFixture.stop + .seconds(1))
    #expect(fixture.log.records.count > 1_500 && fixture.open == 0)
    for batch in fixture.log.batches {
      #expect(batch.opened <= batch.ready && batch.ready <= batch.firstDrained)
      #expect(batch.firstDrained <= batch.drained && batch.drained < batch.finished)
      #expect(batch.outcome == .acknowledged && batch.partition == 0 && batch.attempts == 1)
    }
    for record in fixture.log.records { #expect(record.intended <= record.sent && record.sent < fixture.log.batches[Int(record.batch)].finished) }
    #expect(fixture.log.batches.reduce(0) { $0 + Int($1.recordCount) } == fixture.log.records.count)
    #expect(fixture.log.records.allSatisfy { $0.bytes == 100 })
    #expect(fixture.recorder.acknowledgedCount == fixture.log.records.count)
  }

  @Test func `A saturating load fills the producer's memory and waits for room`() {
    let fixture = LoadFixture(.saturating, values: ValuePlan(size: .fixed(1_000))) {
      $0.bufferMemory = 100_000
      $0.batchSize = 10_000
    }
    fixture.answers = false
    fixture.world.run(for: .milliseconds(100))
    // Nine records fit a batch, ten batches the memory; one more waits.
    #expect(fixture.log.records.count == 91)
    let stuck = fixture.log.records.count
    fixture.world.run(for: .milliseconds(100))
    #expect(fixture.log.records.count == stuck)
  }

  @Test func `A saturating load continues when acknowledgements free memory, and stops at its end`() {
    let fixture = LoadFixture(.saturating, values: ValuePlan(size: .fixed(1_000))) {
      $0.bufferMemory = 100_000
      $0.batchSize = 10_000
    }
    fixture.world.run(until: LoadFixture.stop + .seconds(1))
    // A buffer in each round trip of four milliseconds, or so.
    #expect(fixture.log.records.count > 10_000)
    #expect(fixture.open == 0 && fixture.application.isDone)
    #expect(fixture.log.records.allSatisfy { $0.intended == $0.sent && $0.sent < LoadFixture.stop })
  }

  @Test func `A closed loop has the given number of records outstanding, and no more`() {
    let fixture = LoadFixture(.closed(outstanding: 100)) { $0.linger = .zero }
    var highest = 0
    for _ in 0..<900 {
      fixture.world.run(for: .milliseconds(1))
      highest = max(highest, fixture.open)
    }
    #expect(highest == 100)
    #expect(fixture.log.records.count > 5_000)
  }

  @Test func `Records go to the topics in rotation`() {
    let fixture = LoadFixture(.constant(.perSecond(100)), topics: ["t", "u"])
    fixture.world.run(until: LoadFixture.stop + .seconds(1))
    let counts = fixture.log.batches.reduce(into: [0, 0]) { $0[Int($1.partition.number)] += Int($1.recordCount) }
    #expect(counts == [50, 50])
  }

  @Test func `A load ends after its records`() {
    for load in [LoadShape.constant(.perSecond(1_000)), .closed(outstanding: 7), .saturating] {
      let fixture = LoadFixture(load, records: 123)
      fixture.world.run(until: LoadFixture.stop)
      #expect(fixture.log.records.count == 123 && fixture.application.isDone)
    }
  }

  @Test func `A process that starts late continues with the current place in the schedule`() {
    let fixture = LoadFixture(.constant(.perSecond(100)), start: Instant(nanoseconds: -505_000_000))
    fixture.world.run(until: LoadFixture.stop + .seconds(1))
    #expect(fixture.log.records.first?.intended == .zero + .milliseconds(5))
  }

  @Test(arguments: [LoadShape.saturating, .closed(outstanding: 5)])
  func `Records that are refused immediately are recorded, and a load without a schedule does not retry immediately`(load: LoadShape) {
    let fixture = LoadFixture(load, values: ValuePlan(size: .fixed(2_000))) { $0.maxRequestSize = 1_000 }
    fixture.world.run(until: LoadFixture.stop + .seconds(1))
    #expect((900...1_001).contains(fixture.log.records.count))
    #expect(fixture.log.records.allSatisfy { $0.refused == $0.sent && $0.batch < 0 })
    #expect(fixture.log.batches.isEmpty)
  }
}
