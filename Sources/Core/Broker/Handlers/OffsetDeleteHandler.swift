import Controller
import Coordination
import Groups
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles OffsetDelete for existing topics.
  func handleOffsetDelete(_ incoming: IncomingRequest) {
    guard var request = incoming.decodeOrClose(OffsetDeleteRequest.self) else { return }
    guard !request.groupId.isEmpty else { return incoming.respond(OffsetDeleteResponse(.invalidGroupId)) }
    var unknown: [OffsetDeleteResponse.OffsetDeleteResponseTopic] = []
    request.topics = request.topics.compactMap { topic in
      let image = metadata.image.topic(named: topic.name)
      var known = topic
      known.partitions = topic.partitions.filter { image?[$0.partitionIndex] != nil }
      if known.partitions.count < topic.partitions.count {
        var refused = OffsetDeleteResponse.OffsetDeleteResponseTopic()
        refused.name = topic.name
        refused.partitions = topic.partitions.filter { image?[$0.partitionIndex] == nil }.map { partition in
          var entry = OffsetDeleteResponse.OffsetDeleteResponsePartition()
          (entry.partitionIndex, entry.errorCode) = (partition.partitionIndex, .unknownTopicOrPartition)
          return entry
        }
        unknown.append(refused)
      }
      return known.partitions.isEmpty ? nil : known
    }
    groups.runtime.write(to: groups.partition(of: request.groupId)) { [request] shard, _ throws(Refusal) in
      try shard.deleteOffsets(request)
    } answer: { [unknown] result in
      switch result {
      case .success(var response):
        for topic in unknown {
          let place = response.topics.group(where: { $0.name == topic.name }, or: OffsetDeleteResponse.OffsetDeleteResponseTopic(named: topic.name))
          response.topics[place].partitions.append(contentsOf: topic.partitions)
        }
        incoming.respond(response)
      case .failure(let refusal):
        incoming.respond(OffsetDeleteResponse(refusal.code.asToldByCoordinator))
      }
    }
  }
}

extension OffsetDeleteResponse {
  fileprivate init(_ error: ErrorCode) {
    self.init()
    errorCode = error
  }
}

extension OffsetDeleteResponse.OffsetDeleteResponseTopic {
  fileprivate init(named name: String) {
    self.init()
    self.name = name
  }
}
