import Coordination
import Primitives
import Wire

extension ClassicGroup {
  /// Does one thing that is due. nil where nothing is: then `earliestDeadline` is exact.
  mutating func expireNext(_ desk: inout GroupDesk) -> ClassicWrite? {
    let now = desk.time.now
    guard state != .dead else {
      earliestDeadline = .distantFuture
      return nil
    }
    if let id = pendingJoins.first(where: { $0.value <= now })?.key {
      remove(id)
      return state == .preparingRebalance && hasAllJoined ? completeJoin(&desk) : .nothing
    }
    if let place = members.values.firstIndex(where: { $0.sessionEnd.map { $0 <= now } ?? false }) {
      return sessionEnded(members.keys[place], &desk)
    }
    if let joinWait, joinWait.until <= now { return joinWaitEnded(&desk) }
    if let syncEnd, syncEnd <= now { return syncWaitEnded(&desk) }
    earliestDeadline = exactDeadline
    return nil
  }

  private mutating func sessionEnded(_ id: String, _ desk: inout GroupDesk) -> ClassicWrite {
    members[id]?.sessionEnd = nil
    guard members[id]?.isExcused != true, !isOverlooked(id, desk.settings.switches) else { return .nothing }
    removeHeld(id, &desk)
    desk.occurrences.append(.memberEvicted(group: self.id, member: id, reason: .sessionTimeout))
    switch state {
    case .stable, .completingRebalance: return rebalanceOrGoOn(&desk)
    case .preparingRebalance where hasAllJoined: return completeJoin(&desk)
    default: return .nothing
    }
  }

  /// Members that were told of a generation and never asked for their assignment are removed (KAFKA-13435).
  private mutating func syncWaitEnded(_ desk: inout GroupDesk) -> ClassicWrite {
    syncEnd = nil
    guard state == .completingRebalance || state == .stable else { return .nothing }
    let missing = pendingSyncs.filter { !isOverlooked($0, desk.settings.switches) }
    if missing.isEmpty { return .nothing }
    for id in missing {
      desk.occurrences.append(.memberEvicted(group: self.id, member: id, reason: .syncTimeout))
      remove(id)
    }
    return prepareRebalance(&desk)
  }

  /// Whether nobody waits for a member that has joined and was never heard of again, as its time-out was not counted (KAFKA-9752): the group
  /// waits for its assignment, or its partitions lie idle, until another rebalance leaves it behind.
  private func isOverlooked(_ id: String, _ switches: GroupSwitches) -> Bool { !switches.countVanishedMember && members[id]?.isNew == true }

  var exactDeadline: Instant {
    var deadline = min(joinWait?.until ?? .distantFuture, syncEnd ?? .distantFuture)
    for member in members.values { if let end = member.sessionEnd { deadline = min(deadline, end) } }
    for end in pendingJoins.values { deadline = min(deadline, end) }
    return deadline
  }

  /// The group was replayed by a new coordinator: sessions begin anew, and a group that has become too large rebalances (`GroupMetadataManager.onLoaded`), or that
  /// had to when it became a classic one.
  mutating func loaded(_ desk: inout GroupDesk) -> ClassicWrite {
    for id in members.keys { extendSession(of: id, at: desk.time.now) }
    let mustRebalance = isUnsettled && desk.settings.switches.keepRebalanceOfDowngrade
    return mustRebalance || members.count > Int(desk.settings.maxSize) ? prepareRebalance(&desk) : .nothing
  }

  /// The group was one of KIP-848 until now: sessions begin, and it rebalances where what its members have is not all that there is.
  mutating func began(rebalances: Bool, _ desk: inout GroupDesk) -> ClassicWrite {
    for id in members.keys { extendSession(of: id, at: desk.time.now) }
    return rebalances ? prepareRebalance(&desk) : .nothing
  }
}
