import Measurement
import Primitives
import Workloads

/// The combined outcome of many trials.
public struct VerifySummary: Sendable, Equatable {
  public struct Failure: Sendable, Codable, Equatable {
    public var scenario: String
    public var variant: String?
    public var seed: UInt64
    public var guarantee: String
    /// What went wrong, in words.
    public var cause: String
    /// The first violations of the guarantee, if it is about one.
    public var evidence: [String]
    public var replay: String

    public init(scenario: String, variant: String?, seed: UInt64, guarantee: String, cause: String, evidence: [String] = [], replay: String) {
      self.scenario = scenario
      self.variant = variant
      self.seed = seed
      self.guarantee = guarantee
      self.cause = cause
      self.evidence = evidence
      self.replay = replay
    }
  }

  /// The outcome of one guarantee over all trials.
  public struct Row: Sendable, Codable, Equatable {
    public var guarantee: Guarantee
    public var examined: Int
    /// The number of trials in which it was violated.
    public var violated: Int
    public var unknown: Int
  }

  /// The counts of an entry of a scenario's schedule over all its trials.
  public struct FaultSum: Sendable, Codable, Equatable {
    public var scenario: String
    public var name: String
    public var trials: Int
    public var planned: Int
    public var hit: Int
  }

  public private(set) var trials = 0
  public private(set) var asExpected = 0
  public private(set) var notAsExpected = 0
  public private(set) var notExercised = 0
  /// Trials whose process died.
  public private(set) var internalErrors = 0
  /// In the order of the language. Occasional guarantees only where a trial was judged on them.
  public private(set) var rows: [Row] = Guarantee.allCases.filter { !$0.isOccasional }.map { Row(guarantee: $0, examined: 0, violated: 0, unknown: 0) }
  public private(set) var failures: [Failure] = []
  public private(set) var records = Delivery()
  /// nil if there were none.
  public private(set) var transactions: TransactionCounts?
  /// In the order in which they came.
  public private(set) var faults: [FaultSum] = []
  /// In the order of their declaration.
  public private(set) var sightings: [SightingCount] = []
  /// In the order of their declaration: only those that some trial passed.
  public private(set) var marks: [MarkSum] = []
  private var draws = DrawSums()
  public private(set) var simulatedSeconds = 0.0
  public private(set) var events: UInt64 = 0
  /// The number of trials on real machines: they have no trace. Not stored.
  public private(set) var realRuns = 0
  public private(set) var cpuSeconds = 0.0
  public var wallSeconds = 0.0
  /// The command that repeats all trials.
  public var replay: String

  public init(replay: String = "") { self.replay = replay }

  /// What scenarios that draw their settings drew: by scenario and path, the most frequent value first.
  public var drawn: [DrawSum] { draws.sorted }

  /// - Parameter cpuSeconds: the processor time of the trial.
  public mutating func add(_ run: RunResult, cpuSeconds: Double) {
    count(run.exitCode)
    for verdict in run.verdicts {
      let index = place(of: verdict.guarantee)
      rows[index].examined += verdict.examined
      if verdict.conclusion == .violated { rows[index].violated += 1 }
      if verdict.conclusion == .unknown { rows[index].unknown += 1 }
    }
    for fault in run.faults { add(FaultSum(scenario: run.scenario, name: fault.name, trials: 1, planned: fault.planned, hit: fault.hit)) }
    add(run.sightings)
    add(run.marks.map { MarkSum($0.mark, trials: 1, count: $0.count, first: [run.replay]) })
    for choice in run.choices {
      draws.add(DrawSum(scenario: run.scenario, path: choice.path, value: choice.value, trials: 1, notAsExpected: run.exitCode == .notAsExpected ? 1 : 0))
    }
    failures += run.failures
    records = records + run.delivery
    add(run.transactions)
    simulatedSeconds += run.simulated.seconds
    self.cpuSeconds += cpuSeconds
    events += run.events
    if run.traceHash == nil { realRuns += 1 }
  }

  /// Adds a trial whose process died before it could report: never a pass.
  public mutating func addLost(_ scenario: String, seed: UInt64, replay: String) {
    count(.internalError)
    failures.append(
      Failure(scenario: scenario, variant: nil, seed: seed, guarantee: "internal", cause: "the process that ran the trial died", replay: replay))
  }

  /// Adds the trials of another sweep: of another part of the same one, or with other scenarios or seeds.
  public mutating func add(_ other: VerifySummary) {
    trials += other.trials
    asExpected += other.asExpected
    notAsExpected += other.notAsExpected
    notExercised += other.notExercised
    internalErrors += other.internalErrors
    for row in other.rows {
      let index = place(of: row.guarantee)
      rows[index].examined = rows[index].examined.saturatingAdding(row.examined)
      rows[index].violated += row.violated
      rows[index].unknown += row.unknown
    }
    for fault in other.faults { add(fault) }
    add(other.sightings)
    add(other.marks)
    draws.add(other.draws)
    failures += other.failures
    records = records + other.records
    add(other.transactions)
    simulatedSeconds += other.simulatedSeconds
    events &+= other.events
    realRuns += other.realRuns
    cpuSeconds += other.cpuSeconds
    wallSeconds += other.wallSeconds
  }

  private mutating func add(_ more: [SightingCount]) {
    sightings = Sighting.allCases.compactMap { sighting in
      let counts = (sightings + more).filter { $0.sighting == sighting }
      return counts.isEmpty ? nil : SightingCount(sighting, count: counts.reduce(0) { $0.saturatingAdding($1.count) })
    }
  }

  private mutating func add(_ more: [MarkSum]) { marks = MarkSum.sum(of: marks, more) }

