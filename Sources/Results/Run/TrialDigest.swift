import Measurement
import Workloads

/// What a worker process tells of one trial, as one line: enough for the summary of many.
public struct TrialDigest: Sendable, Codable {
  public struct VerdictDigest: Sendable, Codable {
    public var guarantee: Guarantee
    public var conclusion: Conclusion
    public var examined: Int
  }

  public var scenario: String
  public var seed: UInt64
  public var exitCode: ExitCode
  public var traceHash: String
  public var verdicts: [VerdictDigest]
  public var failures: [VerifySummary.Failure]
  public var delivery: Delivery
  public var faults: [FaultCount]
  public var sightings: [SightingCount]
  public var simulatedSeconds: Double
  public var cpuSeconds: Double
  public var events: UInt64

  public init(_ result: TrialResult, host: HostFacts) {
    scenario = result.scenario
    seed = result.seed
    exitCode = result.exitCode
    traceHash = hexadecimal(result.traceHash)
    verdicts = result.verdicts.map { VerdictDigest(guarantee: $0.guarantee, conclusion: $0.conclusion, examined: $0.examined) }
    failures = result.failures
    delivery = result.delivery
    faults = result.faults
    sightings = result.sightings
    simulatedSeconds = result.simulated.seconds
    cpuSeconds = host.cpuSeconds
    events = result.events
  }

  /// A trial whose process died before it could tell: never a pass.
  public init(lost scenario: String, variant: String?, seed: UInt64, replay: String) {
    self.scenario = scenario
    self.seed = seed
    exitCode = .internalError
    traceHash = ""
    verdicts = []
    failures = [
      VerifySummary.Failure(scenario: scenario, variant: variant, seed: seed, guarantee: "internal", cause: "the process that ran the trial died", replay: replay)
    ]
    delivery = Delivery()
    faults = []
    sightings = []
    simulatedSeconds = 0
    cpuSeconds = 0
    events = 0
  }
}

extension TrialResult {
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
