import Primitives
import Transactions
import Workloads

/// The immediate part of `transactions-settle`: each transaction ends on its partitions as its coordinator decided, after the decision, and a coordinator that reports a
/// transaction as complete has written all markers. A process that takes over a transactional id gets an epoch of its own.
///
/// A late marker of a finished transaction may end the producer's next transaction before that is decided; an operator may end a transaction that no coordinator knows.
///
/// The coordinators' decisions are taken from their log, in its order. A coordinator completes a transaction when its markers are committed, and this check sees markers at
/// that time too: a record is known before anything that follows from it.
struct TransactionAgreement {
  /// How a transaction must end.
  fileprivate struct Decision {
    let producerID: Int64
    let producerEpoch: Int16
    let isCommit: Bool
    /// The partitions that have no marker yet.
    var waiting: Set<TopicPartition>
    /// All its partitions, in order.
    let partitions: [TopicPartition]
  }

  fileprivate struct Account {
    var standing: RecordedTransaction
    var decision: Decision?
    /// The epoch of the producer that InitProducerId raised last, by itself or by the abort that it asked for of a client that has no epochs for its transactions.
    var raisedEpoch: Int16?
  }

  /// By transactional id; only looked up.
  private var accounts: [String: Account] = [:]
  /// The transactional ids of producers; only looked up.
  private var ids: [Int64: String] = [:]
  private var findings = Findings()

  /// The number of markers and ends of transactions that were examined.
  var examined: Int { findings.examined }

  /// The last transactional id of a producer, as far as a coordinator reported it.
  func transactionalID(of producerID: Int64) -> String? { ids[producerID] }

  /// Forgets all ids, because records of coordinators may be gone: only later decisions count.
  mutating func forget() { accounts = [:] }

  /// Adds a committed record of a coordinator. Returns the evidence if something is wrong.
  ///
  /// - Parameter isJudged: whether the partition exists, and all its committed batches are known.
  mutating func check(_ record: RecordedTransaction, isJudged: (TopicPartition) -> Bool) -> String? {
    let id = record.transactionalID
    ids[record.producerID] = id
    guard var account = accounts[id] else {
      // The markers of earlier decisions are unknown.
      accounts[id] = Account(standing: record)
      return nil
    }
    defer { accounts[id] = account }
    let former = account.standing
    account.standing = record
    switch record.state {
    case .prepareCommit, .prepareAbort:
      account.decision = Decision(record)
      if former.clientVersion < 2, former.producerID == record.producerID, former.producerEpoch < record.producerEpoch { account.raisedEpoch = record.producerEpoch }
      return nil
    case .completeCommit, .completeAbort:
      guard former.state != record.state, let decision = account.decision else { return nil }
      findings.examined += 1
      guard let partition = decision.partitions.first(where: { decision.waiting.contains($0) && isJudged($0) }) else { return nil }
      return add(
        "transactional id \(id): its coordinator has recorded \(record.state.name) at offset \(record.offset), and \(partition) has no marker that says so of producer "
          + "\(decision.producerID), epoch \(decision.producerEpoch)", about: partition)
    case .empty where former.producerID == record.producerID:
      account.decision = nil
      if former.state == .empty {
        // Nobody has used the former epoch: that it stays is no mistake.
        if record.producerEpoch > former.producerEpoch { account.raisedEpoch = record.producerEpoch }
        return nil
      }
      // A process that asked twice is told the same twice, however late its first request comes (KIP-360, `TransactionMetadata.prepareIncrementProducerEpoch`).
      if record.producerEpoch == former.producerEpoch, account.raisedEpoch == record.producerEpoch { return nil }
      account.raisedEpoch = record.producerEpoch
      guard record.producerEpoch <= former.producerEpoch else { return nil }
      return add(
        "transactional id \(id): its coordinator has given producer \(record.producerID) to a new process at offset \(record.offset), in epoch \(record.producerEpoch), and the one before had "
          + "epoch \(former.producerEpoch)", about: nil)
    case .empty, .ongoing, .dead, .prepareEpochFence:
      account.decision = nil
      return nil
    }
  }

  /// Adds a marker that is committed in a partition, and the transaction it ended. Returns the evidence if something is wrong.
  mutating func check(_ marker: CommittedTransactions.Marker, _ ended: CommittedTransactions.Transaction?, in partition: TopicPartition) -> String? {
    guard let id = ids[marker.producerID], let account = accounts[id] else { return nil }
    if let decision = account.decision, decision.producerID == marker.producerID, decision.producerEpoch == marker.producerEpoch, decision.isCommit == marker.isCommit {
      accounts[id]?.decision?.waiting.remove(partition)
    }
    guard let ended else { return nil }
    findings.examined += 1
    guard let reason = account.contradiction(to: marker, ending: ended, in: partition) else { return nil }
    return add(
      "\(partition): the marker at offset \(marker.offset) \(marker.isCommit ? "commits" : "aborts") what producer \(marker.producerID) (transactional id \(id)) wrote from offset "
        + "\(ended.firstOffset) on, and \(reason)", about: partition)
  }

  private mutating func add(_ evidence: String, about partition: TopicPartition?) -> String {
    findings.add(evidence, about: partition.map { .partition($0) })
    return evidence
  }

  /// The verdict, including what was found at the end.
  func verdict(with more: Findings) -> Verdict {
    let all = findings.cases + more.cases
    return Verdict(.transactionsSettle, examined: findings.examined + more.examined, cases: Array(all.prefix(Findings.worded)), caseCount: findings.count + more.count, subject: findings.subject ?? more.subject)
  }
}

extension TransactionAgreement.Decision {
  /// - Parameter record: one that decides how a transaction ends.
  fileprivate init(_ record: RecordedTransaction) {
    self.init(
      producerID: record.producerID, producerEpoch: record.producerEpoch, isCommit: record.state == .prepareCommit, waiting: Set(record.partitions), partitions: record.partitions)
  }
}

extension TransactionAgreement.Account {
  /// Why a transaction must not have ended like this; nil if it ended as decided, or if that is unknown.
  fileprivate func contradiction(
    to marker: CommittedTransactions.Marker, ending ended: CommittedTransactions.Transaction, in partition: TopicPartition
  ) -> String? {
    guard standing.producerID == marker.producerID || decision?.producerID == marker.producerID else { return nil }
    // If a partition gets a leader again, its committed batches may be seen after its coordinator began the next transaction: those have an earlier epoch.
    if standing.state == .ongoing, standing.producerEpoch == ended.producerEpoch, standing.partitions.contains(partition) { return "its coordinator has not decided how the transaction ends" }
    guard let decision, decision.producerEpoch == marker.producerEpoch, decision.partitions.contains(partition), decision.isCommit != marker.isCommit else { return nil }
    return "its coordinator decided to \(decision.isCommit ? "commit" : "abort") the transaction"
  }
}
