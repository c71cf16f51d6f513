import Primitives

/// What a scenario says about one of its topics.
package struct TopicPlan {
  package var name: String
  package var assignment: Assignment
  package var config: [WrittenSetting]
  package var place: Place

  package enum Assignment: Equatable {
    /// Placed by the controller.
    case automatic(partitions: Int, replicationFactor: Int)
    /// The replicas of each partition, preferred leader first.
    case manual([[NodeID]])
  }

  package var partitionCount: Int {
    switch assignment {
    case .automatic(let partitions, _): partitions
    case .manual(let replicas): replicas.count
    }
  }

  /// The number of replicas of all its partitions together.
  var replicaCount: Int {
    switch assignment {
    case .automatic(let partitions, let replicationFactor): partitions * replicationFactor
    case .manual(let replicas): replicas.reduce(0) { $0 + $1.count }
    }
  }
}
