import Foundation
import Primitives
import Sim

/// Measures the machine it runs on, with the code of brokers and clients.
public struct Calibration {
  public struct Options: Sendable {
    /// Whether to take a few seconds instead of half a minute, with less accuracy.
    public var isShort = false
    /// The folder whose disk is measured; a temporary folder by default.
    public var folder: String?

    public init() {}
  }

  /// One measured figure, in words.
  public struct Figure: Sendable {
    public var name: String
    public var value: String
    /// How much single measurements differ, or how well the model explains them.
    public var spread: String
  }

  public let profile: MachineProfile
  public let figures: [Figure]

  /// - Parameter progress: called with what is measured next.
  public init(_ options: Options = Options(), progress: (String) -> Void = { _ in }) throws {
    let folder = (options.folder ?? FileManager.default.temporaryDirectory.path) + "/trial-calibration-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    progress("checksums and codecs")
    let bytes = try ByteWork(rounds: options.isShort ? 3 : 15)
    progress("loopback and disk")
    let devices = try DeviceWork(folder: folder, syncCount: options.isShort ? 20 : 200, exchanges: options.isShort ? 200 : 4_000)
    let runs = try RunWork(folder: folder, bytes: bytes, duration: options.isShort ? .milliseconds(400) : .seconds(2), progress: progress)
    profile = Self.profile(bytes, devices, runs)
    figures = Self.figures(bytes, devices, runs)
  }

  private static func profile(_ bytes: ByteWork, _ devices: DeviceWork, _ runs: RunWork) -> MachineProfile {
    var profile = MachineProfile(name: "this-machine")
    profile.about =
      "Measured by trial calibrate: checksum, loopback and disk one by one; event, request, record, send, batch and copy are the costs that explain the "
      + "processor time of small whole runs best, and codecs what is left of the time of such runs with each of them. Brokers and clients are this project's own, a thread each."
    profile.isShared = true
    profile.processor = processor(bytes, runs, runs.broker)
    profile.client = processor(bytes, runs, runs.client)
    // An exchange of two frames is two events and four ends of requests; the rest of its time belongs to the loopback interface, including waking threads.
    let work = runs.broker[0] + 2 * runs.broker[1] + runs.client[0] + 2 * runs.client[1]
    profile.network.loopbackLatency = duration(max(1_000, (devices.roundTrips.median - work) / 2))
    profile.network.loopbackBandwidth = Int64(saturating: 1 / devices.secondsPerByte)
    profile.network.latency = profile.network.loopbackLatency
    profile.network.jitterMean = .zero
    profile.disk.syncQuantiles = (0...20).map { duration(devices.syncs.quantile(Double($0) / 20)) }
    profile.disk.syncLatency = duration(devices.syncs.quantile(0))
    profile.disk.syncTailMean = duration(devices.syncs.median - devices.syncs.quantile(0))
    profile.disk.writeBandwidth = Int64(saturating: devices.write)
    profile.disk.readBandwidth = Int64(saturating: devices.read)
    profile.disk.parallelFlushes = 1
    profile.disk.pageCache = Int64(ProcessInfo.processInfo.physicalMemory / 2)
    // Linux's defaults: a tenth and a fifth of the available memory.
    profile.disk.writebackFrom = Int64(ProcessInfo.processInfo.physicalMemory / 10)
    profile.disk.dirtyLimit = Int64(ProcessInfo.processInfo.physicalMemory / 5)
    return profile
  }

  private static func processor(_ bytes: ByteWork, _ runs: RunWork, _ costs: [Double]) -> ProcessorProfile {
    var processor = ProcessorProfile()
    processor.cores = ProcessInfo.processInfo.activeProcessorCount
    processor.threads = 1
    processor.event = duration(costs[0])
    processor.request = duration(costs[1])
    processor.requestBytePicoseconds = picoseconds(costs[2])
    processor.send = duration(costs[3])
    processor.sendBytePicoseconds = picoseconds(costs[4])
    processor.record = duration(costs[5])
    processor.batch = duration(costs[6])
    processor.copyBytePicoseconds = picoseconds(costs[7])
    processor.checksumBytePicoseconds = Int64(saturating: bytes.checksum.median.rounded())
    processor.compressBytePicoseconds = runs.compress.map { Int64(saturating: $0.rounded()) }
    processor.decompressBytePicoseconds = runs.decompress.map { Int64(saturating: $0.rounded()) }
    return processor
  }

  private static func duration(_ nanoseconds: Double) -> Duration { .nanoseconds(Int64(saturating: nanoseconds.rounded())) }
  private static func picoseconds(_ nanoseconds: Double) -> Int64 { Int64(saturating: (nanoseconds * 1_000).rounded()) }

  private static func figures(_ bytes: ByteWork, _ devices: DeviceWork, _ runs: RunWork) -> [Figure] {
    func rate(_ name: String, _ samples: Samples) -> Figure {
      Figure(name: name, value: String(format: "%.0f MB/s", 1e6 / samples.median), spread: percent(samples.spread))
    }
    func time(_ name: String, _ samples: Samples) -> Figure {
      Figure(name: name, value: String(format: "%.1f us", samples.median / 1e3), spread: percent(samples.spread))
    }
    var figures = [rate("checksum", bytes.checksum)]
    for (index, codec) in ["gzip", "snappy", "lz4", "zstd"].enumerated() {
      figures += [rate("\(codec) compress, alone", bytes.compress[index]), rate("\(codec) decompress, alone", bytes.decompress[index])]
      for (work, cost) in [("compress", runs.compress[index + 1]), ("decompress", runs.decompress[index + 1])] where cost > 0 {
        figures.append(Figure(name: "\(codec) \(work), within a run", value: String(format: "%.0f MB/s", 1e6 / cost), spread: "left of the run's time"))
      }
    }
    figures += [
      time("loopback, there and back", devices.roundTrips), Figure(name: "loopback", value: String(format: "%.0f MB/s", 1e-6 / devices.secondsPerByte), spread: ""),
      time("sync after 64 KiB", devices.syncs), Figure(name: "disk write", value: String(format: "%.0f MB/s", devices.write / 1e6), spread: ""),
      Figure(name: "disk read", value: String(format: "%.0f MB/s", devices.read / 1e6), spread: ""),
    ]
    func costText(_ kind: String, _ cost: Double) -> String { kind.hasSuffix("byte") ? String(format: "%.0f ps", cost * 1e3) : String(format: "%.0f ns", cost) }
    for (index, kind) in RunWork.kinds.enumerated() {
      figures.append(
        Figure(name: kind, value: "broker \(costText(kind, runs.broker[index])), client \(costText(kind, runs.client[index]))", spread: "explains the runs"))
    }
    for error in runs.errors { figures.append(Figure(name: error.thread, value: String(format: "%+.0f %%", error.error * 100), spread: "explained against taken")) }
    return figures
  }

  private static func percent(_ part: Double) -> String { String(format: "middle half within %.0f %%", part * 100) }
}
