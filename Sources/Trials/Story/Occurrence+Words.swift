import Host
import Primitives
import Results
import Wire
import Workloads

extension Occurrence {
  /// The occurrence as a line of the story, with the reason if one is known; nil if it does not belong in the story.
  public var words: (text: String, weight: StoryLine.Weight)? {
    switch self {
    case .brokerRegistered(let node, let epoch, let cleanShutdown):
      ("registered broker \(node) with epoch \(epoch)\(cleanShutdown ? "" : ", which did not shut down cleanly before")", .detail)
    case .brokerFenced(let node, let reason): ("fenced broker \(node): \(reason.words)", .event)
    case .brokerUnfenced(let node): ("unfenced broker \(node)", .event)
    case .topicCreated(let name, _, let partitions): ("created topic \(name) with \(partitions) partition\(partitions == 1 ? "" : "s")", .detail)
    case .topicDeleted(let name, _): ("deleted topic \(name)", .event)
    case .leaderElected(let partition, let leader, let epoch, let isr, let election):
      leader == .none
        ? ("\(partition) has no leader any more (epoch \(epoch), ISR \(list(isr)))", .event)
        : ("elected broker \(leader) leader of \(partition) for epoch \(epoch), ISR \(list(isr))\(election.words)", .event)
    case .isrChanged(let partition, let from, let to, let eligible):
      (isrWords(partition, from, to, eligible), .event)
    case .controllerElected(_, let epoch): ("leads the metadata log in epoch \(epoch)", .detail)
    case .controllerResigned(_, let epoch, let reason): ("gives up leading the metadata log in epoch \(epoch): \(reason.words)", .event)
    case .metadataCommitted, .voteGiven: nil
    case .votersAppended(let change):
      ("goes by the voters \(list(change.voters.map(\.id))) from now on, of offset \(change.offset) of its metadata log, epoch \(change.epoch)", .event)
    case .votersCommitted(let change): ("knows that the voters \(list(change.voters.map(\.id))) are committed, at offset \(change.offset) of the metadata log", .detail)
    case .metadataSnapshotTaken(let end, let epoch, let bytes): ("took a snapshot of the metadata up to offset \(end), epoch \(epoch): \(bytes) bytes", .detail)
    case .metadataSnapshotLoaded(let end, let epoch): ("loaded a snapshot of the metadata up to offset \(end), epoch \(epoch)", .detail)
    case .becameLeader(let partition, let epoch, let start): ("leads \(partition) in epoch \(epoch) from offset \(start) on", .detail)
    case .becameFollower(let partition, let epoch, let leader):
      leader == .none ? nil : ("follows broker \(leader) in \(partition), epoch \(epoch)", .detail)
    case .truncated(let partition, let from, let to, let highWatermark, let reason):
      ("truncated \(partition) from \(from) to \(to), its high watermark being \(highWatermark): \(reason.words)", .event)
    case .highWatermarkMoved: nil
    case .isrProposed(let partition, let isr): ("asks for ISR \(list(isr)) of \(partition)", .detail)
    case .isrRefused(let partition, let isr, let error): ("was refused ISR \(list(isr)) of \(partition) with error \(error)", .detail)
    case .logRecovered(let partition, let end, let cut):
      ("recovered \(partition) up to offset \(end)\(cut == 0 ? "" : ", cutting \(cut) bytes")", .detail)
    case .recordsDeleted(let partition, let from, let to, let rule, let segments):
      (deletionWords(partition, from, to, rule, segments), rule == .deleteRecords ? .event : .detail)
    case .markerWritten(let partition, let producer, let epoch, let isCommit, let offset):
      ("wrote \(isCommit ? "a COMMIT" : "an ABORT") marker of producer \(producer), epoch \(epoch), to \(partition) at offset \(offset)", .detail)
    case .compacted(let partition, let compaction): (compactionWords(partition, compaction), .detail)
    case .groupsLoaded(let partition): ("coordinates the groups of \(partition)", .detail)
    case .groupsUnloaded(let partition): ("no longer coordinates the groups of \(partition)", .detail)
    case .groupChanged(let standing): (standing.words, standing.isStable || standing.isEmpty ? .event : .detail)
    case .memberJoined(let group, let member): ("\(member) joined group \(group)", .detail)
    case .memberLeft(let group, let member): ("\(member) left group \(group)", .event)
    case .memberEvicted(let group, let member, let reason): ("removed \(member) from group \(group): \(reason.words)", .event)
    case .memberFenced(let group, let member, let error):
      ("refused \(member), which is no longer a member of group \(group) or has an old generation: \(ErrorCode(rawValue: error).description)", .event)
    case .offsetCommitted: nil
    case .transactionsLoaded(let partition): ("coordinates the transactions of \(partition)", .detail)
    case .transactionsUnloaded(let partition): ("no longer coordinates the transactions of \(partition)", .detail)
    case .transactionChanged(let standing): (standing.words, .detail)
    case .producerFenced(let id, let producer, let epoch): ("refused producer \(producer) of transactional id \(id): epoch \(epoch) is over", .event)
    case .transactionTimedOut(let id, let producer, let epoch):
      ("aborts the transaction of transactional id \(id), which was open for too long: producer \(producer), epoch \(epoch)", .event)
    case .batchOvertook(let partition, let producer):
      ("had a batch of \(partition) acknowledged before an earlier one of producer \(producer)", .detail)
    case .sequenceBegunLate(let partition, let producer): ("knows nothing of producer \(producer) in \(partition), and takes its batch whatever its sequence", .detail)
    case .duplicateForgotten(let partition, let producer):
      ("refuses a batch of \(partition) that it has: since its restart it knows only the last one of producer \(producer)", .event)
    case .producerFailed(let reason): ("cannot go on, and starts again: \(reason)", .event)
    case .offsetReset(let group, let partition, let from, let to):
      // A lost position is reported by the client itself.
      from == nil ? ("begins at offset \(to) of \(partition), as group \(group) has committed nothing", .detail) : nil
    case .diskFailed(let error, let path): ("disk failed at \(path): \(error)", .event)
    case .synced, .requestFailed: nil
    case .warning(let text): (text, .event)
    case .note(let text): (text, .detail)
    }
  }

