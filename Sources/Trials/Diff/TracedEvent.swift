import Primitives

/// An event of a run, as it is set beside that of another run.
public struct TracedEvent: Sendable {
  /// Among all events of the run, from 1; where only the lines of `--trace` are known, among those.
  public let number: UInt64
  /// nil where only the line is known, which has microseconds.
  public let time: Instant?
  /// On the scenario's clock; nil before that starts, and where it is not known.
  public let storyTime: Duration?
  /// The line of the trace.
  public let text: String

  init(number: UInt64, time: Instant? = nil, storyTime: Duration? = nil, text: String) {
    self.number = number
    self.time = time
    self.storyTime = storyTime
    self.text = text
  }

  /// Whether both runs handled the same at the same time.
  func isSame(as other: TracedEvent) -> Bool { time == other.time && text == other.text }

  // MARK: Lines between processes

  var line: String { "\(number) \(time.map { String($0.nanoseconds) } ?? "-") \(storyTime.map { String($0.nanoseconds) } ?? "-") \(text)" }

  /// nil for anything that is not such a line.
  init?(line: String) {
    let parts = line.split(separator: " ", maxSplits: 3)
    guard parts.count == 4, let number = UInt64(parts[0]), let time = Int64(parts[1]) else { return nil }
    self.init(number: number, time: Instant(nanoseconds: time), storyTime: Int64(parts[2]).map { Duration(nanoseconds: $0) }, text: String(parts[3]))
  }

  // MARK: What it belongs to

  /// Whether a text can be a line of a trace: seconds with a fraction, a node, what came.
  static func isLine(_ text: some StringProtocol) -> Bool {
    let words = text.split(separator: " ", maxSplits: 2)
    return words.count == 3 && words[0].contains(".") && Double(words[0]) != nil
  }

  /// The part of the world in which it happened: a node, its disk, or its connections.
  public var component: String {
    let words = text.split(separator: " ", maxSplits: 3)
    guard words.count > 2 else { return text }
    switch words[2] {
    case "disk": return "the disk of \(words[1])"
    case "timer", "started", "asked": return String(words[1])
    default: return "the network at \(words[1])"
    }
  }

  /// Seconds, as the line has them.
  var seconds: Double { text.split(separator: " ", maxSplits: 1).first.flatMap { Double($0) } ?? 0 }
}
