import Host
import Primitives

/// Where a request is, between the node that made it and the one that is to answer it.
public enum RequestPlace: Sendable {
  /// It waits at its sender until there is a connection.
  case atSender
  /// It was sent, and has not arrived. The obstacle is nil where nothing holds it back.
  case onItsWay(Obstacle?)
  /// It has arrived, and the receiver's process has not read it.
  case unread
  /// The receiver got it on this connection, and its answer has not left.
  case arrived(on: ConnectionID)
  /// Its answer was sent, and has not arrived.
  case answered(Obstacle?)
  /// Neither it nor its answer exists any more: a fault dropped one of them.
  case lost
}

extension World {
  /// The node that listens at an address; nil if there is none.
  public func node(at address: Address) -> NodeIndex? { addressBook[address]?.node }

  /// Where a request of a node is now.
  public func place(of request: RequestUnderWay) -> RequestPlace {
    guard let connection = request.connection, let sender = network.index(of: connection) else { return .atSender }
    let receiver = sender ^ 1
    guard network.ends[sender].status != .connecting else {
      return .onItsWay(obstacle(from: node(ofEnd: sender), to: node(ofEnd: receiver)) ?? obstacle(from: node(ofEnd: receiver), to: node(ofEnd: sender)))
    }
    if isStalled(at: sender, { $0.first.count >= 4 && $0.first.integer(at: 0, as: Int32.self) == request.correlationID }) {
      return .answered(obstacle(ofStreamTo: sender))
    }
    if let place = network.ends[receiver].unanswered.firstIndex(where: { $0.correlationID == request.correlationID }) {
      // Answers come in the order of their requests.
      if place == 0, network.ends[sender].lastArrival > now { return .answered(nil) }
      let connection = network.id(of: receiver)
      return machine(node(ofEnd: receiver)).inbox.holds(connection) ? .unread : .arrived(on: connection)
    }
    if isStalled(at: receiver, { MessageHeader(request: $0).correlationID == request.correlationID }) { return .onItsWay(obstacle(ofStreamTo: receiver)) }
    return network.ends[receiver].lastArrival > now ? .onItsWay(nil) : .lost
  }

  private func node(ofEnd end: Int) -> NodeIndex { NodeIndex(network.ends[end].node) }

  private func isStalled(at end: Int, _ matches: (Frame) -> Bool) -> Bool {
    network.ends[end].stalled.contains { if case .frame(let frame) = $0.content { matches(frame) } else { false } }
  }

  /// What holds back the first item of a stream, behind which everything else waits.
  private func obstacle(ofStreamTo end: Int) -> Obstacle? {
    if let blocking = obstacle(from: node(ofEnd: end ^ 1), to: node(ofEnd: end)) { return blocking }
    guard let first = network.ends[end].stalled.first else { return nil }
    if let rule = first.heldBy { return Obstacle(word: "held", since: faults[rule].applied) }
    return first.notBefore > now ? first.origin.heldBy.map { Obstacle(word: "delayed", since: faults[$0].applied) } : nil
  }
}
