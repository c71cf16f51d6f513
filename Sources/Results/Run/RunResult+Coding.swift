import Measurement
import Primitives
import Workloads

extension RunResult: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, scenario, about, variant, seed
    case choices = "drawn"
    case build, machine, traceHash, events, simulated, verdicts, delivery, clientErrors, availability, groups, transactions, coordinatedTransactions, faults, bands
    case sightings = "seen"
    case marks, expectations
    case exitCode = "outcome"
    case metrics, story, explanation, odds, replay
  }

  /// Writes the stored form: a file of its own or, for a measured run, a part of its benchmark's file, which has the format and the description of the scenario. Details of the
  /// story are left out: `replay --story` prints them.
  public func encode(to encoder: any Encoder) throws {
    var result = encoder.container(keyedBy: CodingKeys.self)
    let isFile = metrics == nil
    if isFile { try result.encode(StoredFormat.current, forKey: .format) }
    try result.encode(scenario, forKey: .scenario)
    if isFile { try result.encode(about, forKey: .about) }
    try result.encode(variant, forKey: .variant)
    try result.encode(seed, forKey: .seed)
    if isFile, !choices.isEmpty { try result.encode(choices, forKey: .choices) }
    try result.encode(build, forKey: .build)
    if !isFile { try result.encode(machine, forKey: .machine) }
    try result.encode(traceText, forKey: .traceHash)
    try result.encode(events, forKey: .events)
    try result.encode(SimulatedTime(seconds: simulated.seconds), forKey: .simulated)
    try result.encode(verdicts, forKey: .verdicts)
    try result.encode(delivery, forKey: .delivery)
    if isFile, !clientErrors.isEmpty { try result.encode(clientErrors, forKey: .clientErrors) }
    if isFile { try result.encode(availability, forKey: .availability) }
    if let groups { try result.encode(groups, forKey: .groups) }
    if let transactions { try result.encode(transactions, forKey: .transactions) }
    if let coordinatedTransactions { try result.encode(coordinatedTransactions, forKey: .coordinatedTransactions) }
    try result.encode(faults, forKey: .faults)
    if isFile {
      try result.encode(bands, forKey: .bands)
      try result.encode(counts: sightings.map { ($0.sighting.rawValue, $0.count) }, forKey: .sightings)
      if !marks.isEmpty { try result.encode(counts: marks.map { ($0.mark.name, $0.count) }, forKey: .marks) }
      try result.encode(expectations, forKey: .expectations)
    }
    try result.encode(exitCode, forKey: .exitCode)
    if let metrics { try result.encode(metrics, forKey: .metrics) }
    try result.encode(story.filter { $0.weight > .detail }, forKey: .story)
    if let odds { try result.encode(odds, forKey: .odds) }
    if isFile, let explanation { try result.encode(explanation, forKey: .explanation) }
    try result.encode(replay, forKey: .replay)
  }

  /// Throws if the outcome contradicts the expectations and faults.
  public init(from decoder: any Decoder) throws {
    let result = try decoder.container(keyedBy: CodingKeys.self)
    let isFile = result.contains(.format)
    self.init(
      scenario: try result.decode(String.self, forKey: .scenario), about: isFile ? try result.decode(String.self, forKey: .about) : "",
      variant: try result.decode(String?.self, forKey: .variant), seed: try result.decode(UInt64.self, forKey: .seed),
      choices: try result.decodeIfPresent([DrawnChoice].self, forKey: .choices) ?? [],
      build: try result.decode(String.self, forKey: .build), machine: isFile ? nil : try result.decode(String?.self, forKey: .machine),
      traceHash: try Self.traceHash(in: result), events: try result.decode(UInt64.self, forKey: .events),
      simulated: Duration(storedSeconds: try result.decode(SimulatedTime.self, forKey: .simulated).seconds),
      verdicts: try result.decode([Verdict].self, forKey: .verdicts), delivery: try result.decode(Delivery.self, forKey: .delivery),
      faults: try result.decode([FaultCount].self, forKey: .faults), bands: isFile ? try result.decode([FaultBand].self, forKey: .bands) : [],
      sightings: isFile ? try result.decodeSightings(forKey: .sightings) : [],
      expectations: isFile ? try result.decode([ExpectationResult].self, forKey: .expectations) : [],
      clientErrors: try result.decodeIfPresent([ClientErrorCount].self, forKey: .clientErrors) ?? [],
      availability: isFile ? try result.decode(Availability?.self, forKey: .availability) : nil,
      groups: try result.decodeIfPresent(GroupsReport.self, forKey: .groups), transactions: try result.decodeIfPresent(TransactionCounts.self, forKey: .transactions),
      coordinatedTransactions: try result.decodeIfPresent(TransactionsReport.self, forKey: .coordinatedTransactions), metrics: isFile ? nil : try result.decode(Metrics.self, forKey: .metrics),
      story: try result.decode([StoryLine].self, forKey: .story), replay: try result.decode(String.self, forKey: .replay),
      exitCode: try result.decode(ExitCode.self, forKey: .exitCode))
    explanation = try result.decodeIfPresent(Explanation.self, forKey: .explanation)
    if let problem = explanation?.contradiction { throw DecodingError.dataCorruptedError(forKey: .explanation, in: result, debugDescription: problem) }
    if isFile {
      marks = try result.decodeMarks(forKey: .marks)
      odds = try result.decodeIfPresent(FailureOdds.self, forKey: .odds)
    }
    let due = ExitCode(expectations, unhit: unhitFaults)
    guard !isFile || exitCode == due else {
      throw DecodingError.dataCorruptedError(
        forKey: .exitCode, in: result, debugDescription: "'\(exitCode.word)', but expectations and faults give '\(due.word)'")
    }
  }

  private static func traceHash(in result: KeyedDecodingContainer<CodingKeys>) throws -> UInt64? {
    guard let digits = try result.decode(String?.self, forKey: .traceHash) else { return nil }
    guard digits.utf8.count == 16, let hash = UInt64(digits, radix: 16) else {
      throw DecodingError.dataCorruptedError(forKey: .traceHash, in: result, debugDescription: "a trace hash is 16 hexadecimal digits")
    }
    return hash
  }

  public var json: JSON { JSON(encoding: self) }

  /// The result with what the run cost this machine, which is printed and never stored.
  public func json(host: HostFacts) -> JSON { json.with(host) }
}

extension KeyedDecodingContainer {
  /// The marks, in the order of their declaration; none where the key is missing. Throws if a name is unknown.
  func decodeMarks(forKey key: Key) throws -> [MarkCount] {
    guard contains(key) else { return [] }
    let counts = try decodeCounts(forKey: key)
    return try counts.map { MarkCount(try mark(named: $0.name, forKey: key), count: $0.count) }.sorted { $0.mark.rawValue < $1.mark.rawValue }
  }

  func mark(named name: String, forKey key: Key) throws -> Mark {
    guard let mark = Mark(name: name) else { throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "there is no mark '\(name)'") }
    return mark
  }

  /// The sightings, in the order of their declaration. Throws if a name is unknown.
  func decodeSightings(forKey key: Key) throws -> [SightingCount] {
    let counts = try decodeCounts(forKey: key)
    if let name = counts.first(where: { Sighting(rawValue: $0.name) == nil })?.name {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "nothing is seen by the name of '\(name)'")
    }
    return Sighting.allCases.compactMap { sighting in counts.first { $0.name == sighting.rawValue }.map { SightingCount(sighting, count: $0.count) } }
  }
}
