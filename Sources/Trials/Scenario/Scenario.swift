import Primitives
import Results
import Scenarios
import Workloads

/// One scenario from its file, with the overrides of a variant and of `--set` applied: what `replay` and `verify` run.
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

  /// The document it was read from, with the changes of the variant and the overrides.
  var document: Value
  /// The document with what it leaves to the seed; nil if that is nothing.
  var template: ScenarioDocument?
  /// The seed by which values were drawn; nil if they are the first ones of their lists.
  var seed: UInt64?
  /// What became of the values that the file leaves to the seed.
  public var choices: [DrawnChoice]
  package var cluster: ClusterPlan
  package var topics: [TopicPlan]
  package var workload: [WorkloadPlan]
  var faults: [FaultPlan]
  package var duration: Duration
  package var measure: MeasurePlan
  var expectation: Expectation
  /// What `bench` varies by default.
  package var varied: [VariedSetting]
  /// The settings of the cluster and its topics, with Kafka's defaults.
  package let settings: ClusterSettings

  /// Whether every seed has another scenario.
  public var isDrawn: Bool { template != nil }

  /// The scenario of one seed: the same one if the file leaves nothing to the seed. Throws a `ScenarioError` where the values that were drawn do not fit each other.
  public func drawn(seed: UInt64) throws -> Scenario {
    guard let template, self.seed != seed else { return self }
    do {
      return try template.scenario(seed: seed)
    } catch let error as ScenarioError {
      throw ScenarioError(error.all.map { $0.prefixed("as seed \(seed) draws it") })
    }
  }
}
