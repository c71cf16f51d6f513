import Primitives

/// The settings of a broker's log directory, under Kafka's names and with the defaults of 4.3.
public struct LogManagerConfiguration: Hashable, Sendable {
  public var initialTaskDelay = Duration.seconds(30)
  public var retentionCheckInterval = Duration.seconds(300)
  /// How often the manager looks for logs whose `flush.ms` has passed.
  public var flushSchedulerInterval = Duration.forever
  public var flushOffsetCheckpointInterval = Duration.seconds(60)
  public var flushStartOffsetCheckpointInterval = Duration.seconds(60)
  public var highWatermarkCheckpointInterval = Duration.seconds(5)
  public var producerIDExpiration = Duration.seconds(86_400)
  public var producerIDExpirationCheckInterval = Duration.seconds(600)

  public var cleaner = CleanerConfiguration()
  public var switches = LogSwitches()

  public init() {}

  public static let table = ConfigurationTable(defaults: LogManagerConfiguration(), [
    .milliseconds("log.initial.task.delay.ms", \.initialTaskDelay),
    .milliseconds("log.retention.check.interval.ms", \.retentionCheckInterval, in: 1 ... .max),
    .milliseconds("log.flush.scheduler.interval.ms", \.flushSchedulerInterval),
    .milliseconds("log.flush.offset.checkpoint.interval.ms", \.flushOffsetCheckpointInterval, kind: .int),
    .milliseconds("log.flush.start.offset.checkpoint.interval.ms", \.flushStartOffsetCheckpointInterval, kind: .int),
    .milliseconds("replica.high.watermark.checkpoint.interval.ms", \.highWatermarkCheckpointInterval),
    .milliseconds("producer.id.expiration.ms", \.producerIDExpiration, in: 1 ... .max, kind: .int),
    .milliseconds("producer.id.expiration.check.interval.ms", \.producerIDExpirationCheckInterval, in: 1 ... .max, kind: .int),
    .boolean("log.cleaner.enable", \.cleaner.isEnabled),
    .milliseconds("log.cleaner.backoff.ms", \.cleaner.backoff),
    .integer("log.cleaner.dedupe.buffer.size", \.cleaner.dedupeBufferSize),
    unboundedNumber("log.cleaner.io.buffer.load.factor", \.cleaner.bufferLoadFactor),
    .integer("log.cleaner.io.buffer.size", \.cleaner.ioBufferSize, in: 0 ... .max),
    unboundedNumber("log.cleaner.io.max.bytes.per.second", \.cleaner.maxBytesPerSecond),
    .integer("log.cleaner.threads", \.cleaner.threads, in: 0 ... .max),
  ])

  /// A number without limits in Kafka. The largest one is printed as Java prints it, because it is a default.
  private static func unboundedNumber(
    _ name: String, _ property: Property<LogManagerConfiguration, Double>
  ) -> Setting<LogManagerConfiguration> {
    Setting(name, kind: .double, expectation: "a number") { text, configuration in
      guard let value = Double(text), value.isFinite else { return false }
      configuration[keyPath: property] = value
      return true
    } print: { $0[keyPath: property] == .greatestFiniteMagnitude ? "1.7976931348623157E308" : String($0[keyPath: property]) }
  }
}
