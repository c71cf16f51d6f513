import Broker
import Client
import Controller
import Log
import Primitives
import Scenarios

/// The meaning of a key of `--vary`, and how its values change a scenario.
///
/// A key is a Kafka setting, a shorthand, or a path in the scenario file. A setting applies to the first of these that has it: producers, consumers,
/// topics, brokers. It is set in every entry of that kind.
package enum VariedKey: Equatable {
  case producerSetting(String)
  case consumerSetting(String)
  case topicSetting(String)
  case clusterSetting(String)
  case shorthand(Shorthand)
  case path(String)
  /// One of the scenario's variants: the reader of the scenario applies it before everything else.
  case variant

  /// - Parameter place: where the key is written, for the error that suggests the nearest name.
  package init(_ key: String, at place: Place) throws {
    if key == "variant" {
      self = .variant
    } else if let shorthand = Shorthand(rawValue: key) {
      self = .shorthand(shorthand)
    } else if ProducerConfiguration.table.contains(key) {
      self = .producerSetting(key)
    } else if ConsumerConfiguration.table.contains(key) {
      self = .consumerSetting(key)
    } else if LogConfiguration.topicTable.contains(key) {
      self = .topicSetting(key)
    } else if BrokerConfiguration.table.contains(key) || ControllerConfiguration.table.contains(key) {
      self = .clusterSetting(key)
    } else if Self.sections.contains(where: { key == $0 || key.hasPrefix($0 + ".") || key.hasPrefix($0 + "[") }) {
      self = .path(key)
    } else {
      throw ScenarioError(
        at: place, "there is nothing named '\(key)' to vary",
        remedy: suggestion(
          for: key, among: Self.names,
          or: "Name a setting of Kafka's, a path such as cluster.brokers, or one of \(Shorthand.allCases.map(\.rawValue).joined(separator: ", "))."))
    }
  }

  /// The keys of a scenario file with which a path may begin.
  private static let sections = ["cluster", "topics", "workload", "faults", "duration", "measure", "expect"]

  private static var names: [String] {
    ["variant"] + Shorthand.allCases.map(\.rawValue) + ProducerConfiguration.table.settings.map(\.name) + ConsumerConfiguration.table.settings.map(\.name)
      + LogConfiguration.topicTable.settings.map(\.name) + BrokerConfiguration.table.settings.map(\.name)
      + ControllerConfiguration.table.settings.map(\.name) + sections
  }

  /// Sets a value at the place that the key denotes.
  package func set(_ value: Value, in document: inout Value) throws {
    switch self {
    case .producerSetting(let name): try document.changeClients(ProduceEntry.self, at: value.place) { try $0.setSetting(name, to: value) }
    case .consumerSetting(let name): try document.changeClients(ConsumeEntry.self, at: value.place) { try $0.setSetting(name, to: value) }
    case .topicSetting(let name): try document.changeTopics { try $0.setSetting(name, to: value) }
    case .clusterSetting(let name): try document.set("cluster.config.\(name)", to: value)
    case .shorthand(let shorthand): try shorthand.set(value, in: &document)
    case .path(let path): try document.set(path, to: value)
    case .variant: break
    }
  }
}
