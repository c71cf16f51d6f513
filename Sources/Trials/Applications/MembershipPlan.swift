import Client
import Primitives
import Workloads

/// What a workload entry says about the consumer group of its clients.
struct MembershipPlan: Sendable {
  let group: String
  let groupProtocol: GroupProtocol
  /// The guarantees that its settings promise.
  let promises: Set<Guarantee>
  /// How many values the group makes from a record, if its input tells; nil if only the output does.
  var outputs: (@Sendable (RecordValue) -> Int)?
  /// How long the group may take to settle once all faults are over.
  let settleBound: Duration
}
