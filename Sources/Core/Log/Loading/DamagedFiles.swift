import Host
import Primitives

/// Puts aside what a log cannot use any more: beside its files, under names such as `00000000000000000004.log.damaged-1`, which nothing
/// loads and nothing deletes but the deletion of the partition. They are for a person to look at.
package struct DamagedFiles {
  let files: DirectoryFiles

  package init(files: DirectoryFiles) { self.files = files }

  private static let chunk = 1 << 20
  private static let page = 4096

  /// Gives a file another name, which is returned.
  package func setAside(_ name: String) throws(DiskFailure) -> String {
    let target = unusedName(for: name)
    try files.rename(name, to: target)
    return target
  }

  /// Copies a part of a file, with at most a page of the zeros at its end: a power loss can leave any number of zeros where bytes were not synced
  /// yet. Nil if there are only zeros. The copy is open; the caller must sync and close it.
  func copy(_ file: FileID, _ name: String, _ range: Range<Int>) throws(DiskFailure) -> (name: String, file: FileID)? {
    var target: (name: String, file: FileID)?
    var zeros = 0
    do throws(DiskFailure) {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.chunk) {
        let bytes = try files.read(file, name, at: start, count: min(Self.chunk, range.upperBound - start))
        let used = bytes.countWithoutTrailingZeros
        if used > 0 {
          if target == nil { target = try create(unusedName(for: name)) }
          try append(zeros: zeros, to: target)
          if let target { try files.append(bytes[0..<used], to: target.file, target.name) }
          zeros = 0
        }
        zeros += bytes.count - used
      }
      // The last record may well end in zeros.
      try append(zeros: min(zeros, Self.page), to: target)
    } catch {
      if let target {
        files.disk.close(target.file)
        try files.remove(target.name)
      }
      throw error
    }
    return target
  }

  private func create(_ name: String) throws(DiskFailure) -> (name: String, file: FileID) { (name, try files.open(name, creating: true)) }

  private func append(zeros count: Int, to target: (name: String, file: FileID)?) throws(DiskFailure) {
    guard let target else { return }
    var rest = count
    while rest > 0 {
      let step = min(rest, Self.chunk)
      try files.append(Bytes([UInt8](repeating: 0, count: step)), to: target.file, target.name)
      rest -= step
    }
  }

  private func unusedName(for name: String) -> String {
    var number = 1
    while files.exists(LogNames.damaged(name, number)) { number += 1 }
    return LogNames.damaged(name, number)
  }
}

extension Bytes {
  fileprivate var countWithoutTrailingZeros: Int {
    withUnsafeBytes { bytes in
      var count = bytes.count
      while count > 0, bytes[count - 1] == 0 { count -= 1 }
      return count
    }
  }
}
