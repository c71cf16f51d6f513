import OrderedCollections
import Primitives

/// `counts`: the values that count the records of a key in a partition are 1, 2, 3 and so on, each once. So each counting process knew all earlier counts, even from
/// processes that have failed since, and nothing from aborted transactions.
///
/// It uses values from transactions that `read_committed` readers received. A number may be missing if it is unknown whether its value is there.
func checkCounts(_ visibility: Visibility) -> Verdict {
  struct Counted: Hashable {
    var partition: PartitionNumber
    var key: KeyNumber
  }
  struct Numbers {
    /// Received values by the numbers in them.
    var seen: [Int64: RecordValue] = [:]
    var unknown: Set<Int64> = []
    var highest: Int64 = 0
  }
  let analysis = visibility.analysis
  var findings = Findings()
  var all: OrderedDictionary<Counted, Numbers> = [:]
  for count in analysis.history.counts where analysis.values.indices.contains(Int(count.value.number)) {
    guard analysis.values[Int(count.value.number)].transaction != .none else { continue }
    let counted = Counted(partition: count.partition, key: count.key)
    switch visibility.sight(of: count.value) {
    case .seen:
      findings.examined += 1
      if let former = all[counted, default: Numbers()].seen.updateValue(count.value, forKey: count.number) {
        findings.add(
          "\(analysis.words(count.partition)), key \(count.key.number): \(analysis.words(former)) and \(analysis.words(count.value)) both say that theirs is record \(count.number)")
      }
      all[counted, default: Numbers()].highest = max(all[counted]?.highest ?? 0, count.number)
    case .unknown: all[counted, default: Numbers()].unknown.insert(count.number)
    case .missing: break
    }
  }
  for (counted, numbers) in all where numbers.highest > 0 {
    // Report only the first missing number: there may be many.
    guard let missing = (1...numbers.highest).first(where: { numbers.seen[$0] == nil && !numbers.unknown.contains($0) }) else { continue }
    findings.add("\(analysis.words(counted.partition)), key \(counted.key.number): no value says that it is record \(missing), and one says that it is record \(numbers.highest)")
  }
  return findings.verdict(on: .counts)
}
