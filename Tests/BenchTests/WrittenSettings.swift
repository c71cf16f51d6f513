@testable import Trials

extension Scenario {
  /// The settings of a workload entry as its document has them: `name=value`.
  func writtenSettings(ofEntry index: Int) -> [String] {
    guard case .map(let words)? = document["workload"]?.elements?[index].content, case .map(let settings)? = words.first?.value["config"]?.content else { return [] }
    return settings.map { "\($0.key)=\($0.value.scalar ?? "")" }
  }
}
