import Measurement

/// What a run cost the machine it ran on. It differs from run to run, so it is printed and never stored.
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

  /// Simulated seconds per second of processor time.
  public var simulatedToCpu: Double { cpuSeconds > 0 ? simulatedSeconds / cpuSeconds : 0 }

  public var json: JSON {
    .object([
      ("cpuSeconds", .decimal(cpuSeconds, places: 3)), ("wallSeconds", .decimal(wallSeconds, places: 3)),
      ("eventsPerSecond", .integer(cpuSeconds > 0 ? Int64(rounding: Double(events) / cpuSeconds) : 0)), ("simulatedToCpu", .decimal(simulatedToCpu, places: 1)),
    ])
  }
}

extension JSON {
  /// The object with what the run cost this machine.
  public func with(_ host: HostFacts) -> JSON {
    guard case .object(let entries) = self else { return self }
    return .object(entries + [("host", host.json)])
  }
}
