import Host
import Primitives

// How an event gets to a node: immediately if its processor is free and nothing waits for it, otherwise through the node's inbox.

extension World {
  @inline(__always)
  func deliver(_ event: NodeEvent, to machine: Machine) {
    if machine.processor.waitingCount == 0 && machine.processor.freeAt <= now && machine.threads.freeAt <= now && !machine.isPaused
      && machine.node != nil && mayGo(event, on: machine)
    {
      handle(event, on: machine, waitingSince: nil)
    } else {
      wait(event, at: machine, isFirst: false)
    }
  }

  @inline(__always)
  private func mayGo(_ event: NodeEvent, on machine: Machine) -> Bool {
    guard machine.threads.count > 1, let connection = event.connection else { return true }
    return !machine.threads.isBusy(with: connection, at: now)
  }

  private func wait(_ event: NodeEvent, at machine: Machine, isFirst: Bool) {
    let processor = machine.processor
    processor.arrivals += 1
    processor.waitingCount += 1
    processor.station?.arrive(at: now)
    let waiting = WaitingEvent(event: event, arrival: now, number: processor.arrivals, origin: causality?.origin ?? EventOrigin())
    if isFirst { machine.inbox.prepend(waiting) } else { machine.inbox.append(waiting) }
    scheduleWake(of: processor)
  }

  func wake(_ processor: Processor) {
    if processor.wakeAt <= now { processor.wakeAt = .distantFuture }
    workOff(processor)
  }

  /// Handles waiting events as long as there is a free core.
  func workOff(_ processor: Processor) {
    while processor.waitingCount > 0, processor.freeAt <= now, let machine = machineOfNextEvent(at: processor),
      let waiting = machine.inbox.takeNext(machine.threads, at: now)
    {
      processor.waitingCount -= 1
      causality?.origin = waiting.origin
      handle(waiting.event, on: machine, waitingSince: waiting.arrival)
    }
    if processor.waitingCount > 0 { scheduleWake(of: processor) }
  }

  /// The machine whose waiting event is next.
  private func machineOfNextEvent(at processor: Processor) -> Machine? {
    var next: (machine: Machine, number: UInt64)?
    for node in processor.nodes {
      let machine = machine(node)
      guard canWork(machine), machine.threads.freeAt <= now, let number = machine.inbox.next(machine.threads, at: now) else { continue }
      if next == nil || number < next!.number { next = (machine, number) }
    }
    return next?.machine
  }

  /// Whether anything waits that could be handled now.
  private func canWork(_ machine: Machine) -> Bool {
    !machine.inbox.isEmpty && !machine.isPaused && (machine.node != nil || machine.inbox.beginsLife)
  }

  private func scheduleWake(of processor: Processor) {
    guard processor.wakeAt > max(processor.freeAt, now) else { return }
    var earliest = Instant.distantFuture
    for node in processor.nodes {
      let machine = machine(node)
      guard canWork(machine) else { continue }
      if machine.threads.freeAt > now {
        earliest = min(earliest, machine.threads.freeAt)
      } else if machine.inbox.next(machine.threads, at: now) != nil {
        earliest = now
      } else {
        earliest = min(earliest, machine.threads.nextEnd(after: now))
      }
    }
    guard earliest < .distantFuture else { return }
    let instant = max(earliest, processor.freeAt, now)
    guard instant < processor.wakeAt else { return }
    processor.wakeAt = instant
    agenda.insert(.wake(processor: processor.index), at: instant)
  }

  @inline(__always)
  private func handle(_ event: NodeEvent, on machine: Machine, waitingSince arrival: Instant?) {
    guard machine.host != nil else { return }
    let origin = causality?.origin
    switch event {
    case .event(let inner):
      guard let node = machine.node, admits(inner) else { return drop(arrival, on: machine) }
      pass(inner, to: node, on: machine)
    case .timer(let slot, let generation):
      if let causality, let host = machine.host { causality.origin = EventOrigin(event: host.timers.origin(ofSlot: slot)) }
      guard let node = machine.node, let timer = machine.host?.timers.take(slot: slot, generation: generation) else { return drop(arrival, on: machine) }
      statistics.timersFired += 1
      pass(.timer(timer), to: node, on: machine)
    case .shutdown:
      guard let node = machine.node else { return drop(arrival, on: machine) }
      begin(on: machine)
      trace.combine(now, machine.index, kind: .shutdown, payload: 0)
      onHandling?(HandledEvent(world: self, machine: machine, kind: .shutdown))
      causality?.begin(.shutdown, at: machine.index, now)
      node.shutdown()
    case .start:
      begin(on: machine)
      trace.combine(now, machine.index, kind: .start, payload: UInt64(machine.life))
      onHandling?(HandledEvent(world: self, machine: machine, kind: .start))
      causality?.begin(.start, at: machine.index, now)
      guard let host = machine.host else { return }
      let life = machine.life
      let node = machine.make(host)
      if machine.life == life {
        machine.node = node
        node.start()
      }
    }
    if let causality, let origin { causality.origin = origin }
    finish(event, on: machine, waitingSince: arrival)
    if !BrokenInvariants.isEmpty { addBroken(at: machine.index) }
    if options.checksInvariants { look(at: machine) }
  }

  @inline(__always)
  private func pass(_ event: Event, to node: any Node, on machine: Machine) {
    begin(on: machine)
    trace.combine(now, machine.index, event)
    if let onTraceLine { onTraceLine(traceLine(event, on: machine)) }
    if let onHandling { onHandling(HandledEvent(world: self, machine: machine, kind: .event(event))) }
    if options.measures { follow(event, on: machine) }
    causality?.begin(event, at: machine.index, now)
    node.handle(event)
  }

  /// Handles the first event of a life, which creates the node.
  func bringToLife(_ machine: Machine, life: UInt32) {
    guard machine.life == life, machine.host != nil else { return }
    causality?.origin = EventOrigin(event: machine.startedBy)
    guard machine.processor.freeAt <= now else { return wait(.start, at: machine, isFirst: true) }
    handle(.start, on: machine, waitingSince: nil)
    if !machine.inbox.isEmpty { workOff(machine.processor) }
  }

  @inline(__always)
  private func begin(on machine: Machine) {
    // What others in this thread have left.
    BrokenInvariants.forget()
    statistics.events += 1
    machine.spent = machine.eventCost
    machine.waited = .zero
  }

  @inline(__always)
  private func finish(_ event: NodeEvent, on machine: Machine, waitingSince arrival: Instant?) {
    let worked = now + machine.spent
    machine.processor.occupy(until: worked)
    machine.threads.take(until: worked + machine.waited, for: event)
    if options.measures { measure(machine, until: worked, waitingSince: arrival) }
    machine.spent = .zero
    machine.waited = .zero
  }

  private func measure(_ machine: Machine, until worked: Instant, waitingSince arrival: Instant?) {
    machine.followed.finish(at: now + machine.elapsed, waited: machine.waited)
    machine.addApplicationWork(at: now)
    if let arrival {
      machine.processor.station?.serve(arrival: arrival, begin: now, end: worked)
    } else {
      machine.processor.station?.insert(arrival: now, begin: now, end: worked, bytes: 0)
    }
    machine.processor.station?.settle(now)
  }

  /// Drops an event that no process wants any more, without any work.
  private func drop(_ arrival: Instant?, on machine: Machine) {
    if let arrival { machine.processor.station?.serve(arrival: arrival, begin: now, end: now) }
  }
}
