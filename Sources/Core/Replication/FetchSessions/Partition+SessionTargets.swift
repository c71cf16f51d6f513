extension Partition {
  /// Makes this partition's targets in fetch sessions restless, so that their next fetches visit them.
  func stirSessionTargets() {
    guard restingTargets > 0 else { return }
    let sessionTargets = sessionTargets, targets = sessionTargets.span
    for index in targets.indices { targets[index].stir() }
  }

  /// Handles a new log start offset, which fetches and their responses contain.
  func logStartMoved() {
    stirSessionTargets()
    fetching?.stir()
  }
}
