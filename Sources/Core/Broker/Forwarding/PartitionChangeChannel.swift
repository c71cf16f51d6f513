import Host
import Primitives
import Replication
import Transport
import Wire

/// Sends the ISR proposals of this broker's leaders to the active controller, over a separate connection (KIP-497).
///
/// The replica manager bundles and repeats proposals, and gives up; this class only finds the controller.
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
    guard let address = activeController() else {
      mark(.isrProposalWithoutController)
      return completion(.failure(.disconnected))
    }
    sender.send(request, to: address, timeout: requestTimeout, completion)
  }
}
