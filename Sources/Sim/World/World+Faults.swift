import Primitives

// Faults of network, messages and disks. Each has a name: the ledger counts hits under it, and it keys the fault's random
// stream. As long as the names stay the same, removing one fault leaves the rest of a trial as it was.

extension World {
  // MARK: Network

  @discardableResult
  public func apply(_ fault: NetworkFault, name: String) -> FaultID {
    let id = openFault(name)
    applyToLinks(ActiveNetworkFault(id: id, fault: fault))
    return id
  }

  /// Closes all connections between two sets of nodes as a reset does: both ends hear of it, and everything under way is lost.
  @discardableResult
  public func reset(between ones: [NodeIndex], and others: [NodeIndex], name: String) -> FaultID {
    let id = openFault(name)
    faults.hit(id, times: resetConnections(between: ones, and: others))
    closeFault(id)
    return id
  }

  /// Ends all connections between two sets of nodes for the first set only. The others believe in them until they send.
  @discardableResult
  public func halfOpen(at forgetful: [NodeIndex], towards others: [NodeIndex], name: String) -> FaultID {
    let id = openFault(name)
    faults.hit(id, times: forgetConnections(at: forgetful, towards: others))
    closeFault(id)
    return id
  }

  /// Lifts every fault of the network. Rules on messages stay.
  public func healNetwork() {
    for active in network.faults { lift(active.id) }
  }

  // MARK: Messages

  @discardableResult
  public func apply(_ rule: MessageRule, name: String) -> FaultID {
    let id = openFault(name)
    network.add(ActiveMessageRule(id: id, rule: rule))
    return id
  }

  /// Ends a rule and delivers what it held, in order. The same as `lift`.
  public func release(_ rule: FaultID) { lift(rule) }

  /// How many messages a rule holds now.
  public func messagesHeld(by rule: FaultID) -> Int { countMessages(heldBy: rule) }

  // MARK: Disks

  /// Applies a fault to the disks of nodes. Rot happens immediately, everything else when the disk is used.
  @discardableResult
  public func apply(_ fault: DiskFault, on nodes: [NodeIndex], name: String) -> FaultID {
    let id = openFault(name)
    for node in nodes {
      let random = RandomStream(seed: seed, purpose: "fault", stableHash(of: name), machine(node).key)
      machine(node).disk.apply(ActiveDiskFault(id: id, fault: fault, random: random), now: now)
    }
    if case .rot = fault.kind { closeFault(id) }
    return id
  }

  /// The damage that a fault did to the files of nodes without an error, and what became of it.
  public func damages(by fault: FaultID) -> [Damage] { machines.indices.flatMap { machines[$0].disk.damages(by: fault) } }

  // MARK: All faults

  /// Ends a fault. What it held or stalled continues. Does nothing if it has already ended.
  public func lift(_ fault: FaultID) {
    guard faults[fault].lifted == nil else { return }
    faults.close(fault, at: now)
    liftFromLinks(fault)
    releaseMessages(heldBy: fault)
    for index in machines.indices where machines[index].disk.lift(fault) { machines[index].host?.session.resumeStalled() }
    tell(.faultLifted(fault), of: nil)
  }

  /// Ends every fault and rule. Processors and clocks stay as they are.
  public func liftAllFaults() {
    for index in faults.records.indices { lift(FaultID(index: Int32(index))) }
  }

  private func openFault(_ name: String) -> FaultID {
    let id = faults.open(name, at: now)
    tell(.faultApplied(id), of: nil)
    return id
  }

  private func closeFault(_ id: FaultID) { faults.close(id, at: now) }
}
