import Primitives
import Results

/// Finds out when a failure became inevitable: runs the futures of a trial from instants spread over it, and then from more and more of them where the failure becomes likely.
///
/// It can be stopped at any time: `odds` has what was seen until then.
public final class OddsSearch {
  /// How many futures violate the guarantee, for each reseeding; nil for one whose process died or that was not run.
  public typealias Run = ([Reseeding]) throws -> [Bool?]

  public private(set) var odds: FailureOdds
  private let end: Duration
  private let futures: Int
  private let isOver: () -> Bool
  private let run: Run

  /// Neighbours that are nearer to each other are not told apart.
  public static let resolution = Duration.milliseconds(5)
  private static let firstInstants = 9
  /// Of each closer look.
  private static let furtherInstants = 3

  /// - Parameters:
  ///   - end: the last instant that matters.
  ///   - futures: how many are run from each instant.
  ///   - isOver: whether no further ones are to be run.
  public init(_ guarantee: String, until end: Duration, futures: Int, isOver: @escaping () -> Bool, run: @escaping Run) {
    odds = FailureOdds(guarantee: guarantee, points: [])
    self.end = end
    self.futures = futures
    self.isOver = isOver
    self.run = run
  }

  /// - Parameter onProgress: called with the number of instants that were looked at.
  public func search(onProgress: (Int) -> Void) throws {
    let last = Self.firstInstants - 1
    try look(from: (0...last).map { end * Int64($0) / Int64(last) }, onProgress)
    while !isOver(), let rise = odds.rise {
      let from = rise.from.instant, length = rise.to.instant - from
      guard length > Self.resolution else { break }
      let parts = Int64(Self.furtherInstants + 1)
      try look(from: (1..<parts).map { from + length * $0 / parts }, onProgress)
    }
  }

  private func look(from instants: [Duration], _ onProgress: (Int) -> Void) throws {
    for instant in instants where !isOver() {
      let outcomes = try run((1...UInt64(futures)).map { Reseeding(at: instant, number: $0) }).compactMap { $0 }
      guard !outcomes.isEmpty else { continue }
      let point = FailureOdds.Point(at: instant, futures: outcomes.count, failures: outcomes.count { $0 })
      odds.points.append(point)
      odds.points.sort { $0.instant < $1.instant }
      onProgress(odds.points.count)
    }
  }
}
