import Client
import Measurement
import Primitives
import Results
import Workloads

/// The outcome of a scenario on real machines, as the code that carried it out knows it.
public struct RealOutcome {
  /// The origin of the scenario's clock, on the clock of the hosts.
  public var origin: Instant
  /// The measured window: see `RealRun.window`.
  public var window: Range<Instant>
  /// When nothing was under way any more.
  public var loadEnd: Instant
  /// Records that the schedules wanted sent and that were not; nil without schedules.
  public var neverSent: Int?
  /// Within the measured window.
  public var stations: [StationReport]
  /// Recorded by the auditor.
  public var audit: ClientRecords
  /// Whether the auditor read every partition to its end.
  public var isAudited: Bool
  /// What was read of committed records, and the partitions whose end was not reached; nil if there were no transactions.
  public var committed: (records: ClientRecords, unread: Set<TopicPartition>)?
  /// What the cluster reported about groups, and what an operator set; empty if nothing was asked.
  public var inspection: ClientRecords
  /// The first offset that belongs to this run, for partitions that had records before.
  public var firstOffsets: [TopicPartition: Offset]
  /// The log start offsets at the end, as far as the auditor was told. Only rules move a log's start.
  public var logStartOffsets: [TopicPartition: Offset]
  /// What was not finished, one line each.
  public var problems: [String]

  public init(
    origin: Instant, window: Range<Instant>, loadEnd: Instant, neverSent: Int? = nil, stations: [StationReport], audit: ClientRecords, isAudited: Bool,
    committed: (records: ClientRecords, unread: Set<TopicPartition>)? = nil, inspection: ClientRecords = ClientRecords(), firstOffsets: [TopicPartition: Offset] = [:], logStartOffsets: [TopicPartition: Offset] = [:], problems: [String] = []
  ) {
    self.origin = origin
    self.window = window
    self.loadEnd = loadEnd
    self.neverSent = neverSent
    self.stations = stations
    self.audit = audit
    self.isAudited = isAudited
    self.committed = committed
    self.inspection = inspection
    self.firstOffsets = firstOffsets
    self.logStartOffsets = logStartOffsets
    self.problems = problems
  }
}

extension RealRun {
  /// Judges a run by the records of its clients, and measures it.
  ///
  /// Everything that requires access to brokers is missing: there are no verdicts on replicas and no trace, and the time in network and broker is one term of a latency.
  ///
  /// - Returns: the run, and the input of its measurement.
  package func measured(_ outcome: RealOutcome) -> (run: MeasuredRun, input: MeasurementInput) {
    let judged = judged(outcome), judgement = judged.judgement
    let input = MeasurementInput(
      log: judged.log, origin: outcome.origin, window: outcome.window, end: max(outcome.loadEnd, outcome.origin + duration),
      seriesWindow: scenario.measure.window, offered: RecordRate(offeredBy: scenario, judged.log), neverSent: outcome.neverSent,
      groups: scenario.groupCount,
      stations: outcome.stations, facts: facts,
      delivery: DeliveryFacts(counts: judgement.delivery, lost: judged.disturbed.lost, duplicated: judged.disturbed.duplicated))
    let metrics = Metrics(input)
    // What happened inside of brokers is not visible here.
    let expectations = scenario.expectationResults(judgement.verdicts, judgement.delivery.sightings, seesAll: false)
    let unmet = expectations.filter { $0.conclusion != .met }
    let told = notes + outcome.problems + unmet.map { "\($0.conclusion.rawValue): expected \($0.text)" }
    let result = RunResult(
      scenario: scenario.name, variant: scenario.variant, seed: seed, build: Trial.build, machine: machine, traceHash: nil, events: 0, simulated: duration,
      verdicts: judgement.verdicts, delivery: judgement.delivery, faults: [], story: told.map { StoryLine(time: .zero, who: "run", what: $0, weight: .event) },
      replay: scenario.replayCommand(seed: seed), exitCode: ExitCode(expectations).measured(metrics))
    return (MeasuredRun(result, metrics: metrics), input)
  }

  /// Judges a run by the records of its clients, as a trial is judged. What only brokers know is unknown, and the story says so.
  ///
  /// - Parameters:
  ///   - faults: the entries of the schedule, with their counts.
  ///   - sightings: what the cluster's metadata showed.
  ///   - replay: the command that repeats the run.
  package func verified(
    _ outcome: RealOutcome, faults: [FaultCount], bands: [FaultBand], sightings: [Sighting: Int], story: [StoryLine], replay: String
  ) -> (result: RunResult, history: JudgedHistory) {
    let (judgement, _, _, history) = judged(outcome)
    var seen = sightings.merging(judgement.delivery.sightings, uniquingKeysWith: +)
    let unanswered = judgement.delivery.failed + judgement.delivery.unknown
    if unanswered > 0 { seen[.sendFailure] = unanswered }
    let unknown = whiteBox.filter { guarantee in !judgement.verdicts.contains { $0.guarantee == guarantee } }
    let words = unknown.map(\.rawValue).joined(separator: ", ")
    let end = story.last?.time ?? duration
    let result = RunResult(
      scenario: scenario.name, about: scenario.about, variant: scenario.variant, seed: seed, build: Trial.build, traceHash: nil, events: 0, simulated: duration,
      verdicts: judgement.verdicts + unknown.map { Verdict($0, examined: 0, cases: []) }, delivery: judgement.delivery, faults: faults, bands: bands,
      sightings: Sighting.allCases.compactMap { sighting in seen[sighting].map { SightingCount(sighting, count: $0) } },
      expectations: scenario.expectationResults(judgement.verdicts, seen, seesAll: false), transactions: judgement.transactions,
      story: story + [StoryLine(time: end, who: "run", what: "unknown here: \(words): these are judged by the state of brokers, which is not visible on real machines", weight: .event)],
      replay: replay)
    return (result, history)
  }

