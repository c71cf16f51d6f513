import Host
import Primitives
import Replication
import Sim
import Testing
import Wire

/// Elections, kills, restarts, lost and held messages, late and folded metadata, in random order; then everything heals.
///
/// What must hold: acknowledged records are in every log at their offsets, all logs are equal, and no replica truncated what was below
/// its high watermark.
@Suite struct RandomScheduleTests {
  private final class Run {
    let cluster: ReplicaCluster
    var random: RandomStream
    var acknowledged: [(text: String, offset: Offset)] = []
    private var produced = 0

    init(seed: UInt64, _ change: (inout ReplicaCluster.Options) -> Void = { _ in }) {
      cluster = ReplicaCluster.running {
        $0.log.minInsyncReplicas = 2
        $0.acceptsProposals = true
        $0.replication.replicaLagTimeMax = .seconds(3)
        change(&$0)
      }
      random = RandomStream(seed: seed, purpose: "schedule")
    }

    var alive: [NodeID] { cluster.options.brokers.filter { cluster.world.isRunning(cluster.index($0)) } }
    private func pick(_ ids: [NodeID]) -> NodeID? { ids.isEmpty ? nil : ids[Int(random.next() % UInt64(ids.count))] }

    func step() {
      switch random.next() % 12 {
      case 0...4: produce()
      case 5: kill()
      case 6: start()
      case 7: move()
      case 8: hold(.hold)
      case 9: hold(.drop)
      case 10: cluster.world.liftAllFaults()
      default: break
      }
      cluster.run(.milliseconds(Int64(random.next() % 700)))
    }

    private func produce() {
      // Any broker that believes to lead, as a client with old metadata would find it.
      guard let broker = pick(alive.filter { cluster.manager($0).partition(cluster.state.id)?.isLeader == true }) else { return }
      produced += 1
      let text = "r\(produced)"
      cluster.manager(broker).append(
        requiredAcks: -1, timeout: .seconds(5), entries: [AppendEntry(partition: cluster.state.id, records: batch(text))]
      ) { [unowned self] in
        if $0[0].error == .none { acknowledged.append((text, $0[0].baseOffset)) }
      }
    }

    /// The controller fences a broker that is gone and elects an ISR member; the last member stays in the ISR.
    private func kill() {
      guard alive.count > 1, let victim = pick(alive) else { return }
      cluster.world.kill(cluster.index(victim))
      cluster.fenced.insert(victim)
      let rest = cluster.state.isr.filter { $0 != victim }
      if cluster.state.leader == victim {
        cluster.elect(rest.first { alive.contains($0) } ?? .none, isr: rest.isEmpty ? cluster.state.isr : rest)
      } else {
        cluster.commit(isr: rest.isEmpty ? cluster.state.isr : rest)
      }
      publishLater()
    }

    private func start() {
      guard let broker = pick(cluster.options.brokers.filter { !alive.contains($0) }) else { return }
      revive(broker)
    }

    private func revive(_ broker: NodeID) {
      cluster.world.start(cluster.index(broker))
      cluster.run(.milliseconds(1))
      cluster.register(broker)
      cluster.fenced.remove(broker)
      if cluster.state.leader == .none, cluster.state.isr.contains(broker) { cluster.elect(broker) }
      publishLater()
    }

    private func move() {
      guard let next = pick(cluster.state.isr.filter { alive.contains($0) }) else { return }
      cluster.elect(next)
      publishLater()
    }

    private func hold(_ action: MessageRule.Action) {
      guard let from = pick(cluster.options.brokers), let to = pick(cluster.options.brokers), from != to else { return }
      let kind: MessageKind = random.next() % 2 == 0 ? .request : .response
      cluster.world.apply(
        MessageRule(action, kind, apiKey: nil, from: [cluster.index(from)], to: [cluster.index(to)], times: action == .drop ? 1 : nil), name: "rule")
    }

    /// Each broker hears of the state at a time of its own; what was committed meanwhile comes with it.
    private func publishLater() {
      for broker in cluster.options.brokers {
        cluster.world.after(.milliseconds(Int64(random.next() % 800))) { [unowned self] in cluster.publish(to: [broker]) }
      }
    }

    func heal() {
      cluster.world.liftAllFaults()
      for broker in cluster.options.brokers where !alive.contains(broker) { revive(broker) }
      cluster.run(.seconds(1))
      cluster.publish()
      cluster.run(.seconds(60))
      produce()
      cluster.run(.seconds(5))
    }

    var problems: [String] {
      var problems: [String] = []
      let logs = cluster.options.brokers.map(cluster.log)
      if logs.contains(where: { $0 != logs[0] }) { problems.append("logs differ: \(logs)") }
      for (text, offset) in acknowledged {
        for (broker, log) in zip(cluster.options.brokers, logs) where log.count <= Int(offset.value) || !log[Int(offset.value)].hasPrefix("\(text)@") {
          problems.append("\(text) was acknowledged at \(offset), and broker \(broker) has not got it")
        }
      }
      for case (let broker, .truncated(_, from: _, let to, let highWatermark, let reason)) in cluster.occurrences where to < highWatermark {
        problems.append("broker \(broker) truncated to \(to), below its high watermark \(highWatermark): \(reason)")
      }
      if cluster.state.isr.count < 3 { problems.append("the ISR is \(cluster.state.isr) a minute after everything has healed") }
      let leader = cluster.partition(cluster.state.leader)
      if leader.highWatermark != leader.logEndOffset { problems.append("the high watermark \(leader.highWatermark) does not reach \(leader.logEndOffset)") }
      return problems
    }
  }

  private func run(seed: UInt64, _ change: (inout ReplicaCluster.Options) -> Void = { _ in }) -> Run {
    let run = Run(seed: seed, change)
    for _ in 0..<60 { run.step() }
    run.heal()
    return run
  }

  @Test(arguments: UInt64(1)...25) func `Nothing acknowledged is lost`(seed: UInt64) {
    let run = run(seed: seed)
    #expect(run.problems == [])
    #expect(run.acknowledged.count > 0)
  }

  @Test(arguments: UInt64(1)...10) func `Nothing acknowledged is lost if leader epochs are used`(seed: UInt64) {
    #expect(run(seed: seed) { $0.switches.truncation = .leaderEpoch }.problems == [])
  }

  @Test func `Truncation to the high watermark is detected`() {
    let found = (UInt64(1)...25).contains { seed in
      !run(seed: seed) {
        $0.switches.truncation = .highWatermark
      }.problems.isEmpty
    }
    #expect(found)
  }
}
