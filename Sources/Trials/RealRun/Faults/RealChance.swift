import Primitives

/// Draws random faults for real nodes. A seed always draws the same, but when a fault comes, and which node has a role then, may differ.
///
/// What may be destroyed is decided by what can be observed: with `keep: one-legal-copy`, a broker loses its process or its power only while no other is faulty and every partition
/// of the scenario has all its replicas in sync; with `keep: majority`, any fault of a broker waits for that.
struct RealChance {
  let chance: Chance
  let entry: Int
  private let stop: Instant
  private var random: RandomStream
  private var next: Instant
  private var troubled: [(node: RealNode, until: Instant)] = []
  private var now: Instant

  init(_ chance: Chance, entry: Int, seed: UInt64, until stop: Instant, now: Instant) {
    self.chance = chance
    self.entry = entry
    self.stop = stop
    self.now = now
    random = RandomStream(seed: seed, purpose: "random faults", Int64(entry))
    next = now + random.exponential(mean: chance.meanInterval)
    // Within its window at least one comes.
    if next >= stop { next = now + random.between(.zero, max(.milliseconds(1), (stop - now) / 2)) }
  }

  func isTroubled(_ node: RealNode) -> Bool { troubled.contains { $0.node == node && $0.until > now } }
  var hasTroubledServer: Bool { troubled.contains { $0.node.isServer && $0.until > now } }

  /// The fault that is due, if any; nil also if it must not come now.
  mutating func draw(
    at now: Instant, _ nodes: RealNodeTable, _ stage: any RealStage, mayTouch: (RealNode, Chance.Word, RealChance) -> Bool
  ) -> (deed: any Deed, lasting: Duration?)? {
    self.now = now
    guard now >= next, now < stop else { return nil }
    next = now + random.exponential(mean: chance.meanInterval)
    // Requests of the operator are refused with the schedule.
    guard case .fault(let word) = chance.draw(&random) else { return nil }
    // Draw everything before deciding anything, so that a fault that must not come now does not change the rest of the stream.
    let target = drawTarget(nodes, stage)
    let companion = nodes.brokers.isEmpty ? nil : RealNode.server(random.pick(nodes.brokers))
    let lasting = Chance.drawLength(&random)
    guard let target, mayTouch(target, word, self) else { return nil }
    let (deed, length) = Chance.deed(
      word, at: nodes.selector(of: target), with: nodes.selector(of: companion ?? target), lasting: min(lasting, stop - now), &random)
    if let length { troubled.append((target, now + length)) }
    return (deed, length)
  }

  private mutating func drawTarget(_ nodes: RealNodeTable, _ stage: any RealStage) -> RealNode? {
    let targets = chance.targets.isEmpty ? nodes.servers(stage.picture).map(RealNode.server) : nodes.resolve([random.pick(chance.targets)], stage)
    let place = random.below(1 << 30)
    return targets.isEmpty ? nil : targets[Int(place % Int64(targets.count))]
  }
}
