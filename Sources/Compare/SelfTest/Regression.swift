import Measurement
import Results
import Workloads

/// A known kind of regression, which can be injected into a good result.
public struct Regression: Sendable {
  public var name: String
  /// Changes the last row, so that a comparison that only looks at the first is caught. Returns false if the result has nothing of that kind.
  let inject: @Sendable (inout StoredResult) -> Bool

  private init(_ name: String, _ inject: @escaping @Sendable (inout StoredResult) -> Bool) {
    self.name = name
    self.inject = inject
  }

  /// Everything that gates must catch.
  public static let all: [Regression] =
    [
      figure("throughput 0.3 % less") { scale(&$0.throughput.publish, by: 0.997) },
      figure("consume throughput 0.3 % less") { scale(&$0.throughput.consume, by: 0.997) },
      latency("publish.p50 1 % more", \.publish) { scale(&$0.p50, by: 1.01) }, latency("publish.p99 1 % more", \.publish) { scale(&$0.p99, by: 1.01) },
      latency("publish.p99 a nanosecond more", \.publish) { $0.p99? += 1e-6 }, latency("endToEnd.p50 1 % more", \.endToEnd) { scale(&$0.p50, by: 1.01) },
      latency("endToEnd.p99 1 % more", \.endToEnd) { scale(&$0.p99, by: 1.01) }, latency("no publish latency measured", \.publish, empty),
      latency("no end-to-end latency measured", \.endToEnd, empty),
      figure("compression ratio 1 % less") { scale(&$0.volume.compressionRatio, by: 0.99) },
      delivery("one record lost") { $0.lost += 1 },
      delivery("one record lost, with permission") { delivery in
        delivery.lost += 1
        delivery.permittedLoss += 1
      },
      delivery("one record duplicated") { $0.duplicated += 1 },
      delivery("one record reordered") { $0.reordered += 1 }, delivery("one record failed") { $0.failed += 1 },
      delivery("one record unknown") { $0.unknown += 1 },
      verdict("a verdict violated") { verdicts, place in
        verdicts[place] = Verdict(verdicts[place].guarantee, examined: verdicts[place].examined, cases: ["put in by the self-test"])
      },
      verdict("a guarantee no longer examined") { verdicts, place in
        verdicts[place] = Verdict(verdicts[place].guarantee, examined: 0, cases: [])
      },
      verdict("a verdict missing") { verdicts, place in verdicts.remove(at: place) },
      figure("a law broken") { metrics in
        guard let place = metrics.laws.lastIndex(where: \.holds) else { return false }
        metrics.laws[place].holds = false
        return true
      },
      run("the run not exercised") { run in
        run.exitCode = .notExercised
        return true
      },
      Regression("a row missing") { $0.rows.popLast() != nil },
      Regression("a row too many") { result in
        guard var row = result.rows.last else { return false }
        row.settings.append(ChosenSetting(key: "other", value: "setting"))
        result.rows.append(row)
        return true
      },
    ]

  // MARK: Parts of a run

  private static func run(_ name: String, _ inject: @escaping @Sendable (inout RunResult) -> Bool) -> Regression {
    Regression(name) { result in
      guard let last = result.rows.indices.last else { return false }
      // On every seed, so that the mean gets worse by as much as a single run would.
      var runs = result.rows[last].runs
      guard runs.indices.map({ inject(&runs[$0]) }).allSatisfy({ $0 }) else { return false }
      result.rows[last].runs = runs
      return true
    }
  }

  private static func figure(_ name: String, _ inject: @escaping @Sendable (inout Metrics) -> Bool) -> Regression {
    run(name) { run in
      guard var metrics = run.metrics, inject(&metrics) else { return false }
      run.metrics = metrics
      return true
    }
  }

  private static func latency(
    _ name: String, _ path: WritableKeyPath<Latencies, LatencySummary> & Sendable, _ inject: @escaping @Sendable (inout LatencySummary) -> Void
  ) -> Regression {
    figure(name) { metrics in
      let before = metrics.latency[keyPath: path]
      guard before.count > 0 else { return false }
      inject(&metrics.latency[keyPath: path])
      return metrics.latency[keyPath: path] != before
    }
  }

  private static func delivery(_ name: String, _ change: @escaping @Sendable (inout Delivery) -> Void) -> Regression {
    run(name) { run in
      change(&run.delivery)
      return true
    }
  }

  private static func verdict(_ name: String, _ inject: @escaping @Sendable (inout [Verdict], Int) -> Void) -> Regression {
    run(name) { run in
      guard let place = run.verdicts.lastIndex(where: { $0.conclusion == .holds }) else { return false }
      inject(&run.verdicts, place)
      return true
    }
  }

  // MARK: Changes

  @discardableResult private static func scale(_ value: inout Double?, by factor: Double) -> Bool {
    guard let former = value, former != 0 else { return false }
    value = former * factor
    return true
  }

  private static func scale(_ rate: inout RecordRate?, by factor: Double) -> Bool {
    guard let former = rate, former.recordsPerSecond != 0 else { return false }
    rate?.recordsPerSecond *= factor
    return true
  }

  /// A run that measured nothing has no latency that could be too high.
  private static let empty: @Sendable (inout LatencySummary) -> Void = { summary in
    summary = .empty
  }
}
