import Primitives

/// The settings of the log cleaner, with the defaults of 4.3 (`CleanerConfig`). All but `isEnabled` may change while a broker runs.
public struct CleanerConfiguration: Hashable, Sendable {
  /// Without a cleaner, compacted logs only grow: retention does not apply to them either.
  public var isEnabled = true
  /// How long a cleaner rests after it found nothing to do.
  public var backoff = Duration.seconds(15)
  /// The memory for the offset maps of all cleaners together, in bytes.
  public var dedupeBufferSize: Int64 = 134_217_728
  /// The fraction to which an offset map is filled.
  public var bufferLoadFactor = 0.9
  /// The buffers for reading and writing of all cleaners together, in bytes. They determine how much a cleaner reads before it yields.
  public var ioBufferSize: Int32 = 524_288
  /// The most bytes that all cleaners together read and write in a second.
  public var maxBytesPerSecond = Double.greatestFiniteMagnitude
  /// The number of logs that are cleaned in parallel.
  public var threads: Int32 = 1

  public init() {}

  /// Why these settings are invalid; nil if they are valid (`KafkaConfig.validateValues`).
  public var objection: ConfigurationError? {
    guard threads > 0 else {
      return .invalidValue(name: "log.cleaner.threads", value: "0", expected: "at least 1; to turn compaction off, set log.cleaner.enable to false")
    }
    guard dedupeBufferSize / Int64(threads) > 1 << 20 else {
      return .contradiction(
        names: ["log.cleaner.dedupe.buffer.size", "log.cleaner.threads"], explanation: "each cleaner needs more than 1048576 bytes; raise the first")
    }
    return nil
  }

  /// Whether AlterConfigs may change a setting (`LogCleaner.ReconfigurableConfigs`).
  public static func isDynamic(_ name: String) -> Bool { name.hasPrefix("log.cleaner.") && name != "log.cleaner.enable" }

  /// Why a running broker cannot change to these settings; nil if it can (`LogCleaner.validateReconfiguration`).
  public func objection(toReplacing former: CleanerConfiguration) -> ConfigurationError? {
    let bounds = max(1, former.threads / 2)...max(1, former.threads.multipliedReportingOverflow(by: 2).overflow ? .max : former.threads * 2)
    guard threads != former.threads, !bounds.contains(threads) else { return nil }
    return .invalidValue(name: "log.cleaner.threads", value: String(threads), expected: "\(bounds.lowerBound) to \(bounds.upperBound) while \(former.threads) run")
  }

  /// Half of a cleaner's buffer is for reading, as in Kafka; at most 1 MiB is read before others get their turn.
  var sliceBytes: Int { max(1, min(Int(ioBufferSize) / max(1, Int(threads)) / 2, 1 << 20)) }

  var offsetMap: OffsetMap { OffsetMap(memory: dedupeBufferSize / Int64(max(1, threads)), loadFactor: bufferLoadFactor) }
}
