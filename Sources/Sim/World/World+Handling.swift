import Host
import Primitives

// How an event gets to a node: at once where its processor is free, else through the node's inbox, in order.

extension World {
  @inline(__always)
  func deliver(_ event: NodeEvent, to machine: Machine) {
    if machine.inbox.isEmpty && machine.busyUntil <= now.nanoseconds && !machine.isPaused && machine.node != nil {
      handle(event, on: machine)
    } else {
      machine.inbox.append(event)
      scheduleWake(of: machine)
    }
  }

  func wake(_ machine: Machine, life: UInt32) {
    guard machine.life == life else { return }
    machine.isWakePending = false
    workOff(machine)
  }

  /// Handles what waits in the inbox for as long as the processor is free.
  func workOff(_ machine: Machine) {
    while machine.busyUntil <= now.nanoseconds, !machine.isPaused, machine.node != nil, let event = machine.inbox.popFirst() {
      handle(event, on: machine)
    }
    if !machine.inbox.isEmpty { scheduleWake(of: machine) }
  }

  private func scheduleWake(of machine: Machine) {
    guard !machine.isWakePending, !machine.isPaused, machine.node != nil else { return }
    machine.isWakePending = true
    agenda.insert(.wake(node: machine.index.value, life: machine.life), at: max(machine.busyUntil, now.nanoseconds))
  }

  @inline(__always)
  private func handle(_ event: NodeEvent, on machine: Machine) {
    guard let node = machine.node, let host = machine.host else { return }
    switch event {
    case .event(let event):
      guard admits(event) else { return }
      pass(event, to: node, on: machine)
    case .timer(let slot, let generation):
      guard let timer = host.timers.take(slot: slot, generation: generation) else { return }
      statistics.timersFired += 1
      pass(.timer(timer), to: node, on: machine)
    case .shutdown:
      begin(on: machine)
      trace.combine(now, machine.index, kind: .shutdown, payload: 0)
      node.shutdown()
      finish(on: machine)
    }
  }

  @inline(__always)
  private func pass(_ event: Event, to node: any Node, on machine: Machine) {
    begin(on: machine)
    trace.combine(now, machine.index, event)
    if let onTraceLine { onTraceLine(traceLine(event, on: machine)) }
    node.handle(event)
    finish(on: machine)
  }

  /// A first event of a life, which creates the node.
  func bringToLife(_ machine: Machine, life: UInt32) {
    guard machine.life == life, let host = machine.host else { return }
    begin(on: machine)
    trace.combine(now, machine.index, kind: .start, payload: UInt64(life))
    let node = machine.make(host)
    guard machine.life == life else { return }
    machine.node = node
    node.start()
    finish(on: machine)
    if !machine.inbox.isEmpty { workOff(machine) }
  }

  @inline(__always)
  private func begin(on machine: Machine) {
    statistics.events += 1
    machine.spent = machine.eventCost
  }

  @inline(__always)
  private func finish(on machine: Machine) {
    machine.busyUntil = now.nanoseconds + machine.spent
    machine.spent = 0
  }
}
