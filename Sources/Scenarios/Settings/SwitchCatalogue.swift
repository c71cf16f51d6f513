import Client
import Controller
import Groups
import Primitives
import Replication

/// The historic behaviours that a scenario can switch on, by name. All are modern by default.
struct SwitchCatalogue: Equatable {
  private(set) var replication = ReplicationSwitches()
  private(set) var controller = ControllerSwitches()
  private(set) var groups = GroupSwitches()
  private(set) var consumer = ConsumerSwitches()

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
      .boolean("sessionIncludesHighWatermarkChange", \.sessionIncludesHighWatermarkChange), .boolean("checkFetchSessionEpoch", \.checkFetchSessionEpoch),
      .choice("followerFetchBeyondEnd", \.followerFetchBeyondEnd),
    ])

  /// As in Kafka 4.3.
  init() {}

  init(_ settings: [WrittenSetting]) throws {
    var mistakes = Mistakes()
    for setting in settings { try mistakes.collect { try apply(setting) } }
    try mistakes.settle()
  }

  private mutating func apply(_ setting: WrittenSetting) throws {
    let pair = [(setting.name, setting.value)]
    let isOfController = ControllerSwitches.table.contains(setting.name)
    guard isOfController || Self.replicationTable.contains(setting.name) || GroupSwitches.table.contains(setting.name)
      || ConsumerSwitches.table.contains(setting.name)
    else {
      let names = Self.replicationTable.settings.map(\.name) + ControllerSwitches.table.settings.map(\.name)
        + GroupSwitches.table.settings.map(\.name) + ConsumerSwitches.table.settings.map(\.name)
      throw ScenarioError(
        at: setting.place, "there is no switch '\(setting.name.quotable)'",
        remedy: suggestion(for: setting.name, among: names))
    }
    if isOfController { try setting.checked { () throws(ConfigurationError) in try ControllerSwitches.table.apply(pair, to: &controller) } }
    if Self.replicationTable.contains(setting.name) {
      try setting.checked { () throws(ConfigurationError) in try Self.replicationTable.apply(pair, to: &replication) }
    }
    if GroupSwitches.table.contains(setting.name) {
      try setting.checked { () throws(ConfigurationError) in try GroupSwitches.table.apply(pair, to: &groups) }
    }
    if ConsumerSwitches.table.contains(setting.name) {
      try setting.checked { () throws(ConfigurationError) in try ConsumerSwitches.table.apply(pair, to: &consumer) }
    }
  }
}
