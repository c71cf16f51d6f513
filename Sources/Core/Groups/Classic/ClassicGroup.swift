import OrderedCollections
import Primitives
import Wire

/// A group of the classic protocol: its coordinator keeps the members and their generation, and one of the members assigns the partitions. A client
/// that only commits offsets forms a group without members.
///
/// Compare Kafka's `ClassicGroup`. Members are in the order in which they joined.
public struct ClassicGroup: Sendable {
  public enum State: String, Sendable {
    case empty = "Empty"
    case preparingRebalance = "PreparingRebalance"
    case completingRebalance = "CompletingRebalance"
    case stable = "Stable"
    case dead = "Dead"
  }

  /// What the group waits for while it prepares a rebalance.
  enum JoinWait: Equatable {
    /// A group that was empty gives other members time to join: the current delay, and how much may still be added (KIP-134).
    case initial(until: Instant, delay: Duration, remaining: Duration)
    case members(until: Instant)

    var until: Instant {
      switch self {
      case .initial(let instant, _, _), .members(let instant): instant
      }
    }
  }

  public let id: String
  public internal(set) var state: State
  var previousState: State
  /// When the group entered its state, by the wall clock: for an empty group, since when it has been empty (KIP-211).
  public internal(set) var stateSince: Timestamp?
  public internal(set) var generation: Int32
  /// Nil if the group never had a member: offsets were committed without one.
  public internal(set) var protocolType: String?
  public internal(set) var protocolName: String?
  public internal(set) var leader: String?
  public internal(set) var members: OrderedDictionary<String, ClassicMember> = [:]
  /// The member id for each instance id (KIP-345).
  var staticMembers: OrderedDictionary<String, String> = [:]
  /// How many members list each protocol.
  var protocolVotes: OrderedDictionary<String, Int> = [:]
  /// Members that were given an id and have not joined with it yet (KIP-394), with their deadlines.
  var pendingJoins: OrderedDictionary<String, Instant> = [:]
  /// Members that know the generation and have not asked for their assignment.
  var pendingSyncs: OrderedSet<String> = []
  /// The number of members whose joins are held.
  var awaitingJoins = 0
  var newMemberCame = false
  var joinWait: JoinWait?
  /// When members that have not asked for their assignment are removed.
  var syncEnd: Instant?
  /// The members' subscriptions; nil if it is not a group of consumers, or if they cannot be read.
  var subscribedTopics: OrderedSet<String>?
  /// The earliest instant at which an event may be due.
  var earliestDeadline = Instant.distantFuture

  init(id: String, state: State = .empty, generation: Int32 = 0, since: Timestamp? = nil) {
    self.id = id
    self.state = state
    previousState = .dead
    stateSince = since
    self.generation = generation
  }

  /// A placeholder while a group is being changed.
  static let vacant = ClassicGroup(id: "", state: .dead)

  // MARK: State

  var isEmpty: Bool { state == .empty }
  var isOfConsumers: Bool { protocolType == ConsumerProtocol.type }
  var hasAllJoined: Bool { members.count == awaitingJoins && pendingJoins.isEmpty }
  var canRebalance: Bool { state == .stable || state == .completingRebalance || state == .empty }

  /// The longest timeout that any member requested.
  var rebalanceTimeout: Duration { .milliseconds(Int64(members.values.reduce(0) { max($0, $1.rebalanceTimeout) })) }

  mutating func move(to state: State, at time: Timestamp) {
    previousState = self.state
    self.state = state
    stateSince = time
  }

  mutating func addDeadline(_ deadline: Instant) {
    if deadline < earliestDeadline { earliestDeadline = deadline }
  }

  // MARK: Members

  mutating func add(_ member: ClassicMember, protocolType: String) {
    if let instance = member.instanceID { staticMembers[instance] = member.id }
    if members.isEmpty { self.protocolType = protocolType }
    if leader == nil { leader = member.id }
    members[member.id] = member
    count(member.protocols, 1)
    if member.isAwaitingJoin { awaitingJoins += 1 }
    pendingJoins.removeValue(forKey: member.id)
  }

