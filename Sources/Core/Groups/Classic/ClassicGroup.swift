import OrderedCollections
import Primitives
import Wire

/// A group of the classic protocol: its coordinator keeps the members and their generation, one of the members assigns the partitions.
/// Also whoever only commits offsets, which is a group without members.
///
/// Compare Kafka's `ClassicGroup`. Members stand in the order in which they joined.
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
    /// A group that was empty gives others time to come too: how long it has waited, and how much may still be added (KIP-134).
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
  /// When it came to its state, by the wall clock: of an empty group it says since when (KIP-211).
  public internal(set) var stateSince: Timestamp?
  public internal(set) var generation: Int32
  /// nil where it never had a member: offsets were committed without one.
  public internal(set) var protocolType: String?
  public internal(set) var protocolName: String?
  public internal(set) var leader: String?
  public internal(set) var members: OrderedDictionary<String, ClassicMember> = [:]
  /// The member of each instance id (KIP-345).
  var staticMembers: OrderedDictionary<String, String> = [:]
  /// How many members name each protocol.
  var protocolVotes: OrderedDictionary<String, Int> = [:]
  /// Members that were given an id and have not joined with it yet (KIP-394), and when they are given up.
  var pendingJoins: OrderedDictionary<String, Instant> = [:]
  /// Members that were told of the generation and have not asked for their assignment.
  var pendingSyncs: OrderedSet<String> = []
  /// How many members' joins are held.
  var awaitingJoins = 0
  var newMemberCame = false
  var joinWait: JoinWait?
  /// When members that have not asked for their assignment are removed.
  var syncEnd: Instant?
  /// What the members subscribe to; nil where it is no group of consumers, or where it cannot be read.
  var subscribedTopics: OrderedSet<String>?
  /// Nothing is due before it.
  var earliestDeadline = Instant.distantFuture

  init(id: String, state: State = .empty, generation: Int32 = 0, since: Timestamp? = nil) {
    self.id = id
    self.state = state
    previousState = .dead
    stateSince = since
    self.generation = generation
  }

  /// Stands where a group is while it is changed.
  static let vacant = ClassicGroup(id: "", state: .dead)

  // MARK: State

  var isEmpty: Bool { state == .empty }
  var isOfConsumers: Bool { protocolType == ConsumerProtocol.type }
  var hasAllJoined: Bool { members.count == awaitingJoins && pendingJoins.isEmpty }
  var canRebalance: Bool { state == .stable || state == .completingRebalance || state == .empty }

  /// The longest that any member asked for.
  var rebalanceTimeout: Duration { .milliseconds(Int64(members.values.reduce(0) { max($0, $1.rebalanceTimeout) })) }

  mutating func move(to state: State, at time: Timestamp) {
    previousState = self.state
    self.state = state
    stateSince = time
  }

  mutating func note(deadline: Instant) {
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

  /// UNKNOWN_MEMBER_ID, or FENCED_INSTANCE_ID where another process took the member's instance id over.
  func check(member id: String, instance: String?, _ switches: GroupSwitches) -> ErrorCode {
    if let instance {
      guard let present = staticMembers[instance] else { return .unknownMemberId }
      // Who is not fenced goes on with the partitions of the one that replaced it, and commits for them: two processes own the same.
      if present != id { return switches.fenceStaticMembers ? .fencedInstanceId : .none }
    }
    return members[id] == nil ? .unknownMemberId : .none
  }

  /// The session of a member begins anew.
  mutating func extendSession(of id: String, by timeout: Duration? = nil, at now: Instant) {
    guard let place = members.index(forKey: id) else { return }
    let end = now + (timeout ?? .milliseconds(Int64(members.values[place].sessionTimeout)))
    members.values[place].sessionEnd = end
    note(deadline: end)
  }

  // MARK: Protocols

  /// Whether a member with these protocols fits the group: it must name one that all others name.
  func supports(_ protocolType: String, _ protocols: [JoinGroupRequest.JoinGroupRequestProtocol]) -> Bool {
    guard state != .empty else { return !protocolType.isEmpty && !protocols.isEmpty }
    return self.protocolType == protocolType && protocols.contains { count($0.name) == members.count }
  }

  /// Of the protocols that all members name the one that most of them like best. Between equal ones decides who joined first.
  func selectProtocol() -> String? {
    var votes: OrderedDictionary<String, Int> = [:]
    for member in members.values {
      if let choice = member.protocols.first(where: { count($0.name) == members.count }) { votes[choice.name, default: 0] += 1 }
    }
    var best: (name: String, votes: Int)?
    for (name, count) in votes where count > best?.votes ?? 0 { best = (name, count) }
    return best?.name
  }

  /// What the members of a group of consumers subscribe to. The beginning of a subscription is the same in each of its versions.
  func readSubscriptions() -> OrderedSet<String>? {
    guard isOfConsumers else { return nil }
    guard !members.isEmpty else { return [] }
    guard let protocolName else { return nil }
    var topics: OrderedSet<String> = []
    for member in members.values {
      let metadata = member.metadata(of: protocolName)
      guard metadata.count >= 2 else { return nil }
      // Later versions add fields behind those of the first.
      var reader = FrameReader(metadata[2...])
      var subscription = ConsumerProtocolSubscription()
      do { try subscription.read(from: &reader, version: 0) } catch { return nil }
      topics.formUnion(subscription.topics)
    }
    return topics
  }

  /// A group of consumers of which nobody knows what it subscribes to is taken to subscribe to everything.
  func subscribes(to topic: String) -> Bool { subscribedTopics?.contains(topic) ?? isOfConsumers }
}
