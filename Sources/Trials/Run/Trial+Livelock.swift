import Primitives
import Sim
import Workloads

/// What shows that a healing cluster moves on: none of these goes back for good.
struct Progress {
  /// How long nothing may move before somebody looks whether it goes round in a circle.
  static let patience = Duration.seconds(10)
  /// Events of one kind at one node in a second that are more than waiting and asking again explain.
  static let rateOfLivelock = 500

  private struct Reach {
    var logEndOffset = Offset.unknown
    var highWatermark = Offset.unknown
  }

  private struct Replica: Hashable {
    let partition: TopicIDPartition
    let node: NodeID
  }

  private var reached: [Replica: Reach] = [:]
  private var positions: [Offset] = []
  private var finished = 0

  /// Notes where everything stands. Returns whether anything stands further than ever before.
  mutating func note(_ trial: Trial) -> Bool {
    var hasMoved = noteClients(trial)
    for topic in trial.scenario.topics {
      for name in trial.observer.view.cluster.partitions(of: topic.name) {
        for node in trial.nodes.brokers.map({ trial.world.id(of: $0) }) {
          guard let partition = trial.partition(name, at: node) else { continue }
          let replica = Replica(partition: partition.id, node: node), former = reached[replica] ?? Reach()
          guard partition.logEndOffset > former.logEndOffset || partition.highWatermark > former.highWatermark else { continue }
          hasMoved = true
          reached[replica] = Reach(
            logEndOffset: max(former.logEndOffset, partition.logEndOffset), highWatermark: max(former.highWatermark, partition.highWatermark))
        }
      }
    }
    return hasMoved
  }

  private mutating func noteClients(_ trial: Trial) -> Bool {
    var hasMoved = trial.recorder.finishedCount > finished
    finished = trial.recorder.finishedCount
    var place = 0
    for (_, processes) in trial.nodes.clients {
      for node in processes {
        guard let application = trial.world.object(of: node) as? any ClientApplication else { continue }
        for partition in application.partitions {
          while positions.count <= place { positions.append(.unknown) }
          if let position = application.position(of: partition), position > positions[place] {
            positions[place] = position
            hasMoved = true
          }
          place += 1
        }
      }
    }
    return hasMoved
  }
}

extension Trial {
  /// Events in `lookInterval` beyond which time may be taken to stand still. The busiest benchmarks come to a tenth of it.
  static let eventBound: UInt64 = 20_000_000
  /// Events that healing may take before somebody looks what goes round in a circle.
  static let healingEventBound: UInt64 = 100_000_000

  /// Runs to an instant, unless time stands still before: then `livelock` says over what.
  @discardableResult
  func run(until end: Instant, _ condition: () -> Bool = { false }) -> Bool {
    world.eventLimit = world.statistics.events + Self.eventBound
    let holds = world.runUntil(end, condition)
    guard world.isAtEventLimit else {
      world.eventLimit = .max
      return holds
    }
    let before = world.now
    world.eventLimit += 100_000
    let tally = tally { world.run(until: end) }
    world.eventLimit = .max
    report(tally, "\(Self.eventBound) events within \(end - before) of simulated time")
    return holds
  }

  /// Looks for a second at what nodes do, and takes it for a livelock where something goes on faster than `rate`.
  func findLivelock(atRate rate: Int) {
    let tally = tally { world.run(for: .seconds(1)) }
    guard let busiest = tally.busiest, busiest.count > rate else { return }
    report(tally, "nothing moved for \(Progress.patience)")
  }

  private func report(_ tally: EventTally, _ finding: String) {
    let circle = tally.busiest.map { "\($0.what), \($0.count) times" } ?? "no event of a node"
    livelock = "livelock: \(finding), and this goes round in a circle: \(circle)"
    observer.tell("trial", livelock ?? "", .finding)
  }

  private func tally(_ body: () -> Void) -> EventTally {
    let tally = EventTally(world)
    let formerLine = world.onTraceLine, formerFrame = world.onFrame
    world.onTraceLine = { line in
      tally.note(line: line)
      formerLine?(line)
    }
    world.onFrame = { notice in
      tally.note(notice)
      formerFrame?(notice)
    }
    body()
    world.onTraceLine = formerLine
    world.onFrame = formerFrame
    return tally
  }
}
