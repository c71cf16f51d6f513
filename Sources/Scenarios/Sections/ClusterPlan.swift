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
  package var features: [WrittenSetting]
  package var switches: [WrittenSetting]
  package var place: Place
}
