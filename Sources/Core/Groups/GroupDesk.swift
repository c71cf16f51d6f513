import Coordination
import Host
import Primitives
import Wire

/// The answer to a request that a group held.
public enum GroupAnswer: Equatable {
  case join(ticket: UInt64, JoinGroupResponse)
  case sync(ticket: UInt64, SyncGroupResponse)
}

/// The client that sent a request.
public struct GroupClient: Sendable {
  /// The version of the request.
  public var version: Int16
  public var id: String
  /// The client's address as Kafka writes it, after a slash.
  public var host: String

  public init(version: Int16, id: String, host: String) {
    self.version = version
    self.id = id
    self.host = host
  }
}

/// What a group needs while it handles one event: the settings, the clocks, and a place for the answers that it gives.
struct GroupDesk {
  let settings: GroupSettings
  let time: CoordinatorTime
  var answers: [GroupAnswer] = []
  /// Occurrences for observers.
  var occurrences: [Occurrence] = []

  mutating func answer(_ ticket: UInt64, _ response: JoinGroupResponse) { answers.append(.join(ticket: ticket, response)) }
  mutating func answer(_ ticket: UInt64, _ response: SyncGroupResponse) { answers.append(.sync(ticket: ticket, response)) }

  /// Reports that a request for a member of a group was refused.
  mutating func reportFenced(_ member: String, of group: String, _ error: ErrorCode) {
    if error.fencesMember { occurrences.append(.memberFenced(group: group, member: member, error: error.rawValue)) }
  }
}

extension JoinGroupResponse {
  /// A refusal. Each one names the member as its caller knows it.
  public init(_ error: ErrorCode, member: String) {
    self.init()
    errorCode = error
    memberId = member
  }
}

extension SyncGroupResponse {
  public init(_ error: ErrorCode) {
    self.init()
    errorCode = error
  }
}
