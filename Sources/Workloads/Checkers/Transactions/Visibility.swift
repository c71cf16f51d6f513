import Primitives

/// What `read_committed` readers can see of transactions.
struct Visibility {
  enum Sight {
    /// Such a reader received it.
    case seen
    /// Such a reader passed its position without receiving it, and no rule had removed it.
    case missing
    /// No such reader passed its position.
    case unknown
  }

  let analysis: Analysis
  private let coverage: CommittedCoverage
  /// The offsets of values that any client received.
  private let places: ContiguousArray<Offset>

  init(_ analysis: Analysis, _ audit: CommittedAudit?) {
    self.analysis = analysis
    coverage = CommittedCoverage(analysis, audit)
    places = analysis.places()
  }

  /// The offset of a value as far as known.
  func place(of value: RecordValue) -> Offset {
    let told = analysis.values[Int(value.number)].acknowledged
    return told == .unknown ? places[Int(value.number)] : told
  }

  func sight(of value: RecordValue) -> Sight {
    let facts = analysis.values[Int(value.number)]
    if facts.firstCommittedRead >= 0 { return .seen }
    let place = place(of: value)
    guard facts.partition != .unknown, coverage.contains(place, of: facts.partition), analysis.deletions.rule(at: place, of: facts.partition) == nil,
      !analysis.isSuperseded(value, at: place, of: facts.partition)
    else { return .unknown }
    return .missing
  }

  /// A value for evidence, with its offset as far as known.
  func words(_ value: RecordValue) -> String {
    let facts = analysis.values[Int(value.number)], place = place(of: value)
    guard facts.partition != .unknown else { return analysis.words(value) }
    return "value \(value.number) in \(analysis.words(facts.partition))\(place == .unknown ? "" : " at offset \(place)")"
  }
}
