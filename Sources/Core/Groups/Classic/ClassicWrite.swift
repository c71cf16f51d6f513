import Primitives

/// What has to be recorded of a classic group after it changed. Its state is ahead of its record meanwhile; `ClassicGroup.settled` goes on from there.
enum ClassicWrite: Equatable {
  case nothing
  /// It has no members: as it is now.
  case emptyGroup
  /// What the leader assigned in a generation, each member's part by its id.
  case assignments([String: Bytes], generation: Int32)
  /// A static member that came back with another id.
  case staticMember(StaticReturn)
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
