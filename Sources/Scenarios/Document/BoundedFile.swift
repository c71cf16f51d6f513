import Foundation

/// The first bytes of a file, at most one more than `limit`: a caller that gets more than `limit` knows that the file is too long. nil if it cannot be read.
///
/// A pipe or a device has no size to check first, and a device may be endless.
package func contents(ofFileAt path: String, upTo limit: Int) -> Data? {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue, let file = FileHandle(forReadingAtPath: path) else { return nil }
  defer { try? file.close() }
  return try? file.read(upToCount: limit + 1) ?? Data()
}
