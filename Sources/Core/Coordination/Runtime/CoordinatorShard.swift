import Host
import Primitives
import Wire

/// The state of a coordinator in one partition of its topic (Kafka's `CoordinatorShard`).
///
/// It is a value. Recorded state is changed only by `replay`, at the leader and wherever the partition is read, so that everyone who replays the same
/// records has the same state. State that is not recorded (sessions, timers, held requests) starts afresh with `loaded`.
public protocol CoordinatorShard {
  /// The answer to a held request.
  associatedtype Answer

  /// Applies one record. Throws, and changes nothing, if the record cannot be decoded.
  ///
  /// - Parameter producerID: The producer in whose transaction the record was written, -1 for none.
  mutating func replay(_ record: CoordinatorRecord, from producerID: Int64) throws(WireError)

  /// A transaction whose records were replayed has ended.
  mutating func transactionEnded(of producerID: Int64, committed: Bool)

  /// Everything in the partition was replayed, and this broker makes the decisions from now on.
  mutating func loaded(at time: CoordinatorTime)

  /// This broker no longer decides. Held requests are answered with NOT_COORDINATOR.
  mutating func unloaded()

  /// The earliest instant at which time may require a decision. May be too early.
  var earliestDeadline: Instant { get }

  /// The next decision that time requires; nil if there is none now.
  mutating func nextTimedDecision(at time: CoordinatorTime) -> CoordinatorDecision<Self, Void>?

  /// Removes and returns the answers to held requests, in the order in which they were made.
  mutating func takeAnswers() -> [Answer]

  /// Removes and returns the occurrences for observers.
  mutating func takeOccurrences() -> [Occurrence]

  /// The recorded state as lines in a fixed order: equal if the same records were replayed. For inspection and comparison.
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

/// A coordinator's decision about a request: the records that put it into effect, the response once they are committed, and further consequences.
public struct CoordinatorDecision<Shard: CoordinatorShard, Response> {
  public var records: [CoordinatorRecord]
  public var response: Response
  /// The producer in whose transaction the records are written; nil if they belong to none. They are one batch in either case.
  public var producer: TransactionalProducer?
  /// Whether the records are replayed at this broker once the log has accepted them. False if deciding has already changed the state.
  public var isReplayed: Bool
  /// The records' effect without decoding them: runs instead of each replay here, on the decided and on the committed state.
  public var known: ((inout Shard) -> Void)?
  /// Runs once the log has accepted the records and they were replayed here, not if the log refuses them: for state that is not recorded (deadlines,
  /// held requests).
  public var appended: ((inout Shard, CoordinatorTime) -> Void)?
  /// Runs once: with nil when the records are committed, otherwise with the error for the requests that depend on them. The records may still be
  /// committed later.
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
  /// The error that a client gets for an error of the coordinator's own log. The client retries, looks for the coordinator again, or gives up.
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
