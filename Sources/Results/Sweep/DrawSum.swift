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

/// What was drawn over many trials. Values of one path stand together, each path where it came first.
struct DrawSums: Sendable, Equatable {
  private(set) var all: [DrawSum] = []
  /// Where each value stands.
  private var places: [Drawn: Int] = [:]

  private struct Drawn: Hashable {
    let scenario: String
    let path: String
    let value: String
  }

  init(_ sums: [DrawSum] = []) {
    for sum in sums { add(sum) }
  }

  mutating func add(_ sum: DrawSum) {
    let drawn = Drawn(scenario: sum.scenario, path: sum.path, value: sum.value)
    if let place = places[drawn] {
      all[place].trials = all[place].trials.saturatingAdding(sum.trials)
      all[place].notAsExpected = all[place].notAsExpected.saturatingAdding(sum.notAsExpected)
    } else {
      places[drawn] = all.count
      all.append(sum)
    }
  }

  /// By scenario and path, in the order in which these came; the most frequent value first.
  var grouped: [DrawSum] {
    var scenarios: [String: Int] = [:], paths: [Drawn: Int] = [:]
    for sum in all {
      if scenarios[sum.scenario] == nil { scenarios[sum.scenario] = scenarios.count }
      let path = Drawn(scenario: sum.scenario, path: sum.path, value: "")
      if paths[path] == nil { paths[path] = paths.count }
    }
    func rank(_ sum: DrawSum) -> (Int, Int) { (scenarios[sum.scenario] ?? 0, paths[Drawn(scenario: sum.scenario, path: sum.path, value: "")] ?? 0) }
    return all.enumerated().map { (rank: rank($0.element), place: $0.offset, sum: $0.element) }
      .sorted { ($0.rank.0, $0.rank.1, $1.sum.trials, $0.place) < ($1.rank.0, $1.rank.1, $0.sum.trials, $1.place) }.map(\.sum)
  }
}
