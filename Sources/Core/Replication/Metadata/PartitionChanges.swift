import Transport
import Wire

/// The connection to the active controller. Implemented by the broker.
public protocol PartitionChanges: AnyObject {
  /// Sends a request to the active controller, once. Failures and errors of the whole request are returned unchanged: the caller retries. A replica
  /// manager never has more than one request in flight.
  func alterPartition(_ request: AlterPartitionRequest, completion: @escaping (Result<AlterPartitionResponse, RequestFailure>) -> Void)
}
