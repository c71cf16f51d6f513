import Host
import Primitives

// What can be done to the life of a node. None of these waits: a crash takes effect immediately, even if an observer calls for it while
// the node is handling an event; whatever that handler still does has no effect.

public enum ProcessStatus: Sendable, Equatable {
  /// No process: not started yet, ended, killed, or without power.
  case down
  case running
  /// Running, but stopped for the moment.
  case paused
}

extension World {
  public func status(of node: NodeIndex) -> ProcessStatus {
    let machine = machine(node)
    if machine.host == nil { return .down }
    return machine.isPaused ? .paused : .running
  }

  public func isRunning(_ node: NodeIndex) -> Bool { machine(node).host != nil }

  /// Begins a life of the node, on a machine with power. Does nothing if it already runs.
  ///
  /// The new life has a new host, and the disk as earlier lives left it. `Node.start` follows as an event at the same instant.
  public func start(_ node: NodeIndex) {
    let machine = machine(node)
    guard machine.host == nil else { return }
    machine.beginLife()
    machine.startedBy = causality?.present ?? .none
    machine.host = SimulatedHost(world: self, machine: machine)
    powerOn(machine)
    agenda.insert(.start(node: node.value, life: machine.life), at: now)
    tell(.started, of: node)
  }

  /// Ends the process immediately. The page cache survives; the operating system closes the connections, and peers hear of it.
  public func kill(_ node: NodeIndex) {
    let machine = machine(node)
    guard machine.host != nil else { return }
    closeAll(of: machine)
    machine.endLife(at: now)
    tell(.killed, of: node)
  }

  /// Takes the power from nodes at the same instant. Peers hear nothing. `unsynced` says what each disk loses of its unsynced data.
  public func powerLoss(_ nodes: [NodeIndex], unsynced: UnsyncedPolicy = .random) {
    for node in nodes {
      let machine = machine(node)
      forgetAll(of: machine)
      machine.endLife(at: now)
      machine.hasPower = false
      machine.disk.losePower(unsynced, at: now)
      tell(.lostPower, of: node)
    }
  }

  public func powerLoss(_ node: NodeIndex, unsynced: UnsyncedPolicy = .random) { powerLoss([node], unsynced: unsynced) }

  /// Ends the process, if one runs, and replaces the disk by an empty one.
  public func replaceDisk(_ node: NodeIndex) {
    kill(node)
    machine(node).disk.replace()
    tell(.diskReplaced, of: node)
  }

  /// Puts a file on a node's disk, as whoever sets it up does before its first life: name and content are on the platter.
  public func place(_ content: Bytes, at path: String, on node: NodeIndex) { machine(node).disk.place(content, at: path) }

  /// Kills the node, if it runs, and starts it again.
  public func restart(_ node: NodeIndex) {
    kill(node)
    start(node)
  }

  /// Asks the node to shut down cleanly. It runs until it calls `NodeHost.exit`.
  public func shutdown(_ node: NodeIndex) {
    let machine = machine(node)
    guard machine.host != nil else { return }
    tell(.shutdownAsked, of: node)
    deliver(.shutdown, to: machine)
  }

  /// Stops the process as a long garbage collection does: clocks go on, events wait.
  public func pause(_ node: NodeIndex) {
    let machine = machine(node)
    guard machine.host != nil, !machine.isPaused else { return }
    machine.isPaused = true
    tell(.paused, of: node)
  }

  public func resume(_ node: NodeIndex) {
    let machine = machine(node)
    guard machine.isPaused else { return }
    machine.isPaused = false
    tell(.resumed, of: node)
    after(.zero) { [unowned self] in workOff(machine.processor) }
  }

  /// Makes all work of a node take `percent` hundredths of its time; 100 is the normal speed. Restarts do not reset it.
  public func slowProcessor(_ node: NodeIndex, percent: Int64) {
    machine(node).slow(toPercent: percent)
    tell(.processorSlowed(percent: percent), of: node)
  }

  func exit(_ machine: Machine) {
    closeAll(of: machine)
    machine.endLife(at: now)
    tell(.exited, of: machine.index)
  }

  func tell(_ incident: Incident, of node: NodeIndex?) { onIncident?(now, node, incident) }
}
