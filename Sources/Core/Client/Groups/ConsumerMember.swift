import Primitives
import Wire

/// A member of a KIP-848 group as a state machine: it makes heartbeats, and processes the responses (`ConsumerMembershipManager`, and
/// `HeartbeatState` for the contents of a heartbeat). It uses neither time nor connections.
struct ConsumerMember {
  enum State {
    /// It has to send everything about itself, with epoch 0.
    case joining
    /// Its assignment differs from the coordinator's target.
    case reconciling
    /// Its assignment matches the target, and the coordinator has to be told.
    case acknowledging
    case stable
    /// The coordinator no longer knows it. Its partitions are lost; then it rejoins.
    case fenced
    /// It left because the application did not poll. Its partitions are lost; it rejoins with the next poll.
    case stale
    /// The heartbeat to leave must be sent.
    case leaving
    /// The heartbeat to leave was sent.
    case left
    /// The application needs to know, and the membership has ended.
    case failed
  }

  enum Outcome: Equatable {
    case accepted
    case fenced
    case againAfterBackoff
    case coordinatorMoved
    case refused(ErrorCode)
  }

  /// Partitions by topic id.
  struct Assignment: Equatable {
    struct Topic: Equatable {
      var id: Uuid
      var partitions: [Int32]
    }

    /// Grows with every assignment; -1 before the first.
    var number: Int64 = -1
    /// In ascending order.
    var topics: [Topic] = []

    init() {}

    init(number: Int64, _ topics: [Topic]) {
      self.number = number
      self.topics = topics.filter { !$0.partitions.isEmpty }.sorted { $0.id < $1.id }
    }
  }

  let group: String
  let id: String
  let instanceID: String?
  let rebalanceTimeout: Duration
  let serverAssignor: String?
  private(set) var state = State.joining
  /// 0 before it has joined.
  private(set) var epoch: Int32 = 0
  /// The assignment that the coordinator wants.
  private(set) var target = Assignment()
  /// The current assignment.
  private(set) var current = Assignment()

  // What the coordinator already knows: only changes are sent.
  private var isIntroduced = false
  private var leavesForGood = false
  private var sentTopics: [String]?
  private var sentPattern: String?
  private var sentAssignment: Assignment?

  init(_ configuration: ConsumerConfiguration, group: String, id: String) {
    self.group = group
    self.id = id
    instanceID = configuration.groupInstanceID
    rebalanceTimeout = configuration.maxPollInterval
    serverAssignor = configuration.remoteAssignor
  }

  var isMember: Bool {
    switch state {
    case .joining, .reconciling, .acknowledging, .stable: true
    case .fenced, .stale, .leaving, .left, .failed: false
    }
  }

  /// Whether a heartbeat must be sent before it is due.
  var hasNews: Bool { state == .joining && !isIntroduced || state == .acknowledging || state == .leaving }

  // MARK: Heartbeats

  /// The next heartbeat. The caller must send it.
  ///
  /// - Parameter pattern: The pattern by which the coordinator finds more topics; nil for none. An empty text revokes an earlier pattern.
  mutating func heartbeat(_ topics: [String], pattern: String? = nil) -> ConsumerGroupHeartbeatRequest {
    var request = ConsumerGroupHeartbeatRequest()
    request.groupId = group
    request.memberId = id
    request.instanceId = instanceID
    guard state != .leaving else {
      request.memberEpoch = instanceID == nil || leavesForGood ? -1 : -2
      state = .left
      return request
    }
    request.memberEpoch = epoch
    let isJoining = state == .joining
    if isJoining || !isIntroduced {
      request.rebalanceTimeoutMs = Int32(clamping: rebalanceTimeout.milliseconds)
      request.serverAssignor = serverAssignor
      isIntroduced = true
    }
    if isJoining || topics != sentTopics {
      request.subscribedTopicNames = topics
      sentTopics = topics
    }
    if isJoining && pattern != nil || pattern != sentPattern {
      request.subscribedTopicRegex = pattern ?? ""
      sentPattern = pattern
    }
    if isJoining || current != sentAssignment {
      request.topicPartitions = current.topics.map { topic in
        var entry = ConsumerGroupHeartbeatRequest.TopicPartitions()
        entry.topicId = topic.id
        entry.partitions = topic.partitions
        return entry
      }
      sentAssignment = current
    }
    if state == .acknowledging { state = current == target ? .stable : .reconciling }
    return request
  }

  /// It is unknown what the coordinator has received: the next heartbeat contains everything.
  mutating func heartbeatFailed() {
    isIntroduced = false
    sentTopics = nil
    sentPattern = nil
    sentAssignment = nil
  }

  mutating func take(_ response: ConsumerGroupHeartbeatResponse) -> Outcome {
    guard response.errorCode == .none else {
      heartbeatFailed()
      return outcome(of: response.errorCode)
    }
    guard isMember else { return .accepted }
    epoch = response.memberEpoch
    if let assignment = response.assignment {
      let topics = assignment.topicPartitions.map { Assignment.Topic(id: $0.topicId, partitions: $0.partitions.sorted()) }
      let wanted = Assignment(number: target.number + 1, topics)
      if target.number < 0 || wanted.topics != target.topics { target = wanted }
      if target != current { state = .reconciling } else if state == .reconciling || state == .joining { state = .stable }
    }
    return .accepted
  }

  private mutating func outcome(of error: ErrorCode) -> Outcome {
    switch error {
    case .coordinatorNotAvailable, .notCoordinator: return .coordinatorMoved
    case .coordinatorLoadInProgress: return .againAfterBackoff
    case .fencedMemberEpoch, .unknownMemberId:
      guard isMember else { return .accepted }
      mark(.consumerMemberFenced)
      state = .fenced
      epoch = 0
      return .fenced
    default:
      guard isMember else { return .accepted }
      fail()
      return .refused(error)
    }
  }

  // MARK: Changes

  /// Records that the member now has an assignment: the whole target, or as much as could be resolved.
  mutating func reconciled(_ assignment: Assignment) {
    current = assignment
    state = .acknowledging
  }

  /// Starts over after its partitions are lost.
  mutating func rejoin() {
    state = .joining
    epoch = 0
    target = Assignment()
    current = Assignment()
    heartbeatFailed()
  }

  /// Makes the next heartbeat leave the group. A static member that does not leave for good may come back.
  mutating func leave(forGood: Bool = false) {
    leavesForGood = forGood
    state = .leaving
    epoch = 0
    current = Assignment()
    target = Assignment()
  }

  /// Ends the membership; the application needs to know.
  mutating func fail() {
    state = .failed
    epoch = 0
  }

  /// Records that the application did not poll, and that the heartbeat to leave was made.
  mutating func becameStale() { state = .stale }
}
