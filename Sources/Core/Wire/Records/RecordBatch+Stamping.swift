import Primitives

extension RecordBatch {
  /// The batch as a leader writes it into its log: offsets assigned and its epoch entered, and with `logAppendTime` every timestamp
  /// replaced by that one. One copy; the checksum is computed anew only where covered fields changed.
  public func stamped(baseOffset: Offset, leaderEpoch: LeaderEpoch, logAppendTime: Timestamp? = nil) -> RecordBatch {
    var arena = ByteArena(capacity: bytes.count)
    return stamped(baseOffset: baseOffset, leaderEpoch: leaderEpoch, logAppendTime: logAppendTime, in: &arena)
  }

  /// The same, written behind what the arena holds already: batches that are stamped one after another stand side by side.
  public func stamped(
    baseOffset: Offset, leaderEpoch: LeaderEpoch, logAppendTime: Timestamp? = nil, in arena: inout ByteArena
  ) -> RecordBatch {
    rewritten(in: &arena, changesCoveredFields: logAppendTime != nil) { target in
      target.store(baseOffset.value, at: BatchLayout.baseOffset)
      target.store(leaderEpoch.value, at: BatchLayout.partitionLeaderEpoch)
      if let logAppendTime {
        target.store(attributes | BatchLayout.logAppendTime, at: BatchLayout.attributes)
        target.store(logAppendTime.milliseconds, at: BatchLayout.maxTimestamp)
      }
    }
  }

  /// The batch under another producer's state: a batch that is sent again after the producer's epoch was raised starts its sequence anew (KIP-360).
  public func stamped(producerID: Int64, producerEpoch: Int16, baseSequence: Int32) -> RecordBatch {
    var arena = ByteArena(capacity: bytes.count)
    return rewritten(in: &arena, changesCoveredFields: true) { target in
      target.store(producerID, at: BatchLayout.producerID)
      target.store(producerEpoch, at: BatchLayout.producerEpoch)
      target.store(baseSequence, at: BatchLayout.baseSequence)
    }
  }

  private func rewritten(
    in arena: inout ByteArena, changesCoveredFields: Bool, _ change: (UnsafeMutableRawBufferPointer) -> Void
  ) -> RecordBatch {
    RecordBatch(unchecked: arena.append(count: bytes.count) { target in
      bytes.withUnsafeBytes { target.copyMemory(from: $0) }
      change(target)
      if changesCoveredFields { target.storeChecksum() }
    })
  }
}

extension UnsafeMutableRawBufferPointer {
  /// A big-endian integer at a position that the caller knows to be inside.
  @inlinable
  func store<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer, at position: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: position, as: Integer.self)
  }

  /// Enters the checksum of the batch that fills this buffer.
  @inlinable
  func storeChecksum() {
    store(BatchHeader.checksum(of: UnsafeRawBufferPointer(self)), at: BatchLayout.checksum)
  }
}
