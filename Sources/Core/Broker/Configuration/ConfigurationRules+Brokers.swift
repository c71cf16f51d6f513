import Controller
import Coordination
import Groups
import Log
import OrderedCollections
import Primitives
import Wire

extension ConfigurationRules {
  /// The rules for what brokers of this module support, for the controllers of their cluster, which accept settings and describe new topics.
  /// - Parameters:
  ///   - defaults: The settings of topics without their own, from the static settings of the brokers.
  ///   - groups: The settings of groups without their own, and the limits for their own.
  ///   - host: The settings that the brokers' host applies.
  public static func ofBrokers(
    defaults: LogConfiguration = LogConfiguration(), groups: GroupSettings = GroupSettings(), host: HostSettings = .none
  ) -> ConfigurationRules {
    ConfigurationRules(
      refusal: { resource, values in
        switch resource.kind {
        case .topic: refusal(ofTopic: values)
        case .broker: refusal(ofBroker: values, host)
        case .group: refusal(ofGroup: values, groups.consumer)
        case .clientMetrics: ClientMetricsConfiguration.refusal(of: values.map { ($0.key, $0.value) })
        case .brokerLogger: nil
        }
      },
      defaultOfList: { kind, name in
        switch kind {
        case .topic: defaultOfList(name, in: LogConfiguration.topicTable)
        case .broker: defaultOfList(name, in: BrokerConfiguration.table)
        case .group: defaultOfList(name, in: GroupConfiguration.table)
        case .clientMetrics: defaultOfList(name, in: ClientMetricsConfiguration.table)
        case .brokerLogger: nil
        }
      },
      describe: { topic, cluster in describe(topic, cluster, defaults) })
  }

  private static func defaultOfList<Configuration>(_ name: String, in table: ConfigurationTable<Configuration>) -> String? {
    guard let setting = table[name], setting.kind == .list else { return nil }
    return setting.text(in: table.defaults)
  }

  private static func refusal(ofTopic values: OrderedDictionary<String, String>) -> Refusal? {
    do {
      _ = try TopicSettings.configuration(from: values.map { ($0.key, $0.value) }, suggestsNames: false)
      return nil
    } catch {
      return Refusal(.invalidConfig, error.description)
    }
  }

  private static func refusal(ofBroker values: OrderedDictionary<String, String>, _ host: HostSettings) -> Refusal? {
    for name in values.keys where !BrokerConfiguration.isDynamic(name) && host[name]?.isDynamic != true {
      return Refusal(.invalidConfig, "Cannot update these configs dynamically: \(name)")
    }
    do {
      let given = values.map { ($0.key, $0.value) }
      _ = try BrokerConfiguration.table.configuration(from: given.filter { host[$0.0] == nil })
      return host.objection(given.filter { host[$0.0] != nil }).map { Refusal(.invalidConfig, $0.description) }
    } catch {
      return Refusal(.invalidConfig, error.description)
    }
  }

  private static func refusal(ofGroup values: OrderedDictionary<String, String>, _ settings: ConsumerGroupSettings) -> Refusal? {
    for name in values.keys where !GroupConfiguration.table.contains(name) { return Refusal(.invalidConfig, "Unknown group config name: \(name)") }
    do {
      let group = try GroupConfiguration.table.configuration(from: values.map { ($0.key, $0.value) }, over: GroupConfiguration(settings))
      return group.objection(settings).map { Refusal(.invalidConfig, $0) }
    } catch {
      return Refusal(.invalidConfig, error.description)
    }
  }

  private static func describe(
    _ topic: OrderedDictionary<String, String>, _ cluster: OrderedDictionary<String, String>, _ defaults: LogConfiguration
  ) -> [CreateTopicsResponse.CreatableTopicConfigs] {
    var configuration = defaults
    // What the controller accepted fits the tables; anything else would not affect a log either.
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
