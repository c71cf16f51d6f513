import Workloads

/// What a worker process tells of one trial, as one line: enough for the summary of many.
public struct TrialDigest: Sendable, Codable {
  public struct VerdictDigest: Sendable, Codable {
    public var guarantee: String
    public var conclusion: String
    public var examined: Int
  }

  public var scenario: String
  public var seed: UInt64
  public var exitCode: Int32
  public var traceHash: String
  public var verdicts: [VerdictDigest]
  public var failures: [VerifySummary.Failure]
  public var delivery: StoredDelivery
  public var simulatedSeconds: Double
  public var cpuSeconds: Double
  public var events: UInt64

  public init(_ result: TrialResult, host: HostFacts) {
    scenario = result.scenario
    seed = result.seed
    exitCode = result.exitCode.rawValue
    traceHash = hexadecimal(result.traceHash)
    verdicts = result.verdicts.map { VerdictDigest(guarantee: $0.guarantee.rawValue, conclusion: $0.conclusion.rawValue, examined: $0.examined) }
    failures = result.failures
    delivery = StoredDelivery(result.delivery)
    simulatedSeconds = result.simulated.seconds
    cpuSeconds = host.cpuSeconds
    events = result.events
  }

  /// A trial whose process died before it could tell: never a pass.
  public init(lost scenario: String, variant: String?, seed: UInt64, replay: String) {
    self.scenario = scenario
    self.seed = seed
    exitCode = ExitCode.internalError.rawValue
    traceHash = ""
    verdicts = []
    failures = [
      VerifySummary.Failure(scenario: scenario, variant: variant, seed: seed, guarantee: "internal", cause: "the process that ran the trial died", replay: replay)
    ]
    delivery = StoredDelivery()
    simulatedSeconds = 0
    cpuSeconds = 0
    events = 0
  }
}

extension TrialResult {
  /// Every expectation that was not met or not exercised, as a failure of a sweep.
  public var failures: [VerifySummary.Failure] {
    func failure(_ guarantee: String, _ cause: String) -> VerifySummary.Failure {
      VerifySummary.Failure(scenario: scenario, variant: variant, seed: seed, guarantee: guarantee, cause: cause, replay: replay)
    }
    let unhit = faults.filter { $0.hit == 0 }.map { failure("not exercised", "the fault '\($0.name)' never hit") }
    return expectations.filter { $0.conclusion != .met }.map { failure($0.subject, "\($0.text): \($0.conclusion.rawValue)") } + unhit
  }
}
