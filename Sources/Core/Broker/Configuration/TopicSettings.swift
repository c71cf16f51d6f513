import Log
import Primitives

/// The settings of a topic, judged alike wherever they come from: a file, CreateTopics, AlterConfigs (Kafka's `LogConfig.validate`).
public enum TopicSettings {
  /// What logs of a topic obey that has these settings over `base`.
  ///
  /// - Parameter suggestsNames: whether an unknown name is refused with the nearest one. Looking for it is dear: requests may hold any number
  ///   of names.
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
        names: ["min.compaction.lag.ms", "max.compaction.lag.ms"], explanation: "the smallest lag is above the largest one; raise the latter")
    }
    return configuration
  }
}
