import Host
import Primitives

// Looks at what must hold of the nodes.

extension World {
  /// Looks at a node that has handled an event.
  ///
  /// Of lists of like parts one is seen after each event, in turn; now and then everything, the more seldom the more there is, so that looking
  /// costs about the same after each event whatever a node holds.
  @inline(never)
  func look(at machine: Machine) {
    guard let node = machine.node, !invariants.isFull else { return }
    machine.looks += 1
    let isWhole = machine.looks >= machine.nextWholeLook
    var check = isWhole ? InvariantCheck() : InvariantCheck(turn: machine.looks)
    node.checkInvariants(&check)
    // It states nothing.
    guard check.examined > 0 else { return }
    if isWhole { machine.nextWholeLook = machine.looks + max(Self.leastEventsBetweenWholeLooks, UInt64(check.examined)) }
    note(check, of: machine.index)
    onChecked?(machine.index)
  }

  /// Looks at everything of all nodes that run, where invariants are checked: for a last time.
  public func checkInvariants() {
    guard options.checksInvariants else { return }
    for index in machines.indices {
      guard let node = machines[index].node else { continue }
      var check = InvariantCheck()
      node.checkInvariants(&check)
      note(check, of: machines[index].index)
    }
  }

  /// Takes over what somebody found who looks at several nodes together.
  ///
  /// - Parameter node: the one whose event was the last.
  public func note(_ check: InvariantCheck, of node: NodeIndex) {
    invariants.examined += check.examined
    for words in check.broken where invariants.add(words, of: node, at: now) { onBrokenInvariant?(node, words) }
  }

  private static let leastEventsBetweenWholeLooks: UInt64 = 256
}
