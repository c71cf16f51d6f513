import Primitives
import Sim

/// What a scenario says of its cluster.
package struct ClusterPlan {
  package var brokers: Int
  /// Of each broker, in the order of their numbers; empty where they are in none.
  package var racks: [String]
  package var controllers: Int
  /// As the scenario names it: a profile that ships, or a file.
  package var machineName: String
  package var machine: MachineProfile
  package var config: [WrittenSetting]
  /// Settings of single brokers, in the place of those of all.
  package var brokerConfig: [BrokerSettings]
  package var features: [WrittenSetting]
  package var switches: [WrittenSetting]
  package var place: Place

  package struct BrokerSettings {
    /// From 1.
    package var broker: Int
    package var settings: [WrittenSetting]
  }

  /// Of one broker alone.
  package func settings(ofBroker number: Int) -> [WrittenSetting] { brokerConfig.first { $0.broker == number }?.settings ?? [] }
}
