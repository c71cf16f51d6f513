import Measurement
import Primitives
import Workloads

/// All figures that gates can name.
///
/// Most have fixed paths. Those of stations, faults and disturbances contain a name from the run: `utilisation.broker-1.disk`,
/// `faults.kill-broker-1.hit`, `disturbance.kill-broker-1.recovery`. Blanks in names become hyphens.
public enum MetricCatalogue {
  struct Entry: Sendable {
    let path: String
    let unit: MetricUnit
    let better: MetricDirection
    let value: @Sendable (RunResult) -> MetricValue?
  }

  /// Figures whose path contains a name from the run.
  struct Family: Sendable {
    let prefix: String
    /// The possible ends of the path, with their units.
    let ends: [(suffix: String, unit: MetricUnit)]
  }

  /// Other names for figures, with their paths in results.
  public static let aliases: [(alias: String, path: String)] =
    [
      ("throughput.publish", "throughput"), ("throughput.publish.bytes", "throughput.bytes"), ("errors", "throughput.errors"),
      ("backlog", "backlog.end"),
    ]
    + deliveryCounts.map { ("delivery.\($0.name)", $0.name) }
    + ["publish", "publishFromSend", "publishDelay", "endToEnd"].flatMap { latency in
      [("p999", "p99.9"), ("p9999", "p99.99"), ("p99999", "p99.999")].map { ("\(latency).\($0.0)", "\(latency).\($0.1)") }
    }

  static let fixed: [Entry] =
    throughput + latencies + delivery + volume + groups + transactions + attribution + verdicts + laws + [
      Entry(path: "exitCode", unit: .word, better: .lower) { .word(String($0.exitCode.rawValue), rank: exitCodeRank($0.exitCode)) },
      Entry(path: "traceHash", unit: .word, better: .neither) { $0.traceText.map { .word($0, rank: nil) } },
      Entry(path: "bottleneck", unit: .word, better: .neither) { $0.metrics.map { .word($0.bottleneck, rank: nil) } },
      Entry(path: "events", unit: .count, better: .neither) { .number(Double($0.events)) },
      Entry(path: "simulated", unit: .seconds, better: .neither) { .number($0.simulated.seconds) },
    ]

  static let families = [
    Family(prefix: "utilisation.", ends: stationKinds.map { (".\($0)", .fraction) }),
    Family(prefix: "faults.", ends: [(".planned", .count), (".hit", .count)]),
    Family(
      prefix: "disturbance.",
      ends: [
        (".recovery", .seconds), (".lost", .count), (".duplicated", .count), (".late", .count), (".during.throughput", .recordsPerSecond),
        (".during.p99", .milliseconds), (".after.throughput", .recordsPerSecond), (".after.p99", .milliseconds),
      ]),
  ]

  /// The paths that every benchmark has.
  public static var fixedPaths: [String] { fixed.map(\.path) }

  /// All figures of a run, in the order of the catalogue.
  static func metrics(of run: RunResult) -> [Metric] {
    fixed.compactMap { entry in entry.value(run).map { Metric(entry.path, entry.unit, entry.better, $0) } } + stations(run) + faults(run) + disturbances(run)
  }

  public static func canonical(_ path: String) -> String { aliases.first { $0.alias == path }?.path ?? path }

  /// A name from a run as a part of a path.
  public static func slug(_ name: String) -> String { String(name.map { $0 == " " ? "-" : $0 }) }

  /// The units of the figures that a path matches: empty if there is no such figure, several if `*` matches too much.
  public static func units(of path: String) -> [MetricUnit] {
    var units = fixed.filter { matches($0.path, pattern: path) }.map(\.unit)
    for family in families where path.hasPrefix(family.prefix) {
      let rest = path.dropFirst(family.prefix.count)
      units += family.ends.filter { end in rest.hasSuffix(end.suffix) && rest.count > end.suffix.count || rest.hasSuffix("*") }.map(\.unit)
    }
    return MetricUnit.allCases.filter(units.contains)
  }

  /// Whether the words of a figure can be better or worse than each other.
  public static func isOrdered(_ path: String) -> Bool { path.hasPrefix("verdict.") || path.hasPrefix("law.") || path == "exitCode" }

