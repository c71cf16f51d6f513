import Primitives

/// The way from one machine to another. The way back is another link.
struct NetworkLink {
  let from: NodeIndex
  let to: NodeIndex
  let latency: Duration
  /// Whether it never leaves the machine, and so passes by the network cards.
  let isLoopback: Bool
  /// What the loopback interface takes for a byte; 0 on other links.
  let loopbackBytePicoseconds: Int64
  let jitterMean: Duration
  let retransmissionTimeout: Duration
  var random: RandomStream

  /// The fault that lets nothing pass.
  var blockedBy: FaultID?
  /// Whether TCP has to send again what was blocked, once it may pass.
  var losesPackets = false
  var slowedBy: FaultID?
  var addedLatency = Duration.zero
  var addedJitterMean = Duration.zero
  /// Of the link itself, in picoseconds a byte; 0 where only the network cards limit it.
  var bytePicoseconds: Int64 = 0
  /// When the link has carried what was sent so far.
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
