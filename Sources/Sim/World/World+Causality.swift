// What is on its way to an end of a connection carries along during which event it was sent, while causes are recorded. It arrives in the order in which it was sent.

extension World {
  @inline(__always)
  func noteDeparture(to end: Int) {
    if let causality { network.ends[end].origins.append(causality.present) }
  }

  @inline(__always)
  func noteArrival(at end: Int) {
    if let causality { causality.origin = EventOrigin(event: network.ends[end].origins.popFirst() ?? .none) }
  }

  /// A stalled item with where it comes from, and what holds it.
  func withOrigin(_ item: StalledItem, heldBy fault: FaultID? = nil) -> StalledItem {
    guard let causality else { return item }
    var item = item
    item.origin = causality.origin
    if let fault { item.origin.heldBy = fault }
    return item
  }
}
