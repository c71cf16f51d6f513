import Host
import Primitives

/// A node that faults strike outside of the simulation.
package enum RealNode: Hashable, Sendable {
  /// A broker or a controller, by the id that the cluster knows it by.
  case server(NodeID)
  /// A client process, by its place among those of the run.
  case client(Int)
}

/// Something that is to be done outside.
package enum RealTask: Equatable, Sendable {
  case shell(String, limit: Duration)
  /// To a broker or controller that is a process of the run's own.
  case process(word: String, NodeID)
  case client(word: String, Int)
}

/// How a task ended.
package struct TaskEnding: Equatable, Sendable {
  package let isDone: Bool
  /// What came of it, for the story.
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

/// What the driver of a real schedule looks at, and whom it asks.
package protocol RealStage: AnyObject {
  var now: Instant { get }
  var picture: ClusterPicture { get }
  /// Records, by all producers together.
  var acknowledged: Int { get }

  func begin(_ task: RealTask) -> any RunningTask
  /// Asks the cluster, as its operator.
  func ask(_ request: RealRequest) -> any RunningTask
  /// The client process that has a partition of a group.
  func owner(of partition: TopicPartition, in group: String) -> Int?
  func tell(_ words: String)
}

/// What an operator asks for.
package struct RealRequest: Sendable {
  let request: OperatorRequest
  package var words: String { request.words }
}
