import Workloads

extension TrialResult {
  /// The stored form. `host` is what the run cost this machine; it is printed, never stored.
  public func json(host: HostFacts? = nil) -> JSON {
    var entries: [(String, JSON)] = [
      ("format", StoredFormat.json), ("scenario", .string(scenario)), ("variant", variant.map(JSON.string) ?? .null), ("seed", .integer(Int64(bitPattern: seed))),
      ("build", .string(build)), ("traceHash", .string(hexadecimal(traceHash))), ("events", .integer(Int64(events))),
      ("simulated", .object([("seconds", .decimal(simulated.seconds, places: 6))])), ("verdicts", .array(verdicts.map(\.json))),
      ("delivery", delivery.json), ("availability", availability?.json ?? .null), ("faults", .array(faults.map(\.json))),
      ("seen", .object(sightings.map { ($0.sighting.rawValue, .integer(Int64($0.count))) })), ("expectations", .array(expectations.map(\.json))),
      ("outcome", .string(exitCode.word)), ("replay", .string(replay)),
    ]
    if let host { entries.append(("host", host.json)) }
    return .object(entries)
  }
}

/// What a run cost the machine that it ran on. Differs from run to run.
public struct HostFacts: Sendable {
  public var cpuSeconds: Double
  public var wallSeconds: Double
  public var events: UInt64
  public var simulatedSeconds: Double

  public init(cpuSeconds: Double, wallSeconds: Double, events: UInt64, simulatedSeconds: Double) {
    self.cpuSeconds = cpuSeconds
    self.wallSeconds = wallSeconds
    self.events = events
    self.simulatedSeconds = simulatedSeconds
  }

  /// Simulated seconds for each second of processor time.
  public var ratio: Double { cpuSeconds > 0 ? simulatedSeconds / cpuSeconds : 0 }

  var json: JSON {
    .object([
      ("cpuSeconds", .decimal(cpuSeconds, places: 3)), ("wallSeconds", .decimal(wallSeconds, places: 3)),
      ("eventsPerSecond", .integer(cpuSeconds > 0 ? Int64(rounding: Double(events) / cpuSeconds) : 0)), ("simulatedToReal", .decimal(ratio, places: 1)),
    ])
  }
}

extension ExitCode {
  public var word: String {
    switch self {
    case .asExpected: "as expected"
    case .notAsExpected: "not as expected"
    case .gateBroken: "gate broken"
    case .notExercised: "not exercised"
    case .onlyImprovements: "only improvements"
    case .wrongUsage: "wrong usage"
    case .badInput: "bad input"
    case .internalError: "internal error"
    }
  }
}

extension Verdict {
  public var json: JSON {
    .object([
      ("guarantee", .string(guarantee.rawValue)), ("verdict", .string(conclusion.rawValue)), ("examined", .integer(Int64(examined))),
      ("violations", .integer(Int64(caseCount))), ("cases", .array(cases.map(JSON.string))),
    ])
  }
}

extension Delivery {
  var json: JSON {
    .object([
      ("sent", .integer(Int64(sent))), ("acked", .integer(Int64(acked))), ("failed", .integer(Int64(failed))), ("unknown", .integer(Int64(unknown))),
      ("lost", .integer(Int64(lost))), ("permittedLoss", .integer(Int64(permittedLoss))),
      ("permittedBy", .object(permittedBy.map { ($0.reason, .integer(Int64($0.count))) })), ("deleted", .integer(Int64(deleted))),
      ("deletedBy", .object(deletedBy.map { ($0.reason, .integer(Int64($0.count))) })), ("duplicated", .integer(Int64(duplicated))),
      ("reordered", .integer(Int64(reordered))),
    ])
  }
}

extension FaultCount {
  var json: JSON { .object([("name", .string(name)), ("planned", .integer(Int64(planned))), ("hit", .integer(Int64(hit)))]) }
}

extension ExpectationResult {
  var json: JSON {
    .object([("expected", .string(text)), ("outcome", .string(conclusion.rawValue))] + (advice.map { [("advice", .string($0))] } ?? []))
  }
}

/// Sixteen digits, as trace hashes are written.
public func hexadecimal(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
