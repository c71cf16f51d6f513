import Foundation
import Scenarios

extension Value {
  /// Keeps the meaning of the paths in a scenario that is written to another file: those that would change their meaning become absolute.
  mutating func keepPaths(of scenarioFile: String, in file: String) {
    func path(_ value: Value) -> Value? {
      guard let path = value.scalar, path.contains("/") || path.contains(".") else { return nil }
      let meant = relativePath(path, namedAt: value.place, in: scenarioFile)
      guard relativePath(path, namedAt: Place(source: file), in: file) != meant else { return nil }
      return .word(meant.hasPrefix("/") ? meant : FileManager.default.currentDirectoryPath + "/" + meant)
    }
    // The name of a machine that ships is not a path.
    if var cluster = self["cluster"], let machine = cluster["machine"], !MachineLibrary.names.contains(machine.scalar ?? ""), let kept = path(machine) {
      cluster.put("machine", kept)
      put("cluster", cluster)
    }
    guard var entries = self["workload"]?.elements else { return }
    for index in entries.indices {
      for kind in ApplicationKinds.all {
        guard var entry = entries[index][kind.word] else { continue }
        kind.changePaths(in: &entry, path)
        entries[index].put(kind.word, entry)
      }
    }
    put("workload", .list(entries))
  }
}
