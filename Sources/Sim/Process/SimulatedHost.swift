import Host
import Primitives

/// The simulated world as one life of one node sees it.
///
/// A node that is killed while it handles an event runs on to the end of its handler; after the kill, nothing it does has an effect.
final class SimulatedHost: NodeHost {
  private unowned(unsafe) let world: World
  /// The machine outlives its hosts. A dead node that is kept alive by a reference cycle must not keep the machine and its disk.
  private unowned(unsafe) let machine: Machine
  let session: DiskSession
  var random: RandomStream
  var timers = TimerTable()
  private var isAlive = true

  init(world: World, machine: Machine) {
    self.world = world
    self.machine = machine
    random = RandomStream(seed: world.seed, purpose: "node", machine.key, Int64(machine.life))
    session = DiskSession(world: world, machine: machine)
  }

  func die() {
    isAlive = false
    session.die()
  }

  var now: Instant { world.now }
  var wallClock: Timestamp { machine.clock.reading(at: world.now) }
  var disk: any Disk { session }

  func after(_ delay: Duration, _ timer: Timer) -> TimerID {
    guard isAlive else { return TimerID(.max) }
    let (slot, generation) = timers.insert(timer)
    world.agenda.insert(
      .timer(node: machine.index.value, life: machine.life, slot: slot, generation: generation),
      at: world.now + machine.elapsed + max(.zero, delay))
    return TimerID(UInt64(generation) << 32 | UInt64(slot))
  }

  func cancel(_ timer: TimerID) {
    timers.take(slot: UInt32(truncatingIfNeeded: timer.value), generation: UInt32(truncatingIfNeeded: timer.value >> 32))
  }

  func connect(to address: Address) -> ConnectionID {
    guard isAlive else { return ConnectionID(.max) }
    return world.connect(from: machine, to: address)
  }

  func send(_ frame: Frame, on connection: ConnectionID) {
    guard isAlive else { return }
    world.send(frame, on: connection, by: machine)
  }

  func isWritable(_ connection: ConnectionID) -> Bool { !isAlive || world.isWritable(connection, by: machine) }

  func close(_ connection: ConnectionID) {
    guard isAlive else { return }
    world.close(connection, by: machine)
  }

  /// Called more often than anything else: even the reference count is left alone.
  func spend(_ cost: Cost) { Unmanaged.passUnretained(machine)._withUnsafeGuaranteedRef { $0.spend(cost) } }

  var exchange: ExchangeTimes? { machine.followed.exchange }

  func note(_ step: ExchangeStep, on connection: ConnectionID) {
    guard isAlive, world.options.measures else { return }
    world.note(step, on: connection, by: machine)
  }

  func report(_ occurrence: Occurrence) {
    guard isAlive, let observer = world.onOccurrence else { return }
    observer(world.now, machine.index, occurrence)
  }

  func exit() {
    guard isAlive else { return }
    world.exit(machine)
  }
}
