import Primitives
import Transactions
import Workloads

/// Of `transactions-settle` what shows at once: each transaction ends on its partitions as its coordinator decided, after it decided, and whoever says that a transaction is complete has seen to it
/// that every partition has its marker.
///
/// A marker that comes late, of a transaction that is over, ends the next one of its producer before that is decided; a transaction of which a coordinator knows nothing may be ended by hand.
///
/// What coordinators decided is what their log says, in its order. A coordinator has a transaction complete when its markers are committed, and they are seen when they are: what a record says is
/// known before anything that follows from it.
struct TransactionAgreement {
  /// How a transaction shall end.
  fileprivate struct Decision {
    let producerID: Int64
    let producerEpoch: Int16
    let isCommit: Bool
    /// Those that have no marker yet.
    var waiting: Set<TopicPartition>
    /// All of them, in order.
    let partitions: [TopicPartition]
  }

  fileprivate struct Account {
    var standing: RecordedTransaction
    var decision: Decision?
  }

  /// By transactional id; only looked up.
  private var accounts: [String: Account] = [:]
  /// The transactional ids of producers; only looked up.
  private var ids: [Int64: String] = [:]
  private var findings = Findings()

  /// How many markers and ends of transactions were looked at.
  var examined: Int { findings.examined }

  /// The transactional id that a producer had last, as far as a coordinator told.
  func transactionalID(of producerID: Int64) -> String? { ids[producerID] }

  /// Records of coordinators may be gone: what they decided next is all that counts.
  mutating func forget() { accounts = [:] }

  /// Notes a record of a coordinator that is committed. Returns the evidence of what is wrong.
  ///
  /// - Parameter isJudged: whether everything that is committed in a partition is known, and the partition is there.
  mutating func note(_ record: RecordedTransaction, isJudged: (TopicPartition) -> Bool) -> String? {
    let id = record.transactionalID
    ids[record.producerID] = id
    guard var account = accounts[id] else {
      // Of what was decided before nobody knows which markers are there.
      accounts[id] = Account(standing: record)
      return nil
    }
    defer { accounts[id] = account }
    let former = account.standing
    account.standing = record
    switch record.state {
    case .prepareCommit, .prepareAbort:
      account.decision = Decision(record)
      return nil
    case .completeCommit, .completeAbort:
      guard former.state != record.state, let decision = account.decision else { return nil }
      findings.examined += 1
      guard let partition = decision.partitions.first(where: { decision.waiting.contains($0) && isJudged($0) }) else { return nil }
      return add(
        "transactional id \(id): its coordinator has recorded \(record.state.name) at offset \(record.offset), and \(partition) has no marker that says so of producer "
          + "\(decision.producerID), epoch \(decision.producerEpoch)")
    case .empty, .ongoing, .dead, .prepareEpochFence:
      account.decision = nil
      return nil
    }
  }

  /// Notes a marker that is committed in a partition, and what it ended. Returns the evidence of what is wrong.
  mutating func note(_ marker: CommittedTransactions.Marker, _ ended: CommittedTransactions.Transaction?, in partition: TopicPartition) -> String? {
    guard let id = ids[marker.producerID], let account = accounts[id] else { return nil }
    if let decision = account.decision, decision.producerID == marker.producerID, decision.producerEpoch == marker.producerEpoch, decision.isCommit == marker.isCommit {
      accounts[id]?.decision?.waiting.remove(partition)
    }
    guard let ended else { return nil }
    findings.examined += 1
    guard let reason = account.contradiction(to: marker, ending: ended, in: partition) else { return nil }
    return add(
      "\(partition): the marker at offset \(marker.offset) \(marker.isCommit ? "commits" : "aborts") what producer \(marker.producerID) (transactional id \(id)) wrote from offset "
        + "\(ended.firstOffset) on, and \(reason)")
  }

  private mutating func add(_ evidence: String) -> String {
    findings.add(evidence)
    return evidence
  }

  /// With what was found at the end.
  func verdict(with more: Findings) -> Verdict {
    let all = findings.cases + more.cases
    return Verdict(.transactionsSettle, examined: findings.examined + more.examined, cases: Array(all.prefix(Findings.worded)), caseCount: findings.count + more.count)
  }
}

extension TransactionAgreement.Decision {
  /// - Parameter record: one that says how a transaction shall end.
  fileprivate init(_ record: RecordedTransaction) {
    self.init(
      producerID: record.producerID, producerEpoch: record.producerEpoch, isCommit: record.state == .prepareCommit, waiting: Set(record.partitions), partitions: record.partitions)
  }
}

extension TransactionAgreement.Account {
  /// Why a transaction should not have ended so; nil where that is as it was decided, or nobody can tell.
  fileprivate func contradiction(
    to marker: CommittedTransactions.Marker, ending ended: CommittedTransactions.Transaction, in partition: TopicPartition
  ) -> String? {
    guard standing.producerID == marker.producerID || decision?.producerID == marker.producerID else { return nil }
    // Where a partition has a leader again, what was committed before is seen later than what its coordinator has begun since: that is of an earlier epoch.
    if standing.state == .ongoing, standing.producerEpoch == ended.producerEpoch, standing.partitions.contains(partition) { return "its coordinator has not decided how the transaction ends" }
    guard let decision, decision.producerEpoch == marker.producerEpoch, decision.partitions.contains(partition), decision.isCommit != marker.isCommit else { return nil }
    return "its coordinator decided to \(decision.isCommit ? "commit" : "abort") the transaction"
  }
}
