import Host
import Primitives
import Wire

extension ControllerNode {
  func startTasks() {
    watchSessions()
    watchIdleness()
    if configuration.autoLeaderRebalance { scheduleRebalance() }
    scheduleUncleanElection()
  }

  func stopTasks() {
    for timer in [tasks.sessions, tasks.idle, tasks.rebalance, tasks.uncleanElection] { reactor.cancel(timer) }
    tasks = PeriodicTasks()
  }

  /// Sets one timer for all sessions, at the earliest end. Heartbeats only postpone ends, so it may run too early, but never too late.
  func watchSessions() {
    guard tasks.sessions == nil, let expiry = state?.sessions.nextExpiry else { return }
    tasks.sessions = reactor.after(expiry - reactor.now) { [unowned self] in
      tasks.sessions = nil
      fenceExpired()
      watchSessions()
    }
  }

  func requireTimer() {
    mustHold(tasks.sessions != nil || state?.sessions.nextExpiry == nil, "controller \(configuration.nodeID): brokers have sessions, and no timer is set for their ends")
  }

  private func fenceExpired() {
    while let broker = state?.sessions.expired(at: reactor.now).first {
      fencingReasons[broker] = .sessionExpired
      commit(state!.fenceExpired(at: reactor.now)) { _ in }
    }
  }

  /// Writes to an idle log, so that replicas can tell an idle leader from a dead one, and followers can measure their lag.
  private func watchIdleness() {
    guard configuration.metadataMaxIdleInterval > .zero else { return }
    let next = lastAppend + configuration.metadataMaxIdleInterval
    tasks.idle = reactor.after(next > reactor.now ? next - reactor.now : configuration.metadataMaxIdleInterval) { [unowned self] in
      mustHold(state == nil || quorum.isActive, "controller \(configuration.nodeID) decides, and may not append to the metadata log")
      if lastAppend + configuration.metadataMaxIdleInterval <= reactor.now { commit([.noOp(NoOpRecord())]) { _ in } }
      if state != nil { watchIdleness() }
    }
  }

  private func scheduleRebalance() {
    tasks.rebalance = reactor.after(configuration.leaderImbalanceCheckInterval) { [unowned self] in
      guard let records = state?.rebalanceLeaders() else { return }
      if !records.isEmpty { commit(records) { _ in } }
      scheduleRebalance()
    }
  }

  private func scheduleUncleanElection() {
    tasks.uncleanElection = reactor.after(configuration.uncleanLeaderElectionInterval) { [unowned self] in
      guard let records = state?.electUncleanly() else { return }
      if !records.isEmpty { commit(records) { _ in } }
      scheduleUncleanElection()
    }
  }
}
