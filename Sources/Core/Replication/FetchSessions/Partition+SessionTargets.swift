extension Partition {
  /// Makes this partition's targets in fetch sessions restless, so that their next fetches visit them.
  func stirSessionTargets() {
    guard restingTargets > 0 else { return }
    for target in sessionTargets { target.stir() }
  }

  /// Handles a new log start offset, which fetches and their responses contain.
  func logStartMoved() {
    stirSessionTargets()
    fetching?.stir()
  }
}