  /// The guarantees that a trial judges with access to brokers.
  private var whiteBox: [Guarantee] {
    let ofGroups: [Guarantee] = scenario.groups.isEmpty ? [] : [.allOwned, .groupSettles]
    let ofTransactions: [Guarantee] = scenario.hasTransactions ? [.lastStableOffset, .transactionsSettle] : []
    return ofGroups + ofTransactions + [.replicaDivergence, .highWatermarkRegression, .oneLeaderPerEpoch, .availability]
  }

  /// Judges the clients' histories.
  private func judged(_ outcome: RealOutcome) -> (judgement: RunJudgement, log: LoadLog, disturbed: DisturbedValues, history: JudgedHistory) {
    let parts = clients.map(\.records) + [outcome.audit] + (outcome.committed.map { [$0.records] } ?? []) + [outcome.inspection]
    let (history, log) = ClientRecords.merged(parts) { outcome.firstOffsets[$0] }
    let analysis = Analysis(of: history, deletions: deletions(history, outcome))
    let auditor = ProcessNumber(Int32(clamping: clients.reduce(0) { $0 + $1.records.processCount }))
    let present = history.values(givenTo: auditor)
    let committed = outcome.committed.map { committed in
      CommittedAudit(
        by: ProcessNumber(auditor.number + Int32(clamping: outcome.audit.processCount)),
        except: Set(history.partitions.indices.filter { committed.unread.contains(history.partitions[$0]) }.map { PartitionNumber(Int32($0)) }))
    }
    var disturbed = DisturbedValues()
    var durability: DurabilityContract.Judgement?
    if outcome.isAudited {
      let places = analysis.places()
      disturbed = DisturbedValues(analysis, present: present) { places[Int($0.number)] }
      durability = contract(history).judge(
        DurabilityContract.Findspots(
          deletions: analysis.deletions, isPresent: { present[Int($0.number)] }, isSuperseded: { analysis.isSuperseded($0) }, place: { places[Int($0.number)] }, words: { history.words($0) },
          whereabouts: { _, _, _ in "is gone" }))
    }
    let liveness = Verdict(.liveness, examined: partitions.count + clients.count, cases: outcome.problems)
    var others = [liveness]
    if outcome.isAudited, !settings.compactionLags.isEmpty {
      let lags = settings.compactionLags, retentions = settings.tombstoneRetentions
      others.append(
        Checkers.compactionVerdict(
          on: analysis,
          CompactionFindings(
            isPresent: { present[Int($0.number)] }, lag: { lags[$0] ?? .zero }, tombstoneRetention: { retentions[$0] ?? .zero })))
    }
    // What clients saw of groups, and what the cluster reported. Which members run at the end is unknown.
    let seen: Set<Guarantee> = [.oneOwner, .committedOffsets, .atLeastOnce, .atMostOnce, .exactlyOnce]
    let groups = scenario.groups.map { GroupFindings($0.id, on: $0.guarantees.intersection(seen)) }
    others += Checkers.groupVerdicts(on: analysis, groups, isReadToTheEnd: outcome.isAudited, committed: committed)
    return (
      RunJudgement(
        analysis, committed: committed, durability: durability, failures: clients.reduce(SendFailures()) { $0 + $1.records.recorder.failures }, others: others), log, disturbed,
      JudgedHistory(history, deletions: analysis.deletions, isReadToTheEnd: outcome.isAudited, committed: committed, groups: groups)
    )
  }

  private var machine: String {
    switch target {
    case .loopback, .processes: "live"
    case .bootstrap(let addresses): "cluster at \(addresses.map(\.description).joined(separator: ","))"
    }
  }

  /// What rules deleted, as clients can tell: everything below the start of the logs.
  private func deletions(_ history: History, _ outcome: RealOutcome) -> Deletions {
    var deletions = Deletions()
    for (index, partition) in history.partitions.enumerated() {
      guard let start = outcome.logStartOffsets[partition] else { continue }
      // It is unknown when the log's start moved, so assume the earliest time.
      deletions.add(below: start, of: PartitionNumber(Int32(index)), by: .logStart, at: .zero)
    }
    return deletions
  }

  /// The promise for each acknowledged record: changes of leaders are unknown here, so acks=all promises as if there had been none.
  private func contract(_ history: History) -> DurabilityContract {
    let contract = DurabilityContract()
    // Processes are numbered in the order of the clients, and each life has its own number.
    let acks = clients.flatMap { Array(repeating: $0.acks, count: $0.records.processCount) }
    let copies = Dictionary(uniqueKeysWithValues: scenario.topics.map { ($0.name, (1...Int32($0.replicationFactor)).map { NodeID($0) }) })
    for operation in history.operations where operation.function == .send && operation.kind == .ok {
      guard let acks = acks[Int(operation.process.number)] else { continue }
      var tokens: ContiguousArray<UInt64> = []
      var first: History.Entry?
      history.forEachEntry(of: operation) { entry in
        if first == nil { first = entry }
        tokens.append(UInt64(entry.value.number))
      }
      guard let first else { continue }
      let topic = history.partitions[Int(first.partition.number)].topic
      contract.recordAcknowledged(
        tokens, in: first.partition, from: first.offset, acks: acks,
        DurabilityContract.Commit(copies: copies[topic] ?? [], minimumCopies: settings.minimumCopies[topic] ?? 1))
    }
    return contract
  }

  private var facts: LawFacts {
    LawFacts(
      producers: LawFacts.Producer.all(of: scenario), replicationFactor: scenario.topics.map(\.replicationFactor).min() ?? 1,
      brokers: scenario.cluster.brokers)
  }
}
