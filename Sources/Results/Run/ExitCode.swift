import Measurement

/// The exit code of a process.
public enum ExitCode: Int32, Sendable, CaseIterable {
  case asExpected = 0
  /// A guarantee is violated, or another expectation is not met.
  case notAsExpected = 1
  /// `compare`: the candidate fails a gate.
  case gateBroken = 2
  /// The trial did not exercise what it was meant to show.
  case notExercised = 3
  /// `compare --strict`: nothing got worse and something got better, so the baseline is out of date.
  case onlyImprovements = 4
  case wrongUsage = 64
  case badInput = 65
  case internalError = 70

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

extension ExitCode {
  /// The exit code of a run, from its expectations and its schedule.
  ///
  /// - Parameter unhit: The faults that were to hit something, and did not.
  public init(_ expectations: [ExpectationResult], unhit: [FaultCount] = []) {
    let isExercised = !expectations.contains { $0.conclusion == .notExercised } && unhit.isEmpty
    self = expectations.contains { $0.conclusion == .notMet } ? .notAsExpected : isExercised ? .asExpected : .notExercised
  }

  /// The same for a measured run. Figures that break a law make it invalid, and a window without a record has shown nothing.
  public func measured(_ metrics: Metrics) -> ExitCode { self != .asExpected || (metrics.isValid && metrics.isMeasured) ? self : .notExercised }
}

extension ExitCode: Codable {
  /// Results store it in words.
  public func encode(to encoder: any Encoder) throws {
    var code = encoder.singleValueContainer()
    try code.encode(word)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer(), word = try container.decode(String.self)
    guard let code = Self.allCases.first(where: { $0.word == word }) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no run ends '\(word)'")
    }
    self = code
  }
}
