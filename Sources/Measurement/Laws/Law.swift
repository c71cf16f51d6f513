/// The laws that the figures of every run must obey. Each is a function from figures to a check, which counts what it examined and gives
/// the figures of the worst case. A law that does not apply to a run returns nil.
public enum Law: String, CaseIterable, Codable, Sendable {
  case little, utilisation, conservation, batch, window, replication, sizing

  /// Figures are sums of whole nanoseconds: a difference beyond rounding is an error.
  static let tolerance = 1e-9

  static func agree(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= tolerance * max(1e-12, abs(left), abs(right)) }

  static func name(of station: StationMetrics) -> String { "\(station.node): \(station.kind.rawValue)" }
}
