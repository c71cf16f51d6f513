import Foundation
import Host
import Live
import Primitives

/// The cost of the loopback interface and the disk of this machine, measured through the hosts of brokers and clients.
struct DeviceWork {
  /// Nanoseconds of one round trip of small frames.
  var roundTrips: Samples
  /// The additional round-trip time of a frame of a mebibyte, in seconds per byte.
  var secondsPerByte: Double
  /// Nanoseconds from the call of a sync after 64 KiB of appends to its end.
  var syncs: Samples
  /// Bytes a second, writing a quarter of a gigabyte.
  var write: Double
  var read: Double

  init(folder: String, syncCount: Int, exchanges: Int) throws {
    roundTrips = Samples(try Self.exchanges(folder: folder, bytes: 64, count: exchanges))
    let large = Samples(try Self.exchanges(folder: folder, bytes: 1 << 20, count: exchanges / 20))
    // On a busy machine the difference is lost in the waiting time of small frames, so at least a tenth of the time of large ones counts as transfer.
    secondsPerByte = max(large.quantile(0.25) - roundTrips.median, large.quantile(0.25) / 10) / Double(2 << 20) / 1e9
    syncs = Samples(try Self.syncs(folder: folder, count: syncCount))
    (write, read) = try Self.stream(folder: folder)
  }

  private static func syncs(folder: String, count: Int) throws -> [Double] {
    let host = try LiveHost(name: "disk", directory: folder + "/disk")
    defer { end(host) }
    host.start { SyncProbe(host: $0, count: count) }
    while true {
      guard let times = try host.ask({ ($0 as? SyncProbe).flatMap { $0.isDone ? $0.times : nil } }) else { throw LiveError.nodeEnded(name: "disk", reason: "") }
      if let times { return times }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  private static func exchanges(folder: String, bytes: Int, count: Int) throws -> [Double] {
    let echo = try LiveHost(name: "echo", directory: folder + "/echo"), ping = try LiveHost(name: "ping", directory: folder + "/ping")
    defer { end(ping, echo) }
    let address = try echo.listen(on: Address(host: "127.0.0.1", port: 0))
    echo.start { EchoProbe(host: $0) }
    ping.start { PingProbe(host: $0, to: address, bytes: bytes, count: count) }
    while true {
      guard let times = try ping.ask({ ($0 as? PingProbe).flatMap { $0.isDone ? $0.times : nil } }) else { throw LiveError.nodeEnded(name: "ping", reason: "") }
      // The first ones open the connection and warm the caches.
      if let times { return Array(times.dropFirst(times.count / 10)) }
      Thread.sleep(forTimeInterval: 0.01)
    }
  }

  private static func end(_ hosts: LiveHost...) {
    for host in hosts { host.kill() }
    for host in hosts { try? host.waitUntilEnded() }
  }

  /// Writes a file and reads it again after the page cache has dropped it.
  private static func stream(folder: String) throws -> (write: Double, read: Double) {
    let path = folder + "/stream"
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw LiveError.notWritable(path: path, reason: String(cString: strerror(errno))) }
    defer {
      close(descriptor)
      unlink(path)
    }
    var block = [UInt8](repeating: 7, count: 1 << 20)
    let blocks = 256
    let written = try seconds {
      for _ in 0..<blocks where Foundation.write(descriptor, block, block.count) != block.count { throw LiveError.notWritable(path: path, reason: "the disk is full") }
      fdatasync(descriptor)
    }
    posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
    lseek(descriptor, 0, SEEK_SET)
    let read = seconds { while Foundation.read(descriptor, &block, block.count) > 0 {} }
    let bytes = Double(blocks << 20)
    return (bytes / written, bytes / read)
  }

  private static func seconds(_ work: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let passed = try clock.measure(work).components
    return max(Double(passed.seconds) + Double(passed.attoseconds) / 1e18, 1e-6)
  }
}
