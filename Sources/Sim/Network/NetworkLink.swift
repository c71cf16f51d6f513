import Primitives

/// The link from one machine to another. The opposite direction is another link.
struct NetworkLink {
  let from: NodeIndex
  let to: NodeIndex
  let latency: Duration
  /// Whether it stays on one machine, and so bypasses the network cards.
  let isLoopback: Bool
  /// The time that the loopback interface takes per byte; 0 on other links.
  let loopbackBytePicoseconds: Int64
  let jitterMean: Duration
  let retransmissionTimeout: Duration
  var random: RandomStream

  /// The fault that blocks the link.
  var blockedBy: FaultID?
  /// Whether TCP has to retransmit what was blocked, once it may pass.
  var losesPackets = false
  var slowedBy: FaultID?
  var addedLatency = Duration.zero
  var addedJitterMean = Duration.zero
  /// The link's own time per byte in picoseconds; 0 if only the network cards limit it.
  var bytePicoseconds: Int64 = 0
  /// When the link has carried everything sent so far.
  var freeAt = Instant.zero

  mutating func clearFaults() {
    blockedBy = nil
    losesPackets = false
    slowedBy = nil
    addedLatency = .zero
    addedJitterMean = .zero
    bytePicoseconds = 0
  }

  @inline(__always)
  mutating func drawDelay() -> Duration {
    var delay = latency + addedLatency
    if jitterMean > .zero { delay += random.exponential(mean: jitterMean) }
    if addedJitterMean > .zero { delay += random.exponential(mean: addedJitterMean) }
    return delay
  }
}
