import ArgumentParser
import Foundation

/// `1..200`, or a single seed.
struct SeedRange: ExpressibleByArgument {
  let range: ClosedRange<UInt64>

  init(_ range: ClosedRange<UInt64>) { self.range = range }

  init?(argument: String) {
    let ends = argument.components(separatedBy: "..").map { UInt64($0) }
    guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last else { return nil }
    range = first...last
  }

  var defaultValueDescription: String { "\(range.lowerBound)..\(range.upperBound)" }
}
