import Host
import Primitives

// Checks the invariants of nodes.

extension World {
  /// Checks a node that has handled an event.
  ///
  /// For lists of similar parts, one part is checked after each event, in turn. Now and then everything is checked, less often the more there is, so the
  /// cost per event stays about the same whatever a node holds.
  @inline(never)
  func look(at machine: Machine) {
    guard let node = machine.node, !invariants.isFull else { return }
    machine.looks += 1
    let isWhole = machine.looks >= machine.nextWholeLook
    var check = isWhole ? InvariantCheck() : InvariantCheck(turn: machine.looks)
    node.checkInvariants(&check)
    // The node has no invariants.
    guard check.examined > 0 else { return }
    if isWhole { machine.nextWholeLook = machine.looks + max(Self.leastEventsBetweenWholeLooks, UInt64(check.examined)) }
    addFindings(of: check, at: machine.index)
    onChecked?(machine.index)
  }

  /// Checks everything on all running nodes.
  public func checkInvariants() {
    for index in machines.indices {
      guard let node = machines[index].node else { continue }
      var check = InvariantCheck()
      node.checkInvariants(&check)
      addFindings(of: check, at: machines[index].index)
    }
  }

  /// Adds what did not hold where a node relied on it, in the event that it has just handled.
  @inline(never)
  func addBroken(at node: NodeIndex) {
    for words in BrokenInvariants.take() where hearsOfStatements && invariants.add(words, of: node, at: now) { onBrokenInvariant?(node, words) }
  }

  /// Adds the findings of a check that looks at several nodes together.
  ///
  /// - Parameter node: the node whose event came last.
  public func addFindings(of check: InvariantCheck, at node: NodeIndex) {
    invariants.examined += check.examined
    for words in check.broken where invariants.add(words, of: node, at: now) { onBrokenInvariant?(node, words) }
  }

  private static let leastEventsBetweenWholeLooks: UInt64 = 256
}
