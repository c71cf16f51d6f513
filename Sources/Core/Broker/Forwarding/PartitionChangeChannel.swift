import Host
import Primitives
import Replication
import Transport
import Wire

/// Takes the ISR proposals of this broker's leaders to the active controller, over a connection of their own (KIP-497).
///
/// The replica manager bundles, repeats and gives up; this only finds the controller.
final class PartitionChangeChannel: PartitionChanges {
  private let sender: RequestSender
  private let requestTimeout: Duration
  private let activeController: () -> Address?

  init(reactor: Reactor, clientID: String, requestTimeout: Duration, activeController: @escaping () -> Address?) {
    sender = RequestSender(reactor: reactor, clientID: clientID)
    self.requestTimeout = requestTimeout
    self.activeController = activeController
  }

  func alterPartition(_ request: AlterPartitionRequest, completion: @escaping (Result<AlterPartitionResponse, RequestFailure>) -> Void) {
    guard let address = activeController() else { return completion(.failure(.disconnected)) }
    sender.send(request, to: address, timeout: requestTimeout, completion)
  }
}
