extension Partition {
  /// Has the fetch sessions that know this partition look at it again.
  func stirSessionTargets() {
    guard restingTargets > 0 else { return }
    for target in sessionTargets { target.stir() }
  }

  /// Fetches name the log start offset, in both directions.
  func logStartMoved() {
    stirSessionTargets()
    fetching?.stir()
  }
}
