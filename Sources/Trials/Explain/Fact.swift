import Host
import Primitives
import Sim
import Wire

/// Something that happened in a trial, as the cause or the effect of something else: what a node reported, what happened to it, what the schedule did, what an observer found.
struct Fact {
  enum Content {
    case occurrence(Occurrence)
    case incident(Incident)
    case deed(DeedNotice)
    case finding(String)
  }

  /// The event during which it came.
  let event: EventNumber
  let time: Instant
  /// nil for what the schedule did, and for what an observer of all nodes found.
  let node: NodeIndex?
  let kind: Kind
  let content: Content
  /// The words of the story; nil where it does not tell of it.
  var words: String?
}

/// What an entry of the schedule did: when it began, and when its effect was taken back.
struct DeedNotice {
  /// Among the entries of the driver.
  let entry: Int
  let words: String
  /// The nodes that the entry names.
  let nodes: [NodeIndex]
  /// Whether it undoes what this entry or another one did.
  let isRemedy: Bool
  /// Of a fault on messages: the API that it acts on. Other messages pass.
  let api: ApiKey?
}

extension Fact {
  /// The kinds that the table of dependencies names.
  enum Kind: Int, CaseIterable {
    // The schedule, processes, observers.
    case fault, remedy, stopped, paused, resumed, started, shutdownAsked, otherIncident, finding
    // Controllers.
    case registered, fenced, unfenced, topicChanged, elected, isr, controllerElected, controllerResigned, metadataCommitted, votersAppended, votersCommitted, snapshot
    // Replicas.
    case leads, follows, truncated, highWatermark, isrProposed, isrRefused, recovered, diskFailed, deleted, marker, compacted
    // Coordinators and their clients.
    case coordinatorLoaded, coordinatorUnloaded, groupChanged, memberJoined, memberRemoved, memberFenced, offsetCommitted
    case transactionChanged, producerFenced, transactionTimedOut, requestFailed, producerFailed, offsetReset
    case note
  }

  var occurrence: Occurrence? { if case .occurrence(let occurrence) = content { occurrence } else { nil } }
  var deed: DeedNotice? { if case .deed(let deed) = content { deed } else { nil } }

  var partition: TopicPartition? { occurrence?.partition }
  var epoch: LeaderEpoch? { occurrence?.epoch }
  var group: String? { occurrence?.group }
  var transactionalID: String? { occurrence?.transactionalID }
  var subjectNode: NodeID? { occurrence?.subjectNode }
}

extension Fact.Content {
  var kind: Fact.Kind {
    switch self {
    case .occurrence(let occurrence): occurrence.factKind
    case .incident(let incident): incident.factKind
    case .deed(let deed): deed.isRemedy ? .remedy : .fault
    case .finding: .finding
    }
  }
}

extension Occurrence {
  var factKind: Fact.Kind {
    switch self {
    case .brokerRegistered: .registered
    case .brokerFenced: .fenced
    case .brokerUnfenced: .unfenced
    case .topicCreated, .topicDeleted: .topicChanged
    case .leaderElected: .elected
    case .isrChanged: .isr
    case .controllerElected: .controllerElected
    case .controllerResigned: .controllerResigned
    case .metadataCommitted: .metadataCommitted
    case .votersAppended: .votersAppended
    case .votersCommitted: .votersCommitted
    case .metadataSnapshotTaken, .metadataSnapshotLoaded: .snapshot
    case .becameLeader: .leads
    case .becameFollower: .follows
    case .truncated: .truncated
    case .highWatermarkMoved: .highWatermark
    case .isrProposed: .isrProposed
    case .isrRefused: .isrRefused
    case .logRecovered: .recovered
    case .diskFailed: .diskFailed
    case .recordsDeleted: .deleted
    case .markerWritten: .marker
    case .compacted: .compacted
    case .groupsLoaded, .transactionsLoaded: .coordinatorLoaded
    case .groupsUnloaded, .transactionsUnloaded: .coordinatorUnloaded
    case .groupChanged: .groupChanged
    case .memberJoined: .memberJoined
    case .memberLeft, .memberEvicted: .memberRemoved
    case .memberFenced: .memberFenced
    case .offsetCommitted: .offsetCommitted
    case .transactionChanged: .transactionChanged
    case .producerFenced: .producerFenced
    case .transactionTimedOut: .transactionTimedOut
    case .requestFailed: .requestFailed
    case .producerFailed: .producerFailed
    case .offsetReset: .offsetReset
    case .synced, .voteGiven, .batchOvertook, .sequenceBegunLate, .duplicateForgotten, .warning, .note: .note
    }
  }
}

extension Incident {
  var factKind: Fact.Kind {
    switch self {
    case .killed, .lostPower, .diskReplaced, .exited: .stopped
    case .paused: .paused
    case .resumed: .resumed
    case .started: .started
    case .shutdownAsked: .shutdownAsked
    case .processorSlowed, .clockChanged, .faultApplied, .faultLifted: .otherIncident
    }
  }
}
