/// What a trial is judged on. The raw values are the names that scenario files and results use.
public enum Guarantee: String, CaseIterable, Codable, Sendable {
  // From what clients saw (Jepsen's names where it has one).

  /// An acknowledged value is missing although a later one of its partition was read.
  case lostWrite = "lost-write"
  /// An acknowledged value was never read, although everything was read to the end.
  case unseen
  /// A value stands at two offsets.
  case duplicate
  /// Two values were seen at one offset.
  case inconsistentOffsets = "inconsistent-offsets"
  /// Two values of one producer stand in the log in another order than they were sent in.
  case reorder
  /// A value whose send definitely failed was read.
  case failedRead = "G1a"
  /// One poll left out values between two that it gave.
  case skipWithinPoll = "int-poll-skip"
  /// One poll gave values backwards, or twice.
  case nonmonotonicWithinPoll = "int-nonmonotonic-poll"
  /// A consumer's next poll left out values.
  case skipBetweenPolls = "poll-skip"
  /// A consumer's next poll went back.
  case nonmonotonicBetweenPolls = "nonmonotonic-poll"
  /// A producer's later send was acknowledged at a lower offset.
  case nonmonotonicSend = "nonmonotonic-send"
  /// In a compacted topic the last value of a key is missing, or one that is younger than `min.compaction.lag.ms`.
  case compactionKeepsLatest = "compaction-keeps-latest"

  // Of transactions.

  /// Of one transaction some values are given to those who read committed records only, and others are not.
  case tornTransaction = "torn-transaction"
  /// A value of a committed transaction is not given to those who read committed records only.
  case lostTransactionalWrite = "lost-transactional-write"
  /// A value was given to somebody who reads committed records only before its transaction was asked to be committed, or in that transaction itself.
  case precommittedRead = "precommitted-read"
  /// Transactions were given each other's values in a circle.
  case readCycle = "G1c"
  /// The same, where what a process did first counts as before what it did next.
  case readCycleProcess = "G1c-process"
  /// The same, where what had ended counts as before what began later.
  case readCycleRealtime = "G1c-realtime"
  /// What was posted to accounts does not add up to what was committed.
  case balances
  /// Records that were counted in transactions were not counted one after another: one was left out, or two have one number.
  case counts

  // Of consumer groups.

  /// A member committed an offset of a partition that another one had got since.
  case oneOwner = "one-owner"
  /// At the end a partition that a group subscribes to is owned by nobody, or by two.
  case allOwned = "all-owned"
  /// A committed offset went back, and nobody who was entitled to it had asked, or was lost.
  case committedOffsets = "committed-offsets"
  /// A record below the committed offset of a group was worked on by none of its members.
  case atLeastOnce = "at-least-once"
  /// A group worked on a record twice.
  case atMostOnce = "at-most-once"
  /// A record of a group has its effect twice, or in part, or not at all, or its effect and the committed offset do not agree.
  case exactlyOnce = "exactly-once"
  /// A group did not come to rest within its bound after the last fault.
  case groupSettles = "group-settles"

  // From the state of the brokers.

  /// A record that its settings promised to keep is gone: loss that nothing permits.
  case durability
  /// Two replicas hold different records below both of their high watermarks.
  case replicaDivergence = "replica-divergence"
  /// A high watermark that clients or replicas saw went back at its leader.
  case highWatermarkRegression = "high-watermark-regression"
  /// Two brokers led one partition in one epoch.
  case oneLeaderPerEpoch = "one-leader-per-epoch"
  /// A change that an operator was told to be done is not there at the end. Judged where an operator asked for one.
  case acknowledgedChanges = "acknowledged-changes"
  /// Two controllers led the metadata log in one epoch. Judged where there are several.
  case oneControllerPerEpoch = "one-controller-per-epoch"
  /// No controller was active for longer than an election takes, while a majority of them worked together. Judged where there are several.
  case activeController = "active-controller"
  /// What was committed in the metadata log is missing at a replica, or another record stands in its place. Judged where there are several controllers.
  case committedMetadata = "committed-metadata"
  /// Whoever reads committed records only could read beyond the first record of a transaction that had not ended, or up to there and later no more.
  case lastStableOffset = "last-stable-offset"
  /// A transaction ended on a partition in another way than its coordinator decided, or stayed open for too long after the last fault, or for good.
  case transactionsSettle = "transactions-settle"
  /// After the last fault the cluster did not come to rest: an ISR is not full, a consumer lags, a request is unanswered.
  case liveness
  /// Somebody waited for an acknowledgement or for records, longer than is expected, while a leader with enough replicas was within reach.
  case availability
  /// The state of a node broke a rule of its own: a fault of this program, whatever the scenario expects. Judged where that was checked.
  case invariants
}

extension Guarantee {
  /// Whether only some runs are judged on it: those with transactions, those that were to take place exactly once, and those with several controllers.
  public var isOccasional: Bool {
    switch self {
    case .tornTransaction, .lostTransactionalWrite, .precommittedRead, .readCycle, .readCycleProcess, .readCycleRealtime, .balances, .counts, .exactlyOnce, .lastStableOffset, .transactionsSettle,
      .acknowledgedChanges, .oneControllerPerEpoch, .activeController, .committedMetadata:
      true
    default: false
    }
  }
}
