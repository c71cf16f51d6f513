import Primitives
import Wire

/// A member of a group of KIP-848 as a state machine: it makes heartbeats, and takes the responses to them (`ConsumerMembershipManager`, and `HeartbeatState` for what
/// a heartbeat says). It knows neither time nor connections.
struct ConsumerMember {
  enum State {
    /// It has to send everything about itself, with epoch 0.
    case joining
    /// The assignment is not the one that the coordinator wants.
    case reconciling
    /// It is, and the coordinator has to hear of it.
    case acknowledging
    case stable
    /// The coordinator knows it no more. What it had is lost; then it joins again.
    case fenced
    /// It left because the application did not poll. What it had is lost; it joins again with the next poll.
    case stale
    /// The heartbeat that leaves is to be sent.
    case leaving
    /// It was sent.
    case left
    /// The application has to know, and nothing goes on.
    case failed
  }

  enum Outcome: Equatable {
    case accepted
    case fenced
    case againAfterBackoff
    case coordinatorMoved
    case refused(ErrorCode)
  }

  /// Partitions by the ids of their topics.
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
  /// What the coordinator wants it to have.
  private(set) var target = Assignment()
  /// What it has.
  private(set) var current = Assignment()

  // What the coordinator has been told: only changes are sent.
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

  /// Whether a heartbeat cannot wait for its turn.
  var hasNews: Bool { state == .joining && !isIntroduced || state == .acknowledging || state == .leaving }

  // MARK: Heartbeats

  /// The next heartbeat. Whoever asks for it sends it.
  ///
  /// - Parameter pattern: what the coordinator finds more topics by; nil without one. An empty text takes back what was sent before.
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

  /// Nobody knows what the coordinator has heard: the next heartbeat says everything.
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

  /// It has an assignment now, all of the target or what could be found of it.
  mutating func reconciled(_ assignment: Assignment) {
    current = assignment
    state = .acknowledging
  }

  /// What it had is gone: it begins anew.
  mutating func rejoin() {
    state = .joining
    epoch = 0
    target = Assignment()
    current = Assignment()
    heartbeatFailed()
  }

  /// The next heartbeat leaves the group. A static member may come back where it does not leave for good.
  mutating func leave(forGood: Bool = false) {
    leavesForGood = forGood
    state = .leaving
    epoch = 0
    current = Assignment()
    target = Assignment()
  }

  /// The application has to know, and nothing goes on.
  mutating func fail() {
    state = .failed
    epoch = 0
  }

  /// The application did not poll, and the heartbeat that leaves was made.
  mutating func becameStale() { state = .stale }
}
