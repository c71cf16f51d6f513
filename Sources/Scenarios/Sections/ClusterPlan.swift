import Primitives
import Sim

/// What a scenario says about its cluster.
package struct ClusterPlan {
  package var brokers: Int
  /// The rack of each broker, in the order of their numbers; empty if they have none.
  package var racks: [String]
  package var controllers: Int
  /// The machine's name in the scenario: a profile that ships, or a file.
  package var machineName: String
  package var machine: MachineProfile
  package var config: [WrittenSetting]
  /// Settings of single brokers, which override those of all.
  package var brokerConfig: [BrokerSettings]
  package var features: [WrittenSetting]
  package var switches: [WrittenSetting]
  package var place: Place

  package struct BrokerSettings {
    /// Counted from 1.
    package var broker: Int
    package var settings: [WrittenSetting]
  }

  /// The settings of one broker alone.
  package func settings(ofBroker number: Int) -> [WrittenSetting] { brokerConfig.first { $0.broker == number }?.settings ?? [] }
}
