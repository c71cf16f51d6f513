import Host
import Primitives
import Results
import Wire

extension Occurrence {
  /// What a timeline calls everything of this kind; nil for what it does not show.
  var timelineName: String? {
    switch self {
    case .brokerRegistered: "broker registered"
    case .brokerFenced: "broker fenced"
    case .brokerUnfenced: "broker unfenced"
    case .topicCreated: "topic created"
    case .topicDeleted: "topic deleted"
    case .leaderElected(_, let leader, _, _, _): leader == .none ? "partition offline" : "leader elected"
    case .isrChanged(_, let from, let to, _): to.count < from.count ? "ISR shrink" : to.count > from.count ? "ISR expansion" : "ISR change"
    case .controllerElected: "controller elected"
    case .controllerResigned: "controller resigned"
    case .votersAppended: "voters appended"
    case .votersCommitted: "voters committed"
    case .metadataSnapshotTaken: "metadata snapshot taken"
    case .metadataSnapshotLoaded: "metadata snapshot loaded"
    case .becameLeader: "became leader"
    case .becameFollower: "became follower"
    case .truncated: "log truncated"
    case .highWatermarkMoved: "high watermark moved"
    case .isrProposed: "AlterPartition sent"
    case .isrRefused: "AlterPartition refused"
    case .logRecovered: "log recovered"
    case .diskFailed: "disk failed"
    case .recordsDeleted: "records deleted"
    case .markerWritten(_, _, _, let isCommit, _): isCommit ? "commit marker written" : "abort marker written"
    case .compacted: "log compacted"
    case .groupsLoaded: "groups loaded"
    case .groupsUnloaded: "groups unloaded"
    case .groupChanged: "group changed"
    case .memberJoined: "member joined"
    case .memberLeft: "member left"
    case .memberEvicted: "member removed"
    case .memberFenced: "member fenced"
    case .offsetCommitted: "offset committed"
    case .transactionsLoaded: "transactions loaded"
    case .transactionsUnloaded: "transactions unloaded"
    case .transactionChanged: "transaction changed"
    case .producerFenced: "producer fenced"
    case .transactionTimedOut: "transaction timed out"
    case .requestFailed: "request failed"
    case .producerFailed: "producer failed"
    case .batchOvertook: "batch overtook another"
    case .sequenceBegunLate: "producer not known"
    case .duplicateForgotten: "duplicate forgotten"
    case .offsetReset: "offset reset"
    case .warning: "warning"
    case .note: "note"
    case .metadataCommitted, .synced, .voteGiven: nil
    }
  }

  /// Whether it comes with each batch of records.
  var isOfRecords: Bool {
    switch self {
    case .highWatermarkMoved, .offsetCommitted: true
    default: false
    }
  }

  /// What it is about, and its numbers.
  var timelineDetails: [(key: String, value: JSON)] {
    var details: [(String, JSON)] = []
    if let partition = self.partition { details.append(("partition", .string("\(partition)"))) }
    if let epoch = self.epoch { details.append(("epoch", .integer(Int64(epoch.value)))) }
    if let group = self.group { details.append(("group", .string(group))) }
    if let id = self.transactionalID { details.append(("transactionalId", .string(id))) }
    if let node = subjectNode { details.append(("broker", .integer(Int64(node.value)))) }
    return details + numbers
  }

  private var numbers: [(String, JSON)] {
    switch self {
    case .leaderElected(_, let leader, _, let isr, let election):
      [("leader", .integer(Int64(leader.value))), ("isr", .string(list(isr))), ("election", .string(election.rawValue))]
    case .isrChanged(_, let from, let to, let eligible): [("from", .string(list(from))), ("isr", .string(list(to))), ("elr", .string(list(eligible)))]
    case .isrProposed(_, let isr): [("isr", .string(list(isr)))]
    case .isrRefused(_, let isr, let error): [("isr", .string(list(isr))), ("error", .string("\(ErrorCode(rawValue: error))"))]
    case .becameFollower(_, _, let leader): [("leader", .integer(Int64(leader.value)))]
    case .becameLeader(_, _, let start): [("startOffset", .integer(start.value))]
    case .highWatermarkMoved(_, let from, let to): [("from", .integer(from.value)), ("to", .integer(to.value))]
    case .truncated(_, let from, let to, let highWatermark, let reason):
      [("from", .integer(from.value)), ("to", .integer(to.value)), ("highWatermark", .integer(highWatermark.value)), ("reason", .string(reason.rawValue))]
    case .logRecovered(_, let end, let cut): [("logEndOffset", .integer(end.value)), ("bytesCut", .integer(Int64(cut)))]
    case .recordsDeleted(_, let from, let to, let rule, _): [("from", .integer(from.value)), ("to", .integer(to.value)), ("rule", .string(rule.rawValue))]
    case .markerWritten(_, let producer, let epoch, _, let offset):
      [("producerId", .integer(producer)), ("producerEpoch", .integer(Int64(epoch))), ("offset", .integer(offset.value))]
    case .offsetCommitted(_, _, let offset): [("offset", .integer(offset.value))]
    case .groupChanged(let standing):
      [("state", .string(standing.state)), ("generation", .integer(Int64(standing.generation))), ("members", .integer(Int64(standing.members)))]
    case .memberJoined(_, let member), .memberLeft(_, let member), .memberEvicted(_, let member, _), .memberFenced(_, let member, _): [("member", .string(member))]
    case .transactionChanged(let standing):
      [("state", .string(standing.state)), ("producerId", .integer(standing.producerID)), ("producerEpoch", .integer(Int64(standing.producerEpoch)))]
    case .producerFenced(_, let producer, let epoch), .transactionTimedOut(_, let producer, let epoch):
      [("producerId", .integer(producer)), ("producerEpoch", .integer(Int64(epoch)))]
    case .requestFailed(let api, let reason): [("api", .string(ApiKey(rawValue: api).name)), ("error", .string(reason))]
    default: []
    }
  }
}

private func list(_ nodes: [NodeID]) -> String { nodes.map { "\($0)" }.joined(separator: ",") }
