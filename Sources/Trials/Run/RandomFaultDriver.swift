import Host
import Primitives
import Sim

/// Draws faults by chance, each with an end of its own, and minds what may be destroyed.
///
/// With `keep: one-legal-copy` a power loss comes only when every partition of its victim has another replica in sync that is well, and
/// until the victim is back in every ISR that it belongs to, no other broker loses its power or its process: the end of a process counts as an
/// unclean shutdown and costs a replica its place in the ELR (KIP-966). Acknowledged records were on `min.insync.replicas`
/// disks or page caches, so with at least two of those no record may then be lost, and each loss is a bug. With `keep: majority` no
/// two brokers are out of order at the same time. With `keep: nothing` anything goes.
///
/// Within its window at least one fault comes, unless none may.
final class RandomFaultDriver {
  private let faults: RandomFaults
  private let entry: Int
  private unowned let driver: FaultDriver
  private var random: RandomStream
  /// Nodes that a fault of this driver has in hand.
  private var troubled: Set<NodeIndex> = []
  private var count = 0

  init(_ faults: RandomFaults, entry: Int, driver: FaultDriver, stream: Int64) {
    self.faults = faults
    self.entry = entry
    self.driver = driver
    random = RandomStream(seed: driver.world.seed, purpose: "random faults", stream)
  }

  func run(until stop: Instant) {
    let wait = random.exponential(mean: faults.meanInterval)
    guard driver.world.now + wait < stop else {
      if count == 0 { strikeOnce(before: stop) }
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
      if count == 0 { strikeOnce(before: stop) }
    }
  }

  private func strike(until stop: Instant) {
    var ticket = random.below(faults.words.reduce(0) { $0 + $1.weight })
    let word = faults.words.first { choice in
      ticket -= choice.weight
      return ticket < 0
    }!.word
    // Everything is drawn before anything is decided, so that a fault which must wait leaves the stream as it would be otherwise.
    let target = random.pick(driver.nodes.brokers + driver.nodes.controllers)
    let other = random.pick(driver.nodes.brokers)
    let lasting = random.between(.milliseconds(200), .seconds(12))
    guard mayTouch(target, word) else { return }
    driver.countPlanned(entry)
    strike(word, target, other, until: min(stop, driver.world.now + lasting))
  }

  private func mayTouch(_ target: NodeIndex, _ word: RandomFaults.Word) -> Bool {
    guard !troubled.contains(target), driver.world.isRunning(target) else { return false }
    switch faults.keep {
    case .nothing: return true
    case .majority: return troubled.isEmpty && driver.tainted.isEmpty
    case .oneLegalCopy:
      switch word {
      case .powerLoss: return troubled.isEmpty && driver.tainted.isEmpty && hasAnotherCopy(than: target)
      case .kill, .shutdown: return driver.tainted.isEmpty
      default: return true
      }
    }
  }

  /// Whether each partition of a node has another member of its ISR.
  private func hasAnotherCopy(than node: NodeIndex) -> Bool {
    let id = driver.world.id(of: node)
    return driver.nodes.assignments.keys.sorted().allSatisfy { partition in
      !driver.nodes.replicas(of: partition).contains(id) || driver.view.cluster.partitions[partition]?.isr.contains { $0 != id } ?? true
    }
  }

  private func strike(_ word: RandomFaults.Word, _ target: NodeIndex, _ other: NodeIndex, until end: Instant) {
    count += 1
    let world = driver.world
    let who = world.name(of: target)
    let name = "\(entry) random \(count) \(word.rawValue)"
    func forAWhile(_ fault: NetworkFault, _ words: String) {
      driver.tell(words)
      let id = world.apply(fault, name: name)
      driver.note(id, of: entry)
      trouble(target, until: end) { [unowned driver] in
        world.lift(id)
        driver.tell("\(words): over")
      }
    }
    driver.hit(entry)
    switch word {
    case .kill:
      driver.tell("\(who) killed")
      driver.kill(target)
      trouble(target, until: end) { [unowned driver] in driver.start([target]) }
    case .powerLoss:
      _ = driver.losePower([target], entry)
      trouble(target, until: end) { [unowned driver] in driver.start([target]) }
    case .shutdown:
      driver.tell("\(who) asked to shut down")
      world.shutdown(target)
      trouble(target, until: end + .seconds(5)) { [unowned driver] in driver.start([target]) }
    case .pause:
      driver.tell("\(who) paused")
      world.pause(target)
      trouble(target, until: end) { [unowned driver] in
        world.resume(target)
        driver.tell("\(who) goes on")
      }
    case .isolate: forAWhile(.isolate([target]), "\(who) isolated")
    case .partition:
      let rest = world.nodes.filter { $0 != target && $0 != other }
      forAWhile(.partition([Array(Set([target, other])).sorted(), rest]), "network partitioned: \(driver.names(Array(Set([target, other])).sorted())) | the rest")
    case .cut: forAWhile(.cut(from: [target], to: world.nodes.filter { $0 != target }), "nothing gets out of \(who)")
    case .clog: forAWhile(.clog(from: [target], to: world.nodes.filter { $0 != target }), "everything from \(who) waits")
    case .slow:
      forAWhile(
        .slow(from: [target], to: world.nodes.filter { $0 != target }, latency: random.between(.milliseconds(5), .milliseconds(500)), jitterMean: .milliseconds(5), bandwidth: nil),
        "everything from \(who) is slow")
    case .reset:
      driver.tell("connections of \(who) reset")
      driver.note(world.reset(between: [target], and: world.nodes.filter { $0 != target }, name: name), of: entry)
    case .slowDisk:
      driver.tell("disk of \(who) slow")
      let id = world.apply(DiskFault(.slow(random.between(.milliseconds(10), .seconds(1)))), on: [target], name: name)
      driver.note(id, of: entry)
      trouble(target, until: end) { world.lift(id) }
    case .clockJump:
      let jump = random.between(.seconds(1), .seconds(600))
      driver.tell("clock of \(who) jumps by \(jump)")
      world.jumpClock(target, by: jump)
    }
  }

  private func trouble(_ node: NodeIndex, until end: Instant, _ recovery: @escaping () -> Void) {
    troubled.insert(node)
    driver.world.at(end) { [unowned self] in
      recovery()
      troubled.remove(node)
    }
  }
}
