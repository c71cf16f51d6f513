import Coordination
import Primitives
import Wire

extension ClassicGroup {
  /// Handles one due event. Nil if there is none: then `earliestDeadline` is exact.
  mutating func expireNext(_ desk: inout GroupDesk) -> ClassicWrite? {
    let now = desk.time.now
    guard state != .dead else {
      earliestDeadline = .distantFuture
      return nil
    }
    if let id = pendingJoins.first(where: { $0.value <= now })?.key {
      mark(.joinNeverCompleted)
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
    mark(.memberSessionEnded)
    removeHeld(id, &desk)
    desk.occurrences.append(.memberEvicted(group: self.id, member: id, reason: .sessionTimeout))
    switch state {
    case .stable, .completingRebalance: return rebalanceOrGoOn(&desk)
    case .preparingRebalance where hasAllJoined: return completeJoin(&desk)
    default: return .nothing
    }
  }

  /// Removes members that learned of a generation but never asked for their assignment (KAFKA-13435).
  private mutating func syncWaitEnded(_ desk: inout GroupDesk) -> ClassicWrite {
    syncEnd = nil
    guard state == .completingRebalance || state == .stable else { return .nothing }
    let missing = pendingSyncs.filter { !isOverlooked($0, desk.settings.switches) }
    if missing.isEmpty { return .nothing }
    for id in missing {
      mark(.memberNeverSynced)
      desk.occurrences.append(.memberEvicted(group: self.id, member: id, reason: .syncTimeout))
      remove(id)
    }
    return prepareRebalance(&desk)
  }

  /// Whether a member that joined and then vanished is overlooked, because its timeout was not counted (KAFKA-9752): the group waits for its
  /// assignment, or its partitions stay idle, until another rebalance removes it.
  private func isOverlooked(_ id: String, _ switches: GroupSwitches) -> Bool { !switches.countVanishedMember && members[id]?.isNew == true }

  var exactDeadline: Instant {
    var deadline = min(joinWait?.until ?? .distantFuture, syncEnd ?? .distantFuture)
    for member in members.values { if let end = member.sessionEnd { deadline = min(deadline, end) } }
    for end in pendingJoins.values { deadline = min(deadline, end) }
    return deadline
  }

  /// Starts a group that a new coordinator has replayed: sessions start again, and the group rebalances if it has become too large
  /// (`GroupMetadataManager.onLoaded`), or still had to when it became a classic group.
  mutating func loaded(_ desk: inout GroupDesk) -> ClassicWrite {
    for id in members.keys { extendSession(of: id, at: desk.time.now) }
    requireSessions(from: desk.time.now)
    let mustRebalance = isUnsettled && desk.settings.switches.keepRebalanceOfDowngrade
    return mustRebalance || members.count > Int(desk.settings.maxSize) ? prepareRebalance(&desk) : .nothing
  }

  /// Starts a group that was a KIP-848 group until now: sessions start, and it rebalances if its members do not own all partitions.
  mutating func began(rebalances: Bool, _ desk: inout GroupDesk) -> ClassicWrite {
    for id in members.keys { extendSession(of: id, at: desk.time.now) }
    requireSessions(from: desk.time.now)
    return rebalances ? prepareRebalance(&desk) : .nothing
  }
}
