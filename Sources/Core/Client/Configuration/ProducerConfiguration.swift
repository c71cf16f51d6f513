import Primitives
import Wire

/// The settings of a producer, with Kafka's names and the defaults of 4.3.
public struct ProducerConfiguration: ConnectedConfiguration {
  public var connection = ConnectionConfiguration()
  /// `acks`: what a broker must have done before it responds.
  public var acks = Acknowledgement.all
  /// `batch.size`, in bytes: a batch is closed if the next record would make it larger. Also the unit of `buffer.memory`.
  public var batchSize = 16_384
  /// `linger.ms`: how long a batch that is not full waits for more records.
  public var linger = Duration.milliseconds(5)
  /// `buffer.memory`, in bytes: further records wait while unacknowledged batches use all of it.
  public var bufferMemory = 33_554_432
  /// `max.block.ms`: how long a record may wait for metadata or memory before it fails.
  public var maxBlock = Duration.milliseconds(60_000)
  /// `max.in.flight.requests.per.connection`: above 1, retries may reorder records of a producer that is not idempotent.
  public var maxInFlightRequestsPerConnection = 5
  /// `max.request.size`, in bytes: the limit for one request, and for one uncompressed record.
  public var maxRequestSize = 1_048_576
  /// `retries`: how often a batch is resent after a retriable error.
  public var retries = Int32.max
  /// `delivery.timeout.ms`: from a batch's first record to its acknowledgement, including retries.
  public var deliveryTimeout = Duration.milliseconds(120_000)
  /// `compression.type`
  public var compression = Compression.none
  /// `compression.gzip.level`; -1 is the codec's own default.
  public var gzipLevel = -1
  /// `compression.lz4.level`
  public var lz4Level = 9
  /// `compression.zstd.level`
  public var zstdLevel = 3
  /// `partitioner.class`: null, or Kafka's round robin. Other partitioners are set here as closures.
  public var partitioning = Partitioning.default
  /// `partitioner.ignore.keys`: the default partitioner treats every record like one without a key.
  public var ignoresKeys = false
  /// `partitioner.adaptive.partitioning.enable`: partitions with shorter queues get more of the records without a key (KIP-794).
  public var isPartitioningAdaptive = true
  /// `partitioner.availability.timeout.ms`: partitions whose leader was not ready for this long get no records without a key; nil for 0, which turns
  /// this off.
  public var partitionAvailabilityTimeout: Duration?
  /// `enable.idempotence`: brokers write each batch once and in order, however often it is sent (KIP-98). Needs `acks=all`, retries, and at most five
  /// requests in flight. If the parsed settings do not contain it, it is off unless acks and retries permit it (KIP-679).
  public var isIdempotent = true
  /// `transactional.id`: makes the producer transactional. A producer that takes over the id fences the previous one.
  public var transactionalID: String?
  /// `transaction.timeout.ms`: the coordinator aborts a transaction that is open longer.
  public var transactionTimeout = Duration.milliseconds(60_000)
  /// `transaction.two.phase.commit.enable`: transactions do not time out, and may be prepared (KIP-939).
  public var isTwoPhaseCommit = false
  /// Switches, none of which is a setting in Kafka.
  public var switches = ProducerSwitches()

  public init() {}

  /// Parses Kafka's names and texts. Every mistake is an error that names the setting and what would be right.
  public init(_ values: some Collection<(String, String)>, switches: ProducerSwitches = ProducerSwitches()) throws(ConfigurationError) {
    self = try Self.table.clientConfiguration(from: values)
    self.switches = switches
    try validate()
  }

  /// `KafkaProducer.configureDeliveryTimeout`
  mutating func adjust(given: Set<String>) {
    adjustReconnectBackoff(given: given)
    adjustIdempotence(given: given)
    let least = min(linger, .milliseconds(Int64(Int32.max))) + connection.requestTimeout
    guard deliveryTimeout < least, !given.contains("delivery.timeout.ms") else { return }
    deliveryTimeout = min(least, .milliseconds(Int64(Int32.max)))
    connection.adjustments.append("delivery.timeout.ms was not set and is \(deliveryTimeout), the sum of linger.ms and request.timeout.ms")
  }

  /// Throws if settings that are valid on their own contradict each other.
  public func validate() throws(ConfigurationError) {
    try validateIdempotence()
    let longest = Duration.milliseconds(Int64(Int32.max))
    if deliveryTimeout < min(min(linger, longest) + connection.requestTimeout, longest) {
      throw .contradiction(
        names: ["delivery.timeout.ms", "linger.ms", "request.timeout.ms"],
        explanation: "the first must be at least the sum of the other two, or no batch would have time for one attempt")
    }
  }

