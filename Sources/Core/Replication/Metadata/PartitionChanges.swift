import Transport
import Wire

/// The way to the active controller. Implemented by the broker.
public protocol PartitionChanges: AnyObject {
  /// Sends a request to the active controller, once. Failures and errors of the whole request are told as they are: the caller
  /// asks again. There is never more than one request of a replica manager under way.
  func alterPartition(_ request: AlterPartitionRequest, completion: @escaping (Result<AlterPartitionResponse, RequestFailure>) -> Void)
}
