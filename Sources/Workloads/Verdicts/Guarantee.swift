/// What a trial is judged on. The raw values are the names that scenario files and results use.
public enum Guarantee: String, CaseIterable, Codable, Sendable {
  // From what clients saw (Jepsen's names where it has one).

  /// An acknowledged value is missing although a later one in its partition was read.
  case lostWrite = "lost-write"
  /// An acknowledged value was never read, although everything was read to the end.
  case unseen
  /// A value is at two offsets.
  case duplicate
  /// Two values were seen at one offset.
  case inconsistentOffsets = "inconsistent-offsets"
  /// Two values of one producer are in the log in a different order than they were sent.
  case reorder
  /// A value whose send definitely failed was read.
  case failedRead = "G1a"
  /// One poll left out values between two that it returned.
  case skipWithinPoll = "int-poll-skip"
  /// One poll returned values backwards, or twice.
  case nonmonotonicWithinPoll = "int-nonmonotonic-poll"
  /// A consumer's next poll left out values.
  case skipBetweenPolls = "poll-skip"
  /// A consumer's next poll went back.
  case nonmonotonicBetweenPolls = "nonmonotonic-poll"
  /// A producer's later send was acknowledged at a lower offset.
  case nonmonotonicSend = "nonmonotonic-send"
  /// In a compacted topic, the last value of a key is missing, or a value younger than `min.compaction.lag.ms`.
  case compactionKeepsLatest = "compaction-keeps-latest"

  // About transactions.

  /// `read_committed` readers received some values of a transaction, but not others.
  case tornTransaction = "torn-transaction"
  /// `read_committed` readers did not receive a value of a committed transaction.
  case lostTransactionalWrite = "lost-transactional-write"
  /// A `read_committed` reader received a value before a commit of its transaction was requested, or within that transaction itself.
  case precommittedRead = "precommitted-read"
  /// Transactions received each other's values in a cycle.
  case readCycle = "G1c"
  /// The same, where what a process did first counts as before what it did next.
  case readCycleProcess = "G1c-process"
  /// The same, where what had ended counts as before what began later.
  case readCycleRealtime = "G1c-realtime"
  /// Postings to accounts do not add up to what was committed.
  case balances
  /// Records counted in transactions were miscounted: a number is missing or occurs twice.
  case counts

  // About consumer groups.

  /// A member committed an offset of a partition after another member had got it.
  case oneOwner = "one-owner"
  /// At the end, a partition that a group subscribes to has no owner, or two.
  case allOwned = "all-owned"
  /// A committed offset was lost, or went back although no process entitled to it had asked.
  case committedOffsets = "committed-offsets"
  /// No member of a group processed a record below the committed offset.
  case atLeastOnce = "at-least-once"
  /// A group processed a record twice.
  case atMostOnce = "at-most-once"
  /// A record of a group has its effect twice, partly or not at all, or its effect and the committed offset disagree.
  case exactlyOnce = "exactly-once"
  /// A group did not settle within its bound after the last fault.
  case groupSettles = "group-settles"

  // From the state of the brokers.

  /// A record that had to be kept according to its settings is gone, and nothing permits the loss.
  case durability
  /// Two replicas hold different records below both of their high watermarks.
  case replicaDivergence = "replica-divergence"
  /// A leader's high watermark that clients or replicas had seen went back.
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
  /// A transaction ended on a partition differently from its coordinator's decision, or stayed open too long after the last fault, or forever.
  case transactionsSettle = "transactions-settle"
  /// After the last fault the cluster did not settle: an ISR is not full, a consumer lags, a request is unanswered.
  case liveness
  /// A client waited for an acknowledgement or for records longer than expected, while a leader with enough replicas was reachable.
  case availability
  /// The state of a node broke one of its invariants: a bug in this program, whatever the scenario expects. Judged if invariants were checked.
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
