import Coordination
import OrderedCollections
import Wire

/// What the controller must know about configurations that belong to other modules: the log and the brokers.
///
/// By default any well-formed value is accepted, and only explicitly set values are described.
public struct ConfigurationRules {
  /// Returns why the configurations of a resource, taken together, are invalid; nil if they are valid.
  public var refusal: (ConfigResource, OrderedDictionary<String, String>) -> Refusal?

  /// The elements of a list that is not set (KIP-339); nil for a setting that is not a list.
  public var defaultOfList: (ConfigResource.Kind, String) -> String?

  /// All configurations of a new topic with their sources, as in the CreateTopics response, from its own and the cluster's dynamic ones.
  public var describe:
    (_ topic: OrderedDictionary<String, String>, _ cluster: OrderedDictionary<String, String>) -> [CreateTopicsResponse.CreatableTopicConfigs]

  public init(
    refusal: @escaping (ConfigResource, OrderedDictionary<String, String>) -> Refusal? = { _, _ in nil },
    defaultOfList: @escaping (ConfigResource.Kind, String) -> String? = { _, _ in "" },
    describe: @escaping (OrderedDictionary<String, String>, OrderedDictionary<String, String>) -> [CreateTopicsResponse.CreatableTopicConfigs] = { topic, _ in
      topic.map { name, value in
        var config = CreateTopicsResponse.CreatableTopicConfigs()
        config.name = name
        config.value = value
        config.configSource = ConfigSource.dynamicTopic
        return config
      }
    }
  ) {
    self.refusal = { resource, configs in Self.refusalOfController(resource, configs) ?? refusal(resource, configs) }
    self.defaultOfList = defaultOfList
    self.describe = describe
  }

  /// Checks the values that the controller itself uses, which must always be readable.
  private static func refusalOfController(_ resource: ConfigResource, _ configs: OrderedDictionary<String, String>) -> Refusal? {
    if let value = configs[ConfigName.minInSyncReplicas], (Int32(value) ?? 0) < 1 {
      return Refusal(.invalidConfig, "\(ConfigName.minInSyncReplicas) of \(resource) is a number from 1, not '\(value)'")
    }
    if let value = configs[ConfigName.uncleanLeaderElection], value != "true", value != "false" {
      return Refusal(.invalidConfig, "\(ConfigName.uncleanLeaderElection) of \(resource) is true or false, not '\(value)'")
    }
    return nil
  }
}

/// Where a configuration's value comes from, with the numbers of DescribeConfigs.
public enum ConfigSource {
  public static let dynamicTopic: Int8 = 1
  public static let dynamicBroker: Int8 = 2
  public static let dynamicDefaultBroker: Int8 = 3
  public static let staticBroker: Int8 = 4
  public static let defaultValue: Int8 = 5
}
