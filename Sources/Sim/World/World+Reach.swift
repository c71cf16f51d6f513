import Host
import Primitives

// What an observer may ask about the links between nodes. Nothing here changes what happens.

extension World {
  /// Whether two nodes run and nothing separates them: no fault on the links between them, and no rule on messages.
  public func areConnected(_ one: NodeIndex, _ other: NodeIndex) -> Bool {
    guard status(of: one) == .running, status(of: other) == .running, network.rules.isEmpty else { return false }
    return one == other || (isFree(from: one, to: other) && isFree(from: other, to: one))
  }

  private func isFree(from: NodeIndex, to: NodeIndex) -> Bool {
    network.faults.allSatisfy { active in
      if active.blocks(from: from, to: to) { return false }
      guard case .slow = active.fault else { return true }
      return !active.leads(from: from, to: to)
    }
  }

  /// Whether a fault acts on a node's disk.
  public func hasDiskFault(_ node: NodeIndex) -> Bool { machine(node).disk.hasFault }

  /// Whether a fault acts on a node's disk that does more than take time: what the disk has said need not be true.
  public func hasUnsoundDisk(_ node: NodeIndex) -> Bool { machine(node).disk.isUnsound }

  /// Whether flushes that a fault made slow are under way on a node's disk. Others wait behind them, also when the fault is over.
  public func hasSlowFlushes(_ node: NodeIndex) -> Bool { machine(node).disk.slowedUntil > now }

  /// Whether anything that a client sent has not been read yet: it waits at a card, is on a link, or waits for the processor of the receiving node.
  public func hasRequestsUnderWay(from client: NodeIndex) -> Bool {
    network.ends.indices.contains { end in
      guard StreamEnd.takesRequests(end), network.ends[end ^ 1].node == client.value, network.ends[end].status != .vacant else { return false }
      return network.ends[end].lastArrival > now || !network.ends[end].stalled.isEmpty || !network.ends[end ^ 1].unsent.isEmpty
        || machine(NodeIndex(network.ends[end].node)).inbox.holds(network.id(of: end))
    }
  }
}
