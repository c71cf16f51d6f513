import Coordination
import Primitives
import Wire

extension ControllerState {
  /// Deletes topics by name or by id. One that is named more than once is kept (`ControllerApis.deleteTopics`).
  public func deleteTopics(_ request: DeleteTopicsRequest, version: Int16) -> MetadataDecision<DeleteTopicsResponse> {
    var decision = MetadataDecision([], DeleteTopicsResponse())
    let wanted: [(name: String?, id: Uuid)] =
      version >= 6 ? request.topics.map { ($0.name, $0.topicId) } : request.topicNames.map { ($0, .zero) }
    let found: [Result<TopicImage, Refusal>] = wanted.map { name, id in
      do throws(Refusal) { return .success(try topicToDelete(name, id)) } catch { return .failure(error) }
    }
    let repeated = found.lazy.compactMap { try? $0.get().id }.repeatedElements
    for (wanted, found) in zip(wanted, found) {
      var result = DeleteTopicsResponse.DeletableTopicResult()
      result.name = wanted.name
      result.topicId = wanted.id
      do throws(Refusal) {
        let topic = try found.get()
        if repeated.contains(topic.id) { throw Refusal(.invalidRequest, "the request names topic \(topic.name) more than once") }
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
