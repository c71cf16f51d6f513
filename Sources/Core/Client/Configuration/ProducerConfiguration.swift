import Primitives
import Wire

/// The settings of a producer, with Kafka's names and the defaults of 4.3.
public struct ProducerConfiguration: ConnectedConfiguration {
  public var connection = ConnectionConfiguration()
  /// `acks`: what a broker must have done before it answers.
  public var acks = Acknowledgement.all
  /// `batch.size`, in bytes: a batch is closed where the next record would make it larger. Also the unit of `buffer.memory`.
  public var batchSize = 16_384
  /// `linger.ms`: how long a batch that is not full waits for more records.
  public var linger = Duration.milliseconds(5)
  /// `buffer.memory`, in bytes: records wait outside where the batches not yet acknowledged need all of it.
  public var bufferMemory = 33_554_432
  /// `max.block.ms`: how long a record may wait for metadata or memory before it fails.
  public var maxBlock = Duration.milliseconds(60_000)
  /// `max.in.flight.requests.per.connection`: above 1, retries may reorder records of a producer that is not idempotent.
  public var maxInFlightRequestsPerConnection = 5
  /// `max.request.size`, in bytes: of one request, and of one record uncompressed.
  public var maxRequestSize = 1_048_576
  /// `retries`: how often a batch is sent again after a retriable error.
  public var retries = Int32.max
  /// `delivery.timeout.ms`: from a batch's first record to its acknowledgement, retries included.
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
  /// `partitioner.ignore.keys`: the default partitioner then treats every record as one without a key.
  public var ignoresKeys = false
  /// `partitioner.adaptive.partitioning.enable`: partitions with shorter queues get more of the records without a key (KIP-794).
  public var isPartitioningAdaptive = true
  /// `partitioner.availability.timeout.ms`: partitions whose leader was not ready for this long get no records without a key;
  /// nil where it is 0, which switches this off.
  public var partitionAvailabilityTimeout: Duration?
  /// `enable.idempotence`: brokers write each batch once and in order, however often it is sent (KIP-98). Needs `acks=all`, retries, and at most five requests in flight.
  /// Read from texts that do not name it, it is off where acks or retries do not allow it (KIP-679).
  public var isIdempotent = true
  /// `transactional.id`: makes the producer a transactional one. Whoever takes the same id over fences it.
  public var transactionalID: String?
  /// `transaction.timeout.ms`: a transaction that is open for longer is aborted by its coordinator.
  public var transactionTimeout = Duration.milliseconds(60_000)
  /// `transaction.two.phase.commit.enable`: transactions do not time out, and may be prepared (KIP-939).
  public var isTwoPhaseCommit = false
  /// None of them is a setting of Kafka's.
  public var switches = ProducerSwitches()

  public init() {}

  /// What Kafka's names and texts say. Every mistake is an error that names the setting and what would be right.
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

  /// Contradictions between settings that are fine alone.
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

  /// The level for the codec in use; nil where the codec has none.
  var compressionLevel: Int? {
    switch compression {
    case .gzip: gzipLevel
    case .lz4: lz4Level
    case .zstd: zstdLevel
    case .none, .snappy: nil
    }
  }
}

/// `acks`: what a broker must have done before it answers a Produce request.
public enum Acknowledgement: Int16, CaseIterable, Hashable, Sendable {
  /// There is no answer: a record counts as acknowledged when it is sent.
  case none = 0
  /// The leader has appended.
  case leader = 1
  /// All replicas in sync have appended.
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
