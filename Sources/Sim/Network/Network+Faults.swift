import Host
import Primitives

// Faults of links, rules on messages, and their effects on the streams.

extension World {
  // MARK: Links

  func applyToLinks(_ fault: ActiveNetworkFault) {
    network.faults.append(fault)
    applyFaultsToLinks()
  }

  func liftFromLinks(_ id: FaultID) {
    network.faults.removeAll { $0.id == id }
    applyFaultsToLinks()
  }

  /// Updates the state of all links in use, and releases what is no longer blocked.
  private func applyFaultsToLinks() {
    let before = network.links.indices.map { (isBlocked: network.links[$0].blockedBy != nil, losesPackets: network.links[$0].losesPackets) }
    for link in network.links.indices { applyFaults(to: link) }
    for end in network.ends.indices where !network.ends[end].stalled.isEmpty {
      let link = network.linkIndex(to: end)
      if before[link].isBlocked && network.links[link].blockedBy == nil {
        scheduleUnstall(of: end, isRetransmission: before[link].losesPackets)
      }
    }
  }

  /// The link from one node to another, with the faults that apply to it.
  func link(from: NodeIndex, to: NodeIndex) -> Int32 {
    let link = network.link(from: from, to: to, seed: seed)
    if link.isNew, !network.faults.isEmpty { applyFaults(to: Int(link.index)) }
    return link.index
  }

  private func applyFaults(to link: Int) {
    let from = network.links[link].from, to = network.links[link].to
    guard from != to else { return }
    network.links[link].clearFaults()
    for active in network.faults {
      if active.blocks(from: from, to: to) {
        if network.links[link].blockedBy == nil { network.links[link].blockedBy = active.id }
        if active.fault.losesPackets { network.links[link].losesPackets = true }
      }
      guard case .slow(_, _, let latency, let jitterMean, let bandwidth) = active.fault, active.leads(from: from, to: to) else { continue }
      network.links[link].slowedBy = active.id
      network.links[link].addedLatency += latency
      network.links[link].addedJitterMean += jitterMean
      if let bandwidth { network.links[link].bytePicoseconds = max(network.links[link].bytePicoseconds, bytePicoseconds(ofBandwidth: bandwidth)) }
    }
  }

  // MARK: Connections

  /// Resets connections: both ends hear immediately that theirs is gone, and everything under way is lost. Returns the number of connections.
  func resetConnections(between ones: [NodeIndex], and others: [NodeIndex]) -> Int {
    // A node that hears of the loss may reconnect at once, and reuse the index of a connection that is gone on both sides.
    let pairs = connections(between: ones, and: others).map { (network.id(of: $0), network.id(of: $0 ^ 1)) }
    for (one, other) in pairs {
      for connection in [one, other] {
        guard let end = network.index(of: connection) else { continue }
        network.ends[end].stalled.removeAll()
        network.ends[end ^ 1].stalled.removeAll()
        takeEnd(at: end)
      }
    }
    return pairs.count
  }

  /// Tells the ends at `forgetful` that their connections are gone; the other ends hear nothing until they send.
  func forgetConnections(at forgetful: [NodeIndex], towards others: [NodeIndex]) -> Int {
    let pairs = connections(between: forgetful, and: others).map { network.id(of: $0) }
    for connection in pairs {
      guard let end = network.index(of: connection) else { continue }
      network.ends[end].stalled.removeAll()
      takeEnd(at: end)
    }
    return pairs.count
  }

  /// The ends, at the first set of nodes, of the open connections between both sets.
  private func connections(between ones: [NodeIndex], and others: [NodeIndex]) -> [Int] {
    let ones = Set(ones), others = Set(others)
    return network.ends.indices.filter { end in
      guard network.ends[end].status == .open || network.ends[end].status == .connecting else { return false }
      return ones.contains(NodeIndex(network.ends[end].node)) && others.contains(NodeIndex(network.ends[end ^ 1].node))
    }
  }

  // MARK: Messages

  func judge(_ frame: Frame, at end: Int) -> MessageRuling {
    // Many schedules make one rule per message, so spent rules are not looked at.
    guard !network.rules.isEmpty else { return .pass }
    let from = NodeIndex(network.ends[end ^ 1].node), to = NodeIndex(network.ends[end].node)
    let kind: MessageKind = end & 1 == 1 ? .request : .response
    var header: MessageHeader?
    for index in network.rules.indices where network.rules[index].rule.kind == kind {
      let rule = network.rules[index].rule
      if let sources = rule.from, !sources.contains(from) { continue }
      if let targets = rule.to, !targets.contains(to) { continue }
      if rule.apiKey != nil || rule.matches != nil, header == nil { header = self.header(of: frame, at: end) }
      if let apiKey = rule.apiKey, header?.apiKey != apiKey { continue }
      if let matches = rule.matches, !matches(frame, header ?? .unknown) { continue }
      network.rules[index].seen += 1
      guard network.rules[index].seen >= rule.nth else { continue }
      network.rules[index].acted += 1
      let id = network.rules[index].id
      if network.rules[index].isSpent { network.spendRule(at: index) }
      faults.hit(id)
      rule.onAct?(from, to)
      switch rule.action {
      case .hold: return .hold(id)
      case .drop: return .drop
      case .duplicate: return .duplicate
      case .delay(let delay): return .delay(delay, by: id)
      case .answer: return .answer(rule.answer?(frame))
      }
    }
    return .pass
  }

  /// Ends a rule and releases what it held.
  func releaseMessages(heldBy id: FaultID) {
    network.removeRule(id)
    for end in network.ends.indices {
      guard network.ends[end].stalled.contains(where: { $0.heldBy == id }) else { continue }
      for item in network.ends[end].stalled.indices where network.ends[end].stalled[item].heldBy == id { network.ends[end].stalled[item].heldBy = nil }
      scheduleUnstall(of: end, isRetransmission: false)
    }
  }

  /// The number of frames that a rule holds now.
  func countMessages(heldBy id: FaultID) -> Int {
    network.ends.indices.reduce(0) { $0 + network.ends[$1].stalled.count { $0.heldBy == id } }
  }
}
