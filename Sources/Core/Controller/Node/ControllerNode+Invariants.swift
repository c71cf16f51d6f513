import Host
import Primitives
import Raft
import Transport

extension ControllerNode {
  public var requestsUnderWay: [RequestUnderWay] { reactor.requestsUnderWay }

  /// Checks what must hold between two events of this node.
  public func checkInvariants(_ check: inout InvariantCheck) {
    guard let quorum else { return }
    quorum.checkInvariants(&check)
    let node = configuration.nodeID
    // A replica that has failed, or is closed, ends its node.
    guard quorum.isWell else { return }
    check.require(
      (state != nil) == quorum.isActive,
      "controller \(node): it \(quorum.isActive ? "may" : "may not") append to the metadata log, and it \(state == nil ? "does not decide" : "decides")")
    check.require(
      image.lastOffset < quorum.highWatermark || image.lastOffset == .unknown,
      "controller \(node): its image holds offset \(image.lastOffset), and what is below \(quorum.highWatermark) is committed")
    image.checkInvariants(&check, "controller \(node), what is committed")
    guard let state else { return }
    state.checkInvariants(&check, of: node)
    check.require(
      tasks.sessions != nil || state.sessions.nextExpiry == nil, "controller \(node): brokers have sessions, and no timer looks after their ends")
    server?.checkInvariants(&check, "controller \(node)")
  }

  /// The requests to this controller that are not answered yet.
  public var openRequests: [RequestServer.OpenRequest] { server?.openRequests ?? [] }

  /// Checks that what the metadata log keeps about its batches is what the batches say. Reads the log: not for checks between two events.
  public func checkLogContents(_ check: inout InvariantCheck) { quorum?.checkLogContents(&check) }

  /// Checks that the image matches the snapshots and the log. Reads the disk: not for checks between two events.
  public func checkMetadataReplay(_ check: inout InvariantCheck) {
    guard let quorum, quorum.isWell else { return }
    image.checkReplay(&check, of: quorum, "controller \(configuration.nodeID)")
  }
}

extension ControllerState {
  /// Checks what must hold of the state on which the active controller bases its decisions.
  func checkInvariants(_ check: inout InvariantCheck, of node: NodeID) {
    image.checkInvariants(&check, "controller \(node), what was decided")
    check.each(of: image.brokers) { broker, check in
      // A broker without a session would never be fenced (KAFKA-18138).
      check.require(
        broker.isFenced || sessions.hasSession(broker.id, epoch: broker.epoch),
        "controller \(node): broker \(broker.id) is not fenced in epoch \(broker.epoch), and has no session")
    }
    sessions.checkInvariants(&check, of: node)
  }
}

extension BrokerSessions {
  func hasSession(_ broker: NodeID, epoch: BrokerEpoch) -> Bool { sessions.contains { $0.broker == broker && $0.epoch == epoch && $0.hasSession } }

  func checkInvariants(_ check: inout InvariantCheck, of node: NodeID) {
    check.requireOrder(of: sessions, { $0.broker < $1.broker }) { "controller \(node): the session of broker \($1.broker) stands behind that of broker \($0.broker)" }
    check.each(of: sessions) { session, check in
      check.require(
        session.hasSession || session.controlledShutdownOffset == nil, "controller \(node): broker \(session.broker) has no session, and is shutting down")
    }
  }
}
