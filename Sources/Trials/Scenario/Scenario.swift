import Primitives
import Report
import Scenarios
import Workloads

/// One scenario as its file says it, with the overrides of a variant and of `--set` applied: what `replay` and `verify` run.
public struct Scenario {
  public var name: String
  /// What happens in it and why that matters, in a sentence or two.
  public var about: String
  public var source: String?
  /// The file it was read from, as given; part of the command that repeats a trial.
  public var file: String
  public var variant: String?
  /// The `--set` overrides as given; part of the command that repeats a trial.
  public var overrides: [String]
  /// Names of the variants that the file offers.
  public var variants: [String]

  /// What it was read from, with the changes of the variant and the overrides.
  var document: Value
  package var cluster: ClusterPlan
  package var topics: [TopicPlan]
  package var workload: [WorkloadPlan]
  var faults: [FaultPlan]
  package var duration: Duration
  package var measure: MeasurePlan
  var expectation: Expectation
  /// What `bench` varies where nothing else is asked for.
  package var varied: [VariedSetting]
  /// What cluster, topics and workload are set to, with Kafka's defaults.
  package let settings: ClusterSettings
}

/// One entry of the workload: several client processes that do the same.
package struct WorkloadPlan: Sendable {
  package var name: String
  /// Processes; of a consume entry those of each group.
  package var clients: Int
  /// At least one. Records go round, consumers read all of them.
  package var topics: [String]
  package var role: Role
  var config: [WrittenSetting]
  package var start: Duration
  var stop: Duration?
  var place: Place

  package enum Role {
    case produce(ProducePlan)
    case consume(ConsumePlan)
  }
}

package struct ProducePlan {
  /// Rates are those of all clients of the entry together.
  package var load: LoadShape
  var value: ValuePlan
  var keys: KeyPlan
  /// Ends after this many records of each client.
  package var records: Int?
  /// Partition to write to; nil leaves it to the partitioner.
  var partition: Int32?
}

package struct ConsumePlan {
  var pollInterval: Duration
  /// How many times everything is read: each group shares the partitions out among clients of its own.
  var groups: Int
}
