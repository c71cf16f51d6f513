import Host
import Primitives
import Wire

/// Hands out producer ids, from blocks that the controller grants to this broker exclusively (Kafka's `RPCProducerIdManager`).
///
/// An id is handed out once, even across restarts: what an earlier life left of its block is never used.
final class ProducerIDSource {
  private let reactor: Reactor
  private let channel: ControllerChannel
  private let nodeID: NodeID
  private let brokerEpoch: () -> BrokerEpoch

  private var block: Range<Int64> = 0..<0
  private var isAsking = false
  private var waiting: [(Int64?) -> Void] = []

  /// A producer retries on its own when its request ends with an error; the controller gets this long.
  private static let timeout = Duration.seconds(10)

  init(reactor: Reactor, channel: ControllerChannel, nodeID: NodeID, brokerEpoch: @escaping () -> BrokerEpoch) {
    self.reactor = reactor
    self.channel = channel
    self.nodeID = nodeID
    self.brokerEpoch = brokerEpoch
  }

  /// Takes an unused id from the current block; if there is none, requests more and returns nil.
  func takeHeld() -> Int64? {
    guard let id = block.first else {
      mark(.producerIDsUsedUp)
      if !isAsking { askForBlock() }
      return nil
    }
    block.removeFirst()
    return id
  }

  /// Completes with an unused id, or with nil if the controller grants none now.
  func next(_ completion: @escaping (Int64?) -> Void) {
    if let id = block.first {
      block.removeFirst()
      return completion(id)
    }
    waiting.append(completion)
    if !isAsking { askForBlock() }
  }

  private func askForBlock() {
    isAsking = true
    var request = AllocateProducerIdsRequest()
    request.brokerId = nodeID.value
    request.brokerEpoch = brokerEpoch().value
    channel.send(request, deadline: reactor.now + Self.timeout) { [weak self] result in
      guard let self else { return }
      isAsking = false
      let turns = waiting
      waiting = []
      guard case .success(let response) = result, response.errorCode == .none, response.producerIdLen > 0 else {
        mark(.producerIDsUnavailable)
        return turns.forEach { $0(nil) }
      }
      block = response.producerIdStart..<response.producerIdStart.saturatingAdding(Int64(response.producerIdLen))
      turns.forEach(next)
    }
  }
}

extension Range<Int64> {
  fileprivate mutating func removeFirst() { self = lowerBound + 1..<upperBound }
}
