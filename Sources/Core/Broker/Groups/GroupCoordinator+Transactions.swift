import Coordination
import Groups
import Host
import Primitives
import Wire

extension GroupCoordinator {
  /// How late a marker may take effect if another thread applies it: that thread also expired offsets, and might have had to check a whole partition.
  private static let formerDelay = Duration.milliseconds(250)

  static func markerApplication(_ switches: GroupSwitches) -> Duration? { switches.markerAppliedBeforeAnswer ? nil : formerDelay }

  /// Ends a producer's transaction in a partition of `__consumer_offsets`: see `CoordinatorRuntime.endTransaction`.
  func endTransaction(in partition: Int32, marker: TransactionMarker, answer: @escaping (ErrorCode) -> Void) {
    var news: [Occurrence] = []
    if marker.isCommit {
      news = (try? runtime.read(from: partition) { decided, _ throws(Refusal) in decided.offsetsToCommit(of: marker.producerID) }.get()) ?? []
    }
    runtime.endTransaction(in: partition, marker: marker) { [reactor] error in
      if error == .none {
        for occurrence in news { reactor.report(occurrence) }
      }
      answer(error)
    }
  }
}
