import Host

extension ClassicGroup {
  func checkInvariants(_ check: inout InvariantCheck, _ name: String) {
    let waiting = members.values.reduce(0) { $0 + ($1.isAwaitingJoin ? 1 : 0) }
    check.require(waiting == awaitingJoins, "\(name): \(waiting) members wait for the others, \(awaitingJoins) are counted")
    check.require(leader.map { members[$0] != nil } ?? members.isEmpty, "\(name): the leader \(leader ?? "-") is no member")
    check.require(state != .empty || members.isEmpty, "\(name): it is empty, but has \(members.count) members")
    check.require(earliestDeadline <= exactDeadline, "\(name): something is due at \(exactDeadline), but the timer is set for \(earliestDeadline)")
    for (instance, id) in staticMembers {
      check.require(members[id]?.instanceID == instance, "\(name): \(id) is not the member of instance \(instance)")
    }
    for id in pendingSyncs { check.require(members[id] != nil, "\(name): \(id) is not a member, but has to ask for its assignment") }
    let isJoining = state == .preparingRebalance
    check.require(isJoining == (joinWait != nil), "\(name): \(state.rawValue), and it \(joinWait == nil ? "waits for nobody" : "waits for members")")
  }
}
