import Foundation

/// Files of a test, in a folder that is removed with this object.
final class TemporaryFiles {
  let folder: String

  init() {
    folder = NSTemporaryDirectory() + "trial-tests-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// Writes a file and gives its path.
  func write(_ text: String, to name: String) throws -> String {
    let path = folder + "/" + name
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }
}
