import Controller
import Log
import OrderedCollections
import Primitives
import Wire

extension ConfigurationRules {
  /// What brokers of this module can obey: for the controllers of their cluster, which take settings in and describe new topics.
  /// - Parameter defaults: what holds for topics that say nothing, by the static settings of the brokers.
  public static func ofBrokers(defaults: LogConfiguration = LogConfiguration()) -> ConfigurationRules {
    ConfigurationRules(
      refusal: { resource, values in
        switch resource.kind {
        case .topic: objection(to: values, in: LogConfiguration.topicTable)
        case .broker: objection(to: values, in: BrokerConfiguration.table, isKnown: BrokerConfiguration.isDynamic)
        case .brokerLogger, .clientMetrics, .group: nil
        }
      },
      describe: { topic, cluster in describe(topic, cluster, defaults) })
  }

  private static func objection<Configuration>(
    to values: OrderedDictionary<String, String>, in table: ConfigurationTable<Configuration>, isKnown: (String) -> Bool = { _ in true }
  ) -> Refusal? {
    for (name, value) in values {
      guard isKnown(name) else { return Refusal(.invalidConfig, "Cannot update these configs dynamically: \(name)") }
      do {
        _ = try table.configuration(from: [(name, value)])
      } catch {
        return Refusal(.invalidConfig, error.description)
      }
    }
    return nil
  }

  private static func describe(
    _ topic: OrderedDictionary<String, String>, _ cluster: OrderedDictionary<String, String>, _ defaults: LogConfiguration
  ) -> [CreateTopicsResponse.CreatableTopicConfigs] {
    var configuration = defaults
    // What the controller took in fits the tables; anything else would have no effect on a log either.
    for (name, value) in cluster { try? LogConfiguration.brokerTable.apply([(name, value)], to: &configuration) }
    for (name, value) in topic { try? LogConfiguration.topicTable.apply([(name, value)], to: &configuration) }
    return LogConfiguration.topicTable.settings.filter { !$0.name.hasPrefix("internal.") }.map { setting in
      let isOfCluster = ConfigurationSynonyms.ofTopicSetting(setting.name).contains { cluster[$0] != nil }
      var entry = CreateTopicsResponse.CreatableTopicConfigs()
      entry.name = setting.name
      entry.value = setting.text(in: configuration)
      entry.configSource = topic[setting.name] != nil
        ? ConfigSource.dynamicTopic : isOfCluster ? ConfigSource.dynamicDefaultBroker : ConfigSource.defaultValue
      return entry
    }
  }
}
