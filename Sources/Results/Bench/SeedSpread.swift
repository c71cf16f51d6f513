import Foundation
import Measurement

/// A figure over several seeds. The spread shows the variation between runs, not within one.
public struct SeedSpread: Codable, Sendable, Equatable {
  /// To twelve digits: sums of the same decimals in another order must not differ in the last bit, because gates at 0 % would notice.
  public var mean: Double
  public var least: Double
  public var greatest: Double

  /// Computed from the stored values, so that reading them back gives the same. nil if there are no values.
  public init?(_ values: [Double]) {
    let values = values.map { $0.isFinite ? Double(shortest($0)) ?? $0 : $0 }
    guard let least = values.min(), let greatest = values.max() else { return nil }
    let exact = values.reduce(0, +) / Double(values.count)
    mean = values.count == 1 ? exact : Double(String(format: "%.12g", exact)) ?? exact
    self.least = least
    self.greatest = greatest
  }

  /// `10 000 (9 990..10 010)`
  public func text(_ text: (Double) -> String) -> String { "\(text(mean)) (\(text(least))..\(text(greatest)))" }
}

/// `1..5` if the seeds are consecutive, `1, 3` otherwise.
public func seedsText(_ seeds: [UInt64]) -> String {
  guard let first = seeds.first, let last = seeds.last, seeds.count > 1 else { return seeds.first.map(String.init) ?? "" }
  let isWhole = zip(seeds, seeds.dropFirst()).allSatisfy { $0 < $1 && $1 - $0 == 1 }
  return isWhole ? "\(first)..\(last)" : seeds.map(String.init).joined(separator: ", ")
}
