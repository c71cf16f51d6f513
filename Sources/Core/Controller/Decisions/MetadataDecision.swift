import Coordination
import Wire

/// A decision of the controller.
public typealias MetadataDecision<Response> = Decision<MetadataRecord, Response>

extension ControllerState {
  /// The most records that a client's request may make (`QuorumController.MAX_RECORDS_PER_USER_OP`). CreateTopics counts partitions instead.
  /// A decision with more is refused as a whole, so whoever makes one need not go on.
  static let maximumUserRecords = 10_000
}
