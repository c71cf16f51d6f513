import Coordination
import OrderedCollections
import Primitives
import Wire

extension ClassicGroup {
  /// Makes the group from its record.
  init(id: String, _ value: GroupMetadataValue) {
    self.init(
      id: id, state: value.members.isEmpty ? .empty : .stable, generation: value.generation,
      since: value.currentStateTimestamp == -1 ? nil : Timestamp(milliseconds: value.currentStateTimestamp))
    previousState = state
    protocolType = value.protocolType.isEmpty ? nil : value.protocolType
    protocolName = value.protocol
    for stored in value.members {
      var choice = JoinGroupRequest.JoinGroupRequestProtocol()
      choice.name = value.protocol ?? ""
      choice.metadata = stored.subscription.copy()
      var member = ClassicMember(
        id: stored.memberId, instanceID: stored.groupInstanceId, clientID: stored.clientId, clientHost: stored.clientHost,
        rebalanceTimeout: stored.rebalanceTimeout == -1 ? stored.sessionTimeout : stored.rebalanceTimeout, sessionTimeout: stored.sessionTimeout,
        protocols: [choice])
      member.assignment = stored.assignment.copy()
      add(member, protocolType: value.protocolType)
    }
    leader = value.leader
    subscribedTopics = readSubscriptions()
  }

  /// The record version that a 4.3 broker writes.
  static let recordVersion: Int16 = 3

  /// The assignment of each member, by its id.
  var assignments: [String: Bytes] {
    var assignments: [String: Bytes] = [:]
    for member in members.values { assignments[member.id] = member.assignment }
    return assignments
  }

  /// The record of the group with each member's assignment.
  func record(assignments: [String: Bytes]) throws(WireError) -> CoordinatorRecord {
    var key = GroupMetadataKey()
    key.group = id
    var value = GroupMetadataValue()
    value.protocolType = protocolType ?? ""
    value.generation = generation
    value.protocol = protocolName
    value.leader = leader
    value.currentStateTimestamp = stateSince?.milliseconds ?? -1
    value.members = members.values.map { member in
      var stored = GroupMetadataValue.MemberMetadata()
      stored.memberId = member.id
      stored.groupInstanceId = member.instanceID
      stored.clientId = member.clientID
      stored.clientHost = member.clientHost
      stored.rebalanceTimeout = member.rebalanceTimeout
      stored.sessionTimeout = member.sessionTimeout
      stored.subscription = member.metadata(of: protocolName)
      stored.assignment = assignments[member.id] ?? .empty
      return stored
    }
    return try CoordinatorRecord(key, value, version: Self.recordVersion)
  }

  /// Whether its members have yet to rebalance since it became a classic group: its record then lacks the time since when it has been in its state.
  var isUnsettled: Bool { !members.isEmpty && stateSince == nil }

  /// Whether nothing but offsets was ever recorded of this group.
  var isUnrecorded: Bool { protocolType == nil && generation == 0 && stateSince == nil }

  /// The recorded part of this group, as one line and one for each member.
  var recordedState: [String] {
    let since = stateSince.map { "\($0.milliseconds)" } ?? "-"
    let head = "group \(id) classic generation \(generation) type \(protocolType ?? "-") protocol \(protocolName ?? "-") leader \(leader ?? "-") since \(since)"
    return [head] + members.values.map { member in
      "group \(id) member \(member.id) instance \(member.instanceID ?? "-") client \(member.clientID) \(member.clientHost) timeouts "
        + "\(member.rebalanceTimeout) \(member.sessionTimeout) subscription \(member.metadata(of: protocolName).hexadecimal) assignment \(member.assignment.hexadecimal)"
    }
  }
}
