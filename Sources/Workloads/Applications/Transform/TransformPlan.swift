import Client
import Primitives

/// What a process does that consumes, transforms and produces.
public struct TransformPlan: Sendable {
  /// What it promises of each record that it consumes, and how it keeps that.
  public enum Promise: String, CaseIterable, Sendable {
    /// Outputs and offsets are committed in one transaction.
    case exactlyOnce = "exactly-once"
    /// Offsets are committed when all outputs are acknowledged.
    case atLeastOnce = "at-least-once"
    /// Offsets are committed before anything is done; where that fails, nothing is.
    case atMostOnce = "at-most-once"
  }

  public var input: String
  /// Outputs go to them in turn.
  public var outputs: [String]
  public var work: TransformWork
  public var promise: Promise
  /// When what was done is committed.
  public var commits: CommitInterval
  /// How long it works on a record.
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

  /// In ascending order.
  var inputs: [String] { [input] + (work.otherInput.map { [$0] } ?? []) }
}
