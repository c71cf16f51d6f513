import Primitives
import Report

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

  var cluster: ClusterPlan
  var topics: [TopicPlan]
  var workload: [WorkloadPlan]
  var faults: [FaultPlan]
  var duration: Duration
  var expectation: Expectation
  /// What `bench` varies where nothing else is asked for.
  var varied: [VariedSetting]
}

struct ClusterPlan {
  var brokers: Int
  var machine: Setting
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
}

/// One entry of the workload: several client processes that do the same.
struct WorkloadPlan {
  var name: String
  var clients: Int
  var topic: String
  var role: Role
  var config: [Setting]
  var start: Duration
  var stop: Duration?
  var place: Place

  enum Role {
    case produce(ProducePlan)
    case consume(ConsumePlan)
  }
}

struct ProducePlan {
  var load: Load
  var valueSize: Int
  var keys: Keys
  /// Ends after this many records of each client.
  var records: Int?
  /// Partition to write to; nil leaves it to the partitioner.
  var partition: Int32?

  enum Load: Equatable {
    /// Open loop: a record every so often, whatever happened to the former ones. The interval is that of all clients of the entry together.
    case open(interval: Duration)
    /// Closed loop: so many records of each client are under way at any time.
    case closed(outstanding: Int)
  }

  enum Keys: Equatable {
    case none
    /// Uniformly one of so many keys.
    case uniform(Int)
  }
}

struct ConsumePlan {
  var pollInterval: Duration
}

/// What a scenario expects of its trials.
struct Expectation: Equatable {
  /// Guarantees that must be violated, each of them.
  var violates: [String] = []
  /// Guarantees that must hold.
  var holds: Holds = .none
  /// Occurrences that must have been seen, such as `isr-shrink`.
  var seen: [String] = []

  enum Holds: Equatable {
    case none
    case all
    case some([String])
  }
}
