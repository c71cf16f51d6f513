import Host
import Primitives

/// What work costs on a machine: plain numbers, so that a file can hold them.
public struct MachineProfile: Sendable, Equatable {
  public var name: String
  /// What the profile represents and where its figures come from.
  public var about = ""
  public var processor = ProcessorProfile()
  /// The processor of machines that run a client; nil if they are like those of brokers.
  public var client: ProcessorProfile?
  public var network = NetworkProfile()
  public var disk = DiskProfile()
  /// Whether all processes of a world run on one such machine and share its cores, as they do on a laptop: frames between them
  /// then go over the loopback interface.
  public var isShared = false

  public init(name: String) { self.name = name }

  func processor(ofClient isClient: Bool) -> ProcessorProfile { isClient ? client ?? processor : processor }

  /// A server in a current cloud: 10 Gb/s Ethernet within one zone (100 µs round trip), NVMe storage that
  /// takes at least 200 µs for a flush. All values are the defaults of the structures below.
  public static let nvme10g = MachineProfile(name: "nvme-10g")

  /// A machine whose work takes no time, on a network without latency variation: for tests that rely on exact times.
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
  /// The most events of one process that are handled at the same time; those of one connection are always handled one after another.
  public var threads = 1
  /// The cost of every event, whatever it is.
  public var event = Duration.nanoseconds(500)
  /// The cost of a request or a response, at each end: system call, parsing, dispatch.
  public var request = Duration.microseconds(5)
  public var requestBytePicoseconds: Int64 = 100
  /// The cost of a record that a broker or a consumer handles on its own.
  public var record = Duration.nanoseconds(50)
  /// The cost of a record that an application passes to its producer, up to and including its acknowledgement.
  public var send = Duration.nanoseconds(150)
  public var sendBytePicoseconds: Int64 = 100
  /// The cost of a batch of records, wherever one is built, checked or taken apart.
  public var batch = Duration.nanoseconds(300)
  public var copyBytePicoseconds: Int64 = 100
  public var checksumBytePicoseconds: Int64 = 50
  /// Indexed by Kafka's number of the codec: none, gzip, snappy, lz4, zstd. Measured on 16 KB of JSON-like text.
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
  @inline(__always)
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

/// A machine's place in the network. The latency of a link is the mean of its two ends.
public struct NetworkProfile: Sendable, Equatable {
  /// The latency between two machines, one way.
  public var latency = Duration.microseconds(50)
  /// The mean of the exponentially distributed delay added to each frame.
  public var jitterMean = Duration.microseconds(5)
  /// The bandwidth of the network card, each way, in bytes a second.
  public var bandwidth: Int64 = 1_250_000_000
  /// The latency between two processes on the same machine, and the bandwidth in bytes a second.
  public var loopbackLatency = Duration.microseconds(10)
  public var loopbackBandwidth: Int64 = 5_000_000_000
  /// How long the operating system waits for a peer that never answers a connect.
  public var connectTimeout = Duration.seconds(30)
  /// The longest time until a stream continues after a partition has healed: TCP retransmits when its timer fires.
  public var retransmissionTimeout = Duration.milliseconds(200)

  public init() {}
}

/// The disk behind its page cache. Reads and appends work on the cache and cost what the node charges for them, unless the cache does not
/// hold what is read, or already holds the most unwritten data it may.
public struct DiskProfile: Sendable, Equatable {
  /// The least time of a flush to the platter.
  public var syncLatency = Duration.microseconds(200)
  /// The mean of the exponentially distributed delay added to each flush.
  public var syncTailMean = Duration.microseconds(60)
  /// Measured flush times in ascending order, as equally likely quantiles from the shortest to the longest. If there are any, flush times are
  /// drawn from them instead of from `syncLatency` and `syncTailMean`.
  public var syncQuantiles: [Duration] = []
  /// The bandwidth of flushes and background writes, in bytes a second.
  public var writeBandwidth: Int64 = 1_500_000_000
  /// The bandwidth of reads that the page cache cannot serve, in bytes a second, and the time to the first byte.
  public var readBandwidth: Int64 = 2_000_000_000
  public var readLatency = Duration.microseconds(100)
  /// The number of flushes that the device handles at the same time; further ones queue.
  public var parallelFlushes = 4
  /// The size of the disk in bytes.
  public var capacity: Int64 = 1 << 40
  /// The bytes of files that fit in memory.
  public var pageCache: Int64 = 16 << 30
  /// The unwritten bytes above which the system writes back in the background, and above which writers wait for it.
  public var writebackFrom: Int64 = 1 << 30
  public var dirtyLimit: Int64 = 3 << 30

  public init() {}
}
