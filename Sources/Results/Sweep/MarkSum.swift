import Measurement
import Primitives

/// In how many trials of a sweep a mark was passed, and how often.
public struct MarkSum: Sendable, Equatable {
  public var mark: Mark
  public var trials: Int
  public var count: Int
  /// The commands that repeat the first trials that passed it, at most `mostFirst`.
  public var first: [String]

  public static let mostFirst = 3

  public init(_ mark: Mark, trials: Int, count: Int, first: [String]) {
    self.mark = mark
    self.trials = trials
    self.count = count
    self.first = first
  }

  private mutating func add(_ other: MarkSum) {
    trials = trials.saturatingAdding(other.trials)
    count = count.saturatingAdding(other.count)
    first = Array((first + other.first).prefix(Self.mostFirst))
  }

  /// Two lists added up, both in the order of the marks' declaration; the trials of the first list came before those of the second.
  static func sum(of sums: [MarkSum], _ more: [MarkSum]) -> [MarkSum] {
    var all = sums
    for sum in more {
      let place = all.partitioningIndex { $0.mark.rawValue >= sum.mark.rawValue }
      if place < all.count, all[place].mark == sum.mark { all[place].add(sum) } else { all.insert(sum, at: place) }
    }
    return all
  }
}

/// The values of one mark in a stored sweep.
private struct StoredMarkSum: Codable {
  var trials: Int
  var count: Int
  var first: [String]
}

extension KeyedEncodingContainer {
  /// Writes marks as an object: `{ "batch-split": { "trials": 3, "count": 7, "first": ["trial replay ..."] } }`.
  mutating func encode(marks: [MarkSum], forKey key: Key) throws {
    var object = nestedContainer(keyedBy: NameKey.self, forKey: key)
    for sum in marks { try object.encode(StoredMarkSum(trials: sum.trials, count: sum.count, first: sum.first), forKey: NameKey(stringValue: sum.mark.name)) }
  }
}

extension KeyedDecodingContainer {
  /// In the order of their declaration; none where the key is missing. Throws if a name is unknown.
  func decodeMarkSums(forKey key: Key) throws -> [MarkSum] {
    guard contains(key) else { return [] }
    let object = try nestedContainer(keyedBy: NameKey.self, forKey: key)
    let sums = try object.allKeys.map { name in
      let stored = try object.decode(StoredMarkSum.self, forKey: name)
      return MarkSum(try mark(named: name.stringValue, forKey: key), trials: stored.trials, count: stored.count, first: stored.first)
    }
    return sums.sorted { $0.mark.rawValue < $1.mark.rawValue }
  }
}
