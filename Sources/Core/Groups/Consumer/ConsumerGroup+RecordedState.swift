import Primitives

extension ConsumerGroup {
  /// The recorded state, as lines.
  var recordedState: [String] {
    var lines = ["consumer group \(id): epoch \(epoch), topics \(metadataHash), target of epoch \(targetEpoch) at \(targetTimestamp.milliseconds)"]
    for member in members.values {
      lines.append(
        "consumer group \(id), member \(member.id): instance \(member.instanceId ?? "-") rack \(member.rackId ?? "-") client \(member.clientId) \(member.clientHost) "
          + "topics \(member.topicNames) pattern \(member.pattern ?? "-") assignor \(member.assignor ?? "-") timeout \(member.rebalanceTimeout.milliseconds) ms"
          + (member.classic.map { " classic \($0.sessionTimeoutMs) ms \($0.supportedProtocols.map { "\($0.name) \($0.metadata.hexadecimal)" })" } ?? ""))
      lines.append(
        "consumer group \(id), member \(member.id): epoch \(member.epoch) after \(member.previousEpoch) state \(member.state.rawValue) "
          + "has \(member.assigned.line) gives back \(member.pendingRevocation.line)")
    }
    for (member, target) in targets.entries {
      lines.append("consumer group \(id), target of \(member): \(target.topics.map { "\($0.id) \($0.partitions)" })")
    }
    for (pattern, resolved) in patterns.entries {
      lines.append("consumer group \(id), pattern \(pattern): \(resolved.topics) by version \(resolved.version) at \(resolved.timestamp.milliseconds)")
    }
    return lines
  }
}

extension OwnedPartitions {
  fileprivate var line: String { "\(topics.map { "\($0.id) \($0.partitions) since \($0.epochs)" })" }
}
