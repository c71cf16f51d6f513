import Measurement
import Primitives
import Results
import Testing

@testable import Bench
@testable import Scenarios

/// The search for the highest rate, on a queue of which the answer is known.
@Suite struct RateSearchTests {
  let place = Place(source: "test")

  /// One server with a constant service time and arrivals by chance: the mean time in the system follows from the rate (Pollaczek and
  /// Khinchine). Beyond its capacity it publishes no more than that.
  func queue(serving capacity: Double, at rate: Double) -> MeasuredRun {
    let load = min(rate / capacity, 0.999_999)
    let milliseconds = 1_000 / capacity * (1 + load / (2 * (1 - load)))
    return .example(recordsPerSecond: min(rate, capacity), publish: milliseconds)
  }

  func search(from rate: Double, _ objective: String, capacity: Double = 10_000) throws -> StoredSearch {
    let search = RateSearch(firstRate: rate, objectives: [try Objective(objective, at: place)])
    return try #require(search.run({ BenchOutput(queue(serving: capacity, at: $0)) }) { _ in }.run.search)
  }

  @Test(arguments: [100.0, 1_000, 9_000, 64_000]) func `The highest rate is found within one percent, wherever the search starts`(first: Double) throws {
    // 0.1 ms of service and 0.4 ms of waiting: the server is busy for 8 of 9 parts of the time.
    let found = try #require(try search(from: first, "publish.mean <= 0.5ms").recordsPerSecond)
    #expect(found <= 10_000 * 8 / 9 && found >= 10_000 * 8 / 9 / 1.011)
  }

  @Test func `A rate that the producers do not keep up with never counts`() throws {
    let found = try #require(try search(from: 1_000, "errors == 0").recordsPerSecond)
    #expect(found <= 10_000 / 0.99 && found >= 9_900)
  }

  @Test func `Every rate that was tried is reported, doublings first`() throws {
    let steps = try search(from: 1_000, "publish.mean <= 0.5ms").steps
    #expect(steps.prefix(5).map(\.recordsPerSecond) == [1_000, 2_000, 4_000, 8_000, 16_000])
    #expect(steps[3].missed.isEmpty)
    #expect(steps[4].missed == ["publish.mean <= 0.5ms", "published at the rate"])
  }

  @Test func `An objective that no rate meets gives no rate`() throws {
    let search = try search(from: 1_000, "publish.mean <= 0.05ms")
    #expect(search.recordsPerSecond == nil)
    // One step less than it may take: a lower rate cannot be asked for.
    #expect(search.steps.count == RateSearch.maximalDoublings)
  }

  @Test func `A search stays within the rates that can be requested`() throws {
    let high = try search(from: 900_000_000, "publish.mean <= 1s", capacity: 1e12).steps.map(\.recordsPerSecond)
    #expect(high == [900_000_000])
    let low = try search(from: 1e-9, "publish.mean <= 0ms", capacity: 1e-12).steps.map(\.recordsPerSecond)
    #expect(low == [0.001])
  }

  @Test func `Objectives are read with their units`() throws {
    #expect(try Objective("publish.p99 <= 20ms", at: place).bound == 20)
    #expect(try Objective("throughput >= 5k/s", at: place).bound == 5_000)
    #expect(try Objective("lost == 0", at: place).comparison == .equal)
    #expect(try Objective("backlog<1000", at: place).bound == 1_000)
  }

  @Test(arguments: [
    ("publish.p9 <= 20ms", "Did you mean 'publish.p90'?"), ("publish.p99 <= 20", "Write a number with ns, us, ms, s, m, h or d, such as 250ms or 2s."),
    ("lost", "Write publish.p99 <= 20ms, lost == 0 or backlog <= 1000."),
  ]) func `An invalid objective is refused`(text: String, remedy: String) {
    let error = #expect(throws: ScenarioError.self) { try Objective(text, at: place) }
    #expect(error?.remedy == remedy)
  }
}

extension MeasuredRun {
  /// A result in which every record took the same time.
  static func example(recordsPerSecond: Double, publish milliseconds: Double) -> MeasuredRun {
    let latency = LatencySummary(
      count: 1, mean: milliseconds, min: milliseconds, p50: milliseconds, p75: milliseconds, p90: milliseconds, p95: milliseconds, p99: milliseconds,
      p999: milliseconds, p9999: milliseconds, p99999: milliseconds, max: milliseconds, curve: [])
    let zero = RecordRate(recordsPerSecond: 0, bytesPerSecond: 0)
    let metrics = Metrics(
      window: MeasuredWindow(fromSeconds: 0, toSeconds: 1),
      throughput: Throughput(
        offered: nil, publish: RecordRate(recordsPerSecond: recordsPerSecond, bytesPerSecond: 0), errors: zero, consume: zero, backlogAtBegin: 0,
        backlogAtEnd: 0, backlogMaximum: 0), latency: Latencies(publish: latency, publishFromSend: latency, publishDelay: .empty, endToEnd: .empty),
      attribution: Attribution(publish: [], endToEnd: []), stations: [], bottleneck: "none",
      volume: Volume(
        payloadBytes: 0, plainBatchBytes: 0, sentBatchBytes: 0, compressionRatio: 1, recordsPerBatch: 0, networkBytes: 0, diskBytes: 0,
        brokerCPUSeconds: 0, clientCPUSeconds: 0), series: TimeSeries(windowSeconds: 1), disturbances: [], laws: [])
    let result = RunResult(
      scenario: "example", variant: nil, seed: 1, build: "", traceHash: nil, events: 0, simulated: .seconds(1), verdicts: [], delivery: Delivery(),
      faults: [], story: [], replay: "")
    return MeasuredRun(result, metrics: metrics)
  }
}
