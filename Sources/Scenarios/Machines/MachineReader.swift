import Primitives
import Sim

/// Reads a machine profile strictly. Missing values are those of `nvme-10g`; missing values of clients are those of the profile's brokers.
public enum MachineReader {
  /// - Parameters:
  ///   - text: the YAML text of a profile.
  ///   - file: its path, for errors.
  /// - Throws: a `ScenarioError` with the place, the mistake and the remedy.
  public static func read(text: String, file: String) throws -> MachineProfile {
    try read(Value.parse(text, source: file), file: file)
  }

  package static func read(_ document: Value, file: String) throws -> MachineProfile {
    var map = try MapReader(document)
    let name = try map.needed("name") { try $0.string() }
    var profile = MachineProfile(name: name ?? file)
    profile.about = try map.optional("about") { try $0.string() } ?? ""
    profile.isShared = try map.optional("shared") { try $0.bool() } ?? false
    try map.optional("processor") { try profile.processor.read($0) }
    try map.optional("client") { value in
      var client = profile.processor
      try client.read(value)
      profile.client = client
    }
    try map.optional("network") { try profile.network.read($0) }
    try map.optional("disk") { try profile.disk.read($0) }
    try map.finish()
    return profile
  }
}

extension ProcessorProfile {
  /// The names of the codecs, indexed by Kafka's number.
  static let codecs = ["none", "gzip", "snappy", "lz4", "zstd"]

  /// The limit for a single step of work: with more, no cluster starts up.
  private static let longestStep = Duration.milliseconds(100)

  fileprivate mutating func read(_ value: Value) throws {
    var map = try MapReader(value)
    try map.take("cores", &cores) { Int(try $0.integer(in: 1...1_024)) }
    try map.take("threads", &threads) { Int(try $0.integer(in: 1...1_024)) }
    try map.take("event", &event) { try $0.duration(upTo: Self.longestStep) }
    try map.take("request", &request) { try $0.duration(upTo: Self.longestStep) }
    try map.take("request-bytes", &requestBytePicoseconds) { try $0.picosecondsPerByte() }
    try map.take("record", &record) { try $0.duration(upTo: Self.longestStep) }
    try map.take("send", &send) { try $0.duration(upTo: Self.longestStep) }
    try map.take("send-bytes", &sendBytePicoseconds) { try $0.picosecondsPerByte() }
    try map.take("batch", &batch) { try $0.duration(upTo: Self.longestStep) }
    try map.take("copy", &copyBytePicoseconds) { try $0.picosecondsPerByte() }
    try map.take("checksum", &checksumBytePicoseconds) { try $0.picosecondsPerByte() }
    try map.optional("codecs") { try readCodecs($0) }
    try map.finish()
  }

  private mutating func readCodecs(_ value: Value) throws {
    var map = try MapReader(value)
    for (number, name) in Self.codecs.enumerated().dropFirst() {
      try map.optional(name) { codec in
        var rates = try MapReader(codec)
        try rates.take("compress", &compressBytePicoseconds[number]) { try $0.picosecondsPerByte() }
        try rates.take("decompress", &decompressBytePicoseconds[number]) { try $0.picosecondsPerByte() }
        try rates.finish()
      }
    }
    try map.finish()
  }
}

extension NetworkProfile {
  /// With more, no cluster starts up.
  private static let longestLatency = Duration.milliseconds(250)
  /// TCP itself does not wait longer.
  private static let longestTimeout = Duration.seconds(3_600)

  fileprivate mutating func read(_ value: Value) throws {
    var map = try MapReader(value)
    try map.take("latency", &latency) { try $0.duration(upTo: Self.longestLatency) }
    try map.take("jitter", &jitterMean) { try $0.duration(upTo: Self.longestLatency) }
    try map.take("bandwidth", &bandwidth) { try $0.bandwidth(atLeast: leastRate) }
    try map.take("loopback-latency", &loopbackLatency) { try $0.duration(upTo: Self.longestLatency) }
    try map.take("loopback-bandwidth", &loopbackBandwidth) { try $0.bandwidth(atLeast: leastRate) }
    try map.take("connect-timeout", &connectTimeout) { try $0.duration(upTo: Self.longestTimeout) }
    try map.take("retransmission", &retransmissionTimeout) { try $0.duration(upTo: Self.longestTimeout) }
    try map.finish()
  }
}

