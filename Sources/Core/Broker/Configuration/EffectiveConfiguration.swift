import Controller
import Log
import OrderedCollections
import Primitives

/// A broker's settings as they hold now: its static ones, under those set for the whole cluster, under those set for this broker (KIP-226).
final class EffectiveConfiguration {
  let fixed: BrokerConfiguration
  private(set) var current: BrokerConfiguration

  init(_ fixed: BrokerConfiguration) {
    self.fixed = fixed
    current = fixed
  }

  var ownResource: ConfigResource { ConfigResource(.broker, String(fixed.nodeID.value)) }

  /// Takes over what the metadata sets for brokers. Values that this broker cannot obey are left out and returned.
  func update(from image: MetadataImage) -> [ConfigurationError] {
    var refused: [ConfigurationError] = []
    current = fixed
    for resource in [ConfigResource.clusterDefault, ownResource] {
      for (name, value) in image.config(of: resource) where BrokerConfiguration.isDynamic(name) {
        do { try current.apply([(name, value)]) } catch { refused.append(error) }
      }
    }
    return refused
  }

  /// Says why this broker could not obey values that shall be set while it runs.
  func checkDynamic(_ values: [(String, String)]) throws(ConfigurationError) {
    var trial = fixed
    try trial.apply(values)
  }

  /// The settings of a topic's logs: what was set for the topic, over this broker's defaults.
  func logConfiguration(ofTopic name: String, in image: MetadataImage) -> LogConfiguration {
    let own = image.config(of: .topic(name))
    guard !own.isEmpty else { return current.log }
    var configuration = current.log
    // The controller has looked at every value already, by its own table: what that one knows and this one does not has no effect on a log.
    for (name, value) in own { try? LogConfiguration.topicTable.apply([(name, value)], to: &configuration) }
    return configuration
  }
}
