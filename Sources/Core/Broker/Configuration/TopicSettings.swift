import Log
import Primitives

/// The settings of a topic, validated alike wherever they come from: a file, CreateTopics, AlterConfigs (Kafka's `LogConfig.validate`).
public enum TopicSettings {
  /// The configuration of the logs of a topic that has these settings over `base`.
  ///
  /// - Parameter suggestsNames: Whether the error about an unknown name suggests the nearest one. Finding it is expensive, and requests may contain
  ///   any number of names.
  public static func configuration(
    from values: some Collection<(String, String)>, over base: LogConfiguration = LogConfiguration(), suggestsNames: Bool = true
  ) throws(ConfigurationError) -> LogConfiguration {
    for (name, _) in values where !LogConfiguration.topicTable.contains(name) {
      if let objection = KafkaSettingNames.objection(toTopicSetting: name) { throw objection }
      throw .unknownName(name, nearest: suggestsNames ? LogConfiguration.topicTable.nearest(to: name) : nil)
    }
    let configuration = try LogConfiguration.topicTable.configuration(from: values, over: base)
    guard configuration.minCompactionLag <= configuration.maxCompactionLag else {
      throw .contradiction(
        names: ["min.compaction.lag.ms", "max.compaction.lag.ms"], explanation: "the minimum lag is above the maximum lag; raise the maximum")
    }
    return configuration
  }
}
