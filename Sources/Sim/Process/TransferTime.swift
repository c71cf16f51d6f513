import Primitives

// The time it takes to move bytes. Rates are picoseconds a byte: 100 ps are 10 GB/s.

func bytePicoseconds(ofBandwidth bytesPerSecond: Int64) -> Int64 { max(1, 1_000_000_000_000 / max(1, bytesPerSecond)) }

@inline(__always)
func transferTime(of bytes: Int64, bytePicoseconds: Int64) -> Duration {
  Duration(nanoseconds: bytes.saturatingMultiplied(by: bytePicoseconds) / 1_000)
}
