import Primitives
import Wire

/// One entry of the schedule: when, how often, and what.
struct FaultPlan {
  /// The name that others wait for, or the word of its action.
  var name: String
  var start: Moment
  /// When the fault is taken back by itself, for those that last.
  var end: Moment?
  /// Repeats: the time between two, and how many in all.
  var every: Duration?
  var times: Int?
  var action: FaultAction
  var place: Place
}

/// What a fault does. One word each, as in scenario files.
enum FaultAction: Equatable {
  // Processes
  case kill(NodeSelector)
  case powerLoss([NodeSelector])
  case replaceDisk(NodeSelector)
  case restart(NodeSelector)
  case pause(NodeSelector)
  case resume(NodeSelector)
  case slowProcessor(NodeSelector, factor: Int64)
  case shutdown(NodeSelector)

  // Network
  case isolate(NodeSelector)
  case partition([[NodeSelector]])
  case cut(from: [NodeSelector], to: [NodeSelector])
  case heal
  case slow(from: [NodeSelector], to: [NodeSelector], latency: Duration?, bandwidth: Int64?)
  case reset(from: [NodeSelector], to: [NodeSelector])
  case clog(from: [NodeSelector], to: [NodeSelector])

  // Messages
  case message(MessageFault)
  /// Lets go what an entry holds, or all that is held.
  case release(String?)

  case disk(DiskFaultPlan)
  case clock(ClockFault)
  case admin(AdminAction)
  case random(RandomFaults)
}

struct MessageFault: Equatable {
  enum Verb: String, CaseIterable { case hold, drop, delay, duplicate }
  enum Direction: Equatable { case request, response }

  var verb: Verb
  var api: ApiKey
  var direction: Direction
  var from: [NodeSelector]
  var to: [NodeSelector]
  /// The first message that counts, from 1.
  var nth: Int
  /// How many messages from the nth on; nil is all.
  var times: Int?
  /// For `delay`.
  var by: Duration
}

struct DiskFaultPlan: Equatable {
  enum Kind: String, CaseIterable {
    case full, slow, stalled, eio, rot, misdirect
    case eioOnSync = "eio-on-sync"
    case phantomWrite = "phantom-write"
  }

  var kind: Kind
  var node: NodeSelector
  /// A pattern with `*` for any letters.
  var files: String
}

struct ClockFault: Equatable {
  enum Kind: String, CaseIterable { case jump, drift, skew }

  var kind: Kind
  var node: NodeSelector
  /// The jump or skew, or how much the clock gains in each second.
  var by: Duration
}

/// A setting and its value as Kafka writes it.
struct NamedValue: Equatable {
  var name: String
  var value: String
}

enum AdminAction: Equatable {
  case electLeader(TopicPartition, unclean: Bool)
  /// nil takes back a reassignment that is under way (KIP-455).
  case reassign(TopicPartition, [NodeID]?)
  case alterTopicConfig(String, [NamedValue])
  case createPartitions(String, total: Int32)
  case deleteRecords(TopicPartition, before: Offset)
  case deleteTopic(String)
  case createTopic(String, partitions: Int32, replicationFactor: Int16)
}

/// Faults drawn by chance within a window.
struct RandomFaults: Equatable {
  enum Keep: String, CaseIterable {
    /// At any time one replica of each partition holds everything acknowledged, and will be heard of again.
    case oneLegalCopy = "one-legal-copy"
    /// A majority of the replicas of each partition is untouched.
    case majority
    case nothing
  }

  /// The words that may be drawn, with their weights.
  var words: [Weighted]
  /// Mean time between two faults.
  var meanInterval: Duration
  var keep: Keep

  struct Weighted: Equatable {
    var word: Word
    var weight: Int64
  }

  enum Word: String, CaseIterable {
    case kill, pause, isolate, partition, cut, slow, reset, clog, shutdown
    case powerLoss = "power-loss"
    case slowDisk = "slow-disk"
    case clockJump = "clock-jump"
  }

  static let profiles: [String: (words: [Weighted], meanInterval: Duration)] = [
    "calm": ([Weighted(word: .reset, weight: 3), Weighted(word: .slow, weight: 3), Weighted(word: .pause, weight: 1)], .seconds(4)),
    "rough": (
      [
        Weighted(word: .kill, weight: 3), Weighted(word: .isolate, weight: 3), Weighted(word: .pause, weight: 2), Weighted(word: .reset, weight: 2),
        Weighted(word: .slow, weight: 2), Weighted(word: .shutdown, weight: 1),
      ], .seconds(3)
    ),
    "harsh": (
      Word.allCases.map { Weighted(word: $0, weight: $0 == .powerLoss ? 2 : 1) }, .milliseconds(1_500)
    ),
  ]
}
