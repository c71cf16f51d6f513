import Primitives
import Wire

/// The contents of a fetch request apart from its partitions.
struct FetchParameters {
  let version: Int16
  /// `.none` for a consumer.
  let replicaID: NodeID
  /// The epoch of the fetching broker (KIP-903); `.unknown` from a consumer or an old broker.
  let replicaEpoch: BrokerEpoch
  let maxWait: Duration
  let minBytes: Int
  let maxBytes: Int
  let visibility: Visibility
  /// A consumer's rack; nil of a follower, and if the version cannot state it (before version 11), and then the consumer does not support follower fetching either
  /// (KIP-392).
  let rack: String?

  /// Which part of a log the fetch may see.
  enum Visibility {
    /// Everything: for followers.
    case logEnd
    case highWatermark
    /// Up to the last stable offset (read_committed).
    case committed
  }

  /// Kafka's number for consumers that may see everything, for debugging.
  private static let debuggingConsumer: Int32 = -2

  init(_ request: borrowing FetchRequest, version: Int16, maximumBytes: Int32) {
    self.version = version
    replicaID = NodeID(version >= 15 ? request.replicaState.replicaId : request.replicaId)
    replicaEpoch = BrokerEpoch(request.replicaState.replicaEpoch)
    maxWait = .milliseconds(Int64(request.maxWaitMs))
    maxBytes = Int(max(0, min(request.maxBytes, maximumBytes)))
    minBytes = min(Int(request.minBytes), maxBytes)
    if replicaID.value >= 0 || replicaID.value == Self.debuggingConsumer {
      visibility = .logEnd
    } else {
      visibility = request.isolationLevel == 1 ? .committed : .highWatermark
    }
    rack = version >= 11 && replicaID.value < 0 ? request.rackId : nil
  }

  /// A set of fetch origins. If it has both, they are woken in this order.
  struct Origins: OptionSet {
    let rawValue: UInt8

    static let consumers = Origins(rawValue: 1)
    static let followers = Origins(rawValue: 2)
  }

  var origin: Origins { isFromFollower ? .followers : .consumers }
  var isFromFollower: Bool { replicaID.value >= 0 }
  var onlyLeader: Bool { isFromFollower || rack == nil }
}
