import Primitives
import Workloads

/// What many trials came to together.
public struct VerifySummary: Sendable {
  public struct Failure: Sendable, Codable {
    public var scenario: String
    public var variant: String?
    public var seed: UInt64
    public var guarantee: String
    /// What went wrong, in words; failures of one guarantee in one scenario count as one cause.
    public var cause: String
    public var replay: String

    public init(scenario: String, variant: String?, seed: UInt64, guarantee: String, cause: String, replay: String) {
      self.scenario = scenario
      self.variant = variant
      self.seed = seed
      self.guarantee = guarantee
      self.cause = cause
      self.replay = replay
    }
  }

  /// What one guarantee came to over all trials.
  public struct Row: Sendable {
    public var guarantee: String
    public var examined: Int
    public var violated: Int
    public var unknown: Int
  }

  public private(set) var trials = 0
  public private(set) var asExpected = 0
  public private(set) var notAsExpected = 0
  public private(set) var notExercised = 0
  /// Trials whose process died.
  public private(set) var internalErrors = 0
  public private(set) var rows: [Row] = Guarantee.allCases.map { Row(guarantee: $0.rawValue, examined: 0, violated: 0, unknown: 0) }
  public private(set) var failures: [Failure] = []
  public private(set) var records = StoredDelivery()
  public private(set) var simulatedSeconds = 0.0
  public private(set) var events: UInt64 = 0
  public private(set) var cpuSeconds = 0.0
  public var wallSeconds = 0.0

  public init() {}

  public mutating func add(_ trial: TrialDigest) {
    trials += 1
    switch ExitCode(rawValue: trial.exitCode) {
    case .asExpected: asExpected += 1
    case .notExercised: notExercised += 1
    case .internalError:
      internalErrors += 1
      notAsExpected += 1
    default: notAsExpected += 1
    }
    for verdict in trial.verdicts {
      guard let index = rows.firstIndex(where: { $0.guarantee == verdict.guarantee }) else { continue }
      rows[index].examined += verdict.examined
      if verdict.conclusion == Conclusion.violated.rawValue { rows[index].violated += 1 }
      if verdict.conclusion == Conclusion.unknown.rawValue { rows[index].unknown += 1 }
    }
    failures += trial.failures
    records = records + trial.delivery
    simulatedSeconds += trial.simulatedSeconds
    cpuSeconds += trial.cpuSeconds
    events += trial.events
  }

  /// Failures of one cause together: the first seed of each, and how many there are.
  public var causes: [(failure: Failure, count: Int)] {
    var causes: [(failure: Failure, count: Int)] = []
    for failure in failures {
      if let index = causes.firstIndex(where: { $0.failure.scenario == failure.scenario && $0.failure.variant == failure.variant && $0.failure.cause == failure.cause }) {
        causes[index].count += 1
      } else {
        causes.append((failure, 1))
      }
    }
    return causes
  }

  /// A sweep without a trial has shown nothing.
  public var exitCode: ExitCode {
    internalErrors > 0 ? .internalError : notAsExpected > 0 ? .notAsExpected : notExercised > 0 || trials == 0 ? .notExercised : .asExpected
  }

  public var json: JSON {
    .object([
      ("format", StoredFormat.json), ("trials", .integer(Int64(trials))), ("held", .integer(Int64(asExpected))), ("violated", .integer(Int64(notAsExpected))),
      ("unknown", .integer(Int64(notExercised))),
      (
        "guarantees",
        .array(
          rows.map {
            .object([("guarantee", .string($0.guarantee)), ("examined", .integer(Int64($0.examined))), ("violated", .integer(Int64($0.violated)))])
          })
      ),
      (
        "failures",
        .array(
          failures.map {
            .object([
              ("scenario", .string($0.scenario)), ("variant", $0.variant.map(JSON.string) ?? .null), ("seed", .integer(Int64(bitPattern: $0.seed))),
              ("guarantee", .string($0.guarantee)), ("cause", .string($0.cause)), ("replay", .string($0.replay)),
            ])
          })
      ), ("delivery", JSON(encoding: records)), ("simulated", .object([("seconds", .decimal(simulatedSeconds, places: 6))])),
      (
        "host",
        .object([
          ("cpuSeconds", .decimal(cpuSeconds, places: 3)), ("wallSeconds", .decimal(wallSeconds, places: 3)),
          ("simulatedToCpu", .decimal(cpuSeconds > 0 ? simulatedSeconds / cpuSeconds : 0, places: 1)),
        ])
      ),
    ])
  }
}
