import Primitives
import Sim

extension MachineProfile {
  /// The profile as YAML that `MachineReader` reads back without loss. Everything is written out, so it means the same
  /// even if later versions have other defaults.
  public var yaml: String {
    var lines = ["name: \(name.yamlScalar)", "about: \(about.yamlScalar)", "shared: \(isShared)", "processor:"]
    lines += processor.yamlLines
    if let client { lines += ["client:"] + client.yamlLines }
    lines += ["network:"] + network.yamlLines + ["disk:"] + disk.yamlLines
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ProcessorProfile {
  fileprivate var yamlLines: [String] {
    [
      "  cores: \(cores)", "  threads: \(threads)", "  event: \(event.text)", "  request: \(request.text)",
      "  request-bytes: \(costText(requestBytePicoseconds))",
      "  record: \(record.text)", "  send: \(send.text)", "  send-bytes: \(costText(sendBytePicoseconds))", "  batch: \(batch.text)",
      "  copy: \(costText(copyBytePicoseconds))", "  checksum: \(costText(checksumBytePicoseconds))", "  codecs:",
    ]
      + Self.codecs.indices.dropFirst().map { number in
        let compress = costText(compressBytePicoseconds[number]), decompress = costText(decompressBytePicoseconds[number])
        return "    \(Self.codecs[number]): { compress: \(compress), decompress: \(decompress) }"
      }
  }
}

extension NetworkProfile {
  fileprivate var yamlLines: [String] {
    [
      "  latency: \(latency.text)", "  jitter: \(jitterMean.text)", "  bandwidth: \(rateText(bandwidth))",
      "  loopback-latency: \(loopbackLatency.text)", "  loopback-bandwidth: \(rateText(loopbackBandwidth))",
      "  connect-timeout: \(connectTimeout.text)", "  retransmission: \(retransmissionTimeout.text)",
    ]
  }
}

extension DiskProfile {
  fileprivate var yamlLines: [String] {
    var lines = ["  sync: \(syncLatency.text)", "  sync-tail: \(syncTailMean.text)"]
    if !syncQuantiles.isEmpty { lines.append("  sync-quantiles: [\(syncQuantiles.map(\.text).joined(separator: ", "))]") }
    return lines + [
      "  write: \(rateText(writeBandwidth))", "  read: \(rateText(readBandwidth))", "  read-latency: \(readLatency.text)",
      "  parallel-flushes: \(parallelFlushes)", "  capacity: \(sizeText(capacity))", "  page-cache: \(sizeText(pageCache))",
      "  writeback-from: \(sizeText(writebackFrom))", "  dirty-limit: \(sizeText(dirtyLimit))",
    ]
  }
}

extension Duration {
  /// The duration in the largest unit that needs no fraction.
  fileprivate var text: String {
    let units: [(String, Int64)] = [("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000)]
    for (unit, length) in units where nanoseconds != 0 && nanoseconds % length == 0 {
      return "\(nanoseconds / length)\(unit)"
    }
    return "\(nanoseconds)ns"
  }
}

/// A number of bytes in the largest unit that needs no fraction.
private func sizeText(_ bytes: Int64) -> String {
  let units: [(String, Int64)] = [("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("KB", 1_000)]
  for (unit, size) in units where bytes != 0 && bytes % size == 0 { return "\(bytes / size)\(unit)" }
  return "\(bytes)B"
}

/// A rate in bytes a second, in a unit that readers are used to.
private func rateText(_ bytesPerSecond: Int64) -> String {
  let units: [(String, Int64, Int)] = [("GB/s", 1_000_000_000, 9), ("MB/s", 1_000_000, 6), ("KB/s", 1_000, 3)]
  for (unit, size, digits) in units where bytesPerSecond >= size {
    return exactQuotient(bytesPerSecond, by: size, digits: digits) + unit
  }
  return "\(bytesPerSecond)B/s"
}

/// The cost of a byte, as a rate if that is exact, otherwise in picoseconds.
private func costText(_ picoseconds: Int64) -> String {
  guard picoseconds > 0, 1_000_000_000_000 % picoseconds == 0 else { return "\(picoseconds)ps" }
  return rateText(1_000_000_000_000 / picoseconds)
}

extension String {
  /// The text as it is if YAML reads it as a plain scalar, otherwise in quotes.
  fileprivate var yamlScalar: String {
    let isPlain = !isEmpty && utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
    return isPlain && utf8.first != UInt8(ascii: "-") ? self : yamlQuoted
  }
}
