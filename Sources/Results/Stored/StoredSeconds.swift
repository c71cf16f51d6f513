import Measurement
import Primitives

extension Duration {
  /// Reads the duration from a stored result, limited to what a clock can hold.
  init(storedSeconds seconds: Double) { self = .nanoseconds(Int64(rounding: seconds * 1e9)) }
}

/// `{ "seconds": 40.665 }`
public struct SimulatedTime: Codable, Sendable, Equatable {
  public var seconds: Double

  public init(seconds: Double) { self.seconds = seconds }
}
