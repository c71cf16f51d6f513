import Workloads

extension RunResult {
  /// The faults that were to hit something, and did not. Of a scenario that draws its settings nothing else is expected: what it draws may leave a fault without a target.
  public var unhitFaults: [FaultCount] { Self.unhit(faults, choices) }

  static func unhit(_ faults: [FaultCount], _ choices: [DrawnChoice]) -> [FaultCount] { choices.isEmpty ? faults.filter { $0.hit == 0 } : [] }

  /// Every expectation that was not met or not exercised, as a failure of a sweep.
  public var failures: [VerifySummary.Failure] {
    func failure(_ subject: String, _ cause: String) -> VerifySummary.Failure {
      let evidence = verdicts.first { $0.guarantee.rawValue == subject }?.cases.prefix(3) ?? []
      return VerifySummary.Failure(
        scenario: scenario, variant: variant, seed: seed, guarantee: subject, cause: cause, evidence: Array(evidence), replay: replay)
    }
    let unhit = unhitFaults.map { failure("not exercised", "the fault '\($0.name)' never hit") }
    return expectations.filter { $0.conclusion != .met }.map { failure($0.subject, "\($0.text): \($0.conclusion.rawValue)") } + unhit
  }
}