/// The lowest bandwidth in bytes a second: with less, no cluster starts up.
private let leastRate: Int64 = 100_000

extension DiskProfile {
  /// The limit for a single flush or read.
  private static let longestStep = Duration.seconds(1)
  /// The space that a broker's files need before any record is written.
  private static let leastCapacity = 16 << 20
  private static let leastPageCache = 1 << 20

  fileprivate mutating func read(_ value: Value) throws {
    var map = try MapReader(value)
    try map.take("sync", &syncLatency) { try $0.duration(upTo: Self.longestStep) }
    try map.take("sync-tail", &syncTailMean) { try $0.duration(upTo: Self.longestStep) }
    try map.take("sync-quantiles", &syncQuantiles) { value in
      let quantiles = try value.list { try $0.duration(upTo: Self.longestStep) }
      guard quantiles.count >= 2, zip(quantiles, quantiles.dropFirst()).allSatisfy(<=) else {
        throw value.error(
          "expected flush times in ascending order", remedy: "Write at least the shortest and the longest, such as [150us, 200us, 2ms].")
      }
      return quantiles
    }
    try map.take("write", &writeBandwidth) { try $0.bandwidth(atLeast: leastRate) }
    try map.take("read", &readBandwidth) { try $0.bandwidth(atLeast: leastRate) }
    try map.take("read-latency", &readLatency) { try $0.duration(upTo: Self.longestStep) }
    try map.take("parallel-flushes", &parallelFlushes) { Int(try $0.integer(in: 1...1_024)) }
    try map.take("capacity", &capacity) { try $0.size(atLeast: Self.leastCapacity) }
    try map.take("page-cache", &pageCache) { try $0.size(atLeast: Self.leastPageCache) }
    try map.take("writeback-from", &writebackFrom) { Int64(try $0.byteCount()) }
    try map.take("dirty-limit", &dirtyLimit) { value in
      let limit = Int64(try value.byteCount())
      guard limit >= writebackFrom else {
        throw value.error("writers would wait before anything is written back", remedy: "Write at least as much as for writeback-from.")
      }
      return limit
    }
    try map.finish()
  }
}

extension MapReader {
  /// Reads a key into a variable, which keeps its value if the key is absent.
  fileprivate mutating func take<Result>(_ key: String, _ target: inout Result, _ read: (Value) throws -> Result) throws {
    if let value = try optional(key, read) { target = value }
  }
}

extension Value {
  fileprivate func size(atLeast least: Int) throws -> Int64 {
    let size = try byteCount()
    guard size >= least else { throw error("\(kind) is too little", remedy: "Write at least \(least >> 20)MiB.") }
    return Int64(size)
  }

  /// The cost of a byte: a rate such as `10GB/s`, or picoseconds such as `4600ps`, which are exact.
  fileprivate func picosecondsPerByte() throws -> Int64 {
    let picosecondsPerSecond: Int64 = 1_000_000_000_000
    if let scalar, scalar.hasSuffix("ps"), let picoseconds = Int64(scalar.dropLast(2)), (0...picosecondsPerSecond / leastRate).contains(picoseconds) {
      return picoseconds
    }
    guard let rate = try? bandwidth(atLeast: leastRate) else {
      throw error("\(kind) is not a rate of bytes", remedy: "Write bytes per second from 100KB/s on, such as 10GB/s, or picoseconds a byte up to 10000000ps, such as 100ps.")
    }
    return (picosecondsPerSecond + rate / 2) / rate
  }
}
