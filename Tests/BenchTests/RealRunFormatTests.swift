import Foundation
import Primitives
import Results
import Testing
import Workloads

@testable import Bench
@testable import Trials

/// What real clients wrote down, turned into the files of other tools.
@Suite struct RealRunFormatTests {
  private static let text = """
    name: real
    about: An example.
    cluster: { brokers: 1 }
    topics:
      - { name: t, partitions: 1, replicas: 1 }
    workload:
      - produce: { topic: t, rate: 100/s, value: 200B, config: { acks: all } }
      - consume: { topic: t }
    duration: 3s
    measure: { warmup: 1s, window: 500ms }
    """

  private let scenario: Scenario
  private let run: RealRun

  init() throws {
    let scenario = try ScenarioReader.read(text: Self.text, file: "real.yaml")
    self.init(scenario, run: try RealRun(scenario, seed: 1, target: .loopback))
  }

  private init(_ scenario: Scenario, run: RealRun) {
    self.scenario = scenario
    self.run = run
  }

  @Test func `Racks need the simulation, and a run on sockets says so`() throws {
    let text = Self.text.replacingOccurrences(of: "{ brokers: 1 }", with: "{ brokers: 1, racks: [a] }")
    let run = try RealRun(ScenarioReader.read(text: text, file: "real.yaml"), seed: 1, target: .loopback)
    #expect(run.notes.contains("cluster.racks has no effect (a): brokers on real sockets are in none"))
  }

  /// The clock of real hosts does not begin with the scenario.
  private static let origin = Instant.zero + .seconds(1_000)

  /// A record every 10 ms, acknowledged 2 ms later and delivered 3 ms later.
  private func outcome() -> RealOutcome {
    let partition = TopicPartition("t", 0)
    let (producer, consumer, auditor) = (run.clients[0].records, run.clients[1].records, ClientRecords())
    let sender = producer.recorder.newProcess(), reader = consumer.recorder.newProcess(), last = auditor.recorder.newProcess()
    for number in 0..<300 {
      let sent = Self.origin + .milliseconds(Int64(number) * 10), offset = Offset(Int64(number))
      let value = producer.recorder.invokeSend(by: sender, at: sent)
      let tokens: ContiguousArray<UInt64> = [UInt64(value.number)]
      producer.log.addSend(of: value, intended: sent, sent: sent, bytes: 200)
      let acknowledgement = AcknowledgedRecords(partition: partition, topicID: .zero, broker: 1, baseOffset: offset, tokens: tokens, acks: -1)
      producer.recorder.acknowledged(acknowledgement, by: sender, at: sent + .milliseconds(2))
      var batch = BatchTimes()
      batch.partition = producer.recorder.number(of: partition)
      batch.baseOffset = offset
      batch.recordCount = 1
      (batch.plainBytes, batch.sentBytes) = (260, 260)
      (batch.opened, batch.ready, batch.firstDrained, batch.drained) = (sent, sent, sent, sent)
      batch.finished = sent + .milliseconds(2)
      batch.outcome = .acknowledged
      producer.log.add(batch, tokens: tokens)
      for (records, process, delay) in [(consumer, reader, Int64(3)), (auditor, last, 5_000)] {
        let own = records.recorder.number(of: partition), at = sent + .milliseconds(delay)
        records.recorder.polled([History.Entry(own, value, at: offset)], by: process, at: at)
        if records === consumer {
          records.log.add(DeliveredSlice(partition: own, offsets: offset..<offset + 1, at: at, group: 0, exchange: nil), values: [value])
        }
      }
    }
    return RealOutcome(origin: Self.origin, window: run.window(from: Self.origin, isAnswered: false), loadEnd: Self.origin + .seconds(4), stations: [], audit: auditor, isAudited: true)
  }

  private func text(_ suffix: String, of output: BenchOutput) throws -> String { try #require(output.files.first { $0.suffix == suffix }).text }

  @Test func `A run on real machines gives the same files as the simulation`() throws {
    let outcome = outcome()
    let real = run.output(outcome, formats: ResultFormat.allCases, driver: "Kafka")
    let simulated = BenchRun(scenario, seed: 1).run(formats: ResultFormat.allCases, driver: "Kafka")
    #expect(real.files.map(\.suffix) == simulated.files.map(\.suffix))
    #expect(real.files.map(\.suffix) == [
      "omb.json", "producer-perf-test.txt", "consumer-perf-test.txt", "publish.hgrm", "end-to-end.hgrm",
    ])
    func keys(_ output: BenchOutput) throws -> Set<String> {
      Set(try #require(try JSONSerialization.jsonObject(with: Data(text("omb.json", of: output).utf8)) as? [String: Any]).keys)
    }
    #expect(try keys(real) == keys(simulated))
    // What files are asked for changes nothing of the result.
    #expect(real.run == run.output(outcome).run)
  }

