import Controller
import Log
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// Handles DescribeConfigs: every setting of a resource with its value, the source of the value, and the values that it overrides. A repeated
  /// resource is described only once.
  func handleDescribeConfigs(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeConfigsRequest.self) else { return }
    let describer = ConfigDescriber(
      metadata: metadata, configuration: effectiveConfiguration, withSynonyms: request.includeSynonyms, version: incoming.version)
    var response = DescribeConfigsResponse()
    var described: Set<ConfigDescriber.Name> = []
    var settingsLeft = ConfigDescriber.maximumSettings
    for resource in request.resources where described.insert(ConfigDescriber.Name(resource)).inserted {
      let result = settingsLeft > 0 ? describer.describe(resource) : describer.refuse(resource)
      settingsLeft -= result.configs.count
      response.results.append(result)
    }
    incoming.respond(response)
  }
}

private struct ConfigDescriber {
  typealias Resource = DescribeConfigsRequest.DescribeConfigsResource
  typealias Result = DescribeConfigsResponse.DescribeConfigsResult
  typealias Entry = DescribeConfigsResponse.DescribeConfigsResourceResult
  typealias Synonym = DescribeConfigsResponse.DescribeConfigsSynonym

  let metadata: MetadataCache
  let configuration: EffectiveConfiguration
  let withSynonyms: Bool
  let version: Int16

  /// As many as the topics of a large cluster have. It limits the memory of a response.
  static let maximumSettings = 500_000

  struct Name: Hashable {
    let type: Int8
    let name: String

    init(_ resource: Resource) {
      type = resource.resourceType
      name = resource.resourceName
    }
  }

  func describe(_ resource: Resource) -> Result {
    var result = Result()
    result.resourceType = resource.resourceType
    result.resourceName = resource.resourceName
    let name = resource.resourceName
    switch ConfigResource.Kind(rawValue: resource.resourceType) {
    case .topic: describeTopic(name, &result)
    case .broker where name.isEmpty: result.configs = clusterDefaults()
    case .broker where name == configuration.ownResource.name: result.configs = ownSettings()
    case .broker where Int32(name) == nil: result.refuse("Broker id must be an integer, but it is: \(name)")
    case .broker: result.refuse("Unexpected broker id, expected \(configuration.ownResource.name) or empty string, but received \(name)")
    case .brokerLogger where name.isEmpty: result.refuse("Broker id must not be empty")
    case .brokerLogger where name == configuration.ownResource.name: break
    case .brokerLogger: result.refuse("Unexpected broker id, expected \(configuration.ownResource.name) but received \(name)")
    case .group where name.isEmpty: result.refuse("Group name must not be empty")
    case .group: result.configs = groupSettings(name)
    case .clientMetrics where name.isEmpty: result.refuse("Client metrics subscription name must not be empty")
    case .clientMetrics: result.configs = clientMetricsSettings(name)
    case nil: result.refuse("Unsupported resource type: \(resource.resourceType)")
    }
    // A missing and an empty list of names both request everything.
    guard let names = resource.configurationKeys, !names.isEmpty, ConfigResource.Kind(rawValue: resource.resourceType) != .clientMetrics
    else { return result }
    let asked = Set(names)
    result.configs.removeAll { !asked.contains($0.name) }
    return result
  }

  /// Refuses what exceeds the limit of one response.
  func refuse(_ resource: Resource) -> Result {
    var result = Result()
    result.resourceType = resource.resourceType
    result.resourceName = resource.resourceName
    result.refuse("One answer describes about \(Self.maximumSettings) settings; ask for fewer resources at a time.")
    return result
  }

  // MARK: Topics

  private func describeTopic(_ name: String, _ result: inout Result) {
    guard TopicName.isValid(name) else { return result.errorCode = .invalidTopicException }
    guard metadata.image.topicID(named: name) != nil else { return result.errorCode = .unknownTopicOrPartition }
    let own = metadata.image.config(of: .topic(name))
    let log = configuration.logConfiguration(ofTopic: name, in: metadata.image)
    result.configs = LogConfiguration.topicTable.settings.filter { !$0.name.hasPrefix("internal.") }.map { setting in
      var synonyms = ConfigurationSynonyms.ofTopicSetting(setting.name).flatMap(brokerValues)
      sortBySource(&synonyms)
      if let value = own[setting.name] { synonyms.insert(synonym(setting.name, value, .topic), at: 0) }
      return entry(setting.name, setting.text(in: log), setting.kind, synonyms, isReadOnly: false)
    }
  }

  // MARK: Brokers

