import Controller
import Transactions

/// The cluster as transaction coordinators need it.
final class MetadataOfTransactions: ClusterOfTransactions {
  private let metadata: MetadataCache
  private let producerIDs: ProducerIDSource

  init(metadata: MetadataCache, producerIDs: ProducerIDSource) {
    self.metadata = metadata
    self.producerIDs = producerIDs
  }

  var transactionVersion: Int16 { metadata.image.features.transactionVersion }

  func takeProducerID() -> Int64? { producerIDs.takeHeld() }
}
