import Coordination
import Wire

/// A decision of the controller.
public typealias MetadataDecision<Response> = Decision<MetadataRecord, Response>

extension ControllerState {
  /// The maximum number of records of one client request (`QuorumController.MAX_RECORDS_PER_USER_OP`). CreateTopics counts partitions instead. A
  /// larger decision is refused as a whole, so it does not have to be completed.
  static let maximumUserRecords = 10_000
}
