import Primitives
import Wire

/// What the controller makes of a request: the records that make it so, and what is answered once they are committed.
///
/// The records of one decision are appended as one batch: they are committed together or not at all.
public struct Decision<Response> {
  public var records: [MetadataRecord]
  public var response: Response

  public init(_ records: [MetadataRecord] = [], _ response: Response) {
    self.records = records
    self.response = response
  }
}

extension ControllerState {
  /// The most records that a client's request may make (`QuorumController.MAX_RECORDS_PER_USER_OP`). CreateTopics counts partitions instead.
  /// A decision with more is refused as a whole, so whoever makes one need not go on.
  static let maximumUserRecords = 10_000
}

/// An error for one thing of a request, with what to tell the one who asked.
public struct Refusal: Error, Equatable {
  public let code: ErrorCode
  public let message: String?

  public init(_ code: ErrorCode, _ message: String? = nil) {
    self.code = code
    self.message = message
  }
}
