import Primitives

/// What a run tells, line by line.
protocol TraceLines: AnyObject {
  /// nil at its end. Throws a `TraceError` if the run broke off.
  func next() throws -> String?
  /// Nothing more is wanted.
  func stop()
}

/// Two runs side by side.
public struct RunComparison: Sendable {
  /// Where two runs part.
  public struct Parting: Sendable {
    /// The last events that were the same, oldest first.
    public let before: [TracedEvent]
    /// The events of each run from the first on that differs; empty for a run that has ended.
    public let first: [TracedEvent]
    public let second: [TracedEvent]

    /// In which part of the world there was something at one run that was not at the other: where the earlier of both events happened.
    public var components: [String] {
      guard let one = first.first else { return second.first.map { [$0.component] } ?? [] }
      guard let other = second.first else { return [one.component] }
      let order: (TracedEvent, TracedEvent) -> Bool = { ($0.time?.nanoseconds ?? 0, $0.seconds) < ($1.time?.nanoseconds ?? 0, $1.seconds) }
      if order(one, other) { return [one.component] }
      if order(other, one) { return [other.component] }
      return one.component == other.component ? [one.component] : [one.component, other.component]
    }

    /// The earlier of both events.
    public var event: TracedEvent? { [first.first, second.first].compactMap { $0 }.min { ($0.time?.nanoseconds ?? 0, $0.seconds) < ($1.time?.nanoseconds ?? 0, $1.seconds) } }
  }

  public enum Outcome: Sendable {
    /// - Parameter hash: nil where only lines were compared.
    case same(events: UInt64, hash: String?)
    case parted(Parting)
    /// The checkpoints behind an event differed, and when both ran again the events did not: one of them does something else each time.
    case unsteady(after: UInt64)
  }

  /// The number of events that are shown before and behind the place.
  static let context = 10

  /// Compares the checkpoints of two runs, and then runs both again from the last one that is the same.
  ///
  /// Neither run goes on for longer than until the next checkpoint behind the place. Memory is needed for one line of each.
  ///
  /// - Parameters:
  ///   - onProgress: told up to which event the runs are the same as far as is known.
  ///   - open: begins both runs; nil asks for checkpoints, a number for all events from that one on.
  static func compare(onProgress: (UInt64) -> Void = { _ in }, _ open: (_ first: UInt64?) throws -> (any TraceLines, any TraceLines)) throws -> Outcome {
    let (one, other) = try open(nil)
    var last: UInt64 = 0
    while true {
      guard let line = try one.next(), let otherLine = try other.next() else { throw TraceError.cutOff }
      guard line == otherLine else { break }
      let words = line.split(separator: " ").map(String.init)
      if words.first == TraceReporter.end { return .same(events: words.dropFirst().first.flatMap { UInt64($0) } ?? last, hash: words.last) }
      last = words.first.flatMap { UInt64($0) } ?? last
      onProgress(last)
    }
    one.stop()
    other.stop()
    let (oneAgain, otherAgain) = try open(last < UInt64(context) ? 1 : last - UInt64(context) + 1)
    switch try compareEvents(oneAgain, otherAgain, { line, _ in line.hasPrefix(TraceReporter.end + " ") ? nil : TracedEvent(line: line) }) {
    case .same: return .unsteady(after: last)
    case let outcome: return outcome
    }
  }

  /// Compares all events of two runs.
  ///
  /// - Parameters:
  ///   - onProgress: see `compare`.
  ///   - event: of a line with its number among the lines, from 1; nil ends the run.
  static func compareEvents(
    _ one: any TraceLines, _ other: any TraceLines, onProgress: (UInt64) -> Void = { _ in }, _ event: (String, UInt64) -> TracedEvent?
  ) throws -> Outcome {
    var before: [TracedEvent] = [], count: UInt64 = 0
    func next(_ lines: any TraceLines, _ number: UInt64) throws -> TracedEvent? { try lines.next().flatMap { event($0, number) } }
    while true {
      let line = try next(one, count + 1), otherLine = try next(other, count + 1)
      if line == nil, otherLine == nil { return .same(events: count, hash: nil) }
      if let line, let otherLine, line.isSame(as: otherLine) {
        count += 1
        if count % 1_024 == 0 { onProgress(count) }
        before.append(line)
        if before.count > context { before.removeFirst() }
        continue
      }
      func rest(_ first: TracedEvent?, _ lines: any TraceLines) throws -> [TracedEvent] {
        guard let first else { return [] }
        var events = [first]
        while events.count <= context, let event = try next(lines, count + 1 + UInt64(events.count)) { events.append(event) }
        return events
      }
      return .parted(Parting(before: before, first: try rest(line, one), second: try rest(otherLine, other)))
    }
  }
}

/// Why a run cannot be compared.
public enum TraceError: Error, Sendable, CustomStringConvertible {
  /// The program cannot be run at all.
  case notRun(program: String, reason: String)
  /// It wrote something else than the trace of a trial.
  case noTrace(command: String, said: String)
  /// It ended with an error.
  case ended(command: String, status: String, said: String)
  case cutOff

  public var description: String {
    switch self {
    case .notRun(let program, let reason): "\(program) cannot be run: \(reason). Name a program trial of another build."
    case .noTrace(let command, let said): "\(command) writes no trace of a trial\(said.isEmpty ? "" : " but '\(said)'"). Name a program trial that has replay --trace."
    case .ended(let command, let status, let said): "\(command) ended with \(status)\(said.isEmpty ? "" : ": \(said)")"
    case .cutOff: "a run broke off"
    }
  }
}
