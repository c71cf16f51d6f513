import Host
import Primitives
import Wire

public struct ClusterDescription: Hashable, Sendable {
  public var clusterID: String
  /// Any broker if the cluster hides its controllers (KRaft).
  public var controller: NodeID?
  /// In ascending order of their ids.
  public var brokers: [BrokerDescription]
}

public struct BrokerDescription: Hashable, Sendable {
  public var endpoint: BrokerEndpoint
  public var isFenced: Bool
}

/// The state of the quorum that holds the metadata (KIP-595).
public struct QuorumDescription: Hashable, Sendable {
  public struct Replica: Hashable, Sendable {
    public var id: NodeID
    /// `Uuid.zero` if the broker does not say.
    public var directoryID: Uuid
    public var logEndOffset: Offset
    /// Nil if the leader does not know.
    public var lastFetchTimestamp: Timestamp?
    public var lastCaughtUpTimestamp: Timestamp?
  }

  public var leader: NodeID?
  public var leaderEpoch: LeaderEpoch
  public var highWatermark: Offset
  public var voters: [Replica]
  public var observers: [Replica]
  /// The listeners of the voters; empty if the broker does not say.
  public var nodes: [Node]

  public struct Node: Hashable, Sendable {
    public var id: NodeID
    public var listeners: [Listener]
  }

  public struct Listener: Hashable, Sendable {
    public var name: String
    public var address: Address
  }
}

/// A change of a feature level (KIP-584).
public struct FeatureUpdate: Hashable, Sendable {
  public enum Direction: Int8, Sendable {
    case upgrade = 1, safeDowngrade, unsafeDowngrade
  }

  public var feature: String
  /// 0 removes the feature.
  public var level: Int16
  public var direction: Direction

  public init(_ feature: String, level: Int16, _ direction: Direction = .upgrade) {
    self.feature = feature
    self.level = level
    self.direction = direction
  }
}

/// A log directory of a broker, and the replicas in it.
public struct LogDirectoryDescription: Hashable, Sendable {
  public struct Replica: Hashable, Sendable {
    public var partition: TopicPartition
    public var sizeInBytes: Int64
    public var offsetLag: Int64
    /// Whether it is a copy that is being moved between two directories.
    public var isFuture: Bool
  }

  public var path: String
  /// Different from `.none` if the directory is offline.
  public var error: ErrorCode
  /// -1 if the broker does not say.
  public var totalBytes: Int64
  public var usableBytes: Int64
  public var replicas: [Replica]
}

extension Admin {
  public func describeCluster(
    includingFencedBrokers: Bool = false, _ completion: @escaping (Result<ClusterDescription, AdminError>) -> Void
  ) {
    call { _ in
      var request = DescribeClusterRequest()
      request.includeFencedBrokers = includingFencedBrokers
      return request
    } error: { ($0.errorCode, $0.errorMessage) } _: { result in
      completion(result.map { response in
        let brokers = response.brokers.map { broker in
          BrokerDescription(
            endpoint: BrokerEndpoint(
              id: NodeID(broker.brokerId), address: Address(host: broker.host, port: broker.port), rack: broker.rack),
            isFenced: broker.isFenced)
        }
        return ClusterDescription(
          clusterID: response.clusterId, controller: response.controllerId < 0 ? nil : NodeID(response.controllerId),
          brokers: brokers.sorted { $0.endpoint.id < $1.endpoint.id })
      })
    }
  }

  /// - Parameter controller: which is asked directly (KIP-919); nil for a broker, which passes the call on.
  public func describeQuorum(at controller: Address? = nil, _ completion: @escaping (Result<QuorumDescription, AdminError>) -> Void) {
    call(AdminTarget(controller)) { _ in
      var partition = DescribeQuorumRequest.PartitionData()
      partition.partitionIndex = 0
      var topic = DescribeQuorumRequest.TopicData()
      topic.topicName = "__cluster_metadata"
      topic.partitions = [partition]
      var request = DescribeQuorumRequest()
      request.topics = [topic]
      return request
    } error: { response in
      let partition = response.topics.first?.partitions.first
      return response.errorCode == .none
        ? (partition?.errorCode ?? .none, partition?.errorMessage) : (response.errorCode, response.errorMessage)
    } _: { result in
      completion(result.flatMap { response in
        guard let partition = response.topics.first?.partitions.first else { return .failure(.missingInResponse) }
        return .success(QuorumDescription(
          leader: partition.leaderId < 0 ? nil : NodeID(partition.leaderId), leaderEpoch: LeaderEpoch(partition.leaderEpoch),
          highWatermark: Offset(partition.highWatermark), voters: partition.currentVoters.map(QuorumDescription.Replica.init),
          observers: partition.observers.map(QuorumDescription.Replica.init), nodes: response.nodes.map(QuorumDescription.Node.init)))
      })
    }
  }

