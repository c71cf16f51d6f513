import Measurement
import Primitives

extension Duration {
  /// Of a stored result. What is too long for a clock is as long as one runs.
  init(storedSeconds seconds: Double) { self = .nanoseconds(Int64(rounding: seconds * 1e9)) }
}

/// `{ "seconds": 40.665 }`
public struct SimulatedTime: Codable, Sendable, Equatable {
  public var seconds: Double

  public init(seconds: Double) { self.seconds = seconds }
}
