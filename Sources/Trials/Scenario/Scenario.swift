import Primitives
import Results
import Sim
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
  var cluster: ClusterPlan
  var topics: [TopicPlan]
  var workload: [WorkloadPlan]
  var faults: [FaultPlan]
  var duration: Duration
  var measure: MeasurePlan
  var expectation: Expectation
  /// What `bench` varies where nothing else is asked for.
  var varied: [VariedSetting]
  /// What the cluster and its topics are set to, with Kafka's defaults.
  let settings: ClusterSettings
}

struct ClusterPlan {
  var brokers: Int
  var controllers: Int
  /// As the scenario names it: a profile that ships, or a file.
  var machineName: String
  var machine: MachineProfile
  var config: [Setting]
  var features: [Setting]
  var switches: [Setting]
  var place: Place
}

struct TopicPlan {
  var name: String
  var assignment: Assignment
  var config: [Setting]
  var place: Place

  enum Assignment: Equatable {
    /// Placed by the controller.
    case automatic(partitions: Int, replicationFactor: Int)
    /// The replicas of each partition, preferred leader first.
    case manual([[NodeID]])
  }

  var partitionCount: Int {
    switch assignment {
    case .automatic(let partitions, _): partitions
    case .manual(let replicas): replicas.count
    }
  }

  /// Of all its partitions together.
  var replicaCount: Int {
    switch assignment {
    case .automatic(let partitions, let replicationFactor): partitions * replicationFactor
    case .manual(let replicas): replicas.reduce(0) { $0 + $1.count }
    }
  }
}

/// What a scenario expects of its trials.
struct Expectation: Equatable {
  /// Guarantees that must be violated, each of them.
  var violates: [String] = []
  /// Guarantees that must hold.
  var holds: Holds = .none
  /// Occurrences that must have been seen, such as `isr-shrink`.
  var seen: [String] = []
  /// How long a client may wait at the longest while a leader with enough replicas is within reach; nil where that follows from the settings.
  var availability: Duration?

  enum Holds: Equatable {
    case none
    case all
    case some([String])
  }
}
