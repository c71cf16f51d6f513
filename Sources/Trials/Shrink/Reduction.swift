import OrderedCollections
import Primitives
import Scenarios

/// A smaller scenario that may still fail.
struct Reduction {
  /// What was left out or made smaller, for the progress line.
  var words: String
  var document: Value
}

/// The ways to make a scenario smaller, the most drastic ones first. Each gives documents in the order in which they are worth trying; whether they can be read is not looked at.
enum Reductions {
  static let passes: [@Sendable (Value) -> [Reduction]] = [faults, clients, topics, settings, sizes, times, streams]

  // MARK: What is there

  /// Without parts of the schedule: halves, quarters, and so on down to single entries.
  private static func faults(_ document: Value) -> [Reduction] {
    guard let entries = document["faults"]?.elements, !entries.isEmpty else { return [] }
    var reductions: [Reduction] = []
    var size = entries.count
    while size >= 1 {
      for start in stride(from: 0, to: entries.count, by: size) {
        var rest = entries
        rest.removeSubrange(start..<min(start + size, entries.count))
        var smaller = document
        if rest.isEmpty { smaller.remove("faults") } else { smaller.put("faults", .list(rest)) }
        reductions.append(Reduction(words: "\(rest.count) faults", document: smaller))
      }
      size = size == 1 ? 0 : (size + 1) / 2
    }
    return reductions
  }

  private static func clients(_ document: Value) -> [Reduction] { withoutEach("workload", document) { "without a client" } }
  private static func topics(_ document: Value) -> [Reduction] { withoutEach("topics", document) { "without a topic" } }

  private static func withoutEach(_ key: String, _ document: Value, _ words: () -> String) -> [Reduction] {
    guard let elements = document[key]?.elements, elements.count > 1 else { return [] }
    return elements.indices.map { index in
      var rest = elements
      rest.remove(at: index)
      var smaller = document
      smaller.put(key, .list(rest))
      return Reduction(words: words(), document: smaller)
    }
  }

  // MARK: Settings

  /// Keys whose values are settings, or which have a default.
  private static let optional: Set<String> = [
    "config", "consumer", "producer", "broker-config", "features", "switches", "racks", "machine", "keys", "tombstones", "value", "poll", "process", "commit-every", "static", "assignor",
    "abort", "linger", "compression", "measure",
  ]

  /// With defaults in the place of settings: of a whole group of them, then of each.
  private static func settings(_ document: Value) -> [Reduction] {
    var reductions: [Reduction] = []
    document.walk { path, key, value in
      guard optional.contains(key) else { return }
      reductions.append(Reduction(words: "without \(key)", document: document.without(path)))
      guard case .map(let entries) = value.content, entries.count > 1 else { return }
      for entry in entries { reductions.append(Reduction(words: "without \(entry.key)", document: document.without(path + [.key(entry.key)]))) }
    }
    return reductions
  }

  /// Without the keys of random streams: at the end, most entries draw nothing from theirs.
  private static func streams(_ document: Value) -> [Reduction] {
    var reductions: [Reduction] = []
    document["faults"]?.walk { path, key, _ in
      if key == "key", path.count == 2 { reductions.append(Reduction(words: "without a key", document: document.without([.key("faults")] + path))) }
    }
    return reductions
  }

  // MARK: Numbers

  /// Keys whose values are counts of at least one.
  private static let counts: Set<String> = [
    "brokers", "controllers", "partitions", "replicas", "clients", "members", "instances", "producers", "groups", "per-transaction", "partitions-per-transaction", "records", "outstanding",
  ]

  /// With smaller counts and lower rates: one, then half, then one less.
  private static func sizes(_ document: Value) -> [Reduction] {
    var reductions: [Reduction] = []
    document.walk { path, key, value in
      guard let text = value.scalar else { return }
      if counts.contains(key), let count = Int(text), count > 1 {
        for smaller in OrderedSet([1, count / 2, count - 1]) { reductions.append(Reduction(words: "\(key) \(smaller)", document: document.replacing(path, with: .count(smaller)))) }
      } else if key == "rate", let rate = try? value.recordsPerSecond(), rate > 2 {
        for smaller in OrderedSet([max(1, (rate / 4).rounded()), (rate / 2).rounded()]) {
          let text = Value.rateText(smaller)
          reductions.append(Reduction(words: "rate \(text)", document: document.replacing(path, with: .word(text))))
        }
      }
    }
    return reductions
  }

  // MARK: Times

  private static let moments: Set<String> = ["at", "from", "to", "for", "by", "every", "duration"]

  /// With a shorter run, shorter faults, and rounder times.
  private static func times(_ document: Value) -> [Reduction] {
    var reductions: [Reduction] = []
    document.walk { path, key, value in
      guard moments.contains(key), let time = try? value.duration(), time > .zero else { return }
      var others: [Duration] = []
      if key == "duration" || key == "for" { others += [time / 4, time / 2, time * 3 / 4].map { $0.rounded(to: .milliseconds(100)) } }
      for unit in [Duration.seconds(1), .milliseconds(100), .milliseconds(10)] { others.append(time.rounded(to: unit)) }
      for other in OrderedSet(others) where other > .zero && other.exactText.utf8.count <= value.scalar?.utf8.count ?? 0 && other != time {
        reductions.append(Reduction(words: "\(key) \(other.exactText)", document: document.replacing(path, with: .time(other))))
      }
    }
    return reductions
  }
}

extension Duration {
  /// The nearest multiple of a unit.
  func rounded(to unit: Duration) -> Duration {
    let count = nanoseconds / unit.nanoseconds, rest = nanoseconds % unit.nanoseconds
    return unit * (rest >= unit.nanoseconds - rest ? count.saturatingAdding(1) : count)
  }
}