  private mutating func add(_ more: TransactionCounts?) {
    if let more { transactions = transactions.map { $0 + more } ?? more }
  }

  private mutating func count(_ exitCode: ExitCode) {
    trials += 1
    switch exitCode {
    case .asExpected: asExpected += 1
    case .notExercised: notExercised += 1
    case .internalError:
      internalErrors += 1
      notAsExpected += 1
    default: notAsExpected += 1
    }
  }

  /// The index of a guarantee's row, which is created if missing.
  private mutating func place(of guarantee: Guarantee) -> Int {
    if let place = rows.firstIndex(where: { $0.guarantee == guarantee }) { return place }
    let order = Guarantee.allCases, rank = order.firstIndex(of: guarantee) ?? order.endIndex
    let place = rows.firstIndex { (order.firstIndex(of: $0.guarantee) ?? order.endIndex) > rank } ?? rows.endIndex
    rows.insert(Row(guarantee: guarantee, examined: 0, violated: 0, unknown: 0), at: place)
    return place
  }

  private mutating func add(_ fault: FaultSum) {
    if let index = faults.firstIndex(where: { $0.scenario == fault.scenario && $0.name == fault.name }) {
      faults[index].trials += fault.trials
      faults[index].planned = faults[index].planned.saturatingAdding(fault.planned)
      faults[index].hit = faults[index].hit.saturatingAdding(fault.hit)
    } else {
      faults.append(fault)
    }
  }

  /// Failures grouped by cause: those of one scenario that say the same with the same kind of evidence. The first of each, and the count.
  public var causes: [(failure: Failure, count: Int)] {
    var causes: [(failure: Failure, count: Int)] = []
    for failure in failures {
      if let index = causes.firstIndex(where: { $0.failure.hasCause(of: failure) }) {
        causes[index].count += 1
      } else {
        causes.append((failure, 1))
      }
    }
    return causes
  }

  /// The exit code; a sweep without a trial has shown nothing.
  public var exitCode: ExitCode {
    internalErrors > 0 ? .internalError : notAsExpected > 0 ? .notAsExpected : notExercised > 0 || trials == 0 ? .notExercised : .asExpected
  }

  public var host: HostFacts { HostFacts(cpuSeconds: cpuSeconds, wallSeconds: wallSeconds, events: events, simulatedSeconds: simulatedSeconds) }

  public var json: JSON { JSON(encoding: self) }

  /// The summary with what the trials cost this machine, which is printed and never stored.
  public var jsonWithHost: JSON { json.with(host) }
}

extension VerifySummary {
  /// The marks that no trial passed: those that may well stay cold in a short sweep, or the others.
  public func coldMarks(rare: Bool) -> [Mark] { Mark.allCases.filter { mark in mark.isRare == rare && !marks.contains { $0.mark == mark } } }
}

extension VerifySummary.Failure {
  /// Whether another failure most likely has the same cause.
  fileprivate func hasCause(of other: Self) -> Bool {
    scenario == other.scenario && variant == other.variant && cause == other.cause && EvidenceShape.of(evidence.first) == EvidenceShape.of(other.evidence.first)
  }
}

extension VerifySummary: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, trials, held, violated, unknown, died, guarantees, failures, delivery, transactions, faults, seen, marks, drawn, simulated, replay
  }

  /// Writes the stored form, without what the trials cost the machine.
  public func encode(to encoder: any Encoder) throws {
    var summary = encoder.container(keyedBy: CodingKeys.self)
    try summary.encode(StoredFormat.current, forKey: .format)
    try summary.encode(trials, forKey: .trials)
    try summary.encode(asExpected, forKey: .held)
    try summary.encode(notAsExpected, forKey: .violated)
    try summary.encode(notExercised, forKey: .unknown)
    try summary.encode(internalErrors, forKey: .died)
    try summary.encode(rows, forKey: .guarantees)
    try summary.encode(failures, forKey: .failures)
    try summary.encode(records, forKey: .delivery)
    if let transactions { try summary.encode(transactions, forKey: .transactions) }
    try summary.encode(faults, forKey: .faults)
    try summary.encode(counts: sightings.map { ($0.sighting.rawValue, $0.count) }, forKey: .seen)
    if !marks.isEmpty { try summary.encode(marks: marks, forKey: .marks) }
    if !draws.isEmpty { try summary.encode(drawn, forKey: .drawn) }
    try summary.encode(SimulatedTime(seconds: simulatedSeconds), forKey: .simulated)
    try summary.encode(replay, forKey: .replay)
  }

  public init(from decoder: any Decoder) throws {
    let summary = try decoder.container(keyedBy: CodingKeys.self)
    trials = try summary.decode(Int.self, forKey: .trials)
    asExpected = try summary.decode(Int.self, forKey: .held)
    notAsExpected = try summary.decode(Int.self, forKey: .violated)
    notExercised = try summary.decode(Int.self, forKey: .unknown)
    internalErrors = try summary.decode(Int.self, forKey: .died)
    rows = try summary.decode([Row].self, forKey: .guarantees)
    failures = try summary.decode([Failure].self, forKey: .failures)
    records = try summary.decode(Delivery.self, forKey: .delivery)
    transactions = try summary.decodeIfPresent(TransactionCounts.self, forKey: .transactions)
    faults = try summary.decode([FaultSum].self, forKey: .faults)
    sightings = try summary.decodeSightings(forKey: .seen)
    marks = try summary.decodeMarkSums(forKey: .marks)
    draws = DrawSums(try summary.decodeIfPresent([DrawSum].self, forKey: .drawn) ?? [])
    simulatedSeconds = try summary.decode(SimulatedTime.self, forKey: .simulated).seconds
    replay = try summary.decode(String.self, forKey: .replay)
  }
}
