import Primitives
import Wire

/// Complete frames with their headers, as the broker and its peers exchange them: ten partitions, with batches of 1,000 bytes.
func messages() -> [Measurement] {
  let request = fetchRequest(partitions: 10), response = fetchResponse(partitions: 10)
  var heartbeat = request
  heartbeat.topics = []
  return [
    encoding("Fetch request", request, version: 18), decoding("Fetch request", request, version: 18),
    encoding("Fetch request of a session, nothing new", heartbeat, version: 18),
    decoding("Fetch request of a session, nothing new", heartbeat, version: 18),
    encoding("Fetch response", response), decoding("Fetch response", response),
    encoding("Produce request, one batch", produceRequest(), version: 13), decoding("Produce request, one batch", produceRequest(), version: 13),
  ]
}

private func encoding<Request: ApiRequest>(_ name: String, _ request: Request, version: Int16) -> Measurement {
  let size = try! Frame.request(request, version: version, correlationID: 7, clientID: "broker-1-fetcher-0").count
  return measure("write \(name)", bytes: size, units: 1, of: "message") {
    try! Frame.request(request, version: version, correlationID: 7, clientID: "broker-1-fetcher-0").pieces.count
  }
}

private func decoding<Request: ApiRequest>(_ name: String, _ request: Request, version: Int16) -> Measurement {
  let frame = try! Frame.request(request, version: version, correlationID: 7, clientID: "broker-1-fetcher-0")
  return measure("read \(name)", bytes: frame.count, units: 1, of: "message") {
    var reader = FrameReader(frame)
    let header = try! RequestHeader(from: &reader)
    let request = try! Request(from: &reader, version: header.requestApiVersion)
    withExtendedLifetime(request) {}
    return Int(header.correlationId)
  }
}

private func encoding(_ name: String, _ response: FetchResponse) -> Measurement {
  let size = try! Frame.response(response, version: 18, correlationID: 7).count
  return measure("write \(name)", bytes: size, units: 1, of: "message") {
    try! Frame.response(response, version: 18, correlationID: 7).pieces.count
  }
}

private func decoding(_ name: String, _ response: FetchResponse) -> Measurement {
  let frame = try! Frame.response(response, version: 18, correlationID: 7)
  return measure("read \(name)", bytes: frame.count, units: 1, of: "message") {
    Int(try! FetchResponse.decodeResponse(frame, version: 18).message.sessionId)
  }
}

private func fetchRequest(partitions: Int32) -> FetchRequest {
  FetchRequest {
    $0.replicaState.replicaId = 1
    $0.replicaState.replicaEpoch = 7
    $0.maxWaitMs = 500
    $0.minBytes = 1
    $0.sessionId = 77
    $0.topics = [
      FetchRequest.FetchTopic {
        $0.topicId = Uuid(high: 0x1234_5678_9abc, low: 99)
        $0.partitions = (0..<partitions).map { index in
          FetchRequest.FetchPartition {
            $0.partition = index
            $0.fetchOffset = 1_000
            $0.currentLeaderEpoch = 3
            $0.lastFetchedEpoch = 3
            $0.logStartOffset = 0
            $0.partitionMaxBytes = 1 << 20
            $0.replicaDirectoryId = Uuid(high: 5, low: UInt64(index))
            $0.highWatermark = 990
          }
        }
      }
    ]
  }
}

private func fetchResponse(partitions: Int32) -> FetchResponse {
  let batch = Bytes(Array(repeating: UInt8(1), count: 1_000))
  return FetchResponse {
    $0.sessionId = 77
    $0.responses = [
      FetchResponse.FetchableTopicResponse {
        $0.topicId = Uuid(high: 0x1234_5678_9abc, low: 99)
        $0.partitions = (0..<partitions).map { index in
          FetchResponse.PartitionData {
            $0.partitionIndex = index
            $0.highWatermark = 1_000
            $0.lastStableOffset = 1_000
            $0.logStartOffset = 0
            $0.records = batch
          }
        }
      }
    ]
  }
}

private func produceRequest() -> ProduceRequest {
  ProduceRequest {
    $0.acks = -1
    $0.timeoutMs = 30_000
    $0.topicData = [
      ProduceRequest.TopicProduceData {
        $0.topicId = Uuid(high: 0x1234_5678_9abc, low: 99)
        $0.partitionData = [.init { $0.records = Bytes(Array(repeating: UInt8(1), count: 1_000)) }]
      }
    ]
  }
}
