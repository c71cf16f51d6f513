import Groups
import Primitives

/// A time setting of KIP-848 groups that a broker sets for all groups and a group for itself, within limits.
struct BoundedGroupTime: Sendable {
  /// Such as `session.timeout.ms`: preceded by `group.consumer.`, also in the names of its minimum and maximum, and by `consumer.` for a single group.
  let name: String
  let ofAll: Property<ConsumerGroupSettings, Duration>
  let ofOne: Property<GroupConfiguration, Int32>
  let minimum: Property<ConsumerGroupSettings, Duration>
  let maximum: Property<ConsumerGroupSettings, Duration>

  static let all = [
    BoundedGroupTime(
      name: "assignment.interval.ms", ofAll: \.assignmentInterval, ofOne: \.consumerAssignmentInterval, minimum: \.bounds.minAssignmentInterval,
      maximum: \.bounds.maxAssignmentInterval),
    BoundedGroupTime(
      name: "heartbeat.interval.ms", ofAll: \.heartbeatInterval, ofOne: \.consumerHeartbeatInterval, minimum: \.bounds.minHeartbeatInterval,
      maximum: \.bounds.maxHeartbeatInterval),
    BoundedGroupTime(
      name: "session.timeout.ms", ofAll: \.sessionTimeout, ofOne: \.consumerSessionTimeout, minimum: \.bounds.minSessionTimeout,
      maximum: \.bounds.maxSessionTimeout),
  ]

  private var brokersName: String { "group.consumer.\(name)" }
  private var minimumName: String { "group.consumer.min.\(name)" }
  private var maximumName: String { "group.consumer.max.\(name)" }

  /// The allowed range. A limit that is not set yields to the broker's own setting, where Kafka refuses to start until the limit is set too.
  private func range(_ settings: ConsumerGroupSettings) -> ClosedRange<Duration> {
    let own = settings[keyPath: ofAll]
    return min(settings[keyPath: minimum], own)...max(settings[keyPath: maximum], own)
  }

  /// The contradiction in a broker's settings, if any (`GroupCoordinatorConfig`).
  func objection(to settings: ConsumerGroupSettings, given names: Set<String>) -> ConfigurationError? {
    let own = settings[keyPath: ofAll], least = settings[keyPath: minimum], most = settings[keyPath: maximum]
    if most < least { return contradiction(minimumName, "must not be more than", maximumName) }
    if names.contains(minimumName), own < least { return contradiction(brokersName, "must not be less than", minimumName) }
    if names.contains(maximumName), own > most { return contradiction(brokersName, "must not be more than", maximumName) }
    return nil
  }

  private func contradiction(_ first: String, _ words: String, _ second: String) -> ConfigurationError {
    .contradiction(names: [first, second], explanation: "the first \(words) the second")
  }

  /// What is wrong with a group's own value (`GroupConfig.validateValues`).
  func objection(to group: GroupConfiguration, _ settings: ConsumerGroupSettings) -> String? {
    let value = Duration.milliseconds(Int64(group[keyPath: ofOne])), range = range(settings)
    if value < range.lowerBound { return "consumer.\(name) must be greater than or equal to \(minimumName)" }
    return value > range.upperBound ? "consumer.\(name) must be less than or equal to \(maximumName)" : nil
  }

  /// Applies a group's own value, within limits that may have changed since it was set.
  func apply(_ group: GroupConfiguration, given names: some Sequence<String>, to settings: inout ConsumerGroupSettings) {
    guard names.contains("consumer.\(name)") else { return }
    let range = range(settings)
    settings[keyPath: ofAll] = min(max(.milliseconds(Int64(group[keyPath: ofOne])), range.lowerBound), range.upperBound)
  }
}

extension ConsumerGroupSettings {
  /// The contradiction in a broker's settings, if any.
  func objection(given names: Set<String>) -> ConfigurationError? {
    for time in BoundedGroupTime.all {
      if let objection = time.objection(to: self, given: names) { return objection }
    }
    guard heartbeatInterval >= sessionTimeout else { return nil }
    return .contradiction(
      names: ["group.consumer.heartbeat.interval.ms", "group.consumer.session.timeout.ms"],
      explanation: "the first must be smaller than the second, or each session would end before its first heartbeat")
  }
}

extension GroupConfiguration {
  /// The settings of a group without its own values, from its broker's settings.
  init(_ settings: ConsumerGroupSettings) {
    self.init()
    for time in BoundedGroupTime.all { self[keyPath: time.ofOne] = Int32(clamping: settings[keyPath: time.ofAll].milliseconds) }
  }

  /// What is wrong with a group's settings, given those of the brokers.
  func objection(_ settings: ConsumerGroupSettings) -> String? {
    for time in BoundedGroupTime.all {
      if let objection = time.objection(to: self, settings) { return objection }
    }
    return consumerSessionTimeout <= consumerHeartbeatInterval ? "consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms" : nil
  }
}
