import Broker
import Controller
import Glibc
import Host
import Primitives
import Raft

extension LiveNode {
  /// Waits until the node takes part: clients are served, or the leader of the metadata log is known to a controller that is nothing else.
  ///
  /// The observer is told once what the node waits for, if that takes longer than `patience`.
  public func waitUntilReady(patience: Duration = .seconds(5)) throws {
    let hasFirstVoters = hasFirstVoters
    var end: Instant? = .ofMachine + patience
    while true {
      guard let isReady = try host.ask({ $0.isReady }) else { throw reasonForItsEnd }
      if isReady { return }
      if let time = end, .ofMachine > time {
        end = nil
        if let words = try host.ask({ $0.missing(hasFirstVoters: hasFirstVoters) }) ?? nil { observer(host.name, .note(words)) }
      }
      usleep(10_000)
    }
  }
}

extension Node {
  fileprivate var isReady: Bool { brokerRole.map { $0.state == .running } ?? (controllerRole?.quorumLeader != nil) }

  /// What a node that is not ready waits for.
  ///
  /// - Parameter hasFirstVoters: whether the cluster's file names any controller with which a new quorum begins, or the quorum is static.
  fileprivate func missing(hasFirstVoters: Bool) -> String? {
    if let controller = controllerRole, controller.quorumLeader == nil {
      let voters = controller.voters
      guard !voters.isEmpty else {
        let remedy = hasFirstVoters ? "" : "; no controller of the cluster's file has a directory-id: give one to each that a new cluster begins with, while their directories are empty"
        return "waits for a quorum that takes it in: its directory names no voters\(remedy)"
      }
      let places = voters.map { "\($0.id) at \($0.address)" }.joined(separator: ", ")
      return "waits for a leader of the metadata log: \(voters.majority) of the voters must run and reach each other, which are \(places)"
    }
    guard let broker = brokerRole else { return nil }
    switch broker.state {
    case .starting where broker.metadataLeader == nil: return "waits for an active controller: it has found none among the controllers of its settings"
    case .starting: return "waits until it is registered and has read the metadata"
    case .recovery: return "waits until the active controller unfences it"
    case .notRunning, .running, .pendingControlledShutdown, .shuttingDown: return nil
    }
  }
}
