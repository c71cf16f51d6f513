import ArgumentParser
import Foundation

/// `1..200`, or a single seed.
struct SeedRange {
  let range: ClosedRange<UInt64>

  @Sendable init(parsing text: String) throws {
    let ends = text.components(separatedBy: "..")
    guard ends.count <= 2 else { throw ValidationError("write one seed, or the first and the last, such as 1..200") }
    let seeds = try ends.map(wholeNumber(in: 0...UInt64.max))
    guard let first = seeds.first, let last = seeds.last, first <= last else {
      throw ValidationError("the first seed is larger than the last; write the smaller one first, such as 1..200")
    }
    range = first...last
  }
}
