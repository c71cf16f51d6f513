import Primitives
import Testing

/// Expects that `body` passes a mark: for tests of a rare place that would hold as well if nothing got there.
@discardableResult
package func expectMark<Result>(_ mark: Mark, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result) rethrows -> Result {
  let before = MarkCounts.count(of: mark)
  let result = try body()
  #expect(MarkCounts.count(of: mark) > before, "nothing passed '\(mark.name)': \(mark.words)", sourceLocation: sourceLocation)
  return result
}
