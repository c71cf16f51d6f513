import Host
import Primitives
import Sim

/// Draws random faults and adds them as entries of the schedule, each with its own end; protects what must not be destroyed.
///
/// With `keep: one-legal-copy`, a power loss comes only if every partition of its victim has another healthy replica in sync.
/// Until the victim is back in every ISR it belongs to, no other broker loses its power or its process: the end of a process counts as an
/// unclean shutdown and costs a replica its place in ISR and ELR (KIP-966), as soon as the controller hears of it. Acknowledged records were on
/// `min.insync.replicas` disks or page caches, so with at least two of those no record may then be lost, and each loss is a bug. With `keep: majority`, at most
/// one node is faulty at a time, brokers and voters counted together, and a power loss also requires another replica in sync: one that
/// was faulty before may still be catching up. With `keep: nothing` there is no restriction. Requests of the operator are never restricted.
///
/// Within its window at least one fault comes, if any is permitted.
final class ChanceDriver {
  private let chance: Chance
  private let entry: Int
  private unowned let driver: FaultDriver
  private var random: RandomStream
  /// Nodes with an active fault of this driver.
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

  /// Makes sure that a fault comes even if all waits of a seed are too long: at some instant of the remaining time, as soon as one is permitted.
  private func strikeOnce(before stop: Instant) {
    let rest = stop - driver.world.now
    guard rest > .milliseconds(1) else { return }
    driver.world.after(random.between(.zero, rest / 2)) { [unowned self] in
      strike(until: stop)
      if !hasStruck { strikeOnce(before: stop) }
    }
  }

  private func strike(until stop: Instant) {
    switch chance.draw(&random) {
    case .fault(let word): strike(word, until: stop)
    case .hold: hold(until: stop)
    case .request(let word): ask(word)
    }
  }

  private func ask(_ word: DrawnRequest.Word) {
    let drawn = DrawnRequest(word, brokers: driver.nodes.brokers.count, &random)
    guard let topics = driver.operatedTopics, let request = drawn.request(about: topics) else { return }
    hasStruck = true
    driver.strike(OperatorDeed(request), lasting: nil, drawnBy: entry)
  }

  private func strike(_ word: Chance.Word, until stop: Instant) {
    // Draw everything before deciding anything, so that a fault that must not come now does not change the rest of the stream.
    let target = drawTarget()
    let companion = random.pick(driver.nodes.brokers)
    let lasting = Chance.drawLength(&random)
    guard let target, mayTouch(target, word) else { return }
    strike(word, at: target, with: companion, lasting: min(lasting, stop - driver.world.now), &random)
  }

  private func strike(_ word: Chance.Word, at target: NodeIndex, with companion: NodeIndex, lasting: Duration, _ random: inout RandomStream) {
    hasStruck = true
    let (deed, length) = Chance.deed(word, at: driver.nodes.selector(of: target), with: driver.nodes.selector(of: companion), lasting: lasting, &random)
    driver.strike(deed, lasting: length, drawnBy: entry)
    if let length { markTroubled(target, until: driver.world.now + length) }
  }

  // MARK: Messages that are held

  /// What happens to one end of a held message while it is on its way.
  private struct Ambush {
    let word: Chance.Word
    let strikesSender: Bool
    let companion: NodeIndex
    /// When it comes and how long it lasts, in thousandths of the time for which the message is held from then on.
    let wait: Int64
    let length: Int64
    var random: RandomStream
  }

  /// Holds the next message of a kind of which some were seen: a rare kind is as likely as a frequent one. What comes late may be about something that is over, the more so if its
  /// sender ended and began again meanwhile.
  private func hold(until stop: Instant) {
    let kinds = driver.knownKinds, place = random.below(1 << 30), target = chance.targets.isEmpty ? nil : drawTarget()
    let lasting = Chance.drawLength(&random) / Int64(1 << random.below(4)), ambush = drawAmbush()
    guard !kinds.isEmpty, target != nil || chance.targets.isEmpty else { return }
    let (api, kind) = kinds[Int(place % Int64(kinds.count))], end = driver.world.now + min(lasting, stop - driver.world.now)
    hasStruck = true
    let deed = MessageDeed.hold(MessagePattern(next: api, kind, of: target.map(driver.nodes.selector)))
    driver.strike(deed, lasting: end - driver.world.now, drawnBy: entry) { [unowned self] sender, receiver in
      if let ambush { lie(in: ambush, for: ambush.strikesSender ? sender : receiver, until: end) }
    }
  }

  /// nil where the held message is all that happens. It has a stream of its own: whether and when it comes does not change what is drawn later.
  private func drawAmbush() -> Ambush? {
    let comes = random.chance(2, in: 3), strikesSender = random.chance(2, in: 3), companion = random.pick(driver.nodes.brokers)
    let wait = random.below(500), length = 500 + random.below(501), key = random.below(1 << 30)
    guard let word = chance.drawWord(&random), comes else { return nil }
    return Ambush(
      word: word, strikesSender: strikesSender, companion: companion, wait: wait, length: length,
      random: RandomStream(seed: driver.world.seed, purpose: "ambushes", Int64(entry), key))
  }

  private func lie(in ambush: Ambush, for node: NodeIndex, until end: Instant) {
    let held = end - driver.world.now
    driver.world.after(held * ambush.wait / 1_000) { [unowned self] in
      guard isTarget(node), mayTouch(node, ambush.word) else { return }
      var random = ambush.random
      strike(ambush.word, at: node, with: ambush.companion, lasting: (end - driver.world.now) * ambush.length / 1_000, &random)
    }
  }

  /// Whether this entry strikes it at all. A client that keeps no promise of a group or a transaction would just lose what it knows.
  private func isTarget(_ node: NodeIndex) -> Bool {
    driver.nodes.isServer(node) || chance.targets.contains { driver.nodes($0).contains(node) }
  }

  /// nil if the targets denote no node at the moment.
  private func drawTarget() -> NodeIndex? {
    guard !chance.targets.isEmpty else { return random.pick(driver.nodes.servers(first: \.brokers)) }
    let nodes = driver.nodes(random.pick(chance.targets))
    // Draw in any case, so that the nodes that exist now do not affect later draws.
    let place = random.below(1 << 30)
    return nodes.isEmpty ? nil : nodes[Int(place % Int64(nodes.count))]
  }

  private func mayTouch(_ target: NodeIndex, _ word: Chance.Word) -> Bool {
    guard !troubled.contains(target), driver.world.isRunning(target) else { return false }
    // A client has no replica and no vote.
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

  /// Whether each partition of a node has another replica in sync. False while no controller leads, because it is unknown then.
  private func hasAnotherCopy(than node: NodeIndex) -> Bool {
    guard driver.nodes.brokers.contains(node) else { return true }
    return driver.knownReplicas?.hasAnotherCopy(than: driver.world.id(of: node)) ?? false
  }

  private func markTroubled(_ node: NodeIndex, until end: Instant) {
    troubled.insert(node)
    driver.world.at(end) { [unowned self] in _ = troubled.remove(node) }
  }
}
