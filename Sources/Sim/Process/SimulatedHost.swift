import Host
import Primitives

/// The simulated world as one life of one node sees it.
///
/// A node that is killed while it handles an event runs on to the end of its handler; after the kill, nothing it does has an effect.
final class SimulatedHost: NodeHost {
  private let world: Uncounted<World>
  /// Outlives its hosts. What a dead node left in a ring of references must not keep the machine and its disk.
  private let machine: Uncounted<Machine>
  let session: DiskSession
  var random: RandomStream
  var timers = TimerTable()
  private var isAlive = true

  init(world: World, machine: Machine) {
    self.world = Uncounted(world)
    self.machine = Uncounted(machine)
    random = RandomStream(seed: world.seed, purpose: "node", machine.key, Int64(machine.life))
    session = DiskSession(world: world, machine: machine)
  }

  func die() {
    isAlive = false
    session.die()
  }

  var now: Instant { world.with { $0.now } }
  var wallClock: Timestamp { machine.with { $0.clock.reading(at: now) } }
  var disk: any Disk { session }

  func after(_ delay: Duration, _ timer: Timer) -> TimerID {
    guard isAlive else { return TimerID(.max) }
    let (slot, generation) = timers.insert(timer, from: world.with { $0.causality?.present ?? .none })
    world.with { world in
      machine.with { machine in
        world.agenda.insert(
          .timer(node: machine.index.value, life: machine.life, slot: slot, generation: generation),
          at: world.now + machine.elapsed + max(.zero, delay))
      }
    }
    return TimerID(UInt64(generation) << 32 | UInt64(slot))
  }

  func cancel(_ timer: TimerID) {
    timers.take(slot: UInt32(truncatingIfNeeded: timer.value), generation: UInt32(truncatingIfNeeded: timer.value >> 32))
  }

  func connect(to address: Address) -> ConnectionID {
    guard isAlive else { return ConnectionID(.max) }
    return world.object.connect(from: machine.object, to: address)
  }

  func send(_ frame: Frame, on connection: ConnectionID) {
    guard isAlive else { return }
    world.with { world in machine.with { world.send(frame, on: connection, by: $0) } }
  }

  func isWritable(_ connection: ConnectionID) -> Bool { !isAlive || world.with { world in machine.with { world.isWritable(connection, by: $0) } } }

  func close(_ connection: ConnectionID) {
    guard isAlive else { return }
    world.object.close(connection, by: machine.object)
  }

  func listener(of connection: ConnectionID) -> Int { world.object.listener(of: connection) }

  func spend(_ cost: Cost) { machine.with { $0.spend(cost) } }

  var exchange: ExchangeTimes? { machine.with { $0.followed.exchange } }

  func report(_ step: ExchangeStep, on connection: ConnectionID) {
    guard isAlive, world.with({ $0.options.measures }) else { return }
    world.object.observe(step, on: connection, by: machine.object)
  }

  func report(_ occurrence: Occurrence) {
    guard isAlive else { return }
    world.with { world in
      guard let observer = world.onOccurrence else { return }
      observer(world.now, machine.with { $0.index }, occurrence)
    }
  }

  func exit() {
    guard isAlive else { return }
    world.object.exit(machine.object)
  }
}
