import Host
import Primitives
import Testing
import Wire

/// A broker that answers as a test tells it to. ApiVersions and Metadata it answers by itself.
final class ScriptedBroker {
  let id: NodeID
  let address: Address
  unowned let world: TestWorld
  var isListening = true
  var connections = 0
  /// Whether connections to it take nothing more.
  var isSocketFull = false {
    didSet { if !isSocketFull { world.tellWritable(to: self) } }
  }
  /// The finalized `transaction.version` in ApiVersions; nil says nothing of features.
  var transactionVersion: Int16?
  /// What ApiVersions says; every API at all stable versions where nothing else is said here.
  var newestVersions: [ApiKey: Int16] = [:]
  /// What Metadata says. Brokers of one test share it.
  var cluster: ScriptedCluster?
  /// Names and versions of everything received, ApiVersions apart.
  private(set) var received: [(api: ApiKey, version: Int16)] = []
  /// What each connection waits for, in the order of its requests; nil until answered.
  private var answers: [ConnectionID: [(correlationID: Int32, frame: Frame?)]] = [:]
  private var handlers: [ApiKey: (RequestHeader, inout FrameReader, ConnectionID) throws -> Void] = [:]

  init(id: NodeID, address: Address, world: TestWorld) {
    self.id = id
    self.address = address
    self.world = world
    on(ApiVersionsRequest.self) { [unowned self] _, answer in answer(apiVersions) }
    on(MetadataRequest.self) { [unowned self] request, answer in
      if let cluster { answer(cluster.response(to: request)) }
    }
  }

  func count(of api: ApiKey) -> Int { received.count { $0.api == api } }

  /// Says what happens with requests of a kind. `answer` may be kept and called later, or never.
  func on<Request: ApiRequest>(_ type: Request.Type, _ handle: @escaping (Request, @escaping (Request.Response) -> Void) throws -> Void) {
    handlers[Request.apiKey] = { [unowned self] header, reader, connection in
      let request = try Request(from: &reader, version: header.requestApiVersion)
      try handle(request) { [unowned self] response in
        do {
          let frame = try Frame.response(response, version: header.requestApiVersion, correlationID: header.correlationId)
          deliver(frame, header.correlationId, connection)
        } catch {
          Issue.record("\(Request.name) version \(header.requestApiVersion): \(error)")
        }
      }
    }
  }

  func receive(_ frame: Frame, on connection: ConnectionID) {
    guard isListening else { return }
    do throws(any Error) {
      var reader = FrameReader(frame)
      let header = try RequestHeader(from: &reader)
      let api = ApiKey(rawValue: header.requestApiKey)
      answers[connection, default: []].append((header.correlationId, nil))
      if api != .apiVersions { received.append((api, header.requestApiVersion)) }
      guard let handler = handlers[api] else {
        Issue.record("\(api.name) is not in the script")
        return
      }
      try handler(header, &reader, connection)
    } catch {
      Issue.record("broker \(id): \(error)")
    }
  }

  /// Responses leave in the order of their requests, as Kafka's do.
  private func deliver(_ frame: Frame, _ correlationID: Int32, _ connection: ConnectionID) {
    guard var queue = answers[connection], let index = queue.firstIndex(where: { $0.correlationID == correlationID }) else { return }
    queue[index].frame = frame
    while let first = queue.first?.frame {
      world.deliver(first, on: connection, after: TestWorld.latency)
      queue.removeFirst()
    }
    answers[connection] = queue
  }

  /// Dies: connections break, nobody answers.
  func stop() {
    isListening = false
    world.breakConnections(to: self)
  }

  private var apiVersions: ApiVersionsResponse {
    var response = ApiVersionsResponse()
    response.apiKeys = ApiKey.all.map { key in
      var api = ApiVersionsResponse.ApiVersion()
      api.apiKey = key.rawValue
      api.minVersion = key.validVersions.lowerBound
      api.maxVersion = newestVersions[key] ?? key.validVersions.upperBound
      return api
    }
    if let transactionVersion {
      var feature = ApiVersionsResponse.FinalizedFeatureKey()
      feature.name = "transaction.version"
      feature.maxVersionLevel = transactionVersion
      feature.minVersionLevel = transactionVersion
      response.finalizedFeatures = [feature]
      response.finalizedFeaturesEpoch = 1
    }
    return response
  }
}

/// What the brokers of a test say about topics.
final class ScriptedCluster {
  struct Partition {
    var leader: Int32
    var epoch: Int32 = 0
  }

  struct Topic {
    var name: String
    var id: Uuid
    var partitions: [Partition]
  }

  var brokers: [ScriptedBroker]
  var topics: [Topic] = []
  var error = ErrorCode.none
  private(set) var requests = 0

  init(_ brokers: [ScriptedBroker]) {
    self.brokers = brokers
    for broker in brokers { broker.cluster = self }
  }

  func addTopic(_ name: String, leaders: [Int32]) {
    topics.append(Topic(name: name, id: Uuid(high: 7, low: UInt64(topics.count + 1)), partitions: leaders.map { Partition(leader: $0) }))
  }

  func moveLeader(of topic: Int = 0, _ partition: Int, to leader: Int32) {
    topics[topic].partitions[partition].leader = leader
    topics[topic].partitions[partition].epoch += 1
  }

  func response(to request: MetadataRequest) -> MetadataResponse {
    requests += 1
    var response = MetadataResponse()
    response.errorCode = error
    response.clusterId = "test"
    response.controllerId = brokers.first?.id.value ?? -1
    response.brokers = brokers.map { broker in
      var entry = MetadataResponse.MetadataResponseBroker()
      entry.nodeId = broker.id.value
      entry.host = broker.address.host
      entry.port = broker.address.port
      return entry
    }
    let names = request.topics?.map { $0.name ?? "" } ?? topics.map(\.name)
    response.topics = names.map { name in
      var entry = MetadataResponse.MetadataResponseTopic()
      entry.name = name
      guard let topic = topics.first(where: { $0.name == name }) else {
        entry.errorCode = .unknownTopicOrPartition
        return entry
      }
      entry.topicId = topic.id
      entry.partitions = topic.partitions.enumerated().map { index, partition in
        var entry = MetadataResponse.MetadataResponsePartition()
        entry.partitionIndex = Int32(index)
        entry.leaderId = partition.leader
        entry.leaderEpoch = partition.epoch
        entry.replicaNodes = [partition.leader]
        entry.isrNodes = [partition.leader]
        return entry
      }
      return entry
    }
    return response
  }
}
