import Scenarios

/// One of two runs that are compared: which program runs which trial.
public struct TracedRun: Sendable {
  /// The path of a program trial; nil for this one.
  public var program: String?
  public var scenario: String
  public var seed: UInt64
  public var variant: String?
  public var overrides: [String]
  public var until: String?

  public init(program: String? = nil, scenario: String, seed: UInt64, variant: String? = nil, overrides: [String] = [], until: String? = nil) {
    self.program = program
    self.scenario = scenario
    self.seed = seed
    self.variant = variant
    self.overrides = overrides
    self.until = until
  }

  /// The command that runs it.
  public var command: String { ([program ?? "trial", "replay"] + arguments).map(\.quotedForShell).joined(separator: " ") }

  private var arguments: [String] {
    [scenario, "--seed", String(seed)] + (variant.map { ["--variant", $0] } ?? []) + overrides.flatMap { ["--set", $0] } + (until.map { ["--until", $0] } ?? [])
  }

  private var executable: String { program ?? WorkerProcess.executable }

  /// The lines of `TraceReporter` behind its greeting; nil if the program does not know it.
  private func reported(from first: UInt64?) throws -> TraceProcess? {
    let process = try TraceProcess(executable, ["diff-worker"] + arguments + (first.map { ["--from", String($0)] } ?? []), expected: 0...0)
    do {
      return try process.next() == TraceReporter.greeting ? process : nil
    } catch TraceError.ended where program != nil {
      return nil
    }
  }

  private func replayed() throws -> ReplayedTrace {
    // A trial that is not as expected has a trace as well.
    ReplayedTrace(try TraceProcess(executable, ["replay"] + arguments + ["--json", "--quiet", "--trace", "-"], expected: 0...3))
  }

  /// Compares two runs, each in a process of its own. Throws a `TraceError`.
  ///
  /// - Parameter onProgress: told up to which event they are the same as far as is known.
  public static func compare(_ one: TracedRun, _ other: TracedRun, onProgress: (UInt64) -> Void = { _ in }) throws -> RunComparison.Outcome {
    if let first = try one.reported(from: nil), let second = try other.reported(from: nil) {
      var begun: (any TraceLines, any TraceLines)? = (first, second)
      return try RunComparison.compare(onProgress: onProgress) { number in
        // Processes that are not read any more end.
        if let open = begun.take() { return open }
        guard let first = try one.reported(from: number), let second = try other.reported(from: number) else { throw TraceError.cutOff }
        return (first, second)
      }
    }
    // A build without the worker command.
    return try RunComparison.compareEvents(one.replayed(), other.replayed(), onProgress: onProgress) { line, number in TracedEvent(number: number, text: line) }
  }
}
