import Primitives
import Wire

/// The owner of configuration entries.
public enum ConfigOwner: Hashable, Sendable {
  case topic(String)
  case broker(NodeID)
  /// The defaults of all brokers.
  case allBrokers

  var type: Int8 {
    if case .topic = self { 2 } else { 4 }
  }

  var name: String {
    switch self {
    case .topic(let name): name
    case .broker(let id): String(id.value)
    case .allBrokers: ""
    }
  }

  /// Only a broker itself knows its own entries; every broker knows all others.
  var target: AdminTarget {
    if case .broker(let id) = self { .broker(id) } else { .anyBroker }
  }
}

public struct ConfigEntry: Hashable, Sendable {
  public enum Source: Int8, Sendable {
    case unknown = 0, dynamicTopic, dynamicBroker, dynamicDefaultBroker, staticBroker, `default`, dynamicBrokerLogger, clientMetrics, group
  }

  public var name: String
  /// Nil if it is sensitive, or has no value.
  public var value: String?
  public var source: Source
  public var isReadOnly: Bool
  public var isSensitive: Bool
}

/// A change of one configuration entry (KIP-339).
public struct ConfigChange: Hashable, Sendable {
  public enum Operation: Int8, Sendable {
    case set = 0
    /// Resets to the default.
    case delete
    /// Appends to a list.
    case append
    /// Removes from a list.
    case subtract
  }

  public var name: String
  public var operation: Operation
  public var value: String?

  public init(_ name: String, _ operation: Operation = .set, _ value: String? = nil) {
    self.name = name
    self.operation = operation
    self.value = value
  }
}

extension Admin {
  /// Describes the entries of a resource in the broker's order: all, or the named ones.
  public func describeConfigs(
    of resource: ConfigOwner, names: [String]? = nil, _ completion: @escaping (Result<[ConfigEntry], AdminError>) -> Void
  ) {
    call(resource.target) { _ in
      var entry = DescribeConfigsRequest.DescribeConfigsResource()
      entry.resourceType = resource.type
      entry.resourceName = resource.name
      entry.configurationKeys = names
      var request = DescribeConfigsRequest()
      request.resources = [entry]
      return request
    } error: { ($0.results.first?.errorCode ?? .none, $0.results.first?.errorMessage) } _: { result in
      completion(result.flatMap { response in
        guard let found = response.results.first else { return .failure(.missingInResponse) }
        return .success(found.configs.map { config in
          ConfigEntry(
            name: config.name, value: config.value, source: ConfigEntry.Source(rawValue: config.configSource) ?? .unknown,
            isReadOnly: config.readOnly, isSensitive: config.isSensitive)
        })
      })
    }
  }

  /// Changes entries of a resource, all of them or none.
  public func incrementalAlterConfigs(
    of resource: ConfigOwner, _ changes: [ConfigChange], validateOnly: Bool = false,
    _ completion: @escaping (Result<Void, AdminError>) -> Void
  ) {
    call(resource.target) { _ in
      var entry = IncrementalAlterConfigsRequest.AlterConfigsResource()
      entry.resourceType = resource.type
      entry.resourceName = resource.name
      entry.configs = changes.map { change in
        var config = IncrementalAlterConfigsRequest.AlterableConfig()
        config.name = change.name
        config.configOperation = change.operation.rawValue
        config.value = change.value
        return config
      }
      var request = IncrementalAlterConfigsRequest()
      request.resources = [entry]
      request.validateOnly = validateOnly
      return request
    } error: { ($0.responses.first?.errorCode ?? .none, $0.responses.first?.errorMessage) } _: { result in
      completion(result.flatMap { $0.responses.isEmpty ? .failure(.missingInResponse) : .success(()) })
    }
  }
}
