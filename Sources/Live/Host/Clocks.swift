import Glibc
import NIOCore
import Primitives

extension Instant {
  /// The machine's monotonic clock, which event loops use as well.
  public static var ofMachine: Instant { Instant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds)) }
}

extension NIODeadline {
  init(_ instant: Instant) { self = .uptimeNanoseconds(UInt64(max(0, instant.nanoseconds))) }
}

extension Timestamp {
  /// The machine's wall clock.
  static var ofMachine: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
  }
}

extension RandomStream {
  /// A random stream that differs in every run.
  static func ofMachine() -> RandomStream {
    var system = SystemRandomNumberGenerator()
    return RandomStream(seed: system.next(), purpose: "live")
  }
}
