import Host
import Primitives

// Faults of links, rules on messages, and what they do to the streams.

extension Network {
  // MARK: Links

  func apply(_ fault: ActiveNetworkFault) {
    faults.append(fault)
    applyFaultsToLinks()
  }

  func lift(_ id: FaultID) {
    faults.removeAll { $0.id == id }
    applyFaultsToLinks()
  }

  /// Works out the state of all links, and lets go on what no fault blocks any more.
  func applyFaultsToLinks() {
    let before = links.indices.map { (isBlocked: links[$0].blockedBy != nil, losesPackets: links[$0].losesPackets) }
    for from in 0..<nodeCount {
      for to in 0..<nodeCount where from != to { applyFaults(from: NodeIndex(from), to: NodeIndex(to)) }
    }
    for end in ends.indices where !ends[end].stalled.isEmpty {
      let link = linkIndex(to: end)
      if before[link].isBlocked && links[link].blockedBy == nil {
        scheduleUnstall(of: end, isRetransmission: before[link].losesPackets)
      }
    }
  }

  private func applyFaults(from: NodeIndex, to: NodeIndex) {
    let link = linkIndex(from: from.value, to: to.value)
    links[link].clearFaults()
    for active in faults {
      if active.fault.blocks(from: from, to: to) {
        if links[link].blockedBy == nil { links[link].blockedBy = active.id }
        if active.fault.losesPackets { links[link].losesPackets = true }
      }
      guard case .slow(let sources, let targets, let latency, let jitterMean, let bandwidth) = active.fault,
        sources.contains(from), targets.contains(to)
      else { continue }
      links[link].slowedBy = active.id
      links[link].addedLatency += latency.nanoseconds
      links[link].addedJitterMean += jitterMean
      if let bandwidth { links[link].bytePicoseconds = max(links[link].bytePicoseconds, bytePicoseconds(ofBandwidth: bandwidth)) }
    }
  }

  // MARK: Connections

  /// Both ends hear at once that the connection is gone; what was under way is lost. Returns how many connections there were.
  func reset(between ones: [NodeIndex], and others: [NodeIndex]) -> Int {
    let pairs = connections(between: ones, and: others)
    for end in pairs {
      ends[end].stalled.removeAll()
      ends[end ^ 1].stalled.removeAll()
      takeEnd(at: end)
      takeEnd(at: end ^ 1)
    }
    return pairs.count
  }

  /// The ends at `forgetful` hear that their connections are gone; the other ends hear nothing until they send.
  func halfOpen(forgetful: [NodeIndex], others: [NodeIndex]) -> Int {
    let pairs = connections(between: forgetful, and: others)
    for end in pairs {
      ends[end].stalled.removeAll()
      takeEnd(at: end)
    }
    return pairs.count
  }

  /// The ends at the first of open connections between both.
  private func connections(between ones: [NodeIndex], and others: [NodeIndex]) -> [Int] {
    ends.indices.filter { end in
      guard ends[end].status == .open || ends[end].status == .connecting else { return false }
      return ones.contains(NodeIndex(ends[end].node)) && others.contains(NodeIndex(ends[end ^ 1].node))
    }
  }

  // MARK: Messages

  func judge(_ frame: Frame, at end: Int) -> Verdict {
    guard !rules.isEmpty else { return .pass }
    let from = NodeIndex(ends[end ^ 1].node), to = NodeIndex(ends[end].node)
    let kind: MessageKind = end & 1 == 1 ? .request : .response
    var header: MessageHeader?
    for index in rules.indices where !rules[index].isSpent && rules[index].rule.kind == kind {
      let rule = rules[index].rule
      if let sources = rule.from, !sources.contains(from) { continue }
      if let targets = rule.to, !targets.contains(to) { continue }
      if let apiKey = rule.apiKey {
        if header == nil { header = self.header(of: frame, at: end) }
        guard header?.apiKey == apiKey else { continue }
      }
      if let matches = rule.matches, !matches(frame) { continue }
      rules[index].seen += 1
      guard rules[index].seen >= rule.nth else { continue }
      rules[index].acted += 1
      let id = rules[index].id
      world.faults.hit(id)
      switch rule.action {
      case .hold: return .hold(id)
      case .drop: return .drop
      case .duplicate: return .duplicate
      case .delay(let delay): return .delay(delay)
      }
    }
    return .pass
  }

  /// Ends a rule and lets go what it held.
  func release(_ id: FaultID) {
    rules.removeAll { $0.id == id }
    for end in ends.indices {
      guard ends[end].stalled.contains(where: { $0.heldBy == id }) else { continue }
      for item in ends[end].stalled.indices where ends[end].stalled[item].heldBy == id { ends[end].stalled[item].heldBy = nil }
      scheduleUnstall(of: end, isRetransmission: false)
    }
  }

  /// Frames that a rule holds now.
  func held(by id: FaultID) -> Int {
    ends.indices.reduce(0) { $0 + ends[$1].stalled.count { $0.heldBy == id } }
  }
}
