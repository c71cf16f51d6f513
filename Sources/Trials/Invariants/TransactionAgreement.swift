import Host
import Primitives
import Workloads

/// Of `transactions-settle` what shows at once: each transaction ends on its partitions as its coordinator decided, after it decided, and whoever says that a transaction is complete has seen to it
/// that every partition has its marker.
///
/// A marker that comes late, of a transaction that is over, ends the next one of its producer before that is decided; a transaction of which a coordinator knows nothing may be ended by hand.
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
    var standing: Occurrence.TransactionStanding
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

  /// Notes what a coordinator has recorded. Returns the evidence of what is wrong.
  ///
  /// - Parameter isJudged: whether everything that is committed in a partition is known, and the partition is there.
  mutating func note(_ standing: Occurrence.TransactionStanding, by coordinator: NodeID, isJudged: (TopicPartition) -> Bool) -> String? {
    let id = standing.transactionalID
    ids[standing.producerID] = id
    guard var account = accounts[id] else {
      // Of what was decided before nobody knows which markers are there.
      accounts[id] = Account(standing: standing)
      return nil
    }
    defer { accounts[id] = account }
    let former = account.standing
    account.standing = standing
    switch standing.state {
    case "PrepareCommit", "PrepareAbort":
      // A new coordinator tells again what its predecessor decided.
      let isSame = former.state == standing.state && former.producerID == standing.producerID && former.producerEpoch == standing.producerEpoch
      if !isSame { account.decision = Decision(standing) }
      return nil
    case "CompleteCommit", "CompleteAbort":
      guard former.state != standing.state, let decision = account.decision else { return nil }
      findings.examined += 1
      guard let partition = decision.partitions.first(where: { decision.waiting.contains($0) && isJudged($0) }) else { return nil }
      return add(
        "transactional id \(id): its coordinator, broker \(coordinator), has recorded \(standing.state), and \(partition) has no marker that says so of producer \(decision.producerID), "
          + "epoch \(decision.producerEpoch)")
    default:
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
    guard let reason = account.contradiction(to: marker, in: partition) else { return nil }
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
  /// nil where nothing is decided.
  fileprivate init?(_ standing: Occurrence.TransactionStanding) {
    guard standing.state == "PrepareCommit" || standing.state == "PrepareAbort" else { return nil }
    self.init(
      producerID: standing.producerID, producerEpoch: standing.producerEpoch, isCommit: standing.state == "PrepareCommit", waiting: Set(standing.partitions),
      partitions: standing.partitions)
  }
}

extension TransactionAgreement.Account {
  /// Why a transaction should not have ended so; nil where that is as it was decided, or nobody can tell.
  fileprivate func contradiction(to marker: CommittedTransactions.Marker, in partition: TopicPartition) -> String? {
    guard standing.producerID == marker.producerID || decision?.producerID == marker.producerID else { return nil }
    if standing.state == "Ongoing", standing.partitions.contains(partition) { return "its coordinator has not decided how the transaction ends" }
    guard let decision, decision.producerEpoch == marker.producerEpoch, decision.partitions.contains(partition), decision.isCommit != marker.isCommit else { return nil }
    return "its coordinator decided to \(decision.isCommit ? "commit" : "abort") the transaction"
  }
}
