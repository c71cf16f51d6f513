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

  func blocks(from: NodeIndex, to: NodeIndex) -> Bool {
    guard from != to else { return false }
    switch self {
    case .partition(let groups):
      guard let one = groups.firstIndex(where: { $0.contains(from) }) else { return false }
      guard let other = groups.firstIndex(where: { $0.contains(to) }) else { return false }
      return one != other
    case .cut(let sources, let targets), .clog(let sources, let targets):
      return sources.contains(from) && targets.contains(to)
    case .isolate(let nodes):
      return nodes.contains(from) || nodes.contains(to)
    case .slow:
      return false
    }
  }
}

struct ActiveNetworkFault {
  let id: FaultID
  let fault: NetworkFault
}
