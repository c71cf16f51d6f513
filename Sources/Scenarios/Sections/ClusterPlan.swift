import Controller
import Primitives
import Sim

/// What a scenario says about its cluster.
package struct ClusterPlan {
  package var brokers: Int
  /// The rack of each broker, in the order of their numbers; empty if they have none.
  package var racks: [String]
  /// The voters of the metadata log.
  package var controllers: Int
  /// The numbers of the controllers that are the first voters of a quorum whose voters can be changed, ascending (KIP-853); the others follow it and may become
  /// voters later.
  package var firstVoters: [Int]
  /// Whether every broker is one of these (`process.roles=broker,controller`), in place of nodes that do nothing else.
  package var isCombined: Bool
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

  /// Whether the voters stand in the metadata log, and can be changed (KIP-853).
  package var hasDynamicQuorum: Bool { features.last { $0.name == FeatureName.kraftVersion }?.plainValue == "1" }

  /// Whether the voters can be changed, now or once kraft.version is raised.
  package var hasChangeableVoters: Bool { Self.hasChangeableVoters(features) }

  /// Whoever writes kraft.version: 0 means to raise it. Where it is not written, controllers are as those of Kafka before 3.9, which do not know the ids of their
  /// directories.
  static func hasChangeableVoters(_ features: [WrittenSetting]) -> Bool { features.contains { $0.name == FeatureName.kraftVersion } }

  /// The id of a controller by its number, from 1.
  package func controllerID(_ number: Int) -> NodeID { NodeID(firstControllerID + Int32(number) - 1) }
  package func controllerNumber(_ id: NodeID) -> Int { Int(id.value - firstControllerID) + 1 }
  private var firstControllerID: Int32 { isCombined ? 1 : 3_001 }

  /// The settings of one broker alone.
  package func settings(ofBroker number: Int) -> [WrittenSetting] { brokerConfig.first { $0.broker == number }?.settings ?? [] }
}
