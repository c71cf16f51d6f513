import Primitives
import Results
import Sim

/// The options of a trial.
public struct TrialOptions {
  public var seed: UInt64
  /// Ends the scenario early, to look only at its first part.
  public var until: Duration?
  /// From an instant of the scenario on, all random streams are others.
  public var reseeding: Reseeding?
  /// Ends the process at any call that would make the trial depend on the machine.
  public var guardsDeterminism = true
  /// Whether times of records and readings of stations are kept for `measurement`. Never changes what happens.
  public var measures = false
  /// Whether invariants of the nodes are checked. Never changes what happens.
  public var invariants = InvariantChecks.usual
  /// Whether the story contains the details of every transaction, whose texts take longer to make than to leave out. Nothing else depends on it.
  public var tellsDetails = true
  /// Whether the result holds what people look at to see what transactions and groups did: the transactions over time, and what became of each record that groups make others
  /// of. That takes another pass over the history. Nothing else depends on it.
  public var keepsPictures = true
  /// Whether the causes of a violation will be asked for (`Explainer`). Never changes what happens.
  public var recordsCauses = false
  /// Whether the result tells which marks the trial passed. Nothing else depends on it.
  public var countsMarks = false
  /// Called while the trial runs, after each quarter of a simulated second and more: for a word about how far it is. Nothing depends on it.
  public var onProgress: ((TrialProgress) -> Void)?
  /// Called once with the disks of the nodes. Nothing else depends on it.
  public var onDisks: ((ClusterDisks) -> Void)?
  /// When `onDisks` is called, on the scenario's clock: after the last event of that instant, or never if the trial is over before. nil for the end of the trial.
  public var disksAt: Duration?
  /// Gets a line for every event that a node handles.
  public var onTraceLine: ((String) -> Void)?
  /// Whether it is written down when instants come that a schedule could wait for. Nothing else depends on it.
  var recordsInstants = false
  /// Called before every event that a node handles, with its time on the scenario's clock; nil before that starts. Nothing else depends on it.
  public var onEvent: ((HandledEvent, _ storyTime: Duration?) -> Void)?
  /// Called with a readable line for every message. Nothing else depends on it.
  public var onMessageLine: ((String) -> Void)?

  /// Called with each step in the trial's course, from the moment on at which the cluster is up: never if it does not come up. Nothing else depends on it.
  public var onTimelineEvent: ((TimelineEvent) -> Void)?

  public init(seed: UInt64) { self.seed = seed }
}

/// How far a trial is.
public struct TrialProgress: Sendable, Equatable {
  /// On the scenario's clock; below zero while the cluster is set up.
  public let time: Duration
  /// Of the scenario, on that clock. What comes behind it is healing and reading everything.
  public let end: Duration
  public let events: UInt64
}
