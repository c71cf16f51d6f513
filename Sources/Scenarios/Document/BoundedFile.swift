import Foundation

/// The first bytes of a file, one more than `limit` at most: who gets more knows that the file is too long. nil where it cannot be read.
///
/// A pipe and a device have no size to ask for before, and a device may have no end.
package func contents(ofFileAt path: String, upTo limit: Int) -> Data? {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue, let file = FileHandle(forReadingAtPath: path) else { return nil }
  defer { try? file.close() }
  return try? file.read(upToCount: limit + 1) ?? Data()
}
