import Primitives
import Wire

/// What has to be recorded of a classic group after it changed. Its state is ahead of its record meanwhile; `ClassicGroup.settle` goes on from there.
enum ClassicWrite: Equatable {
  case nothing
  /// It has no members: as it is now.
  case emptyGroup
  /// What the leader assigned in a generation, each member's part by its id.
  case assignments([String: Bytes], generation: Int32)
  /// A static member that came back with another id.
  case staticMember(StaticReturn)

  /// nil where those stay that the members have.
  var assignments: [String: Bytes]? {
    if case .assignments(let assignments, _) = self { assignments } else { nil }
  }
}

extension ClassicGroup {
  /// What had to be recorded is committed, or failed.
  mutating func settle(_ write: ClassicWrite, _ error: ErrorCode?, _ desk: inout GroupDesk) {
    switch write {
    case .nothing, .emptyGroup: break
    case .assignments(let assignments, let generation): settle(assignments, generation: generation, error, &desk)
    case .staticMember(let back): settle(back, error, &desk)
    }
  }
}

/// A static member was replaced by itself with another member id, and the group need not rebalance (KIP-345, KIP-814).
struct StaticReturn: Equatable {
  let former: ClassicMember
  let newID: String
  let instanceID: String
  let formerLeader: String?
  let ticket: UInt64
  /// JoinGroup from version 9 on: the leader is told the members, and that it need not assign.
  let knowsSkippedAssignment: Bool
}
