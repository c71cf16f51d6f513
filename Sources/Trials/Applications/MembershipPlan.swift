import Client
import Primitives
import Workloads

/// What an entry of the workload says of the consumer group that its clients are members of.
struct MembershipPlan: Sendable {
  let group: String
  let groupProtocol: GroupProtocol
  /// What its settings promise.
  let promises: Set<Guarantee>
  /// How many values the group makes of the record of a value; nil where only what it made says so.
  var outputs: (@Sendable (RecordValue) -> Int)?
  /// How long the group may take to come to rest when nothing is wrong any more.
  let settleBound: Duration
}
