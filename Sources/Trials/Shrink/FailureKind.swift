import Results

/// The way in which a trial failed: which guarantee, and what kind of evidence. Two trials with the same kind most likely have the same cause.
public struct FailureKind: Hashable, Sendable {
  /// The guarantee, or what else was expected.
  public let guarantee: String
  /// Of the first evidence; empty if there is none.
  public let shape: String

  init(guarantee: String, evidence: String?) {
    self.guarantee = guarantee
    shape = EvidenceShape.of(evidence)
  }
}

extension RunResult {
  /// Every kind of failure of a trial, those of guarantees first. What was not exercised is no failure here.
  public var failureKinds: [FailureKind] {
    expectations.filter { $0.conclusion == .notMet }.map { expectation in
      FailureKind(guarantee: expectation.subject, evidence: verdicts.first { $0.guarantee.rawValue == expectation.subject }?.cases.first)
    }
  }
}
