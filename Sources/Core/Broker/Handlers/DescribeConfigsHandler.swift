import Controller
import Log
import Primitives
import Transport
import Wire

extension BrokerApis {
  /// DescribeConfigs of topics and of brokers: every setting with its value, where that comes from, and what it would be otherwise.
  func handleDescribeConfigs(_ incoming: IncomingRequest) {
    guard let request = incoming.decodeOrClose(DescribeConfigsRequest.self) else { return }
    let describer = ConfigDescriber(
      metadata: metadata, configuration: effectiveConfiguration, withSynonyms: request.includeSynonyms, version: incoming.version)
    var response = DescribeConfigsResponse()
    response.results = request.resources.map(describer.describe)
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

  func describe(_ resource: Resource) -> Result {
    var result = Result()
    result.resourceType = resource.resourceType
    result.resourceName = resource.resourceName
    switch ConfigResource.Kind(rawValue: resource.resourceType) {
    case .topic: describeTopic(resource, &result)
    case .broker where resource.resourceName.isEmpty: result.configs = clusterDefaults().filter { isAsked($0, resource) }
    case .broker where resource.resourceName == configuration.ownResource.name: result.configs = ownSettings().filter { isAsked($0, resource) }
    case .broker:
      result.errorCode = .invalidRequest
      result.errorMessage = "Unexpected broker id, expected \(configuration.ownResource.name) or empty string, but received \(resource.resourceName)"
    case .group, .clientMetrics: result.configs = storedSettings(of: resource).filter { isAsked($0, resource) }
    case .brokerLogger, nil:
      result.errorCode = .invalidRequest
      result.errorMessage = "Unsupported resource type: \(resource.resourceType)"
    }
    return result
  }

  /// No names and an empty list of names both ask for everything.
  private func isAsked(_ entry: Entry, _ resource: Resource) -> Bool {
    guard let names = resource.configurationKeys, !names.isEmpty else { return true }
    return names.contains(entry.name)
  }

  // MARK: Topics

  private func describeTopic(_ resource: Resource, _ result: inout Result) {
    let name = resource.resourceName
    guard TopicName.isValid(name) else { return result.errorCode = .invalidTopicException }
    guard metadata.image.topicID(named: name) != nil else { return result.errorCode = .unknownTopicOrPartition }
    let own = metadata.image.config(of: .topic(name))
    let log = configuration.logConfiguration(ofTopic: name, in: metadata.image)
    result.configs = LogConfiguration.topicTable.settings.filter { !$0.name.hasPrefix("internal.") }.map { setting in
      var synonyms = ConfigurationSynonyms.ofTopicSetting(setting.name).flatMap(brokerValues)
      sortBySource(&synonyms)
      if let value = own[setting.name] { synonyms.insert(synonym(setting.name, value, .topic), at: 0) }
      return entry(setting.name, setting.text(in: log), setting.kind, synonyms, isReadOnly: false)
    }.filter { isAsked($0, resource) }
  }

  // MARK: Brokers

  private func ownSettings() -> [Entry] {
    BrokerConfiguration.table.settings.map { setting in
      var synonyms = ConfigurationSynonyms.ofBrokerSetting(setting.name).flatMap(brokerValues)
      sortBySource(&synonyms)
      let isReadOnly = !BrokerConfiguration.isDynamic(setting.name)
      return entry(setting.name, setting.text(in: configuration.current), setting.kind, synonyms, isReadOnly: isReadOnly)
    }
  }

  private func clusterDefaults() -> [Entry] {
    metadata.image.config(of: .clusterDefault).map { name, value in
      let kind = BrokerConfiguration.table[name]?.kind ?? .string
      return entry(name, value, kind, [synonym(name, value, .dynamicDefaultBroker)], isReadOnly: !BrokerConfiguration.isDynamic(name))
    }
  }

  /// Resources of which this broker only knows what was stored.
  private func storedSettings(of resource: Resource) -> [Entry] {
    guard let kind = ConfigResource.Kind(rawValue: resource.resourceType) else { return [] }
    return metadata.image.config(of: ConfigResource(kind, resource.resourceName)).map { name, value in
      entry(name, value, .string, [synonym(name, value, kind == .group ? .group : .clientMetrics)], isReadOnly: false)
    }
  }

  /// Every value that a broker setting has somewhere.
  private func brokerValues(of name: String) -> [Synonym] {
    var values: [Synonym] = []
    if let value = metadata.image.config(of: configuration.ownResource)[name] { values.append(synonym(name, value, .dynamicBroker)) }
    if let value = metadata.image.config(of: .clusterDefault)[name] { values.append(synonym(name, value, .dynamicDefaultBroker)) }
    if let (_, value) = configuration.fixed.given.first(where: { $0.name == name }) { values.append(synonym(name, value, .staticBroker)) }
    if ConfigurationSynonyms.ofBrokerSetting(name).count == 1, let value = BrokerConfiguration.table.defaultValue(of: name) {
      values.append(synonym(name, value, .default))
    }
    return values
  }

  /// A dynamic value in a coarse unit wins over a static one in a fine unit. Keeps the order of equals.
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

/// Where a value comes from, the decisive source first.
private enum ValueSource: Int8 {
  case topic = 1
  case dynamicBroker = 2
  case dynamicDefaultBroker = 3
  case staticBroker = 4
  case `default` = 5
  case clientMetrics = 7
  case group = 8
}
