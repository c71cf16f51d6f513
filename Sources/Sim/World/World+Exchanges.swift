import Host
import Primitives

// Follows exchanges on their way, while the world measures.

extension World {
  /// Records that a frame leaves a node.
  func followDeparture(of frame: Frame, to end: Int, leaving: Instant) {
    let machine = machines[Int(network.ends[end ^ 1].node)]
    if StreamEnd.takesRequests(end) {
      let header = MessageHeader(request: frame)
      guard header.apiKey >= 0 else { return }
      let times = ExchangeTimes()
      times.asked = now
      times.left = leaving
      network.ends[end].exchanges.append(times, correlationID: header.correlationID)
      machine.followed.sentLast = times
      report(.asked(header, frame), at: leaving, of: header.correlationID, on: end)
    } else if let correlationID = frame.leadingCorrelationID, let times = network.ends[end ^ 1].exchanges[correlationID] {
      machine.followed.answer(times, started: now, elapsed: machine.elapsed, waited: machine.waited)
      report(.answered(frame), at: leaving, of: correlationID, on: end)
    }
  }

  /// Records that a frame passes the gate at the end of its way.
  func followArrival(of frame: Frame, at end: Int, _ header: MessageHeader) {
    if StreamEnd.takesRequests(end) {
      guard header.apiKey >= 0, let times = network.ends[end].exchanges[header.correlationID] else { return }
      if times.arrived == .distantFuture { times.arrived = now }
    } else if let correlationID = frame.leadingCorrelationID, let times = network.ends[end ^ 1].exchanges[correlationID] {
      if times.answerArrived == .distantFuture { times.answerArrived = now }
    }
  }

  /// Records that a node starts to handle an event.
  func follow(_ event: Event, on machine: Machine) {
    guard case .received(let frame, let connection) = event, let end = network.index(of: connection), !StreamEnd.takesRequests(end),
      let correlationID = frame.leadingCorrelationID, let times = network.ends[end ^ 1].exchanges.remove(correlationID)
    else { return }
    times.answerBegun = now
    machine.followed.exchange = times
    report(.answerTaken, at: now, of: correlationID, on: end)
  }

  func observe(_ step: ExchangeStep, on connection: ConnectionID, by machine: Machine) {
    switch step {
    case .takenUp(let correlationID):
      guard let end = network.index(of: connection), let times = network.ends[end].exchanges[correlationID] else { return }
      machine.followed.takeUp(times, started: now, elapsed: machine.elapsed, waited: machine.waited)
      report(.takenUp(arrived: times.arrived), at: times.begun, of: correlationID, on: end)
    case .sentWithoutResponse(let correlationID):
      machine.followed.exchange = machine.followed.sentLast
      if let end = network.index(of: connection) { report(.askedWithoutResponse, at: now, of: correlationID, on: end) }
    }
  }

  /// - Parameter end: either end of the connection.
  private func report(_ step: ExchangeNotice.Step, at time: Instant, of correlationID: Int32, on end: Int) {
    guard let onExchange else { return }
    let requester = end & ~1, responder = end | 1
    onExchange(
      ExchangeNotice(
        step: step, time: time, connection: network.id(of: requester), correlationID: correlationID, requester: NodeIndex(network.ends[requester].node),
        responder: NodeIndex(network.ends[responder].node), listener: Int(network.ends[responder].listener)))
  }

  /// Reports that the node of this end has lost it.
  func reportLostEnd(_ end: Int) {
    onLostEnd?(LostEndNotice(connection: network.id(of: end & ~1), isRequester: !StreamEnd.takesRequests(end)))
  }
}

extension Frame {
  /// The correlation id at the start of a response.
  fileprivate var leadingCorrelationID: Int32? {
    guard first.count >= 4 else { return nil }
    return first.integer(at: 0, as: Int32.self)
  }
}
