import Controller
import Primitives
import Results
import Scenarios
import Sim
import Workloads

/// The last phase: the history and the state of the brokers are checked.
struct Judging {
  private let rested: RestedCluster
  private let cluster: TrialCluster
  private let audit: Audit?

  init(_ rested: RestedCluster, _ audit: Audit?) {
    self.rested = rested
    cluster = rested.cluster
    self.audit = audit
  }

  func run() -> TrialOutcome {
    let observer = cluster.observer, played = rested.played
    let groups = played.groups.findings()
    if cluster.checks != .off {
      if rested.problems.isEmpty {
        ReplicasAtRest(cluster).check()
        observer.cluster?.lookAtRest()
      }
      cluster.checkReplays()
    }
    observer.lookAtMetadata(of: cluster.nodes)
    let judged = JudgedHistory(
      cluster.recorder.history, deletions: observer.deletions, isReadToTheEnd: audit != nil, unreadable: audit?.unreadable ?? [], committed: audit?.committed,
      groups: groups)
    let analysis = Analysis(of: judged.history, deletions: judged.deletions, origin: observer.origin)
    var disturbed = DisturbedValues()
    let durability = audit.map { audit in
      let places = placesOfUnacknowledgedOffsets(analysis)
      if cluster.log != nil { disturbed = DisturbedValues(analysis, present: audit.present, places: places) }
      var findspots = findspots(audit, places)
      if hasCompactedTopics { findspots.isSuperseded = { analysis.isSuperseded($0) } }
      return observer.contract.judge(findspots)
    }
    let ofGroups = GroupJudgement(on: analysis, groups, isReadToTheEnd: judged.isReadToTheEnd, unreadable: judged.unreadable, committed: judged.committed)
    let judgement = RunJudgement(
      analysis, unreadable: judged.unreadable, committed: judged.committed, durability: durability, failures: cluster.recorder.failures,
      others: [observer.committed.verdict, observer.highWatermarks.verdict, observer.leaders.verdict, liveness, played.availability.verdict]
        + (played.controllers.verdict.map { observer.quorum.verdicts + [$0] } ?? []) + [changes, compaction(analysis, durability)].compactMap { $0 }
        + played.transactions.verdicts(isOnTime: !played.driver.hasMovedClocks) + ofGroups.verdicts)
    if played.driver.heldMessages > 0 { observer.see(.messageHeld, times: played.driver.heldMessages) }
    observer.tellFailedStarts()
    DamageTeller(cluster, played.driver).tell()
    tellWays(judgement, judged, analysis)
    let report = played.groups.report(on: analysis, until: rested.end) { ledger(of: $0, ofGroups) }
    let transactions = played.transactions.report(withTimeline: cluster.keepsPictures)
    for hanging in played.transactions.hanging { observer.tell("trial", hanging.words, .finding) }
    return TrialOutcome(
      result: RunResult(of: cluster, judgement, played, report, transactions), judged: judged, origin: played.ready.origin, rested: rested, disturbed: disturbed)
  }

  private func ledger(of group: String, _ judgement: GroupJudgement) -> LedgerReport? {
    cluster.keepsPictures ? judgement.ledger(of: group).map { LedgerReport($0, origin: cluster.observer.origin) } : nil
  }

  /// Reports the ways of the first records and transactions with wrong outcomes.
  private func tellWays(_ judgement: RunJudgement, _ judged: JudgedHistory, _ analysis: Analysis) {
    let teller = WayTeller(cluster)
    if judgement.breaksTransactions {
      teller.tell(Checkers.waysOfTransactions(on: analysis, atMost: WayTeller.followedTransactions, committed: judged.committed))
    }
    if judgement.breaksLedger {
      teller.tell(
        Checkers.ways(
          on: analysis, judged.groups, atMost: WayTeller.followedRecords, isReadToTheEnd: judged.isReadToTheEnd, unreadable: judged.unreadable, committed: judged.committed))
    }
  }

