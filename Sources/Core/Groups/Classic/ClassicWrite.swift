import Primitives
import Wire

/// What must be recorded after a classic group changed. Until then its state is ahead of its record; `ClassicGroup.settle` continues from there.
enum ClassicWrite: Equatable {
  case nothing
  /// The current group, which has no members.
  case emptyGroup
  /// What the leader assigned in a generation, by member id.
  case assignments([String: Bytes], generation: Int32)
  /// A static member that came back with another id.
  case staticMember(StaticReturn)

  /// The new assignments; nil if the members keep theirs.
  var assignments: [String: Bytes]? {
    if case .assignments(let assignments, _) = self { assignments } else { nil }
  }
}

extension ClassicGroup {
  /// Handles the result of recording a change.
  mutating func settle(_ write: ClassicWrite, _ error: ErrorCode?, _ desk: inout GroupDesk) {
    switch write {
    case .nothing, .emptyGroup: break
    case .assignments(let assignments, let generation): settle(assignments, generation: generation, error, &desk)
    case .staticMember(let back): settle(back, error, &desk)
    }
  }
}

/// A static member that replaced itself under another member id, without a rebalance (KIP-345, KIP-814).
struct StaticReturn: Equatable {
  let former: ClassicMember
  let newID: String
  let instanceID: String
  let formerLeader: String?
  let ticket: UInt64
  /// JoinGroup from version 9 on: the leader gets the members, and the information that it does not have to assign.
  let knowsSkippedAssignment: Bool
}