  /// Whether it comes with every transaction, and is only a detail of the story.
  var isDetailOfTransaction: Bool {
    switch self {
    case .markerWritten, .transactionChanged: true
    default: false
    }
  }

  /// The sighting that an expectation may ask for.
  var sighting: Sighting? {
    switch self {
    case .brokerFenced: .brokerFenced
    case .brokerUnfenced: .brokerUnfenced
    case .brokerRegistered(_, _, let cleanShutdown): cleanShutdown ? nil : .uncleanShutdown
    case .leaderElected(_, let leader, let epoch, _, let election):
      leader == .none ? .offlinePartition
        : election == .unclean || election == .lastKnown ? .uncleanElection
        : election == .fromEligible ? .eligibleElection : epoch > 0 ? .leaderChange : nil
    case .isrChanged(_, let from, let to, _): to.count < from.count ? .isrShrink : to.count > from.count ? .isrExpand : nil
    case .truncated(let partition, _, _, _, _): partition.topic == TopicName.clusterMetadata ? .metadataTruncation : .truncation
    case .controllerResigned: .controllerResignation
    case .logRecovered: .logRecovery
    case .isrRefused: .isrRefused
    case .diskFailed: .diskFailure
    case .compacted: .compaction
    case .metadataSnapshotTaken: .metadataSnapshot
    case .metadataSnapshotLoaded: .snapshotLoaded
    case .memberFenced: .memberFenced
    case .memberEvicted: .memberEvicted
    case .producerFenced: .producerFenced
    case .transactionTimedOut: .transactionTimedOut
    case .producerFailed: .producerFailure
    case .duplicateForgotten: .duplicateForgotten
    default: nil
    }
  }
}