  /// All words that a figure can have, the best first; nil if it can be any.
  public static func words(of path: String) -> [String]? {
    if path.hasPrefix("verdict.") { return ["holds", "unknown", "violated"] }
    if path.hasPrefix("law.") { return ["holds", "broken"] }
    return path == "exitCode" ? ["0", "3", "1", "65", "70"] : nil
  }

  /// What to write instead of an unknown path.
  public static func advice(on path: String) -> String {
    for family in families where path.hasPrefix(family.prefix) {
      return "Write \(family.prefix)NAME\(family.ends[0].suffix); it may end with \(family.ends.map(\.suffix).joined(separator: ", "))."
    }
    return "Known are throughput, publish.p99, endToEnd.p99.9, lost, compressionRatio, cpu.broker, verdict.lost-write, utilisation.broker-1.disk and others like them."
  }

  /// Whether a path matches a pattern; `*` stands for one or more characters.
  public static func matches(_ path: String, pattern: String) -> Bool {
    func matches(_ path: Substring.UTF8View, _ pattern: Substring.UTF8View) -> Bool {
      guard let first = pattern.first else { return path.isEmpty }
      guard let letter = path.first else { return false }
      if first == UInt8(ascii: "*") { return matches(path.dropFirst(), pattern.dropFirst()) || matches(path.dropFirst(), pattern) }
      return letter == first && matches(path.dropFirst(), pattern.dropFirst())
    }
    return matches(path[...].utf8, pattern[...].utf8)
  }

  // MARK: Rates and latencies

  private static func rate(_ path: String, _ better: MetricDirection, _ rate: @escaping @Sendable (Throughput) -> RecordRate?) -> [Entry] {
    [
      Entry(path: path, unit: .recordsPerSecond, better: better) { run in
        run.metrics.flatMap { rate($0.throughput) }.map { .number($0.recordsPerSecond) }
      },
      Entry(path: "\(path).bytes", unit: .bytesPerSecond, better: better) { run in
        run.metrics.flatMap { rate($0.throughput) }.map { .number($0.bytesPerSecond) }
      },
    ]
  }

  private static let throughput =
    rate("throughput", .higher) { $0.publish } + rate("throughput.consume", .higher) { $0.consume } + rate("throughput.errors", .lower) { $0.errors }
    + rate("throughput.offered", .neither) { $0.offered } + [
      count("neverSent", .lower) { $0.metrics?.throughput.neverSent }, count("backlog.begin", .lower) { $0.metrics?.throughput.backlogAtBegin }, count("backlog.end", .lower) { $0.metrics?.throughput.backlogAtEnd },
      count("backlog.maximum", .lower) { $0.metrics?.throughput.backlogMaximum },
    ]

  private static let latencies =
    latency("publish") { $0.publish } + latency("publishFromSend") { $0.publishFromSend } + latency("publishDelay") { $0.publishDelay }
    + latency("endToEnd") { $0.endToEnd }

  /// An empty distribution has no figures: a run that measured nothing is not a fast one.
  private static func latency(_ name: String, _ summary: @escaping @Sendable (Latencies) -> LatencySummary) -> [Entry] {
    let figures: [(String, @Sendable (LatencySummary) -> Double?)] = [
      ("mean", { $0.mean }), ("min", { $0.min }), ("p50", { $0.p50 }), ("p75", { $0.p75 }), ("p90", { $0.p90 }), ("p95", { $0.p95 }), ("p99", { $0.p99 }),
      ("p99.9", { $0.p999 }), ("p99.99", { $0.p9999 }), ("p99.999", { $0.p99999 }), ("max", { $0.max }),
    ]
    let samples = Entry(path: "\(name).count", unit: .count, better: .neither) { run in run.metrics.map { .number(Double(summary($0.latency).count)) } }
    return [samples]
      + figures.map { figure in
        Entry(path: "\(name).\(figure.0)", unit: .milliseconds, better: .lower) { run in
          run.metrics.flatMap { figure.1(summary($0.latency)) }.map(MetricValue.number)
        }
      }
  }

  // MARK: Delivery, volume, attribution

  private static func count(_ path: String, _ better: MetricDirection, _ value: @escaping @Sendable (RunResult) -> Int?) -> Entry {
    Entry(path: path, unit: .count, better: better) { run in value(run).map { .number(Double($0)) } }
  }

