import Primitives

/// What can be wrong between machines. Nodes in no list are not touched.
public enum NetworkFault: Sendable, Equatable {
  /// Nodes of different groups do not reach each other, in either direction.
  case partition([[NodeIndex]])
  /// One way: nothing gets from these to those.
  case cut(from: [NodeIndex], to: [NodeIndex])
  /// The nodes reach nobody but themselves, and nobody reaches them.
  case isolate([NodeIndex])
  /// Everything from these to those waits, without loss, until the fault is lifted.
  case clog(from: [NodeIndex], to: [NodeIndex])
  /// Everything from these to those takes longer; `bandwidth` (bytes a second) limits each link.
  case slow(from: [NodeIndex], to: [NodeIndex], latency: Duration, jitterMean: Duration, bandwidth: Int64?)

  /// Whether TCP has to send again what this fault stopped.
  var losesPackets: Bool {
    switch self {
    case .partition, .cut, .isolate: true
    case .clog, .slow: false
    }
  }
}

/// A fault that lasts. Whose ways it is about is looked up for every link in use, of which there may be as many as there are clients.
struct ActiveNetworkFault {
  let id: FaultID
  let fault: NetworkFault
  /// Of a partition: the group of each node, the first where it is in several.
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

  /// Whether the way is one of those from these to those.
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
