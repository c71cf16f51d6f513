import Primitives
import Wire

extension ControllerState {
  /// Takes topics away, by name or by id.
  public func deleteTopics(_ request: DeleteTopicsRequest, version: Int16) -> Decision<DeleteTopicsResponse> {
    var decision = Decision([], DeleteTopicsResponse())
    var deleted: [Uuid] = []
    let wanted: [(name: String?, id: Uuid)] =
      version >= 6 ? request.topics.map { ($0.name, $0.topicId) } : request.topicNames.map { ($0, .zero) }
    for (name, id) in wanted {
      var result = DeleteTopicsResponse.DeletableTopicResult()
      result.name = name
      result.topicId = id
      do throws(Refusal) {
        let topic = try topicToDelete(name, id)
        if deleted.contains(topic.id) { throw Refusal(.invalidRequest, "topic \(topic.name) comes twice") }
        deleted.append(topic.id)
        var record = RemoveTopicRecord()
        record.topicId = topic.id
        decision.records.append(.removeTopic(record))
        result.name = topic.name
        result.topicId = topic.id
      } catch {
        result.errorCode = error.code
        result.errorMessage = error.message
      }
      decision.response.responses.append(result)
    }
    return decision
  }

  private func topicToDelete(_ name: String?, _ id: Uuid) throws(Refusal) -> TopicImage {
    if let name {
      guard id == .zero else { throw Refusal(.invalidRequest, "a topic is named by its name or by its id, not by both") }
      guard let topic = image.topic(named: name) else { throw Refusal(.unknownTopicOrPartition, "this server does not host topic \(name)") }
      return topic
    }
    guard id != .zero else { throw Refusal(.invalidRequest, "neither a topic's name nor its id was given") }
    guard let topic = image.topic(id) else { throw Refusal(.unknownTopicId, "this server does not host topic id \(id)") }
    return topic
  }
}