  private static let deliveryCounts: [(name: String, better: MetricDirection, value: @Sendable (Delivery) -> Int)] = [
    ("sent", .neither, { $0.sent }), ("acked", .higher, { $0.acked }), ("failed", .lower, { $0.failed }), ("unknown", .lower, { $0.unknown }),
    ("lost", .lower, { $0.lost }), ("permittedLoss", .lower, { $0.permittedLoss }), ("violations", .lower, { $0.violations }),
    ("deleted", .neither, { $0.deleted }), ("duplicated", .lower, { $0.duplicated }), ("reordered", .lower, { $0.reordered }),
  ]

  /// Whether the figure is summed over several seeds, because it counts events; others are averaged.
  static func isTotal(_ path: String) -> Bool {
    deliveryCounts.contains { $0.name == path } || ["rebalances", "worked-twice", "coordination-requests"].contains(path) || transactionCounts.contains { $0.name == path } || path == "events" || path == "neverSent" || path.hasPrefix("faults.")
      || path.hasPrefix("disturbance.") && [".lost", ".duplicated", ".late"].contains { path.hasSuffix($0) }
  }

  private static let delivery = deliveryCounts.map { counted in count(counted.name, counted.better) { counted.value($0.delivery) } }

  /// Figures over all groups together.
  private static let groups: [Entry] = [
    count("rebalances", .lower) { $0.groups?.groups.reduce(0) { $0.saturatingAdding($1.rebalances) } },
    time("rebalance-time") { $0.groups?.groups.reduce(0) { $0 + $1.rebalanceSeconds } },
    time("unowned-time") { $0.groups?.groups.reduce(0) { $0 + $1.unownedSeconds } },
    count("worked-twice", .lower) { $0.groups?.groups.reduce(0) { $0.saturatingAdding($1.workedAgain) } },
    count("coordination-requests", .lower) { $0.groups?.coordinationRequests },
  ]

  private static let transactionCounts: [(name: String, better: MetricDirection, value: @Sendable (TransactionsReport) -> Int)] = [
    ("transactions-committed", .higher, { $0.committed }), ("transactions-aborted", .neither, { $0.aborted }), ("transactions-timed-out", .lower, { $0.timedOut }),
    ("epochs-raised", .neither, { $0.epochs }), ("requests-fenced", .neither, { $0.refusals }), ("zombies", .neither, { $0.zombies }),
    ("transaction-requests", .lower, { $0.coordinationRequests }),
  ]

  /// Figures over all transactions.
  private static let transactions: [Entry] =
    transactionCounts.map { counted in count(counted.name, counted.better) { run in run.coordinatedTransactions.map { counted.value($0) } } } + [
      time("transaction-length.p50") { $0.coordinatedTransactions?.lengths?.p50Seconds }, time("transaction-length.p90") { $0.coordinatedTransactions?.lengths?.p90Seconds },
      time("transaction-length.p99") { $0.coordinatedTransactions?.lengths?.p99Seconds }, time("transaction-length.max") { $0.coordinatedTransactions?.lengths?.maxSeconds },
    ]

  private static func time(_ path: String, _ value: @escaping @Sendable (RunResult) -> Double?) -> Entry {
    Entry(path: path, unit: .seconds, better: .lower) { run in value(run).map(MetricValue.number) }
  }

  private static let volume: [Entry] = {
    func figure(_ path: String, _ unit: MetricUnit, _ better: MetricDirection, _ value: @escaping @Sendable (Volume) -> Double?) -> Entry {
      Entry(path: path, unit: unit, better: better) { run in run.metrics.flatMap { value($0.volume) }.map(MetricValue.number) }
    }
    return [
      figure("compressionRatio", .ratio, .higher) { $0.compressionRatio }, figure("recordsPerBatch", .count, .neither) { $0.recordsPerBatch },
      figure("bytes.payload", .bytes, .neither) { Double($0.payloadBytes) }, figure("bytes.plainBatches", .bytes, .neither) { Double($0.plainBatchBytes) },
      figure("bytes.sentBatches", .bytes, .neither) { Double($0.sentBatchBytes) }, figure("bytes.network", .bytes, .lower) { Double($0.networkBytes) },
      figure("bytes.disk", .bytes, .lower) { Double($0.diskBytes) }, figure("cpu.broker", .seconds, .lower) { $0.brokerCPUSeconds },
      figure("cpu.client", .seconds, .lower) { $0.clientCPUSeconds },
    ]
  }()

