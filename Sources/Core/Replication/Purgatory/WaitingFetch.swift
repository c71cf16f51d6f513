/// A fetch that waits, as the sessions and partitions know it that it waits for.
protocol WaitingFetch: DelayedOperation {
  /// Who fetches.
  var origin: FetchParameters.Origin { get }

  /// Its place among all that ever waited here: those that wait longest are answered first.
  var number: Int { get }

  /// Looks again at one partition of which an offset moved, and at nothing else.
  func partitionMoved(_ target: FetchTarget)

  /// Answers with whatever there is now.
  func complete()
}
