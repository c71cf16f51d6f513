import OrderedCollections
import Sim
import Wire

/// Counts the events of nodes by kind: messages by API and direction, timers by node.
final class EventTally {
  private let world: World
  private var counts: OrderedDictionary<String, Int> = [:]

  init(_ world: World) { self.world = world }

  func count(_ notice: FrameNotice) {
    guard notice.fate == .delivered else { return }
    let api = ApiKey(rawValue: notice.header.apiKey).name
    let kind = notice.kind == .request ? "requests" : "responses"
    counts["\(world.name(of: notice.to)) is sent \(api) \(kind) by \(world.name(of: notice.from))", default: 0] += 1
  }

  /// Counts a line of the trace: time, node, what came.
  func count(line: String) {
    let words = line.split(separator: " ", maxSplits: 3)
    guard words.count > 2, words[2] == "timer" else { return }
    counts["timers of \(words[1]) fire", default: 0] += 1
  }

  /// The most frequent kind; the first of several equal ones.
  var busiest: (what: String, count: Int)? {
    counts.reduce(nil) { best, next in next.value > best?.count ?? 0 ? (next.key, next.value) : best }
  }
}
