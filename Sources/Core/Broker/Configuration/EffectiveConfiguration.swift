import Controller
import Log
import OrderedCollections
import Primitives

/// A broker's current settings: its static ones, overridden by those of the whole cluster, and then by those of this broker (KIP-226).
final class EffectiveConfiguration {
  let fixed: BrokerConfiguration
  private(set) var current: BrokerConfiguration
  let host: HostSettings

  init(_ fixed: BrokerConfiguration, host: HostSettings) {
    self.fixed = fixed
    self.host = host
    current = fixed
  }

  var ownResource: ConfigResource { ConfigResource(.broker, String(fixed.nodeID.value)) }

  /// Applies the metadata's settings for brokers. Values that this broker does not support are skipped and returned.
  func update(from image: MetadataImage) -> [ConfigurationError] {
    var refused: [ConfigurationError] = []
    current = fixed
    var hostValues: OrderedDictionary<String, String> = [:]
    for resource in [ConfigResource.clusterDefault, ownResource] {
      for (name, value) in image.config(of: resource) where isDynamic(name) {
        if host[name] != nil {
          hostValues[name] = value
        } else {
          do { try current.apply([(name, value)]) } catch { refused.append(error) }
        }
      }
    }
    let values = hostValues.map { ($0.key, $0.value) }
    if let error = host.objection(values) { refused.append(error) } else { host.apply(values) }
    return refused
  }

  /// Whether AlterConfigs may change a setting while this broker runs.
  func isDynamic(_ name: String) -> Bool { BrokerConfiguration.isDynamic(name) || host[name]?.isDynamic == true }

  func knows(_ name: String) -> Bool { BrokerConfiguration.table.contains(name) || host[name] != nil }

  /// Throws if this broker does not support values that are to be set while it runs.
  func checkDynamic(_ values: [(String, String)]) throws(ConfigurationError) {
    var trial = fixed
    try trial.apply(values.filter { host[$0.0] == nil })
    let cleaner = trial.logManager.cleaner
    if let error = cleaner.objection ?? cleaner.objection(toReplacing: current.logManager.cleaner) { throw error }
    if let error = host.objection(values.filter { host[$0.0] != nil }) { throw error }
  }

  /// The settings of a topic's logs: the topic's own, over this broker's defaults.
  func logConfiguration(ofTopic name: String, in image: MetadataImage) -> LogConfiguration {
    let own = image.config(of: .topic(name))
    guard !own.isEmpty else { return current.log }
    var configuration = current.log
    // The controller has already checked every value with its own table: values that only the controller supports have no effect on a log.
    for (name, value) in own { try? LogConfiguration.topicTable.apply([(name, value)], to: &configuration) }
    return configuration
  }
}
