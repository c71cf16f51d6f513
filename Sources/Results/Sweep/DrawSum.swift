import Primitives

/// In how many trials of a scenario a value was drawn, and how many of these were not as expected.
public struct DrawSum: Sendable, Codable, Equatable {
  public var scenario: String
  /// The path of the value, such as `topics[0].partitions`; that of a set is `draw` and its name.
  public var path: String
  /// The value as YAML on one line; `absent` if there is none.
  public var value: String
  public var trials: Int
  public var notAsExpected: Int

  public init(scenario: String, path: String, value: String, trials: Int, notAsExpected: Int) {
    self.scenario = scenario
    self.path = path
    self.value = value
    self.trials = trials
    self.notAsExpected = notAsExpected
  }
}

/// What was drawn over many trials, the same in whatever order these were added: parts of a sweep come to what the whole does.
struct DrawSums: Sendable, Equatable {
  private struct Drawn: Hashable {
    let scenario: String
    let path: String
    let value: String
  }

  private var sums: [Drawn: DrawSum] = [:]

  var isEmpty: Bool { sums.isEmpty }

  init(_ sums: [DrawSum] = []) {
    for sum in sums { add(sum) }
  }

  mutating func add(_ sum: DrawSum) {
    let drawn = Drawn(scenario: sum.scenario, path: sum.path, value: sum.value)
    guard var known = sums[drawn] else {
      sums[drawn] = sum
      return
    }
    known.trials = known.trials.saturatingAdding(sum.trials)
    known.notAsExpected = known.notAsExpected.saturatingAdding(sum.notAsExpected)
    sums[drawn] = known
  }

  mutating func add(_ other: DrawSums) {
    for sum in other.sums.values { add(sum) }
  }

  /// By scenario and path; the most frequent value first.
  var sorted: [DrawSum] { sums.values.sorted { ($0.scenario, $0.path, $1.trials, $0.value) < ($1.scenario, $1.path, $0.trials, $1.value) } }
}
