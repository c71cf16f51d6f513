import Primitives

extension RecordBatch {
  /// The batch as a leader writes it into its log: with assigned offsets and the leader's epoch and, if `logAppendTime` is given, with every
  /// timestamp replaced by it. One copy; the checksum is recomputed only if fields that it covers changed.
  public func stamped(baseOffset: Offset, leaderEpoch: LeaderEpoch, logAppendTime: Timestamp? = nil) -> RecordBatch {
    var arena = ByteArena(capacity: bytes.count)
    return stamped(baseOffset: baseOffset, leaderEpoch: leaderEpoch, logAppendTime: logAppendTime, in: &arena)
  }

  /// As above, but appended to an arena: batches that are stamped back to back are adjacent in memory.
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

  /// The batch with another producer state: a batch that is resent after the producer's epoch was raised restarts its sequence (KIP-360).
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
  /// A big-endian integer at a position that the caller knows to be in range.
  @inlinable
  func store<Integer: FixedWidthInteger & BitwiseCopyable>(_ value: Integer, at position: Int) {
    storeBytes(of: value.bigEndian, toByteOffset: position, as: Integer.self)
  }

  /// Writes the checksum of the batch that fills this buffer.
  @inlinable
  func storeChecksum() {
    store(BatchHeader.checksum(of: UnsafeRawBufferPointer(self)), at: BatchLayout.checksum)
  }
}
