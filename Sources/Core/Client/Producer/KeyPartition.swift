import Primitives

/// Kafka's partition for a key.
@inlinable
func partition(ofKey key: Bytes, among partitionCount: Int) -> Int32 {
  Int32((murmur2(key) & 0x7fff_ffff) % Int32(partitionCount))
}
