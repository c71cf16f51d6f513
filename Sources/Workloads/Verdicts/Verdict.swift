/// The conclusion of a check.
public enum Conclusion: String, Codable, Sendable {
  case holds, violated
  /// Nothing was examined: no evidence for or against.
  case unknown
}

/// A check's conclusion, what it looked at, and what it found.
public struct Verdict: Sendable, Equatable {
  public let guarantee: Guarantee
  /// The number of things examined: values, pairs, offsets. A check that examined nothing concludes nothing.
  public let examined: Int
  /// The violations, each with its evidence in words.
  public let cases: [String]
  /// The number of violations; `cases` has the first ones.
  public let caseCount: Int
  /// What the first case is about, where its check says so. It is neither stored nor compared: the words of the case say it too.
  public let subject: ViolationSubject?

  public init(_ guarantee: Guarantee, examined: Int, cases: [String], caseCount: Int? = nil, subject: ViolationSubject? = nil) {
    self.guarantee = guarantee
    self.examined = examined
    self.cases = cases
    self.caseCount = caseCount ?? cases.count
    self.subject = subject
  }

  public static func == (left: Verdict, right: Verdict) -> Bool {
    left.guarantee == right.guarantee && left.examined == right.examined && left.cases == right.cases && left.caseCount == right.caseCount
  }

  public var conclusion: Conclusion { caseCount > 0 ? .violated : examined > 0 ? .holds : .unknown }
}

/// Collects violations: counts all, and describes the first ones.
public struct Findings: Sendable {
  public static let worded = 20

  public var examined = 0
  public init() {}

  public private(set) var cases: [String] = []
  public private(set) var count = 0
  /// What the first violation is about; nil where nobody said so.
  public private(set) var subject: ViolationSubject?

  public mutating func add(_ evidence: @autoclosure () -> String, about subject: @autoclosure () -> ViolationSubject? = nil) {
    if count == 0 { self.subject = subject() }
    count += 1
    if cases.count < Self.worded { cases.append(evidence()) }
  }

  public func verdict(on guarantee: Guarantee) -> Verdict { Verdict(guarantee, examined: examined, cases: cases, caseCount: count, subject: subject) }
}
