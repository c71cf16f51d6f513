import Primitives

/// The laws that the figures of every run must obey. Each is a function from figures to a check that counts what it examined, and says
/// the figures of the worst case. A law that does not apply to a run gives nil.
public enum Law: String, CaseIterable, Codable, Sendable {
  case little, utilisation, conservation, batch, window, replication, sizing

  /// Figures are sums of whole nanoseconds: what differs by more than rounding is wrong.
  static let tolerance = 1e-9

  static func agree(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= tolerance * max(1e-12, abs(left), abs(right)) }

  static func name(of station: StationMetrics) -> String { "\(station.node): \(station.kind.rawValue)" }
}

/// Collects the cases of one law, and remembers the worst.
struct LawCases {
  private var examined = 0
  private var broken = 0
  private var worst: (excess: Double, figures: String)?

  /// - Parameter excess: how far the case goes beyond what the law allows, relative to it; the greatest is reported.
  mutating func note(holds: Bool, excess: Double, _ figures: @autoclosure () -> String) {
    examined += 1
    if !holds { broken += 1 }
    // What breaks the law is worse than anything that does not.
    let excess = holds ? min(excess, 0) : max(excess, .leastNonzeroMagnitude)
    if worst.map({ excess > $0.excess }) ?? true { worst = (excess, figures()) }
  }

  /// nil where nothing was examined.
  func check(_ law: Law) -> LawCheck? {
    guard let worst else { return nil }
    let figures = broken > 0 ? "\(grouped(broken)) of \(grouped(examined)) broken; worst: \(worst.figures)" : "nearest: \(worst.figures)"
    return LawCheck(law: law, examined: examined, holds: broken == 0, figures: figures)
  }
}
