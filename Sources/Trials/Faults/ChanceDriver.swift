import Host
import Primitives
import Sim

/// Draws faults by chance and hands them over as entries of the schedule, each with an end of its own; minds what may be destroyed.
///
/// With `keep: one-legal-copy` a power loss comes only when every partition of its victim has another replica in sync that is well, and
/// until the victim is back in every ISR that it belongs to, no other broker loses its power or its process: the end of a process counts as an
/// unclean shutdown and costs a replica its place in ISR and ELR (KIP-966), as soon as the controller hears of it. Acknowledged records were on
/// `min.insync.replicas` disks or page caches, so with at least two of those no record may then be lost, and each loss is a bug. With `keep: majority` no
/// two nodes are out of order at the same time, brokers and voters counted together, and a power loss leaves another replica in sync as well: one that
/// was out of order before may still be on its way back. With `keep: nothing` anything goes.
///
/// Within its window at least one fault comes, unless none may.
final class ChanceDriver {
  private let chance: Chance
  private let entry: Int
  private unowned let driver: FaultDriver
  private var random: RandomStream
  /// Nodes that a fault of this driver has in hand.
  private var troubled: Set<NodeIndex> = []
  private var hasStruck = false

  init(_ chance: Chance, entry: Int, driver: FaultDriver) {
    self.chance = chance
    self.entry = entry
    self.driver = driver
    random = RandomStream(seed: driver.world.seed, purpose: "random faults", Int64(entry))
  }

  func run(until stop: Instant) {
    let wait = random.exponential(mean: chance.meanInterval)
    guard driver.world.now + wait < stop else {
      if !hasStruck { strikeOnce(before: stop) }
      return
    }
    driver.world.after(wait) { [unowned self] in
      strike(until: stop)
      run(until: stop)
    }
  }

  /// A seed whose waits are all too long would show nothing: a fault comes at some instant of the time that is left, as soon as one may.
  private func strikeOnce(before stop: Instant) {
    let rest = stop - driver.world.now
    guard rest > .milliseconds(1) else { return }
    driver.world.after(random.between(.zero, rest / 2)) { [unowned self] in
      strike(until: stop)
      if !hasStruck { strikeOnce(before: stop) }
    }
  }

  private func strike(until stop: Instant) {
    let word = chance.drawWord(&random)
    // Everything is drawn before anything is decided, so that a fault which must wait leaves the stream as it would be otherwise.
    let target = drawTarget()
    let companion = random.pick(driver.nodes.brokers)
    let lasting = Chance.drawLength(&random)
    guard let target, mayTouch(target, word) else { return }
    hasStruck = true
    let (deed, length) = Chance.deed(
      word, at: driver.nodes.selector(of: target), with: driver.nodes.selector(of: companion), lasting: min(lasting, stop - driver.world.now), &random)
    driver.strike(deed, lasting: length, drawnBy: entry)
    if let length { noteTrouble(of: target, until: driver.world.now + length) }
  }

  /// nil where those who are drawn from are nobody at this moment.
  private func drawTarget() -> NodeIndex? {
    guard !chance.targets.isEmpty else { return random.pick(driver.nodes.brokers + driver.nodes.controllers) }
    let nodes = driver.nodes(random.pick(chance.targets))
    // Drawn in any case, so that those who are there today do not decide what comes later.
    let place = random.below(1 << 30)
    return nodes.isEmpty ? nil : nodes[Int(place % Int64(nodes.count))]
  }

  private func mayTouch(_ target: NodeIndex, _ word: Chance.Word) -> Bool {
    guard !troubled.contains(target), driver.world.isRunning(target) else { return false }
    // A client holds no copy and has no vote.
    guard driver.nodes.isServer(target) else { return word.strikesClients }
    switch chance.keep {
    case .nothing: return true
    case .majority: return troubled.isEmpty && driver.tainted.isEmpty && (word != .powerLoss || hasAnotherCopy(than: target))
    case .oneLegalCopy:
      switch word {
      case .powerLoss: return troubled.isEmpty && driver.tainted.isEmpty && hasAnotherCopy(than: target)
      case .kill, .shutdown: return driver.tainted.isEmpty
      case .pause, .isolate, .partition, .cut, .slow, .reset, .clog, .slowDisk, .clockJump: return true
      }
    }
  }

  /// Whether each partition of a node has another replica in sync. Nobody knows while no controller leads.
  private func hasAnotherCopy(than node: NodeIndex) -> Bool {
    guard driver.nodes.brokers.contains(node) else { return true }
    return driver.knownReplicas?.hasAnotherCopy(than: driver.world.id(of: node)) ?? false
  }

  private func noteTrouble(of node: NodeIndex, until end: Instant) {
    troubled.insert(node)
    driver.world.at(end) { [unowned self] in _ = troubled.remove(node) }
  }
}
