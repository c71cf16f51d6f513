import Glibc
import Host
import Primitives

extension Descriptor {
  func facts() throws(DiskError) -> stat {
    var facts = stat()
    try systemCall { fstat(number, &facts) }
    return facts
  }

  /// Writes everything, or leaves the file at its former length.
  func write(_ source: UnsafeRawBufferPointer) throws(DiskError) {
    guard let start = source.baseAddress else { return }
    var written = 0
    do throws(DiskError) {
      while written < source.count {
        written += try systemCall { Glibc.write(number, start + written, source.count - written) }
      }
    } catch {
      var facts = stat()
      if written > 0, fstat(number, &facts) == 0 { _ = ftruncate(number, Int(facts.st_size) - written) }
      throw error
    }
  }

  /// Reads bytes; fewer than `count` at the end of the file.
  func read(_ count: Int, at position: Int) throws(DiskError) -> Bytes {
    var failure: DiskError?
    let bytes = Bytes(capacity: count) { target in
      var filled = 0
      do throws(DiskError) {
        while filled < count {
          let read = try systemCall { pread(number, target.baseAddress! + filled, count - filled, position + filled) }
          if read == 0 { break }
          filled += read
        }
      } catch {
        failure = error
      }
      return filled
    }
    if let failure { throw failure }
    return bytes
  }
}