  /// The outcome of a trial whose cluster did not come up.
  static func failedSetup(of cluster: TrialCluster) -> TrialOutcome {
    let origin = cluster.world.now, observer = cluster.observer, words = "the cluster did not come up within two minutes"
    observer.origin = origin
    observer.tell("trial", words, .finding)
    observer.tellFailedStarts()
    return TrialOutcome(
      result: RunResult(of: cluster, RunJudgement(ofFailedSetup: words), nil), judged: JudgedHistory(cluster.recorder.history), origin: origin, rested: nil,
      disturbed: DisturbedValues())
  }

  private var hasCompactedTopics: Bool { !cluster.recorder.compactedTopics.isEmpty }

  /// The verdict on compaction, for a scenario with compacted topics.
  private func compaction(_ analysis: Analysis, _ durability: DurabilityContract.Judgement?) -> Verdict? {
    guard hasCompactedTopics else { return nil }
    guard let audit, let durability else { return Verdict(.compactionKeepsLatest, examined: 0, cases: []) }
    let settings = cluster.scenario.settings, isOnTime = !rested.played.driver.hasMovedClocks
    let lags = isOnTime ? settings.compactionLags : [:], retentions = isOnTime ? settings.tombstoneRetentions : [:]
    return Checkers.compactionVerdict(
      on: analysis,
      CompactionFindings(
        isPresent: audit.hasReceived, isExcused: { durability.excused.contains($0) }, unreadable: audit.unreadable,
        lag: { lags[$0] ?? .zero }, tombstoneRetention: { retentions[$0] ?? .zero }))
  }

  /// Of a scenario in which an operator changed something.
  private var changes: Verdict? {
    let active = cluster.nodes.controllers.lazy.compactMap { cluster.world.controller(at: $0) }.first(where: \.isActive)
    let voters = active?.voters.map { cluster.scenario.cluster.controllerNumber($0.id) } ?? []
    return cluster.operatorApplication?.changes.verdict(active?.image, voters: voters, joinAgain: active?.configuration.quorum.autoJoin ?? false, kraftVersion: active?.kraftVersion ?? 0)
  }

  private var liveness: Verdict {
    let scenario = cluster.scenario
    return Verdict(
      .liveness, examined: scenario.topics.count + scenario.workload.count, cases: (cluster.runner.livelock.map { [$0] } ?? []) + rested.problems)
  }

  /// What the contract needs to know about records that are gone.
  private func findspots(_ audit: Audit, _ place: @escaping (RecordValue) -> Offset) -> DurabilityContract.Findspots {
    let whereabouts = Whereabouts(cluster, audit), recorder = cluster.recorder
    return DurabilityContract.Findspots(
      deletions: cluster.observer.deletions, isPresent: audit.hasReceived, place: place, unreadable: audit.unreadable,
      words: { recorder.history.words($0) }, name: { recorder.history.partitions[Int($0.number)] }, whereabouts: whereabouts.words)
  }

  /// The offsets of values that were acknowledged without one, as far as any client received them.
  private func placesOfUnacknowledgedOffsets(_ analysis: Analysis) -> (RecordValue) -> Offset {
    guard cluster.scenario.workload.contains(where: \.sendsUnacknowledged) else { return { _ in .unknown } }
    let places = analysis.places()
    return { places[Int($0.number)] }
  }
}

/// The outcome of a trial: its result, and what is needed to measure it or to write its schedule.
struct TrialOutcome {
  let result: RunResult
  /// What clients saw, with everything else its judges need.
  let judged: JudgedHistory
  /// The origin of the scenario's clock.
  let origin: Instant
  /// nil if the cluster did not come up.
  let rested: RestedCluster?
  /// Acknowledged values that are gone, and values that are in a log more than once. Empty unless the trial measures.
  let disturbed: DisturbedValues
}
