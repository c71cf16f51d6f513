import Foundation
import Primitives
import Sim

/// The machine profiles that ship, and those in users' files.
public enum MachineLibrary {
  /// File names and texts, in listing order.
  private static let shipped: [(name: String, text: [UInt8])] = [
    ("nvme-10g", PackageResources.nvme_10g_yaml), ("i3en-2xlarge", PackageResources.i3en_2xlarge_yaml), ("cloud-gp3", PackageResources.cloud_gp3_yaml),
    ("kreps-2014", PackageResources.kreps_2014_yaml), ("kafka-4.3-jvm-2core", PackageResources.kafka_4_3_jvm_2core_yaml),
    ("laptop", PackageResources.laptop_yaml), ("three-zones", PackageResources.three_zones_yaml),
  ]

  public static var names: [String] { shipped.map(\.name) }

  /// All profiles that ship.
  public static func profiles() throws -> [MachineProfile] {
    try shipped.map { try MachineReader.read(text: String(decoding: $0.text, as: UTF8.self), file: "\($0.name).yaml") }
  }

  /// The profile with a name, or from a file if the name contains a slash or ends in `.yaml`.
  ///
  /// Throws a `ScenarioError` if there is none, or if the file has a mistake.
  public static func profile(_ name: String) throws -> MachineProfile { try profile(name, at: Place(source: name), in: "") }

  /// - Parameters:
  ///   - place: the place of the name, for errors.
  ///   - scenarioFile: the file that a path is relative to.
  static func profile(_ name: String, at place: Place, in scenarioFile: String) throws -> MachineProfile {
    if let known = shipped.first(where: { $0.name == name }) {
      return try MachineReader.read(text: String(decoding: known.text, as: UTF8.self), file: "\(name).yaml")
    }
    guard name.hasSuffix(".yaml") || name.contains("/") else {
      throw ScenarioError(
        at: place, "there is no machine '\(name)'",
        remedy: suggestion(for: name, among: names) + " Name your own profile by its path, such as ./machine.yaml.")
    }
    let path = relativePath(name, namedAt: place, in: scenarioFile)
    guard let data = contents(ofFileAt: path, upTo: Value.textLimit), let text = String(data: data, encoding: .utf8) else {
      throw ScenarioError(
        at: place, "there is no file \(path), or it is not UTF-8 text", remedy: "Name a machine profile, such as one that trial calibrate wrote.")
    }
    return try MachineReader.read(text: text, file: path)
  }
}
