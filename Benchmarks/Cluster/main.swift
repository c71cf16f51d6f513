// Measures the processor time of a simulated cluster of one controller and three brokers: idle, and under the load of one producer and one
// consumer that speak Kafka's protocol without a client library.
//
//     scripts/build-release cluster-benchmark && .build/release/cluster-benchmark [simulated seconds] [requests in flight]
//
// On a shared machine the figures vary by 20 %: instructions (valgrind --tool=callgrind) repeat exactly.

import BenchmarkSupport
import Host
import Primitives
import Sim
import Transport
import Wire

let partitions: Int32 = 12

/// Keeps produce requests with acks=all in flight to all leaders, and a fetch waiting at each broker.
final class Load: Node {
  private let reactor: Reactor
  private let producer: RequestSender
  private let consumer: RequestSender
  private let records: Bytes
  private var topicID = Uuid.zero
  private(set) var produced = 0
  private(set) var fetched = 0
  private var offsets = [Int64](repeating: 0, count: Int(partitions))

  init(_ host: any NodeHost) {
    reactor = Reactor(host: host)
    producer = RequestSender(reactor: reactor, clientID: "producer")
    consumer = RequestSender(reactor: reactor, clientID: "consumer")
    var builder = RecordBatchBuilder(compression: .none)
    for _ in 0..<10 { builder.append(timestamp: host.wallClock, key: nil, value: Bytes([UInt8](repeating: 7, count: 100))) }
    records = builder.build()
  }

  func start() {}
  func handle(_ event: Event) { reactor.dispatch(event) }
  func shutdown() { reactor.host.exit() }

  func createTopic() {
    let request = CreateTopicsRequest(topic: "t", partitions: partitions)
    producer.send(request, to: address(of: 0), timeout: .seconds(30)) { [unowned self] result in
      if case .success(let response) = result { topicID = response.topics[0].topicId }
    }
  }

  func begin(inFlight: Int32) {
    for number in 0..<inFlight { produce(number % partitions) }
    for broker in Int32(0)..<3 { fetch(broker) }
  }

  private func address(of partition: Int32) -> Address { brokerAddresses[Int(partition % 3)] }

  private func produce(_ partition: Int32) {
    let request = ProduceRequest(records, to: partition, of: topicID)
    producer.send(request, to: address(of: partition), timeout: .seconds(30)) { [unowned self] result in
      guard case .success(let response) = result, response.responses[0].partitionResponses[0].errorCode == .none else {
        fatalError("\(result)")
      }
      produced += 1
      produce(partition)
    }
  }

  private func fetch(_ broker: Int32) {
    var topic = FetchRequest.FetchTopic()
    topic.topicId = topicID
    topic.partitions = stride(from: broker, to: partitions, by: 3).map { index in
      var partition = FetchRequest.FetchPartition()
      partition.partition = index
      partition.fetchOffset = offsets[Int(index)]
      partition.partitionMaxBytes = 1 << 20
      return partition
    }
    var request = FetchRequest()
    request.maxWaitMs = 500
    request.minBytes = 1
    request.topics = [topic]
    consumer.send(request, to: address(of: broker), timeout: .seconds(30)) { [unowned self] result in
      guard case .success(let response) = result else { fatalError("\(result)") }
      for topic in response.responses {
        for partition in topic.partitions {
          for batch in (try? RecordBatch.splitting(partition.records ?? .empty)) ?? [] {
            offsets[Int(partition.partitionIndex)] = batch.nextOffset.value
            fetched += 1
          }
        }
      }
      fetch(broker)
    }
  }
}

func makeWorld() throws -> (world: World, load: NodeIndex) {
  let world = try worldWithThreeBrokers()
  let load = world.addNode(name: "load") { Load($0) }
  for node in world.nodes { world.start(node) }
  world.run(for: .seconds(5))
  (world.object(of: load) as? Load)?.createTopic()
  world.run(for: .seconds(5))
  return (world, load)
}

func measure(_ name: String, _ world: World, seconds: Int64) -> (messages: UInt64, time: Double) {
  let before = world.statistics
  let start = processorTime()
  world.run(for: .seconds(seconds))
  let time = processorTime() - start
  let messages = world.statistics.framesDelivered - before.framesDelivered
  let events = world.statistics.events - before.events
  print("\(name): \(Int(time * 1e6 / Double(seconds))) µs and \(messages / UInt64(seconds)) messages a simulated second, \(events) events, "
    + "\(Int(time * 1e9 / Double(max(1, messages)))) ns a message, all in")
  return (messages, time)
}

let seconds = CommandLine.arguments.dropFirst().first.flatMap { Int64($0) } ?? 10
let inFlight = CommandLine.arguments.dropFirst(2).first.flatMap { Int32($0) } ?? 12
let (world, index) = try makeWorld()
_ = measure("idle", world, seconds: seconds * 10)
guard let load = world.object(of: index) as? Load else { fatalError("the load does not run") }
load.begin(inFlight: inFlight)
let result = measure("loaded", world, seconds: seconds)
print("\(load.produced) batches acknowledged, \(load.fetched) consumed; "
  + "\(Int(result.time * 1e9 / Double(max(1, load.produced)))) ns for each, replicated three times; trace \(world.traceHash)")
