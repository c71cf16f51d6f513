import Primitives
import Sim

/// What has been done to the controllers and brokers of a cluster, and when it was last over.
struct Disturbances {
  /// When something was last done to a node, or a fault was applied or lifted.
  private(set) var last = Instant.zero
  private var faults: Set<FaultID> = []
  private var slowed: Set<NodeIndex> = []

  mutating func observe(_ incident: Incident, at node: NodeIndex?, now: Instant) {
    switch incident {
    // Nothing that controllers wait for is measured by a wall clock.
    case .clockChanged: return
    case .faultApplied(let fault): faults.insert(fault)
    case .faultLifted(let fault): faults.remove(fault)
    case .processorSlowed(let percent):
      guard let node else { return }
      if percent > 100 { slowed.insert(node) } else { slowed.remove(node) }
    case .started, .exited, .killed, .lostPower, .diskReplaced, .paused, .resumed, .shutdownAsked: break
    }
    last = now
  }

  /// An operator changed the voters: a leader that is none any more goes.
  mutating func observeChangeOfVoters(now: Instant) { last = now }

  /// Whether nothing is wrong, and nothing has been for a time.
  func areOver(for time: Duration, at now: Instant) -> Bool { faults.isEmpty && slowed.isEmpty && now - last > time }
}