  static let attributedLatencies = ["mean", "p50", "p90", "p99", "p99.9"]

  private static let attribution: [Entry] = [("publish", { @Sendable in $0.publish }), ("endToEnd", { @Sendable in $0.endToEnd })].flatMap {
    (name: String, list: @escaping @Sendable (Attribution) -> [AttributedLatency]) in
    attributedLatencies.flatMap { of in
      LatencyTerm.allCases.map { term in
        Entry(path: "attribution.\(name).\(of).\(slug(term.rawValue))", unit: .milliseconds, better: .lower) { run in
          run.metrics.flatMap { list($0.attribution).first { $0.of == of && $0.records > 0 } }.map { attributed in
            .number(attributed.milliseconds(of: term))
          }
        }
      }
    }
  }

  // MARK: Words

  private static let verdicts = Guarantee.allCases.map { guarantee in
    Entry(path: "verdict.\(guarantee.rawValue)", unit: .word, better: .lower) { run in
      run.verdicts.first { $0.guarantee == guarantee }.map { .word($0.conclusion.rawValue, rank: verdictRank($0.conclusion)) }
    }
  }

  /// The rank of a verdict that examined nothing.
  public static let unexaminedRank = 1

  private static func verdictRank(_ conclusion: Conclusion) -> Int {
    switch conclusion {
    case .holds: 0
    case .unknown: unexaminedRank
    case .violated: 2
    }
  }

  private static let laws = Law.allCases.map { law in
    Entry(path: "law.\(law.rawValue)", unit: .word, better: .lower) { run in
      run.metrics?.laws.first { $0.law == law }.map { .word($0.holds ? "holds" : "broken", rank: $0.holds ? 0 : 2) }
    }
  }

  /// As expected, not exercised, not as expected, anything else.
  private static func exitCodeRank(_ code: ExitCode) -> Int {
    switch code {
    case .asExpected: 0
    case .notExercised: 1
    case .notAsExpected: 2
    default: 3
    }
  }

  // MARK: Figures with names of the run

  private static let stationKinds = StationMetrics.Kind.allCases.map { slug($0.rawValue) }

  public static func path(of station: StationMetrics) -> String { "utilisation.\(slug(station.node)).\(slug(station.kind.rawValue))" }

  private static func stations(_ run: RunResult) -> [Metric] {
    (run.metrics?.stations ?? []).map { Metric(path(of: $0), .fraction, .neither, .number($0.utilisation)) }
  }

  private static func faults(_ run: RunResult) -> [Metric] {
    run.faults.flatMap { fault in
      [
        Metric("faults.\(slug(fault.name)).planned", .count, .neither, .number(Double(fault.planned))),
        Metric("faults.\(slug(fault.name)).hit", .count, .neither, .number(Double(fault.hit))),
      ]
    }
  }

  private static func disturbances(_ run: RunResult) -> [Metric] {
    (run.metrics?.disturbances ?? []).filter(\.isExercised).flatMap { disturbance in
      let name = "disturbance.\(slug(disturbance.fault))"
      func measured(_ path: String, _ unit: MetricUnit, _ better: MetricDirection, _ figure: Double?) -> Metric? {
        figure.map { Metric("\(name).\(path)", unit, better, .number($0)) }
      }
      return [
        Metric("\(name).recovery", .seconds, .lower, .number(disturbance.recoverySeconds ?? .infinity)),
        Metric("\(name).lost", .count, .lower, .number(Double(disturbance.lost))),
        Metric("\(name).duplicated", .count, .lower, .number(Double(disturbance.duplicated))),
        Metric("\(name).late", .count, .lower, .number(Double(disturbance.late))),
        measured("during.throughput", .recordsPerSecond, .higher, disturbance.during.recordsPerSecond),
        measured("during.p99", .milliseconds, .lower, disturbance.during.publishP99),
        measured("after.throughput", .recordsPerSecond, .higher, disturbance.after.recordsPerSecond),
        measured("after.p99", .milliseconds, .lower, disturbance.after.publishP99),
      ].compactMap(\.self)
    }
  }
}
