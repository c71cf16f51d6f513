import Host
import Primitives

/// What a machine costs: plain numbers, so that a file can hold them.
public struct MachineProfile: Sendable, Equatable {
  public var name: String
  /// What it stands for and where its figures are from.
  public var about = ""
  public var processor = ProcessorProfile()
  /// Of machines that run a client; nil where they are like those of brokers.
  public var client: ProcessorProfile?
  public var network = NetworkProfile()
  public var disk = DiskProfile()
  /// Whether all processes of a world run on one such machine and share its cores, as they do on a laptop: frames between them
  /// then go over the loopback interface.
  public var isShared = false

  public init(name: String) { self.name = name }

  func processor(ofClient isClient: Bool) -> ProcessorProfile { isClient ? client ?? processor : processor }

  /// A server of a present-day cloud: 10 Gb/s Ethernet within one zone (100 µs there and back), NVMe storage that
  /// flushes in 200 µs and more. All values are the defaults of the structures below.
  public static let nvme10g = MachineProfile(name: "nvme-10g")

  /// A machine whose work takes no time, on a network without latency spread: for tests that count on exact times.
  public static let ideal: MachineProfile = {
    var profile = MachineProfile(name: "ideal")
    profile.processor = .free
    profile.network.jitterMean = .zero
    profile.disk.syncTailMean = .zero
    return profile
  }()
}

/// The processor: its cores, and what each kind of work costs. Rates are picoseconds a byte: 100 ps are 10 GB/s.
public struct ProcessorProfile: Sendable, Equatable {
  public var cores = 1
  /// Events of one process that are worked on side by side, at most; those of one connection always one after another.
  public var threads = 1
  /// For every event, whatever it brings.
  public var event = Duration.nanoseconds(500)
  /// For a request or a response, at each end: system call, parsing, dispatch.
  public var request = Duration.microseconds(5)
  public var requestBytePicoseconds: Int64 = 100
  /// For a record that is handled by itself, by a broker or a consumer.
  public var record = Duration.nanoseconds(50)
  /// For a record that an application hands to its producer, up to and including its acknowledgement.
  public var send = Duration.nanoseconds(150)
  public var sendBytePicoseconds: Int64 = 100
  /// For a batch of records, at each place where one is put together, checked or taken apart.
  public var batch = Duration.nanoseconds(300)
  public var copyBytePicoseconds: Int64 = 100
  public var checksumBytePicoseconds: Int64 = 50
  /// By Kafka's number of the codec: none, gzip, snappy, lz4, zstd. Measured on 16 KB of JSON-like text.
  public var compressBytePicoseconds: [Int64] = [0, 4_600, 790, 710, 2_100]
  public var decompressBytePicoseconds: [Int64] = [0, 1_100, 640, 200, 580]

  public init() {}

  public static let free: ProcessorProfile = {
    var profile = ProcessorProfile()
    profile.event = .zero
    profile.request = .zero
    profile.requestBytePicoseconds = 0
    profile.record = .zero
    profile.send = .zero
    profile.sendBytePicoseconds = 0
    profile.batch = .zero
    profile.copyBytePicoseconds = 0
    profile.checksumBytePicoseconds = 0
    profile.compressBytePicoseconds = [0, 0, 0, 0, 0]
    profile.decompressBytePicoseconds = [0, 0, 0, 0, 0]
    return profile
  }()

  /// How long the work takes.
  func time(for cost: Cost) -> Duration {
    switch cost {
    case .request(let bytes): request + time(of: bytes, requestBytePicoseconds)
    case .records(let count): record * Int64(count)
    case .send(let bytes): send + time(of: bytes, sendBytePicoseconds)
    case .batches(let count): batch * Int64(count)
    case .copy(let bytes): time(of: bytes, copyBytePicoseconds)
    case .checksum(let bytes): time(of: bytes, checksumBytePicoseconds)
    case .compress(let codec, let bytes): time(of: bytes, rate(compressBytePicoseconds, codec))
    case .decompress(let codec, let bytes): time(of: bytes, rate(decompressBytePicoseconds, codec))
    }
  }

  @inline(__always)
  private func time(of bytes: Int, _ bytePicoseconds: Int64) -> Duration { transferTime(of: Int64(bytes), bytePicoseconds: bytePicoseconds) }

  private func rate(_ rates: [Int64], _ codec: Int8) -> Int64 { rates.indices.contains(Int(codec)) ? rates[Int(codec)] : 0 }
}

/// A machine's place in the network. The latency of a link is the mean of both ends'.
public struct NetworkProfile: Sendable, Equatable {
  /// One way, between two machines.
  public var latency = Duration.microseconds(50)
  /// What is added at random to each frame, exponentially distributed.
  public var jitterMean = Duration.microseconds(5)
  /// Of the network card, each way, in bytes a second.
  public var bandwidth: Int64 = 1_250_000_000
  /// Between two processes on the same machine, and what that carries in bytes a second.
  public var loopbackLatency = Duration.microseconds(10)
  public var loopbackBandwidth: Int64 = 5_000_000_000
  /// After how long the operating system gives up on a peer that never answers a connect.
  public var connectTimeout = Duration.seconds(30)
  /// After a partition has healed, a stream goes on within this time: TCP sends again when its timer fires.
  public var retransmissionTimeout = Duration.milliseconds(200)

  public init() {}
}

/// The disk behind its page cache. Reads and appends work on the cache and cost what the node charges for them, unless the cache does not
/// hold what is read, or holds more unwritten pages than it may.
public struct DiskProfile: Sendable, Equatable {
  /// The least time of a flush to the platter.
  public var syncLatency = Duration.microseconds(200)
  /// What is added at random, exponentially distributed.
  public var syncTailMean = Duration.microseconds(60)
  /// Measured flush times in ascending order, at equally likely steps from the least to the longest; drawn from instead of
  /// `syncLatency` and `syncTailMean` where there are any.
  public var syncQuantiles: [Duration] = []
  /// Of writing what a flush finds unwritten, or what is written back in the background, in bytes a second.
  public var writeBandwidth: Int64 = 1_500_000_000
  /// Of reading what the page cache does not hold, in bytes a second, and the time to the first byte.
  public var readBandwidth: Int64 = 2_000_000_000
  public var readLatency = Duration.microseconds(100)
  /// Flushes that the device works on side by side; further ones queue.
  public var parallelFlushes = 4
  /// Bytes that fit on the disk.
  public var capacity: Int64 = 1 << 40
  /// Bytes of files that memory holds.
  public var pageCache: Int64 = 16 << 30
  /// Unwritten bytes from which on the system writes back in the background, and from which on writers wait for it.
  public var writebackFrom: Int64 = 1 << 30
  public var dirtyLimit: Int64 = 3 << 30

  public init() {}
}