  /// Changes feature levels, all of them or none.
  public func updateFeatures(
    _ updates: [FeatureUpdate], validateOnly: Bool = false, _ completion: @escaping (Result<Void, AdminError>) -> Void
  ) {
    call { timeoutMs in
      var request = UpdateFeaturesRequest()
      request.timeoutMs = timeoutMs
      request.validateOnly = validateOnly
      request.featureUpdates = updates.map { update in
        var entry = UpdateFeaturesRequest.FeatureUpdateKey()
        entry.feature = update.feature
        entry.maxVersionLevel = update.level
        entry.upgradeType = update.direction.rawValue
        return entry
      }
      return request
    } error: { response in
      let refused = response.results.first { $0.errorCode != .none }
      return response.errorCode == .none ? (refused?.errorCode ?? .none, refused?.errorMessage) : (response.errorCode, response.errorMessage)
    } _: { result in completion(result.map { _ in }) }
  }

  /// Makes a controller that follows the metadata log a voter of it (KIP-853). It must have caught up, and no other change of the voters may be pending:
  /// otherwise the call is repeated until it succeeds or its time is over.
  ///
  /// - Parameters:
  ///   - directory: of the controller's metadata log (`meta.properties`).
  ///   - listeners: where the controller listens.
  ///   - controller: which is asked directly (KIP-919); nil for a broker, which passes the call on.
  public func addRaftVoter(
    _ voter: NodeID, directory: Uuid, listeners: [(name: String, address: Address)], at controller: Address? = nil, _ completion: @escaping (Result<Void, AdminError>) -> Void
  ) {
    call(AdminTarget(controller)) { timeoutMs in
      var request = AddRaftVoterRequest()
      request.clusterId = nil
      request.timeoutMs = timeoutMs
      (request.voterId, request.voterDirectoryId) = (voter.value, directory)
      request.listeners = listeners.map { name, address in
        var listener = AddRaftVoterRequest.Listener()
        (listener.name, listener.host, listener.port) = (name, address.host, UInt16(clamping: address.port))
        return listener
      }
      return request
    } error: { ($0.errorCode, $0.errorMessage) } _: { result in completion(result.map { _ in }) }
  }

  /// Takes a voter of the metadata log out of its voters (KIP-853). No other change of the voters may be pending: otherwise the call is repeated until it
  /// succeeds or its time is over.
  ///
  /// - Parameters:
  ///   - directory: under which the voters know it.
  ///   - controller: which is asked directly (KIP-919); nil for a broker, which passes the call on.
  public func removeRaftVoter(_ voter: NodeID, directory: Uuid, at controller: Address? = nil, _ completion: @escaping (Result<Void, AdminError>) -> Void) {
    call(AdminTarget(controller)) { _ in
      var request = RemoveRaftVoterRequest()
      request.clusterId = nil
      (request.voterId, request.voterDirectoryId) = (voter.value, directory)
      return request
    } error: { ($0.errorCode, $0.errorMessage) } _: { result in completion(result.map { _ in }) }
  }

  /// Removes a broker that is gone for good from the cluster.
  public func unregisterBroker(_ broker: NodeID, _ completion: @escaping (Result<Void, AdminError>) -> Void) {
    call { _ in
      var request = UnregisterBrokerRequest()
      request.brokerId = broker.value
      return request
    } error: { ($0.errorCode, $0.errorMessage) } _: { result in completion(result.map { _ in }) }
  }

  /// Describes the log directories of brokers with all replicas in them.
  public func describeLogDirs(
    of brokers: [NodeID], _ completion: @escaping ([(key: NodeID, result: Result<[LogDirectoryDescription], AdminError>)]) -> Void
  ) {
    forEach(brokers, completion) { broker, done in
      call(.broker(broker)) { _ in
        var request = DescribeLogDirsRequest()
        request.topics = nil
        return request
      } error: { ($0.errorCode, nil) } _: { result in
        done(result.map { $0.results.map(LogDirectoryDescription.init) })
      }
    }
  }
}

extension QuorumDescription.Replica {
  init(_ state: DescribeQuorumResponse.ReplicaState) {
    self.init(
      id: NodeID(state.replicaId), directoryID: state.replicaDirectoryId, logEndOffset: Offset(state.logEndOffset),
      lastFetchTimestamp: state.lastFetchTimestamp < 0 ? nil : Timestamp(milliseconds: state.lastFetchTimestamp),
      lastCaughtUpTimestamp: state.lastCaughtUpTimestamp < 0 ? nil : Timestamp(milliseconds: state.lastCaughtUpTimestamp))
  }
}

extension QuorumDescription.Node {
  init(_ node: DescribeQuorumResponse.Node) {
    self.init(
      id: NodeID(node.nodeId),
      listeners: node.listeners.map { QuorumDescription.Listener(name: $0.name, address: Address(host: $0.host, port: Int32($0.port))) })
  }
}

extension LogDirectoryDescription {
  init(_ result: DescribeLogDirsResponse.DescribeLogDirsResult) {
    let replicas = result.topics.flatMap { topic in
      topic.partitions.map { partition in
        Replica(
          partition: TopicPartition(topic.name, partition.partitionIndex), sizeInBytes: partition.partitionSize,
          offsetLag: partition.offsetLag, isFuture: partition.isFutureKey)
      }
    }
    self.init(
      path: result.logDir, error: result.errorCode, totalBytes: result.totalBytes, usableBytes: result.usableBytes,
      replicas: replicas.sorted { $0.partition < $1.partition })
  }
}
