import Primitives

/// What of transactions those who read committed records only can see.
struct Visibility {
  enum Sight {
    /// A process that reads committed records only was given it.
    case seen
    /// Such a process passed over its place and was not given it, and no rule took it.
    case missing
    /// Nobody who could have been given it came by.
    case unknown
  }

  let analysis: Analysis
  private let coverage: CommittedCoverage
  /// Where values stand that somebody was given.
  private let places: ContiguousArray<Offset>

  init(_ analysis: Analysis, _ audit: CommittedAudit?) {
    self.analysis = analysis
    coverage = CommittedCoverage(analysis, audit)
    places = analysis.places()
  }

  /// Where a value stands as far as anybody knows.
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

  /// A value for evidence, with its place as far as anybody knows.
  func words(_ value: RecordValue) -> String {
    let facts = analysis.values[Int(value.number)], place = place(of: value)
    guard facts.partition != .unknown else { return analysis.words(value) }
    return "value \(value.number) in \(analysis.words(facts.partition))\(place == .unknown ? "" : " at offset \(place)")"
  }
}
