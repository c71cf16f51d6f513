import OrderedCollections
import Primitives
import Scenarios

/// The ways to say with a named instant when an entry happens, in the place of a time: what comes shortly before it in the trial, and how long after that it happens.
///
/// A time fits one seed; an instant comes in every seed in which the same things happen.
struct MomentReductions {
  /// How far before an entry something may lie that it could follow.
  private static let window = Duration.seconds(2)
  /// How many of what lies there are looked at.
  private static let mostInstants = 6

  let document: Value
  let comings: [InstantRecorder.Coming]

  /// Entries whose time could be said otherwise, by their numbers.
  var entries: [Int] { (document["faults"]?.elements ?? []).indices.filter { time(of: $0) != nil } }

  /// For each instant that an entry could follow, the nearest ones first: documents, those with the simplest delays first.
  func reductions(ofEntry index: Int) -> [[Reduction]] {
    guard let written = time(of: index) else { return [] }
    return instants(before: written.time, entry: index).map { coming in
      delays(written.time - coming.time).map { delay in
        let moment = Moment.instant(coming.instant, plus: delay)
        return Reduction(words: "after \(moment)", document: document.replacingTime(ofEntry: index, key: written.key, with: moment))
      }
    }
  }

  private func time(of index: Int) -> (key: String, time: Duration)? {
    guard let elements = document["faults"]?.elements, elements.indices.contains(index) else { return nil }
    for key in ["at", "from"] {
      if let value = elements[index][key], let time = try? value.duration() { return (key, time) }
    }
    return nil
  }

  private func instants(before time: Duration, entry index: Int) -> [InstantRecorder.Coming] {
    let names = names(before: index)
    let near = comings.filter { coming in
      guard coming.time <= time, time - coming.time <= Self.window else { return false }
      if case .entry(let name) = coming.instant { return names.contains(name) }
      return true
    }
    // What happens in the cluster says more than an earlier entry, and both say more than a number of records.
    func rank(_ coming: InstantRecorder.Coming) -> Int {
      switch coming.instant {
      case .acknowledged: 2
      case .entry: 1
      default: 0
      }
    }
    let latest = Array(near.reversed())
    let others = latest.filter { rank($0) == 0 } + latest.filter { rank($0) == 1 }
    return Array(others.prefix(Self.mostInstants - 1) + latest.filter { rank($0) == 2 }.prefix(1))
  }

  /// The names by which an entry can refer to those above it.
  private func names(before index: Int) -> [String] {
    let all = (document["faults"]?.elements ?? []).map { $0["name"]?.scalar ?? FaultReader.word(of: $0) ?? "" }
    return all.prefix(index).filter { name in all.count { $0 == name } == 1 }
  }

  /// At once, in round numbers, and exactly.
  private func delays(_ exact: Duration) -> OrderedSet<Duration> {
    let round = [Duration.seconds(1), .milliseconds(100), .milliseconds(10), .milliseconds(1)].map { exact.rounded(to: $0) }
    return OrderedSet([.zero] + round + [exact])
  }
}

extension Value {
  /// The document with another moment at which an entry happens.
  fileprivate func replacingTime(ofEntry index: Int, key: String, with moment: Moment) -> Value {
    guard var elements = self["faults"]?.elements, case .map(let entries) = elements[index].content else { return self }
    elements[index].content = .map(entries.map { $0.key == key ? Entry("after", .word(moment.exactText)) : $0 })
    var replaced = self
    replaced.put("faults", .list(elements))
    return replaced
  }
}
