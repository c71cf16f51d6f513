import Host

/// The work that a node charged to its processor, by kind. In the real world charges cost nothing; compared with the processor time that a
/// thread really took, they show what each kind of work costs.
public struct WorkTally: Sendable, Equatable {
  /// Kafka's codec numbers are below this.
  public static let codecs = 5

  public var events = 0
  public var requests = 0
  public var requestBytes = 0
  public var records = 0
  public var sends = 0
  public var sendBytes = 0
  public var batches = 0
  public var copiedBytes = 0
  public var checksumBytes = 0
  /// Uncompressed bytes by Kafka's codec number.
  public var compressedBytes = [Int](repeating: 0, count: codecs)
  public var decompressedBytes = [Int](repeating: 0, count: codecs)

  public init() {}

  mutating func add(_ cost: Cost) {
    switch cost {
    case .request(let bytes):
      requests += 1
      requestBytes += bytes
    case .records(let count): records += count
    case .send(let bytes):
      sends += 1
      sendBytes += bytes
    case .batches(let count): batches += count
    case .copy(let bytes): copiedBytes += bytes
    case .checksum(let bytes): checksumBytes += bytes
    case .compress(let codec, let bytes): compressedBytes[Int(codec)] += bytes
    case .decompress(let codec, let bytes): decompressedBytes[Int(codec)] += bytes
    }
  }

  /// What was charged since an earlier reading.
  public static func - (later: WorkTally, earlier: WorkTally) -> WorkTally {
    var difference = later
    difference.events -= earlier.events
    difference.requests -= earlier.requests
    difference.requestBytes -= earlier.requestBytes
    difference.records -= earlier.records
    difference.sends -= earlier.sends
    difference.sendBytes -= earlier.sendBytes
    difference.batches -= earlier.batches
    difference.copiedBytes -= earlier.copiedBytes
    difference.checksumBytes -= earlier.checksumBytes
    for codec in 0..<codecs {
      difference.compressedBytes[codec] -= earlier.compressedBytes[codec]
      difference.decompressedBytes[codec] -= earlier.decompressedBytes[codec]
    }
    return difference
  }
}
