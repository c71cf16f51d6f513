import Host
import Primitives

/// A node that faults can hit outside of the simulation.
package enum RealNode: Hashable, Sendable {
  /// A broker or a controller, by its id in the cluster.
  case server(NodeID)
  /// A client process, by its index in the run.
  case client(Int)
}

/// Something to do outside of this process.
package enum RealTask: Equatable, Sendable {
  case shell(String, limit: Duration)
  /// To a broker or controller that is one of the run's own processes.
  case process(word: String, NodeID)
  case client(word: String, Int)
}

/// How a task ended.
package struct TaskEnding: Equatable, Sendable {
  package let isDone: Bool
  /// The outcome, for the story.
  package let words: String

  package init(isDone: Bool, words: String) {
    self.isDone = isDone
    self.words = words
  }
}

/// A task under way.
package protocol RunningTask: AnyObject {
  /// How it ended; nil while it is under way. Never waits.
  func poll() -> TaskEnding?
}

/// The environment of the driver of a real schedule.
package protocol RealStage: AnyObject {
  var now: Instant { get }
  var picture: ClusterPicture { get }
  /// The number of acknowledged records, for all producers together.
  var acknowledged: Int { get }

  func begin(_ task: RealTask) -> any RunningTask
  /// Sends a request to the cluster as its operator.
  func ask(_ request: RealRequest) -> any RunningTask
  /// The client process that owns a partition of a group.
  func owner(of partition: TopicPartition, in group: String) -> Int?
  func tell(_ words: String)
}

/// An operator's request.
package struct RealRequest: Sendable {
  let request: OperatorRequest
  package var words: String { request.words }
}
