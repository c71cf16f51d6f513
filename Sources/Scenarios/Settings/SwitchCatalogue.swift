import Client
import Controller
import Groups
import Log
import Primitives
import Replication
import Transactions
import Workloads

/// The historic behaviours that a scenario can switch on, by name. All default to modern behaviour.
struct SwitchCatalogue: Equatable {
  private(set) var replication = ReplicationSwitches()
  private(set) var controller = ControllerSwitches()
  private(set) var groups = GroupSwitches()
  private(set) var transactions = TransactionSwitches()
  private(set) var log = LogSwitches()
  private(set) var consumer = ConsumerSwitches()
  private(set) var producer = ProducerSwitches()
  private(set) var application = ApplicationSwitches()

  private static let replicationTable = ConfigurationTable<ReplicationSwitches>(
    defaults: ReplicationSwitches(),
    [
      .choice("truncation", \.truncation), .choice("offsetForLeaderEpoch", \.offsetForLeaderEpoch),
      .boolean("fetchChecksLeaderEpoch", \.fetchChecksLeaderEpoch), .boolean("leaderUsesMaximalISR", \.leaderUsesMaximalISR),
      .boolean("requireLeaderEpochStartOffset", \.requireLeaderEpochStartOffset), .boolean("persistEpochOnBecomeLeader", \.persistEpochOnBecomeLeader),
      .boolean("truncateBeforeHighWatermarkUpdate", \.truncateBeforeHighWatermarkUpdate), .boolean("matchEpochOfRequest", \.matchEpochOfRequest),
      .boolean("rejectBatchesOfNewerEpoch", \.rejectBatchesOfNewerEpoch), .boolean("guardListOffsets", \.guardListOffsets),
      .boolean("rejectFencedInISR", \.rejectFencedInISR), .boolean("highWatermarkIgnoresIneligible", \.highWatermarkIgnoresIneligible),
      .boolean("highWatermarkNeedsMinimumISR", \.highWatermarkNeedsMinimumISR), .boolean("sendBrokerEpochs", \.sendBrokerEpochs),
      .boolean("resetFollowersOnNewEpoch", \.resetFollowersOnNewEpoch),
      .boolean("answerFollowerBehindHighWatermark", \.answerFollowerBehindHighWatermark),
      .boolean("sessionIncludesHighWatermarkChange", \.sessionIncludesHighWatermarkChange), .boolean("sessionRepeatsAfterDivergence", \.sessionRepeatsAfterDivergence),
      .boolean("restartsInsideBatch", \.restartsInsideBatch), .boolean("checkFetchSessionEpoch", \.checkFetchSessionEpoch),
      .choice("followerFetchBeyondEnd", \.followerFetchBeyondEnd), .choice("lastStableOffset", \.lastStableOffset),
      .boolean("abortedInPurgatory", \.abortedInPurgatory), .boolean("nameOnlyActiveReplicas", \.nameOnlyActiveReplicas),
      .boolean("wakeConsumersOfFollowers", \.wakeConsumersOfFollowers),
    ])

  /// All switches as in Kafka 4.3.
  init() {}

  /// These switches without those that repair what Kafka 4.3 itself does: they break no rule.
  var withoutRepairs: SwitchCatalogue {
    var switches = self
    switches.log.keepUnreplicatedTransactions = false
    switches.producer.laterBatchTellsWritten = false
    switches.producer.renumberStored = true
    switches.producer.keepUncertainSequences = false
    switches.replication.sessionRepeatsAfterDivergence = false
    switches.replication.restartsInsideBatch = false
    switches.controller.protectFencedBrokers = false
    switches.controller.quorum.standUntilRemovalIsCommitted = false
    return switches
  }

  init(_ settings: [WrittenSetting]) throws {
    var mistakes = Mistakes()
    for setting in settings { try mistakes.collect { try apply(setting) } }
    try mistakes.settle()
  }

  /// Applies a setting to every table that has a switch of that name.
  private mutating func apply(_ setting: WrittenSetting) throws {
    let areKnown = [
      try Self.apply(setting, to: &controller, by: ControllerSwitches.table), try Self.apply(setting, to: &replication, by: Self.replicationTable),
      try Self.apply(setting, to: &groups, by: GroupSwitches.table), try Self.apply(setting, to: &transactions, by: TransactionSwitches.table),
      try Self.apply(setting, to: &log, by: LogSwitches.table), try Self.apply(setting, to: &consumer, by: ConsumerSwitches.table),
      try Self.apply(setting, to: &producer, by: ProducerSwitches.table), try Self.apply(setting, to: &application, by: ApplicationSwitches.table),
    ]
    guard !areKnown.contains(true) else { return }
    let names = [
      Self.replicationTable.settings.map(\.name), ControllerSwitches.table.settings.map(\.name), GroupSwitches.table.settings.map(\.name),
      TransactionSwitches.table.settings.map(\.name), LogSwitches.table.settings.map(\.name), ConsumerSwitches.table.settings.map(\.name),
      ProducerSwitches.table.settings.map(\.name), ApplicationSwitches.table.settings.map(\.name),
    ].flatMap { $0 }
    throw ScenarioError(
      at: setting.place, "there is no switch '\(setting.name.quotable)'",
      remedy: suggestion(for: setting.name, among: names))
  }

  /// Applies a setting if the table has such a switch, and returns whether it has.
  private static func apply<Switches: Sendable>(_ setting: WrittenSetting, to switches: inout Switches, by table: ConfigurationTable<Switches>) throws -> Bool {
    guard table.contains(setting.name) else { return false }
    try setting.checked { () throws(ConfigurationError) in try table.apply([(setting.name, setting.value)], to: &switches) }
    return true
  }
}
