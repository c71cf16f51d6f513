import BenchmarkSupport
import Coordination
import Groups
import Host
import Primitives
import Sim
import Wire

/// Commits of ten thousand keys: a hundred groups, each with ten topics of ten partitions.
private enum Commits {
  static let keys = 10_000
  static let keysOfTopic = 10

  static func record(_ number: Int) -> CoordinatorRecord {
    let key = number % keys
    var name = OffsetCommitKey()
    name.group = "readers-of-many-kinds-\(key / 100)"
    name.topic = "records-of-one-kind-\(key / keysOfTopic % 10)"
    name.partition = Int32(key % keysOfTopic)
    var value = OffsetCommitValue()
    value.offset = Int64(number)
    value.leaderEpoch = 3
    value.commitTimestamp = 1_767_225_600_000 + Int64(number)
    do { return try CoordinatorRecord(name, value) } catch { fatalError("\(error)") }
  }
}

/// A read-only partition of a coordinator's topic.
private final class WrittenLog: CoordinatorLog {
  /// Pieces of about the size that a load reads at a time.
  private var pieces: [(from: Offset, bytes: Bytes)] = []
  private let start: Offset
  private let end: Offset

  /// Creates a log of this many commits, in batches of `size`. `compacted`: only the last commit of each key.
  init(commits: Int, batch size: Int, compacted: Bool) {
    let first = compacted ? commits - Commits.keys : 0
    start = Offset(Int64(first))
    end = Offset(Int64(commits))
    var batches: [Bytes] = [], bytes = 0, from = start
    for number in stride(from: first, to: commits, by: size) {
      var builder = RecordBatchBuilder(baseOffset: Offset(Int64(number)), leaderEpoch: 1, capacity: 2_048)
      for number in number..<number + size {
        let record = Commits.record(number)
        builder.append(timestamp: Timestamp(milliseconds: 1_767_225_600_000), key: record.key, value: record.value)
      }
      let batch = builder.build()
      batches.append(batch)
      bytes += batch.count
      guard bytes >= 256 << 10 || number + size >= commits else { continue }
      pieces.append((from, Bytes(joining: batches)))
      (batches, bytes, from) = ([], 0, Offset(Int64(number + size)))
    }
  }

  func append(
    _ batch: Bytes, to partition: Int32, in epoch: LeaderEpoch, verification: TransactionVerification, transactionVersion: Int16
  ) throws(Refusal) -> Offset { throw Refusal(.notLeaderOrFollower) }
  func wakeWaiting() {}
  func bounds(of partition: Int32) -> CoordinatorLogBounds? { CoordinatorLogBounds(start: start, end: end, highWatermark: end) }

  func read(from offset: Offset, of partition: Int32, maxBytes: Int) throws(Refusal) -> Bytes {
    pieces[pieces.partitioningIndex { $0.from > offset } - 1].bytes
  }
}

/// Loads a partition when it starts.
private final class Loader: Node {
  private let reactor: Reactor
  let runtime: CoordinatorRuntime<GroupShard>

  init(_ host: any NodeHost, _ log: WrittenLog) {
    reactor = Reactor(host: host)
    runtime = CoordinatorRuntime(
      reactor: reactor, configuration: CoordinatorConfiguration(), log: log, makeShard: { _ in GroupShard(settings: GroupSettings()) }, answer: { _ in })
  }

  func start() { runtime.becameLeader(of: 0, in: 1) }
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }

  /// The number of groups loaded; nil until the load is done.
  var groups: Int? { try? runtime.read(from: 0) { _, committed in committed.groups.count }.get() }
}

/// The time it takes to load a partition, in seconds.
private func load(_ log: WrittenLog) -> Double {
  let world = World(seed: 1)
  let index = world.addNode(name: "broker-1") { Loader($0, log) }
  let cpu = measured {
    world.start(index)
    world.runUntil(world.now + .seconds(600)) { (world.object(of: index) as? Loader)?.groups != nil }
  }
  guard let loader = world.object(of: index) as? Loader, loader.groups == 100 else { fatalError("the partition is not loaded") }
  return cpu
}

/// The time a shard takes to replay records in memory, in seconds.
private func replay(rounds: Int) -> Double {
  let records = (0..<Commits.keys).map(Commits.record)
  var shard = GroupShard(settings: GroupSettings())
  return measured {
    for _ in 0..<rounds {
      for record in records {
        do { try shard.replay(record, from: -1) } catch { fatalError("\(error)") }
      }
    }
  }
}

func benchmarkReplays() {
  let commits = 1_000_000, rounds = 3
  func say(_ name: String, records: Int, bound: Double, _ body: () -> Double) {
    let best = (0..<rounds).reduce(Double.infinity) { best, _ in min(best, body()) }
    print("\(name): \(fixed(best, 3)) s, \(fixed(best * 1e9 / Double(records), 0)) ns for each; ratio to the bound of \(fixed(bound, 2)) s \(fixed(best / bound, 2))")
  }
  for size in [1, 10] {
    let log = WrittenLog(commits: commits, batch: size, compacted: false)
    say("loading \(commits) commits of \(Commits.keys) keys, \(size) in a batch", records: commits, bound: 1) { load(log) }
    let compacted = WrittenLog(commits: commits, batch: size, compacted: true)
    say("the same after compaction", records: Commits.keys, bound: 1) { load(compacted) }
  }
  say("a shard alone, records in memory", records: commits, bound: 1) { replay(rounds: commits / Commits.keys) }
}
