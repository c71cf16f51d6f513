import Primitives

/// What can be wrong between machines. Nodes that are not listed are not affected.
public enum NetworkFault: Sendable, Equatable {
  /// Nodes of different groups do not reach each other, in either direction.
  case partition([[NodeIndex]])
  /// Nothing gets from the first nodes to the second; the other direction works.
  case cut(from: [NodeIndex], to: [NodeIndex])
  /// The nodes can reach only themselves, and no other node reaches them.
  case isolate([NodeIndex])
  /// Everything from the first nodes to the second waits, without loss, until the fault is lifted.
  case clog(from: [NodeIndex], to: [NodeIndex])
  /// Everything from the first nodes to the second takes longer; `bandwidth` (bytes a second) limits each link.
  case slow(from: [NodeIndex], to: [NodeIndex], latency: Duration, jitterMean: Duration, bandwidth: Int64?)

  /// Whether TCP has to retransmit what this fault stopped.
  var losesPackets: Bool {
    switch self {
    case .partition, .cut, .isolate: true
    case .clog, .slow: false
    }
  }
}

/// A fault that lasts. It is looked up for every link in use, and there may be as many links as clients.
struct ActiveNetworkFault {
  let id: FaultID
  let fault: NetworkFault
  /// For a partition, the group of each node: the first one if it is in several.
  private var groups: [NodeIndex: Int] = [:]
  private var sources: Set<NodeIndex> = []
  private var targets: Set<NodeIndex> = []

  init(id: FaultID, fault: NetworkFault) {
    self.id = id
    self.fault = fault
    switch fault {
    case .partition(let groups):
      for (group, nodes) in groups.enumerated() {
        for node in nodes where self.groups[node] == nil { self.groups[node] = group }
      }
    case .cut(let from, let to), .clog(let from, let to), .slow(let from, let to, _, _, _):
      sources = Set(from)
      targets = Set(to)
    case .isolate(let nodes): sources = Set(nodes)
    }
  }

  /// Whether a link leads from one of the sources to one of the targets.
  func leads(from: NodeIndex, to: NodeIndex) -> Bool { sources.contains(from) && targets.contains(to) }

  func blocks(from: NodeIndex, to: NodeIndex) -> Bool {
    switch fault {
    case .partition:
      guard let one = groups[from], let other = groups[to] else { return false }
      return one != other
    case .cut, .clog: return leads(from: from, to: to)
    case .isolate: return sources.contains(from) || sources.contains(to)
    case .slow: return false
    }
  }
}
