import Foundation

/// A log with vector clocks, read as ShiViz reads it, with everything in it that ShiViz refuses.
struct VectorClockCheck {
  struct Event {
    let time: String
    let words: String
    let host: String
    let clock: [String: Int]
  }

  private(set) var problems: [String] = []
  private(set) var events: [Event] = []

  init(_ text: String) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.popLast() != "" { problems.append("the last line has no end") }
    if lines.count < 2 || lines[0] != #"(?<time>\S*) (?<event>.*)\n(?<host>\S*) (?<clock>{.*})"# || lines[1] != "" { problems.append("the first two lines are wrong") }
    lines.removeFirst(min(2, lines.count))
    if lines.count % 2 != 0 { problems.append("an event without a clock") }
    for number in stride(from: 0, to: lines.count - 1, by: 2) {
      let what = lines[number].split(separator: " ", maxSplits: 1).map(String.init), `where` = lines[number + 1].split(separator: " ", maxSplits: 1).map(String.init)
      guard what.count == 2, `where`.count == 2, let clock = try? JSONSerialization.jsonObject(with: Data(`where`[1].utf8)) as? [String: Int] else {
        problems.append("no event: \(lines[number])")
        continue
      }
      events.append(Event(time: what[0], words: what[1], host: `where`[0], clock: clock))
    }
    checkClocks()
  }

  /// A host counts its events from 1. It knows of no events of others that are not listed, and of each event that it knows of it knows what that one knew.
  private mutating func checkClocks() {
    var byHost: [String: [Event]] = [:]
    for event in events {
      let former = byHost[event.host, default: []]
      if event.clock[event.host] != former.count + 1 { problems.append("\(event.host) counts \(event.clock[event.host] ?? 0) after \(former.count): \(event.words)") }
      if let last = former.last, last.clock.contains(where: { $0.value > event.clock[$0.key] ?? 0 }) { problems.append("\(event.host) forgets: \(event.words)") }
      for (host, count) in event.clock where host != event.host {
        guard let known = byHost[host], known.indices.contains(count - 1) else {
          problems.append("\(event.host) knows event \(count) of \(host), which is not before it: \(event.words)")
          continue
        }
        if known[count - 1].clock.contains(where: { $0.value > event.clock[$0.key] ?? 0 }) { problems.append("\(event.host) does not know what \(host) knew: \(event.words)") }
      }
      byHost[event.host, default: []].append(event)
    }
  }

  /// Whether an event happened before another one.
  func isBefore(_ one: Event, _ other: Event) -> Bool { other.clock[one.host] ?? 0 >= one.clock[one.host] ?? .max }
}