  public static let table = ConfigurationTable(defaults: ProducerConfiguration(), connectionSettings + [
    .acknowledgement("acks", \.acks),
    .integer("batch.size", \.batchSize, in: 0...Int(Int32.max)),
    .integer("buffer.memory", \.bufferMemory, in: 0 ... .max),
    .gzipLevel("compression.gzip.level", \.gzipLevel),
    .integer("compression.lz4.level", \.lz4Level, in: 1...17),
    .compression("compression.type", \.compression),
    .integer("compression.zstd.level", \.zstdLevel, in: -131_072...22),
    .milliseconds("delivery.timeout.ms", \.deliveryTimeout, in: 0...Int64(Int32.max), kind: .int),
    .boolean("enable.idempotence", \.isIdempotent),
    .milliseconds("linger.ms", \.linger),
    .milliseconds("max.block.ms", \.maxBlock),
    .integer("max.in.flight.requests.per.connection", \.maxInFlightRequestsPerConnection, in: 1...Int(Int32.max)),
    .integer("max.request.size", \.maxRequestSize, in: 0...Int(Int32.max)),
    .boolean("partitioner.adaptive.partitioning.enable", \.isPartitioningAdaptive),
    .optionalMilliseconds("partitioner.availability.timeout.ms", \.partitionAvailabilityTimeout, none: 0),
    .partitioner("partitioner.class", \.partitioning),
    .boolean("partitioner.ignore.keys", \.ignoresKeys),
    .integer("retries", \.retries, in: 0 ... .max),
    .milliseconds("transaction.timeout.ms", \.transactionTimeout, in: Int64(Int32.min)...Int64(Int32.max), kind: .int),
    .boolean("transaction.two.phase.commit.enable", \.isTwoPhaseCommit),
    .optionalString("transactional.id", \.transactionalID),
  ])

  /// The level for the selected codec; nil if the codec has no levels.
  var compressionLevel: Int? {
    switch compression {
    case .gzip: gzipLevel
    case .lz4: lz4Level
    case .zstd: zstdLevel
    case .none, .snappy: nil
    }
  }
}

/// `acks`: what a broker must have done before it responds to a Produce request.
public enum Acknowledgement: Int16, CaseIterable, Hashable, Sendable {
  /// There is no response: a record counts as acknowledged when it is sent.
  case none = 0
  /// The leader has appended.
  case leader = 1
  /// All in-sync replicas have appended.
  case all = -1
}

extension Setting {
  static func acknowledgement(_ name: String, _ property: Property<Configuration, Acknowledgement>) -> Setting {
    Setting(name, kind: .string, expectation: "one of all, -1, 0, 1") { text, configuration in
      switch text {
      case "all", "-1": configuration[keyPath: property] = .all
      case "0": configuration[keyPath: property] = .none
      case "1": configuration[keyPath: property] = .leader
      default: return false
      }
      return true
    } print: { $0[keyPath: property] == .all ? "all" : String($0[keyPath: property].rawValue) }
  }

  static func compression(_ name: String, _ property: Property<Configuration, Compression>) -> Setting {
    let codecs: [Compression] = [.none, .gzip, .snappy, .lz4, .zstd]
    return Setting(name, kind: .string, expectation: "one of \(codecs.map(\.name).joined(separator: ", "))") { text, configuration in
      guard let codec = codecs.first(where: { $0.name == text }) else { return false }
      configuration[keyPath: property] = codec
      return true
    } print: { $0[keyPath: property].name }
  }

  static func gzipLevel(_ name: String, _ property: Property<Configuration, Int>) -> Setting {
    Setting(name, kind: .int, expectation: "an integer from 1 to 9, or -1") { text, configuration in
      guard let level = Int(text), level == -1 || (1...9).contains(level) else { return false }
      configuration[keyPath: property] = level
      return true
    } print: { String($0[keyPath: property]) }
  }

  static func partitioner(_ name: String, _ property: Property<Configuration, Partitioning>) -> Setting {
    let roundRobin = "org.apache.kafka.clients.producer.RoundRobinPartitioner"
    return Setting(name, kind: .class, expectation: "nothing, or \(roundRobin)") { text, configuration in
      switch text {
      case "": configuration[keyPath: property] = .default
      case roundRobin, "RoundRobinPartitioner": configuration[keyPath: property] = .roundRobin
      default: return false
      }
      return true
    } print: { configuration in
      if case .roundRobin = configuration[keyPath: property] { roundRobin } else { "" }
    }
  }
}
