import Workloads

extension RunResult {
  /// Every expectation that was not met or not exercised, as a failure of a sweep.
  public var failures: [VerifySummary.Failure] {
    func failure(_ subject: String, _ cause: String) -> VerifySummary.Failure {
      let evidence = verdicts.first { $0.guarantee.rawValue == subject }?.cases.prefix(3) ?? []
      return VerifySummary.Failure(
        scenario: scenario, variant: variant, seed: seed, guarantee: subject, cause: cause, evidence: Array(evidence), replay: replay)
    }
    let unhit = faults.filter { $0.hit == 0 }.map { failure("not exercised", "the fault '\($0.name)' never hit") }
    return expectations.filter { $0.conclusion != .met }.map { failure($0.subject, "\($0.text): \($0.conclusion.rawValue)") } + unhit
  }
}
