import Measurement
import Results

/// The text of a log with vector clocks that ShiViz reads, event by event.
///
/// The clock of a host counts its events from 1, and holds for other hosts the last of their events that it can know of.
struct ShiVizWriter {
  /// What a host knows: the number of its last known event, by host.
  struct Clock: Equatable {
    fileprivate var counts: [Int] = []

    mutating func merge(_ other: Clock) {
      if counts.count < other.counts.count { counts += Array(repeating: 0, count: other.counts.count - counts.count) }
      for (host, count) in other.counts.enumerated() where count > counts[host] { counts[host] = count }
    }
  }

  /// What ShiViz takes the first line of a file for: the expression that reads an event. With the one that it starts with, the time is part of the event.
  static let expression = #"(?<time>\S*) (?<event>.*)\n(?<host>\S*) (?<clock>{.*})"#

  private let write: (String) -> Void
  private var hosts: [String: Int] = [:]
  private var names: [String] = []
  private var clocks: [Clock] = []

  init(write: @escaping (String) -> Void) {
    self.write = write
    // The second line would divide a file with several runs.
    write(Self.expression + "\n\n")
  }

  /// What a host knows now, from events that were listed.
  mutating func clock(of host: String) -> Clock { clocks[number(of: host)] }

  /// Lists an event of a host.
  ///
  /// - Parameters:
  ///   - seconds: on the story's clock.
  ///   - clock: what the host learns with the event.
  mutating func list(_ words: String, at seconds: Double, on host: String, learning clock: Clock? = nil) {
    let number = number(of: host)
    if let clock { clocks[number].merge(clock) }
    if clocks[number].counts.count <= number { clocks[number].counts += Array(repeating: 0, count: number + 1 - clocks[number].counts.count) }
    clocks[number].counts[number] += 1
    let line = words.replacing("\n", with: " ")
    write("\(fixed(seconds, places: 6)) \(line)\n\(names[number]) \(text(clocks[number]))\n")
  }

  private func text(_ clock: Clock) -> String {
    JSON.object(clock.counts.enumerated().filter { $0.element > 0 }.map { (names[$0.offset], .integer(Int64($0.element))) }).line
  }

  private mutating func number(of host: String) -> Int {
    if let number = hosts[host] { return number }
    let number = names.count
    hosts[host] = number
    // ShiViz ends the name of a host at the first blank.
    var name = String(host.map { $0.isWhitespace ? "-" : $0 })
    while names.contains(name) { name += "-" }
    names.append(name)
    clocks.append(Clock())
    return number
  }
}
