import Primitives
import Wire

/// A member of a classic group.
public struct ClassicMember: Sendable, Equatable {
  public let id: String
  public let instanceID: String?
  public var clientID: String
  public var clientHost: String
  /// In milliseconds, as the member requested it.
  public var rebalanceTimeout: Int32
  public var sessionTimeout: Int32
  public var protocols: [JoinGroupRequest.JoinGroupRequestProtocol]
  public var assignment = Bytes.empty

  /// Whether it has not been in a generation yet.
  var isNew = false
  /// The member's request that is held until the generation starts, or until the leader has assigned.
  var joinTicket: UInt64?
  var syncTicket: UInt64?
  /// When its session ends; nil if it ended and that was excused.
  var sessionEnd: Instant?

  init(
    id: String, instanceID: String?, clientID: String, clientHost: String, rebalanceTimeout: Int32, sessionTimeout: Int32,
    protocols: [JoinGroupRequest.JoinGroupRequestProtocol]
  ) {
    self.id = id
    self.instanceID = instanceID
    self.clientID = clientID
    self.clientHost = clientHost
    self.rebalanceTimeout = rebalanceTimeout
    self.sessionTimeout = sessionTimeout
    self.protocols = protocols
  }

  var isAwaitingJoin: Bool { joinTicket != nil }

  /// A member that waits for the others cannot send heartbeats, and does not have to (`ClassicGroupMember.hasSatisfiedHeartbeat`).
  var isExcused: Bool { !isNew && (joinTicket != nil || syncTicket != nil) }

  func metadata(of name: String?) -> Bytes { protocols.first { $0.name == name }?.metadata ?? .empty }
}
