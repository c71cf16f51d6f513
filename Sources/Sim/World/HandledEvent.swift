import Host
import Primitives

/// An event that a node is about to handle, for whoever follows a run event by event. Valid while `World.onHandling` is called.
public struct HandledEvent {
  enum Kind {
    case event(Event)
    case start
    case shutdown
  }

  unowned let world: World
  let machine: Machine
  let kind: Kind

  /// Among all events of the world, from 1.
  public var number: UInt64 { world.statistics.events }
  public var time: Instant { world.now }
  /// The hash of all events up to this one.
  public var traceHash: UInt64 { world.traceHash }

  /// A line that says what came; of what a node handles, that of `World.onTraceLine`.
  public var line: String {
    switch kind {
    case .event(let event): world.traceLine(event, on: machine)
    case .start: "\(time) \(machine.name) started, life \(machine.life)"
    case .shutdown: "\(time) \(machine.name) asked to shut down"
    }
  }
}
