// Measures the hot paths of a leader without codec and network: an append, a follower's fetch that carries it and moves the
// high watermark, and a consumer's fetch; each for one partition, with requests as structures.
//
//     scripts/build-release replication-benchmark && .build/release/replication-benchmark [rounds]

import Glibc
import Host
import Log
import Primitives
import Replication
import Sim
import Transport
import Wire

let topic = Uuid(high: 1, low: 1)

/// A broker that leads one partition and has only a nominal follower: the benchmark makes its requests.
final class Leader: Node, PartitionChanges, TopicDirectory {
  private let reactor: Reactor
  private(set) var manager: ReplicaManager!

  init(_ host: any NodeHost) { reactor = Reactor(host: host) }

  func start() {
    do {
      try LogManager.format(root: "", MetaProperties(clusterID: "c", nodeID: 1, directoryID: topic), reactor: reactor)
      let logs = try LogManager(root: "", configuration: LogManagerConfiguration(), reactor: reactor)
      try logs.open { _ in LogConfiguration() }
      manager = ReplicaManager(
        reactor: reactor, localID: 1, logManager: logs, sender: RequestSender(reactor: reactor, clientID: "1"), partitionChanges: self,
        directory: self)
    } catch {
      print("cannot start: \(error)")
      exit(1)
    }
    let address = Address(host: "leader", port: 9092)
    manager.apply(
      [
        PartitionState(
          topic: "t", topicID: topic, partition: 0, leader: 1, leaderEpoch: 0, partitionEpoch: 0, replicas: [1, 2], isr: [1, 2],
          configuration: LogConfiguration())
      ],
      brokers: [ClusterBroker(id: 1, epoch: 1, address: address), ClusterBroker(id: 2, epoch: 2, address: address)])
  }

  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() {}
  func alterPartition(_ request: AlterPartitionRequest, completion: @escaping (Result<AlterPartitionResponse, RequestFailure>) -> Void) {}
  func endpoint(of broker: NodeID) -> FetchResponse.NodeEndpoint? { nil }
  func topicID(ofTopic name: String) -> Uuid? { nil }
  func topicName(of id: Uuid) -> String? { nil }
  func leader(of partition: TopicIDPartition) -> (id: NodeID, epoch: LeaderEpoch)? { nil }
}

func fetchRequest(replica: Int32, session: Int32, epoch: Int32, offset: Int64, wait: Int32, maxBytes: Int32 = 1_048_576) -> FetchRequest {
  var position = FetchRequest.FetchPartition()
  position.fetchOffset = offset
  position.currentLeaderEpoch = 0
  position.partitionMaxBytes = maxBytes
  if replica >= 0 {
    position.logStartOffset = 0
    position.highWatermark = max(0, offset - 1)
  }
  var named = FetchRequest.FetchTopic()
  named.topicId = topic
  named.partitions = [position]
  var request = FetchRequest()
  request.replicaState.replicaId = replica
  if replica >= 0 { request.replicaState.replicaEpoch = 2 }
  request.maxWaitMs = wait
  request.minBytes = 1
  request.sessionId = session
  request.sessionEpoch = epoch
  request.topics = [named]
  return request
}

func processNanoseconds() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}

func measure(_ name: String, _ rounds: Int, _ body: (Int) -> Void) {
  let start = processNanoseconds()
  for round in 0..<rounds { body(round) }
  print("\(name): \((processNanoseconds() - start) / rounds) ns")
}

let rounds = CommandLine.arguments.count > 1 ? Int(CommandLine.arguments[1]) ?? 100_000 : 100_000
var options = WorldOptions()
options.machine = .ideal
let world = World(seed: 1, options: options)
let node = world.addNode(name: "leader", id: 1) { Leader($0) }
world.start(node)
world.run(for: .milliseconds(1))
guard let manager = (world.object(of: node) as? Leader)?.manager else { exit(1) }

var builder = RecordBatchBuilder()
for _ in 0..<10 { builder.append(timestamp: Timestamp(milliseconds: 1_767_225_600_000), key: nil, value: Bytes("0123456789abcdef0123456789abcdef")) }
let records = builder.build()
let partition = TopicIDPartition(topic, 0)

measure("append of ten records, acks=1", rounds) { _ in
  manager.append(requiredAcks: 1, timeout: .seconds(1), entries: [AppendEntry(partition: partition, records: records)]) { _ in }
}

/// Takes answers to fetches.
final class Client: FetchAnswering {
  let version: Int16 = 18
  let correlationID: Int32 = 1
  private var room = FrameRoom()
  private(set) var answer: Frame?

  func respond(writing write: (inout FrameRoom) throws(WireError) -> Frame) { answer = try? write(&room) }
}

let client = Client()
var end = Int64(rounds * 10)
manager.fetch(fetchRequest(replica: 2, session: 0, epoch: 0, offset: end, wait: 0), for: client)
let session = try! FetchResponse.decodeResponse(client.answer!, version: 18).message.sessionId
var epoch: Int32 = 0
measure("follower's fetch that has nothing to read", rounds) { _ in
  epoch += 1
  manager.fetch(fetchRequest(replica: 2, session: session, epoch: epoch, offset: end, wait: 0), for: client)
}
measure("append with acks=all, the fetch that waits for it, and the fetch that acknowledges it", rounds) { _ in
  epoch += 1
  manager.fetch(fetchRequest(replica: 2, session: session, epoch: epoch, offset: end, wait: 500), for: client)
  manager.append(requiredAcks: -1, timeout: .seconds(1), entries: [AppendEntry(partition: partition, records: records)]) { _ in }
  end += 10
  epoch += 1
  manager.fetch(fetchRequest(replica: 2, session: session, epoch: epoch, offset: end, wait: 0), for: client)
}
measure("consumer's fetch of one batch, without a session", rounds) { round in
  manager.fetch(
    fetchRequest(replica: -1, session: 0, epoch: -1, offset: Int64(round * 10), wait: 0, maxBytes: Int32(records.count)), for: client)
}
measure("consumer's fetch of 1 MiB in small batches", min(rounds, 1_000)) { round in
  manager.fetch(fetchRequest(replica: -1, session: 0, epoch: -1, offset: Int64(round * 10), wait: 0), for: client)
}