  @Test func `The files contain what real clients measured, on the scenario's clock`() throws {
    let output = run.output(outcome(), formats: ResultFormat.allCases, driver: "kafka-latency")
    #expect(output.run.machine == "live")
    #expect(output.run.exitCode == .asExpected)
    let omb = try #require(try JSONSerialization.jsonObject(with: Data(text("omb.json", of: output).utf8)) as? [String: Any])
    #expect(omb["driver"] as? String == "kafka-latency")
    #expect(omb["messageSize"] as? Int == 200)
    #expect(omb["publishRate"] as? [Double] == [100])
    #expect(omb["consumeRate"] as? [Double] == [100])
    #expect(omb["publishLatency99pct"] as? [Double] == [2])
    #expect(omb["endToEndLatencyMax"] as? [Double] == [3])
    let summary = "200 records sent, 100.0 records/sec (0.02 MB/sec), 2.00 ms avg latency, 2.00 ms max latency"
    #expect(try text("producer-perf-test.txt", of: output).hasPrefix(summary))
    #expect(try text("consumer-perf-test.txt", of: output).contains("\n1970-01-01 00:00:01:000, 1970-01-01 00:00:03:000, "))
    #expect(try text("publish.hgrm", of: output).contains("Total count    =          200"))
  }

  @Test func `If all records are measured, the window ends with the last response, as in the simulation`() throws {
    let text = Self.text.replacing("rate: 100/s,", with: "load: saturating, records: 1,").replacing("measure: { warmup: 1s, window: 500ms }", with: "")
    let run = try RealRun(ScenarioReader.read(text: text, file: "real.yaml"), seed: 1, target: .loopback)
    #expect(run.measuresAllRecords && run.warmup == .zero)
    let log = run.clients[0].records.log, sent = Self.origin + .milliseconds(1), answered = Self.origin + .milliseconds(40)
    let value = run.clients[0].records.recorder.invokeSend(by: run.clients[0].records.recorder.newProcess(), at: sent)
    log.addSend(of: value, intended: sent, sent: sent, bytes: 200)
    #expect(log.lastAnswer == nil)
    var batch = BatchTimes()
    batch.finished = answered
    log.add(batch, tokens: [UInt64(value.number)])
    #expect(run.window(from: Self.origin, isAnswered: true) == Self.origin..<answered + .nanoseconds(1))
    #expect(run.window(from: Self.origin, isAnswered: false) == Self.origin..<Self.origin + .seconds(3))
    // A warm-up of its own is measured by time, whatever is answered.
    #expect(!self.run.measuresAllRecords)
    #expect(self.run.window(from: Self.origin, isAnswered: false) == Self.origin + .seconds(1)..<Self.origin + .seconds(3))
  }

  /// Nobody looks into brokers here, and nothing is lost.
  @Test(arguments: [
    ("{ holds: all }", ExitCode.asExpected), ("{ holds: [durability, lost-write] }", .asExpected), ("{ violates: [durability] }", .notAsExpected),
    ("{ violates: [replica-divergence] }", .notExercised), ("{ holds: [replica-divergence] }", .notExercised),
    ("{ holds: all, availability: 5s }", .notExercised), ("{ holds: all, seen: [leader-change] }", .notExercised),
    ("{ holds: all, seen: [records-deleted] }", .notExercised), ("{ violates: [durability], seen: [leader-change] }", .notAsExpected),
  ])
  func `A run on real machines is checked against all its scenario's expectations`(expectation: String, code: ExitCode) throws {
    let scenario = try ScenarioReader.read(text: Self.text + "\nexpect: \(expectation)", file: "real.yaml")
    let test = Self(scenario, run: try RealRun(scenario, seed: 1, target: .loopback))
    let result = test.run.output(test.outcome()).run
    #expect(result.exitCode == code)
    #expect(result.story.isEmpty == (code == .asExpected))
  }
}
