import Client
import Primitives

/// What a process does that consumes, transforms and produces.
public struct TransformPlan: Sendable {
  /// What it promises for each record that it consumes, and how it keeps the promise.
  public enum Promise: String, CaseIterable, Sendable {
    /// Outputs and offsets are committed in one transaction.
    case exactlyOnce = "exactly-once"
    /// Offsets are committed when all outputs are acknowledged.
    case atLeastOnce = "at-least-once"
    /// Offsets are committed before any work; if the commit fails, no work is done.
    case atMostOnce = "at-most-once"
  }

  public var input: String
  /// Outputs go to these topics in rotation.
  public var outputs: [String]
  public var work: TransformWork
  public var promise: Promise
  /// When the work is committed.
  public var commits: CommitInterval
  /// The time it takes to process a record.
  public var timePerRecord: Duration
  public var switches: ApplicationSwitches
  public var start: Instant
  /// When it leaves its group.
  public var stop: Instant

  public init(
    input: String, outputs: [String], work: TransformWork, promise: Promise, commits: CommitInterval, timePerRecord: Duration, switches: ApplicationSwitches, start: Instant,
    stop: Instant
  ) {
    precondition(!outputs.isEmpty, "outputs need a topic")
    self.input = input
    self.outputs = outputs
    self.work = work
    self.promise = promise
    self.commits = commits
    self.timePerRecord = timePerRecord
    self.switches = switches
    self.start = start
    self.stop = stop
  }

  /// The consumed topics.
  var inputs: [String] { [input] + (work.otherInput.map { [$0] } ?? []) }
}
