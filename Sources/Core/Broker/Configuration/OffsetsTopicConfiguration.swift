import Primitives
import Wire

/// How `__consumer_offsets` is created and written.
struct OffsetsTopicConfiguration: Sendable {
  var partitionCount: Int32 = 50
  var replicationFactor: Int16 = 3
  var segmentBytes: Int32 = 100 << 20
  var compression = Compression.none
  var commitTimeout = Duration.milliseconds(5_000)
  var loadBufferSize: Int32 = 5 << 20
}