  mutating func remove(_ id: String) {
    if let removed = members.removeValue(forKey: id) {
      count(removed.protocols, -1)
      if removed.isAwaitingJoin { awaitingJoins -= 1 }
      if let instance = removed.instanceID, staticMembers[instance] == id { staticMembers.removeValue(forKey: instance) }
    }
    if leader == id { leader = members.keys.first }
    pendingJoins.removeValue(forKey: id)
    pendingSyncs.remove(id)
  }

  func count(_ name: String) -> Int { protocolVotes[name] ?? 0 }

  mutating func count(_ protocols: [JoinGroupRequest.JoinGroupRequestProtocol], _ change: Int) {
    for name in protocols.lazy.map(\.name).withoutRepetitions {
      let votes = protocolVotes[name, default: 0] + change
      if votes == 0 { protocolVotes.removeValue(forKey: name) } else { protocolVotes[name] = votes }
    }
  }

  /// Throws UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID if another process took over the member's instance id.
  func check(member id: String, instance: String?, _ switches: GroupSwitches) -> ErrorCode {
    if let instance {
      guard let present = staticMembers[instance] else { return .unknownMemberId }
      // Without fencing, the old process continues with the partitions of its replacement, and commits for them: two processes own the same
      // partitions.
      if present != id {
        mark(.staticMemberFenced)
        return switches.fenceStaticMembers ? .fencedInstanceId : .none
      }
    }
    return members[id] == nil ? .unknownMemberId : .none
  }

  /// Restarts the session of a member.
  mutating func extendSession(of id: String, by timeout: Duration? = nil, at now: Instant) {
    guard let place = members.index(forKey: id) else { return }
    let end = now + (timeout ?? .milliseconds(Int64(members.values[place].sessionTimeout)))
    members.values[place].sessionEnd = end
    addDeadline(end)
  }

  // MARK: Protocols

  /// Whether a member with these protocols fits the group: it must list one that all others list.
  func supports(_ protocolType: String, _ protocols: [JoinGroupRequest.JoinGroupRequestProtocol]) -> Bool {
    guard state != .empty else { return !protocolType.isEmpty && !protocols.isEmpty }
    return self.protocolType == protocolType && protocols.contains { count($0.name) == members.count }
  }

  /// Selects the most preferred of the protocols that all members list. In a tie, the member that joined first decides.
  func selectProtocol() -> String? {
    var votes: OrderedDictionary<String, Int> = [:]
    for member in members.values {
      if let choice = member.protocols.first(where: { count($0.name) == members.count }) { votes[choice.name, default: 0] += 1 }
    }
    var best: (name: String, votes: Int)?
    for (name, count) in votes where count > best?.votes ?? 0 { best = (name, count) }
    return best?.name
  }

  /// The topics to which the members of a group of consumers subscribe. A subscription starts with the same fields in every version.
  func readSubscriptions() -> OrderedSet<String>? {
    guard isOfConsumers else { return nil }
    guard !members.isEmpty else { return [] }
    guard let protocolName else { return nil }
    var topics: OrderedSet<String> = []
    for member in members.values {
      let metadata = member.metadata(of: protocolName)
      guard metadata.count >= 2 else { return nil }
      // Later versions append fields to those of the first.
      var reader = FrameReader(metadata[2...])
      var subscription = ConsumerProtocolSubscription()
      do { try subscription.read(from: &reader, version: 0) } catch { return nil }
      topics.formUnion(subscription.topics)
    }
    return topics
  }

  /// A group of consumers whose subscription is unknown counts as subscribed to everything.
  func subscribes(to topic: String) -> Bool { subscribedTopics?.contains(topic) ?? isOfConsumers }
}
