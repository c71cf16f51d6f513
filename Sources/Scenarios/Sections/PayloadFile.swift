import Foundation
import Primitives
import Workloads

/// A user's file whose lines become values.
package enum PayloadFile {
  /// The largest file, in bytes.
  private static let sizeLimit = 256 << 20

  /// The non-empty lines, without their ends.
  /// - Parameter place: where the file is named, for errors.
  package static func lines(of path: String, at place: Place) throws -> [Bytes] {
    guard let data = contents(ofFileAt: path, upTo: sizeLimit) else {
      throw ScenarioError(
        at: place, "there is no file \(path), or it cannot be read", remedy: "Name a text file whose lines become the values of records.")
    }
    guard data.count <= sizeLimit else {
      throw ScenarioError(at: place, "\(path) has more than 256MiB", remedy: "Take a part of it.")
    }
    let lines = data.split(separator: UInt8(ascii: "\n")).compactMap { line -> Bytes? in
      let text = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      return text.isEmpty ? nil : Bytes(text)
    }
    guard !lines.isEmpty else {
      throw ScenarioError(at: place, "\(path) has no lines", remedy: "Each line that is not empty becomes a value.")
    }
    guard lines.allSatisfy({ $0.count <= ValuePlan.sizeLimit - Payload.minimumSize }) else {
      throw ScenarioError(at: place, "\(path) has a line of more than 10MB", remedy: "Break long lines up.")
    }
    return lines
  }
}