  private func ownSettings() -> [Entry] {
    BrokerConfiguration.table.settings.map { setting in
      var synonyms = ConfigurationSynonyms.ofBrokerSetting(setting.name).flatMap(brokerValues)
      sortBySource(&synonyms)
      let isReadOnly = !BrokerConfiguration.isDynamic(setting.name)
      return entry(setting.name, setting.text(in: configuration.current), setting.kind, synonyms, isReadOnly: isReadOnly)
    } + configuration.host.known.map { setting in
      let synonyms = brokerValues(of: setting.name)
      return entry(setting.name, synonyms.first?.value ?? setting.defaultValue, setting.kind, synonyms, isReadOnly: !setting.isDynamic)
    }
  }

  private func clusterDefaults() -> [Entry] {
    metadata.image.config(of: .clusterDefault).map { name, value in
      let kind = BrokerConfiguration.table[name]?.kind ?? configuration.host[name]?.kind ?? .string
      return entry(name, value, kind, [synonym(name, value, .dynamicDefaultBroker)], isReadOnly: !configuration.isDynamic(name))
    }
  }

  private func groupSettings(_ name: String) -> [Entry] {
    let own = metadata.image.config(of: ConfigResource(.group, name))
    let defaults = GroupConfiguration(configuration.current.groups.consumer)
    return GroupConfiguration.table.settings.map { setting in
      let value = own[setting.name] ?? setting.text(in: defaults)
      let source: ValueSource = own[setting.name] == nil ? .default : .group
      return entry(setting.name, value, setting.kind, [synonym(setting.name, value, source)], isReadOnly: false)
    }
  }

  /// Only what was set (`ConfigHelper.describeConfigs`).
  private func clientMetricsSettings(_ name: String) -> [Entry] {
    metadata.image.config(of: ConfigResource(.clientMetrics, name)).map { name, value in
      let kind = ClientMetricsConfiguration.table[name]?.kind ?? .string
      var entry = entry(name, value, kind, [synonym(name, value, .clientMetrics)], isReadOnly: false)
      entry.synonyms = []
      return entry
    }
  }

  /// All values of a broker setting, from every source.
  private func brokerValues(of name: String) -> [Synonym] {
    var values: [Synonym] = []
    if let value = metadata.image.config(of: configuration.ownResource)[name] { values.append(synonym(name, value, .dynamicBroker)) }
    if let value = metadata.image.config(of: .clusterDefault)[name] { values.append(synonym(name, value, .dynamicDefaultBroker)) }
    let ofHost = configuration.host[name]
    if let value = configuration.fixed.given.first(where: { $0.name == name })?.value ?? ofHost?.given {
      values.append(synonym(name, value, .staticBroker))
    }
    if ConfigurationSynonyms.ofBrokerSetting(name).count == 1,
      let value = BrokerConfiguration.table.defaultValue(of: name) ?? ofHost?.defaultValue
    {
      values.append(synonym(name, value, .default))
    }
    return values
  }

  /// Sorts by source, so that a dynamic value in a coarse unit wins over a static one in a fine unit. Stable.
  private func sortBySource(_ synonyms: inout [Synonym]) {
    synonyms = synonyms.enumerated().sorted { ($0.element.source, $0.offset) < ($1.element.source, $1.offset) }.map(\.element)
  }

  // MARK: Entries

  private func synonym(_ name: String, _ value: String, _ source: ValueSource) -> Synonym {
    var synonym = Synonym()
    synonym.name = name
    synonym.value = value
    synonym.source = source.rawValue
    return synonym
  }

  private func entry(_ name: String, _ value: String, _ kind: SettingKind, _ synonyms: [Synonym], isReadOnly: Bool) -> Entry {
    var entry = Entry()
    entry.name = name
    entry.value = value
    entry.readOnly = isReadOnly
    entry.configSource = synonyms.first?.source ?? ValueSource.default.rawValue
    if withSynonyms { entry.synonyms = synonyms }
    if version >= 3 { entry.configType = kind.rawValue }
    entry.documentation = nil
    return entry
  }
}

extension DescribeConfigsResponse.DescribeConfigsResult {
  fileprivate mutating func refuse(_ why: String) {
    errorCode = .invalidRequest
    errorMessage = why
  }
}

/// The source of a value, the deciding one first.
private enum ValueSource: Int8 {
  case topic = 1
  case dynamicBroker = 2
  case dynamicDefaultBroker = 3
  case staticBroker = 4
  case `default` = 5
  case clientMetrics = 7
  case group = 8
}