private func deletionWords(_ partition: TopicPartition, _ from: Offset, _ to: Offset, _ rule: Occurrence.DeletionRule, _ segments: [Occurrence.DeletedSegment]) -> String {
  let records = to > from ? "records of \(partition) from \(from) to \(to.value - 1) are deleted" : "\(partition) loses nothing that could be read"
  guard let first = segments.first, let last = segments.last else { return "\(records), by \(rule.rawValue)" }
  let names = segments.count == 1 ? "segment \(first.baseOffset)" : "\(segments.count) segments, \(first.baseOffset) to \(last.baseOffset)"
  return "\(records), by \(rule.rawValue): \(names)"
}

private func compactionWords(_ partition: TopicPartition, _ compaction: Occurrence.Compaction) -> String {
  let records = "\(compaction.recordsBefore) records to \(compaction.recordsAfter), \(compaction.bytesBefore) bytes to \(compaction.bytesAfter)"
  let segments = "\(compaction.segmentsBefore) segments to \(compaction.segmentsAfter)"
  let tombstones = compaction.tombstonesRemoved == 0 ? "" : "; \(compaction.tombstonesRemoved) tombstones are gone"
  return "compacted \(partition), which was dirty from \(compaction.from) to \(compaction.to): \(records), \(segments)\(tombstones)"
}

private func isrWords(_ partition: TopicPartition, _ from: [NodeID], _ to: [NodeID], _ eligible: [NodeID]) -> String {
  guard from == to else { return "ISR of \(partition) \(list(from)) -> \(list(to))\(eligible.isEmpty ? "" : ", eligible \(list(eligible))")" }
  let leaders = eligible.isEmpty ? "\(partition) has no eligible leader replicas any more" : "eligible leader replicas of \(partition) are \(list(eligible))"
  return "\(leaders); its ISR stays \(list(to))"
}

private func list(_ nodes: [NodeID]) -> String { "[" + nodes.map(\.description).joined(separator: ", ") + "]" }

extension Occurrence.GroupStanding {
  fileprivate var words: String {
    isEmpty
      ? "group \(group) has no members, generation \(generation)"
      : "group \(group) is \(state) in generation \(generation), with \(members) member\(members == 1 ? "" : "s")"
  }
}

extension Occurrence.TransactionStanding {
  fileprivate var words: String {
    let about = partitions.isEmpty ? "" : ", with \(partitions.sorted().words(atMost: 6))"
    return "transactional id \(transactionalID) is \(state), producer \(producerID) in epoch \(producerEpoch)\(about)"
  }
}

extension Occurrence.EvictionReason {
  var words: String {
    switch self {
    case .sessionTimeout: "no heartbeat for a whole session"
    case .rebalanceTimeout: "it did not take part in a rebalance in time"
    case .syncTimeout: "it did not ask for its assignment in time"
    case .groupTooLarge: "the group is too large"
    }
  }
}

extension Occurrence.ResignationReason {
  fileprivate var words: String {
    switch self {
    case .majorityLost: "it does not hear from a majority of the voters"
    case .shutdown: "it shuts down"
    case .removed: "it is no voter any more"
    }
  }
}

extension Occurrence.FencingReason {
  fileprivate var words: String {
    switch self {
    case .sessionExpired: "no heartbeat for a whole session"
    case .requested: "it asked for it"
    case .newIncarnation: "another incarnation registered"
    case .controlledShutdown: "it shuts down"
    case .processEnded: "the process that it lived in has ended"
    }
  }
}

extension Occurrence.Election {
  fileprivate var words: String {
    switch self {
    case .clean, .none: ""
    case .unclean: ", an unclean election: it may lack acknowledged records"
    case .preferred: ", its preferred leader"
    case .fromEligible: ", from the eligible leader replicas"
    case .lastKnown: ", the last known leader, an unclean election"
    }
  }
}

extension Occurrence.TruncationReason {
  fileprivate var words: String {
    switch self {
    case .highWatermark: "a new follower cuts back to its own high watermark (before KIP-101)"
    case .leaderEpoch: "its leader's answer about the end of an epoch"
    case .divergingEpoch: "its leader found that the logs diverge"
    case .recovery: "recovery after a crash"
    case .outOfRange: "its end lies outside of the leader's log"
    case .insideBatch: "the leader's log starts inside of a batch, which comes whole"
    case .quorum: "the metadata log diverged"
    case .snapshot: "a snapshot holds what was there"
    }
  }
}
