import Host
import Primitives
import Wire

/// The state of a coordinator that lies in one partition of its topic (Kafka's `CoordinatorShard`).
///
/// A value. What is recorded changes by `replay` alone, at the leader and wherever the partition is read, so that whoever replays the same records
/// has the same state. What is in no record (sessions, timers, requests that are held) begins afresh with `loaded`.
public protocol CoordinatorShard {
  /// What is said to a request that was held.
  associatedtype Answer

  /// Applies one record. A record that cannot be understood is an error, and changes nothing.
  ///
  /// - Parameter producerID: the producer in whose transaction the record was written, -1 for none.
  mutating func replay(_ record: CoordinatorRecord, from producerID: Int64) throws(WireError)

  /// A transaction has ended whose records were replayed.
  mutating func transactionEnded(of producerID: Int64, committed: Bool)

  /// Everything in the partition was replayed, and this broker decides from now on.
  mutating func loaded(at time: CoordinatorTime)

  /// This broker decides no more. Whoever is held is answered with NOT_COORDINATOR.
  mutating func unloaded()

  /// Nothing has to be done by time before this instant. May lie too early.
  var earliestDeadline: Instant { get }

  /// The next decision that time brings about; nil where there is none now.
  mutating func nextTimedDecision(at time: CoordinatorTime) -> CoordinatorDecision<Self, Void>?

  /// Takes out the answers to requests that were held, in the order in which they came about.
  mutating func takeAnswers() -> [Answer]

  /// Takes out what observers may care about.
  mutating func takeOccurrences() -> [Occurrence]

  /// What the records say, in lines and in a fixed order: equal where two replayed the same. For looking and comparing.
  var recordedState: [String] { get }

  func checkInvariants(_ check: inout InvariantCheck, _ name: String)
}

/// The clocks, as a decision sees them.
public struct CoordinatorTime: Sendable {
  public var now: Instant
  public var wallClock: Timestamp

  public init(now: Instant, wallClock: Timestamp) {
    self.now = now
    self.wallClock = wallClock
  }
}

/// What a coordinator makes of a request: the records that make it so, what is answered once they are committed, and what else follows then.
public struct CoordinatorDecision<Shard: CoordinatorShard, Response> {
  public var records: [CoordinatorRecord]
  public var response: Response
  /// In whose transaction the records are written; nil where they count by themselves. One batch, as without.
  public var producer: TransactionalProducer?
  /// Whether the records are replayed where they were decided, once the log has taken them. Not where deciding has changed the state already.
  public var isReplayed: Bool
  /// What the records say, done without decoding them: runs in the place of each replay here, on what is decided and on what is committed.
  public var known: ((inout Shard) -> Void)?
  /// Runs once the log has taken the records and they were replayed here, and not where it refuses them: for what is in no record (deadlines, requests that are held).
  public var appended: ((inout Shard, CoordinatorTime) -> Void)?
  /// Runs once: with nil when the records are committed, else with the error that the requests which hang on them are answered with. They may be
  /// committed all the same.
  public var settled: ((inout Shard, ErrorCode?, CoordinatorTime) -> Void)?

  public init(
    _ records: [CoordinatorRecord] = [], _ response: Response, producer: TransactionalProducer? = nil, isReplayed: Bool = true,
    settled: ((inout Shard, ErrorCode?, CoordinatorTime) -> Void)? = nil, appended: ((inout Shard, CoordinatorTime) -> Void)? = nil,
    known: ((inout Shard) -> Void)? = nil
  ) {
    self.records = records
    self.response = response
    self.producer = producer
    self.isReplayed = isReplayed
    self.known = known
    self.appended = appended
    self.settled = settled
  }

  public init(_ decision: Decision<CoordinatorRecord, Response>) { self.init(decision.records, decision.response) }
}

extension ErrorCode {
  /// What a client is told of an error that the coordinator's own log had. It retries, looks for the coordinator again, or gives up.
  ///
  /// Source: Kafka's `CoordinatorOperationExceptionHelper.handleOperationException`.
  public var asToldByCoordinator: ErrorCode {
    switch self {
    case .networkException: .coordinatorLoadInProgress
    case .unknownTopicOrPartition, .notEnoughReplicas, .requestTimedOut: .coordinatorNotAvailable
    case .notLeaderOrFollower, .kafkaStorageError: .notCoordinator
    case .messageTooLarge, .recordListTooLarge, .invalidFetchSize: .unknownServerError
    default: self
    }
  }
}
