// Measures how many events a second the simulator handles: five nodes, one of which sends pings to the others and a new one for every
// acknowledgement, with a heartbeat timer at each. Everything takes the same path as with brokers: World, NodeHost, connections.
//
//     scripts/build-release kernel-benchmark && .build/release/kernel-benchmark [events] [wheel|heap]
//
// On a shared machine the figures vary by 20 %: instructions (valgrind --tool=callgrind) repeat exactly.
// `Benchmarks/Kernel/allocations` counts allocations for each event.

import Glibc
import Host
import Primitives
import Sim

let pingsInFlight = 4
let heartbeat = Duration.milliseconds(1)

final class Pinger: Node {
  private let host: any NodeHost
  private let ping: Frame

  init(_ host: any NodeHost, payload: Int) {
    self.host = host
    var writer = ByteWriter()
    // API 0, version 0, correlation id 1.
    writer.append(Int64(1))
    for _ in 0..<payload { writer.append(UInt8(7)) }
    ping = Frame(writer.bytes)
  }

  func start() {
    for number in 1...4 { _ = host.connect(to: Address(host: "node-\(number)", port: 9092)) }
    host.after(heartbeat, Timer(routine: 1))
  }

  func handle(_ event: Event) {
    switch event {
    case .received(_, let connection): host.send(ping, on: connection)
    case .connected(let connection): for _ in 0..<pingsInFlight { host.send(ping, on: connection) }
    case .timer(let timer): host.after(heartbeat, timer)
    case .accepted, .writable, .disconnected, .disk: break
    }
  }

  func shutdown() { host.exit() }
}

final class Acknowledger: Node {
  private let host: any NodeHost
  private let acknowledgement: Frame

  init(_ host: any NodeHost) {
    self.host = host
    var writer = ByteWriter()
    writer.append(Int32(1))
    writer.append(Int64(0))
    acknowledgement = Frame(writer.bytes)
  }

  func start() { host.after(heartbeat, Timer(routine: 1)) }

  func handle(_ event: Event) {
    switch event {
    case .received(_, let connection): host.send(acknowledgement, on: connection)
    case .timer(let timer): host.after(heartbeat, timer)
    case .connected, .accepted, .writable, .disconnected, .disk: break
    }
  }

  func shutdown() { host.exit() }
}

func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

let wanted = CommandLine.arguments.count > 1 ? UInt64(CommandLine.arguments[1]) ?? 5_000_000 : 5_000_000
var options = WorldOptions()
if CommandLine.arguments.contains("heap") { options.queue = .heap }
let world = World(seed: 7, options: options)
let pinger = world.addNode(name: "node-0") { Pinger($0, payload: 100) }
for number in 1...4 { world.start(world.addNode(name: "node-\(number)") { Acknowledger($0) }) }
world.start(pinger)

let before = processorSeconds()
var slices = 0
while world.statistics.events < wanted {
  world.run(for: .milliseconds(10))
  slices += 1
}
let seconds = processorSeconds() - before
let events = Double(world.statistics.events)
print("events            \(world.statistics.events)")
print("processor time    \(seconds) s")
print("events a second   \(Int64(events / seconds))")
print("ns an event       \(seconds * 1e9 / events)")
print("simulated         \(world.now) s")
print("trace hash        \(String(world.traceHash, radix: 16))")
